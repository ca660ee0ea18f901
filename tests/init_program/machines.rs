//! The machine of a service.

use proptest::prelude::*;

use crate::init::machine::{
    Do, End, LONGEST_DELAY, Machine, Millis, Policy, QUICK, READY_WITHIN, Restart, STUCK, State,
    Then, Type,
};

fn machine(kind: Type, restart: Restart) -> Machine {
    let mut machine = Machine::new(Policy { kind, restart, ..Policy::default() });
    machine.want();
    assert_eq!(machine.state, State::Waiting);
    machine
}

#[test]
fn a_simple_service_is_up_at_once_and_done_when_it_ended_well() {
    let mut it = machine(Type::Simple, Restart::No);
    it.spawned(7, 0);
    assert_eq!((it.state, it.pid, it.reached), (State::Up, 7, true));
    assert_eq!(it.ended(End::Status(0), 5), Then::Done);
    assert_eq!((it.state, it.pid), (State::Done, 0));
    for (end, then) in [
        (End::Status(1), Then::Failed),
        (End::Signal(15), Then::Done),
        (End::Signal(9), Then::Failed),
        (End::Signal(11), Then::Failed),
    ] {
        it.want();
        it.spawned(8, 0);
        assert_eq!(it.ended(end, 5), then, "{end:?}");
    }
}

#[test]
fn restart_says_after_which_end() {
    use Restart::*;
    let ends = [End::Status(0), End::Signal(15), End::Status(1), End::Signal(11)];
    for (restart, again) in [
        (No, [false, false, false, false]),
        (OnSuccess, [true, true, false, false]),
        (OnFailure, [false, false, true, true]),
        (OnAbnormal, [false, false, false, true]),
        (OnAbort, [false, false, false, true]),
        (Always, [true, true, true, true]),
    ] {
        for (end, again) in ends.into_iter().zip(again) {
            let mut it = machine(Type::Simple, restart);
            it.spawned(7, 0);
            let then = it.ended(end, 1);
            assert_eq!(matches!(then, Then::Again(_)), again, "{restart:?} {end:?}");
        }
    }
}

#[test]
fn the_delay_doubles_and_the_burst_ends_it() {
    let mut it = machine(Type::Simple, Restart::Always);
    let mut now = 0;
    let mut delays = Vec::new();
    for _ in 0..4 {
        it.spawned(7, now);
        let Then::Again(delay) = it.ended(End::Status(1), now + 1) else { panic!("{it:?}") };
        delays.push(delay);
        now += 1 + delay;
        assert_eq!(it.tick(5, now - 1), Do::Nothing);
        assert_eq!(it.state, State::Delayed);
        assert_eq!(it.tick(5, now), Do::Nothing);
        assert_eq!(it.state, State::Waiting);
    }
    assert_eq!(delays, [100, 200, 400, 800]);
    it.spawned(7, now);
    assert_eq!(it.ended(End::Status(1), now), Then::Limit);
    assert_eq!((it.state, it.restarts), (State::Failed, 4));
    // Who asks for it gets a new try.
    it.want();
    assert_eq!((it.state, it.restarts), (State::Waiting, 0));
}

#[test]
fn a_long_run_is_none_of_the_burst() {
    let mut it = machine(Type::Simple, Restart::Always);
    for round in 0..20 {
        it.spawned(7, round * 100_000);
        let end = round * 100_000 + QUICK;
        assert_eq!(it.ended(End::Status(1), end), Then::Again(100));
        it.tick(5, end + 100);
    }
}

#[test]
fn without_a_burst_the_delay_stays_at_its_longest() {
    let policy = Policy { burst: 0, restart: Restart::Always, ..Policy::default() };
    let mut it = Machine::new(policy);
    it.want();
    let mut last = 0;
    for now in 0..200 {
        it.spawned(7, now);
        let Then::Again(delay) = it.ended(End::Status(1), now) else { panic!() };
        assert!(delay >= last);
        last = delay;
        it.tick(5, Millis::MAX);
    }
    assert_eq!(last, LONGEST_DELAY);
}

#[test]
fn a_oneshot_is_reached_when_it_ended_well() {
    let mut it = machine(Type::Oneshot, Restart::No);
    it.spawned(7, 0);
    assert_eq!((it.state, it.reached, it.due), (State::Starting, false, None));
    assert_eq!((it.ended(End::Status(0), 1), it.reached), (Then::Done, true));
    it.want();
    it.spawned(8, 2);
    // Here a signal is a failure.
    assert_eq!((it.ended(End::Signal(15), 3), it.reached), (Then::Failed, false));
}

#[test]
fn notify_waits_for_the_message() {
    let mut it = machine(Type::Notify, Restart::No);
    it.spawned(7, 0);
    assert_eq!((it.state, it.reached), (State::Starting, false));
    assert!(it.ready() && !it.ready());
    assert_eq!((it.state, it.reached, it.due), (State::Up, true, None));
    assert_eq!(it.ended(End::Status(0), 5), Then::Done);
    // An end before it is a failure, however good.
    it.want();
    it.spawned(8, 10);
    assert_eq!(it.ended(End::Status(0), 11), Then::Failed);
}

