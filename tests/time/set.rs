//! Setting the clock: in a machine of our own only.

use std::time::{Duration, SystemTime};

use rawos::{
    Errno,
    time::{self, ClockId, Timespec},
    timerfd::{self, TimerfdFlags, TimerfdTimerFlags},
};

#[test]
fn the_clock_is_set_and_timers_hear_of_it() {
    if std::env::var_os("RAWOS_BOOTED").is_none() {
        eprintln!("not run: the clock of this machine is not ours to set");
        return;
    }
    let hour = Timespec { tv_sec: 3600, tv_nsec: 0 };
    let start = SystemTime::now();
    let now = || time::clock_gettime(ClockId::REALTIME).unwrap();
    let timer = timerfd::timerfd_create(ClockId::REALTIME, TimerfdFlags::NONBLOCK).unwrap();
    let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
    let far = now().as_ns() as i64 + 1_000_000 * 1_000_000_000;
    timerfd::timerfd_settime_ns(&timer, flags, far, 0).unwrap();
    assert_eq!(timerfd::timerfd_read(&timer), Err(Errno::EAGAIN));

    let later = now().checked_add(hour).unwrap();
    assert_eq!(time::clock_settime(ClockId::REALTIME, later), Ok(()));
    assert!(SystemTime::now() >= start + Duration::from_secs(3600));
    assert_eq!(timerfd::timerfd_read(&timer), Err(Errno::ECANCELED));
    // Said once.
    assert_eq!(timerfd::timerfd_read(&timer), Err(Errno::EAGAIN));

    let earlier = now().checked_sub(hour).unwrap();
    assert_eq!(time::clock_settime(ClockId::REALTIME, earlier), Ok(()));
    assert!(SystemTime::now() < start + Duration::from_secs(3600));
    // Setting it anew says so too, and holds.
    let set = timerfd::timerfd_settime_ns(&timer, flags, far, 5);
    assert_eq!(set, Err(Errno::ECANCELED));
    assert_eq!(timerfd::timerfd_gettime_ns(&timer).unwrap().1, 5);
}
