//! Names of `sysconf`, `confstr`, `pathconf`, errors and signals, by text and
//! by number.
#![no_main]
use std::{ffi::CStr, fmt::Debug, str::FromStr};

use libfuzzer_sys::fuzz_target;
use rawos::system::{ConfstrName, SysconfName, confstr, sysconf};
use rawos::{
    Errno,
    fs::{self, PathconfName},
    process::CapSet,
    signal::Signal,
};

macro_rules! check {
    ($Name:ty, $number:expr, $text:expr) => {{
        let known = <$Name>::all().find(|known| known.0 == $text).map(|known| known.1);
        assert_eq!(<$Name>::from_str($text).ok(), known);
        let name = <$Name>::from_raw($number);
        assert_eq!(name.raw(), $number);
        assert_eq!(name.name().map(<$Name>::from_str), name.name().map(|_| Ok(name)));
        assert_eq!(name.name().is_some(), <$Name>::all().any(|known| known.1.raw() == $number));
        debug(&name);
        name
    }};
}

fn debug(value: &dyn Debug) {
    assert!(!format!("{value:?}").is_empty());
}

fuzz_target!(|data: (i32, &str)| {
    let (number, text) = data;
    let name = check!(SysconfName, number, text);
    assert_eq!(sysconf(name) == Err(Errno::EINVAL), name.name().is_none());
    let name = check!(ConfstrName, number, text);
    assert_eq!(confstr(name) == Err(Errno::EINVAL), name.name().is_none());
    let name = check!(PathconfName, number, text);
    assert_eq!(fs::pathconf("/", name) == Err(Errno::EINVAL), name.name().is_none());
    assert!(CapSet::from_name(text).is_none_or(|cap| cap.bits().is_power_of_two()));

    let errno = Errno::from_raw(number);
    assert_eq!(errno.map(Errno::raw), (1..4096).contains(&number).then_some(number));
    let mut buf = [0; 128];
    // SAFETY: writes a string of at most `len` bytes into `buf`.
    unsafe { libc::strerror_r(number, buf.as_mut_ptr(), buf.len()) };
    // SAFETY: it wrote one.
    let theirs = unsafe { CStr::from_ptr(buf.as_ptr()) }.to_str().unwrap();
    let unknown = format!("Unknown error {number}");
    if number > 0 {
        assert_eq!(rawos::errno::strerror(number).unwrap_or(&unknown), theirs);
    }
    debug(&errno);
    // SAFETY: it returns a string that stays until the next call.
    let theirs = unsafe { CStr::from_ptr(libc::strsignal(number)) }.to_str().unwrap();
    assert!(Signal(number).strsignal().is_none_or(|ours| ours == theirs));
    debug(&Signal(number));
});