#[test]
fn who_is_not_ready_in_time_is_stopped_and_failed() {
    let mut it = machine(Type::Notify, Restart::No);
    it.spawned(7, 0);
    assert_eq!(it.tick(50, READY_WITHIN - 1), Do::Nothing);
    assert_eq!(it.tick(50, READY_WITHIN), Do::Term);
    assert_eq!(it.tick(50, READY_WITHIN + 50), Do::Kill);
    assert_eq!(it.ended(End::Signal(9), READY_WITHIN + 51), Then::Failed);
    assert_eq!(it.state, State::Failed);
}

#[test]
fn who_does_not_stop_is_killed() {
    let mut it = machine(Type::Simple, Restart::Always);
    it.spawned(7, 0);
    assert_eq!(it.stop(false, 50, 100), Do::Term);
    assert_eq!(it.stop(false, 50, 120), Do::Nothing);
    assert_eq!(it.tick(50, 149), Do::Nothing);
    assert_eq!(it.tick(50, 150), Do::Kill);
    assert_eq!(it.tick(50, 200), Do::Nothing);
    assert_eq!(it.ended(End::Signal(9), 151), Then::Stopped);
    assert_eq!((it.state, it.pid), (State::Off, 0));
}

#[test]
fn who_outlives_that_is_stuck() {
    let mut it = machine(Type::Simple, Restart::Always);
    it.spawned(7, 0);
    it.stop(false, 50, 100);
    assert_eq!((it.tick(50, 150), it.due, it.stuck()), (Do::Kill, Some(150 + STUCK), false));
    assert_eq!((it.tick(50, 150 + STUCK), it.due, it.stuck()), (Do::Nothing, None, true));
    // Another process is another matter.
    assert_eq!(it.ended(End::Signal(9), 9000), Then::Stopped);
    it.want();
    it.spawned(8, 9000);
    assert!(!it.stuck());
}

#[test]
fn without_a_burst_there_is_a_shortest_delay() {
    for (burst, delay) in [(0, 100), (1000, 0)] {
        let policy = Policy { burst, delay: 0, restart: Restart::Always, ..Policy::default() };
        let mut it = Machine::new(policy);
        it.want();
        it.spawned(7, 0);
        assert_eq!(it.ended(End::Status(1), 1), Then::Again(delay));
    }
}

#[test]
fn restarting_is_stopping_and_starting() {
    let mut it = machine(Type::Simple, Restart::No);
    it.spawned(7, 0);
    assert_eq!(it.stop(true, 50, 1), Do::Term);
    assert_eq!((it.ended(End::Status(1), 2), it.state), (Then::Stopped, State::Waiting));
    // Started while it stops, and stopped again.
    it.spawned(8, 3);
    it.stop(false, 50, 4);
    it.want();
    it.stop(false, 50, 5);
    assert_eq!((it.ended(End::Status(0), 6), it.state), (Then::Stopped, State::Off));
    // What does not run is off at once, or starts.
    it.want();
    assert_eq!((it.stop(false, 50, 7), it.state), (Do::Nothing, State::Off));
    assert_eq!((it.stop(true, 50, 7), it.state), (Do::Nothing, State::Waiting));
}

#[test]
fn what_cannot_be_spawned_is_tried_again() {
    let mut it = machine(Type::Simple, Restart::No);
    assert_eq!(it.not_spawned(0), Then::Again(100));
    it.tick(5, 100);
    it.spawned(7, 100);
    assert_eq!(it.state, State::Up);
}

proptest! {
    #![proptest_config(crate::cases())]

    #[test]
    fn whatever_happens_a_process_belongs_to_a_state(
        kind in 0..3u8, restart in 0..6u8, burst in 0..4u32, delay: u64, forgiven: bool,
        events in prop::collection::vec((0..8u8, 0..200_000u64), 0..60),
    ) {
        let kind = [Type::Simple, Type::Oneshot, Type::Notify][usize::from(kind)];
        let restart = [Restart::No, Restart::OnSuccess, Restart::OnFailure, Restart::OnAbnormal,
            Restart::OnAbort, Restart::Always][usize::from(restart)];
        let mut it = Machine::new(Policy { kind, restart, delay, burst, forgiven });
        let mut now: u64 = 0;
        for (event, passed) in events {
            now += passed;
            let runs = it.pid != 0;
            match event {
                0 => it.want(),
                1 if it.state == State::Waiting => it.spawned(7, now),
                2 if it.state == State::Waiting => { it.not_spawned(now); }
                3 if it.state == State::Waiting => it.fail(),
                4 => { it.ready(); }
                5 => { it.stop(passed % 2 == 0, 5, now); }
                6 if runs => { it.ended(End::Status((passed % 2) as i32), now); }
                7 => { it.tick(5, now); }
                _ => {}
            }
            let has = matches!(it.state, State::Starting | State::Up | State::Stopping);
            prop_assert_eq!(it.pid != 0, has, "{:?}", it);
            if it.state == State::Delayed {
                prop_assert!(it.due.is_some());
            }
        }
    }
}
