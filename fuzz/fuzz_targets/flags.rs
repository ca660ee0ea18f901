//! Every type of flags: bits, and a text that may name some.
#![no_main]
use std::fmt::Debug;

use bitflags::{
    Bits, Flags,
    parser::{ParseHex, WriteHex, from_str, to_writer},
};
use libfuzzer_sys::fuzz_target;
use rawos::*;

fn check<F>(bits: F::Bits, text: &str)
where
    F: Flags + Copy + PartialEq + Debug,
    F::Bits: ParseHex + WriteHex + Bits + Debug + PartialEq,
{
    let flags = F::from_bits_retain(bits);
    assert_eq!(flags.bits(), bits);
    // No bit is unknown: a newer kernel's are kept.
    assert_eq!(F::from_bits(bits), Some(flags));
    assert_eq!(F::from_bits_truncate(bits), flags);
    assert_eq!(flags.complement().complement(), flags);
    assert_eq!(flags.symmetric_difference(F::all()), flags.complement());
    assert!(F::all().contains(flags) && flags.difference(flags).is_empty());
    let mut written = String::new();
    to_writer(&flags, &mut written).unwrap();
    assert_eq!(from_str::<F>(&written).unwrap(), flags, "{written}");
    let mut sum = F::empty();
    for (name, flag) in flags.iter_names() {
        assert_eq!(F::from_name(name), Some(flag));
        assert!(flags.contains(flag));
        sum.insert(flag);
    }
    assert!(flags.contains(sum));
    assert!(!format!("{flags:?}").is_empty());
    if let Ok(parsed) = from_str::<F>(text) {
        let mut again = String::new();
        to_writer(&parsed, &mut again).unwrap();
        assert_eq!(from_str::<F>(&again).unwrap(), parsed);
    }
}

macro_rules! every {
    ($which:expr, $bits:expr, $text:expr, $($Type:ty)*) => {{
        let checks = [$((|bits, text| check::<$Type>(bits as _, text)) as fn(u64, &str),)*];
        checks[usize::from($which) % checks.len()]($bits, $text);
    }};
}

fuzz_target!(|data: (u8, u64, &str)| {
    every!(data.0, data.1, data.2,
        poll::PollFlags epoll::EpollFlags eventfd::EventfdFlags timerfd::TimerfdFlags timerfd::TimerfdTimerFlags
        inotify::InotifyFlags inotify::InotifyMask getrandom::GetRandomFlags signal::SaFlags signal::SignalfdFlags
        sched::SchedFlags process::CapSet process::CloneFlags process::WaitOptions process::PidfdFlags
        process::PidfdSignalFlags process::Securebits socket::SocketFlags socket::MsgFlags
        init::InterfaceFlags init::MountFlags init::UmountFlags init::FsopenFlags init::FspickFlags
        init::FsmountFlags init::MountAttrs init::OpenTreeFlags init::MoveMountFlags init::FinitModuleFlags
        init::DeleteModuleFlags init::LoopFlags init::SwapFlags fs::OFlags fs::Mode fs::AtFlags fs::RenameFlags
        fs::StFlags fs::ResolveFlags fs::MemfdFlags fs::SealFlags fs::XattrFlags fs::AccessMode
        fd::RwFlags fd::SpliceFlags time::SleepFlags tty::InputFlags tty::OutputFlags tty::ControlFlags tty::LocalFlags
    );
});
