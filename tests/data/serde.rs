//! Through JSON and back. Its names are those of Python's attributes.

use std::{fmt::Debug, fs::symlink_metadata, os::unix::fs::MetadataExt, time::Duration};

use rawos::{
    Errno,
    fs::{self, Mode, OFlags, StFlags, Stat, StatVfs},
    process::{ChildCode, Limit, Pid, Rusage, TimesResult, WaitStatus, WaitidResult},
    sched::SchedParam,
    signal::Signal,
    socket::Ucred,
    system::{Uname, uname},
    time::Timespec,
    tty::TerminalSize,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, from_value, json, to_value};

/// That `value` becomes `json`, and that becomes a value that shows the same.
fn there_and_back<T: Serialize + DeserializeOwned + Debug>(value: &T, json: &Value) {
    assert_eq!(to_value(value).unwrap(), *json);
    let text = serde_json::to_string(value).unwrap();
    let back: T = serde_json::from_str(&text).unwrap();
    assert_eq!(format!("{back:?}"), format!("{value:?}"));
    assert_eq!(to_value(&back).unwrap(), *json);
}

/// The error of reading `value` with `field` changed to `other`.
fn refused<T: Serialize + DeserializeOwned + Debug>(
    value: &T,
    field: &str,
    other: Value,
) -> String {
    let mut json = to_value(value).unwrap();
    assert_ne!(json[field], other);
    json[field] = other;
    from_value::<T>(json).unwrap_err().to_string()
}

fn time(tv_sec: i64, tv_nsec: i64) -> Value {
    json!({"tv_sec": tv_sec, "tv_nsec": tv_nsec})
}

#[test]
fn numbers_are_numbers() {
    there_and_back(&Errno::ENOENT, &json!(2));
    there_and_back(&Errno::from_raw(4095).unwrap(), &json!(4095));
    for wrong in [json!(0), json!(-2), json!(4096), json!(70_000), json!("ENOENT")] {
        assert!(from_value::<Errno>(wrong.clone()).is_err(), "{wrong}");
    }
    there_and_back(&Pid(7), &json!(7));
    there_and_back(&Signal::KILL, &json!(9));
    there_and_back(&WaitStatus(0x0100), &json!(256));
    there_and_back(&ChildCode::EXITED, &json!(1));
    there_and_back(&Mode::from_bits_retain(0o644), &json!(0o644));
    // Bits of a newer kernel stay.
    there_and_back(&(OFlags::CREAT | OFlags::from_bits_retain(1 << 31)), &json!(0x8000_0040u32));
}

#[test]
fn open_fields_have_their_names() {
    there_and_back(&TerminalSize { columns: 80, lines: 24 }, &json!({"columns": 80, "lines": 24}));
    there_and_back(&Timespec { tv_sec: -1, tv_nsec: 999_999_999 }, &time(-1, 999_999_999));
    there_and_back(&Timespec { tv_sec: i64::MIN, tv_nsec: 0 }, &time(i64::MIN, 0));
    there_and_back(&Limit::INFINITY, &json!({"soft": u64::MAX, "hard": u64::MAX}));
    there_and_back(&SchedParam { sched_priority: 7 }, &json!({"sched_priority": 7}));
    let peer = Ucred { pid: Pid(1), uid: 2, gid: 3 };
    there_and_back(&peer, &json!({"pid": 1, "uid": 2, "gid": 3}));
    let ended = WaitidResult {
        si_pid: Pid(5),
        si_uid: 6,
        si_signo: Signal::CHLD,
        si_status: 3,
        si_code: ChildCode::EXITED,
    };
    let json = json!({"si_pid": 5, "si_uid": 6, "si_signo": 17, "si_status": 3, "si_code": 1});
    there_and_back(&ended, &json);
    let times = TimesResult {
        user: Duration::from_millis(10),
        system: Duration::ZERO,
        children_user: Duration::from_secs(1),
        children_system: Duration::from_secs(2),
        elapsed: Duration::from_secs(3),
    };
    let length = |secs: u64, nanos: u32| json!({"secs": secs, "nanos": nanos});
    let json = json!({
        "user": length(0, 10_000_000), "system": length(0, 0), "children_user": length(1, 0),
        "children_system": length(2, 0), "elapsed": length(3, 0),
    });
    there_and_back(&times, &json);
}

#[test]
fn a_stat_has_what_std_reads() {
    for path in ["/", "/dev/null", "/proc/self", "/proc/self/exe"] {
        let (stat, theirs) = (fs::lstat(path).unwrap(), symlink_metadata(path).unwrap());
        let json = to_value(stat).unwrap();
        let theirs = json!({
            "st_mode": theirs.mode(), "st_ino": theirs.ino(), "st_dev": theirs.dev(),
            "st_nlink": theirs.nlink(), "st_uid": theirs.uid(), "st_gid": theirs.gid(),
            "st_size": theirs.size(), "st_blksize": theirs.blksize(),
            "st_blocks": theirs.blocks(), "st_rdev": theirs.rdev(),
            // Those of `/proc` may be of the moment.
            "st_atime": json["st_atime"], "st_mtime": json["st_mtime"],
            "st_ctime": time(stat.st_ctime().tv_sec, stat.st_ctime().tv_nsec),
        });
        assert_eq!(json, theirs, "{path}");
        there_and_back(&stat, &theirs);
    }
}

#[test]
fn a_stat_of_another_time_or_machine_is_read() {
    let mut json = to_value(fs::stat("/").unwrap()).unwrap();
    json["st_mtime"] = time(-7, 5);
    // Some kernels' own struct has 32 bits for it.
    json["st_nlink"] = json!(1u64 << 40);
    let stat: Stat = from_value(json).unwrap();
    assert_eq!((stat.st_mtime_ns(), stat.st_nlink()), (-6_999_999_995, 1 << 40));
}

#[test]
fn a_file_system_goes_there_and_back() {
    for path in ["/", "/proc", "/dev"] {
        let statvfs: StatVfs = fs::statvfs(path).unwrap();
        let json = to_value(statvfs).unwrap();
        assert_eq!(json["f_bsize"], json!(statvfs.f_bsize()));
        assert_eq!(json["f_flag"], json!(statvfs.f_flag().bits()));
        assert_eq!(json["f_namemax"], json!(statvfs.f_namemax()));
        there_and_back(&statvfs, &json);
        // One is always the other.
        assert!(refused(&statvfs, "f_favail", json!(statvfs.f_ffree() + 1)).contains("EINVAL"));
        // A bit that only says that there are bits.
        assert!(refused(&statvfs, "f_flag", json!(0x20)).contains("EINVAL"));
    }
    assert_eq!(to_value(StFlags::RDONLY).unwrap(), json!(1));
}

#[test]
fn what_a_process_used_goes_there_and_back() {
    let mut json = to_value(Rusage::default()).unwrap();
    assert_eq!(json.as_object().unwrap().len(), 16);
    json["ru_utime"] = json!({"secs": 5, "nanos": 7_000});
    json["ru_maxrss"] = json!(1234);
    json["ru_nivcsw"] = json!(i64::MAX);
    let used: Rusage = from_value(json.clone()).unwrap();
    assert_eq!(used.ru_utime(), Duration::new(5, 7_000));
    assert_eq!((used.ru_maxrss(), used.ru_nivcsw()), (1234, i64::MAX));
    there_and_back(&used, &json);
    // The kernel counts microseconds.
    let wrong = json!({"secs": 0, "nanos": 1});
    assert!(refused(&used, "ru_stime", wrong).contains("EINVAL"));
}

#[test]
fn a_uname_is_text() {
    let uname: Uname = uname().unwrap();
    let text = |name: &std::ffi::CStr| json!(name.to_str().unwrap());
    let json = json!({
        "sysname": "Linux", "nodename": text(uname.nodename()), "release": text(uname.release()),
        "version": text(uname.version()), "machine": text(uname.machine()),
        "domainname": text(uname.domainname()),
    });
    there_and_back(&uname, &json);
    let mut longest = json.clone();
    longest["nodename"] = json!("é".repeat(32));
    there_and_back(&from_value::<Uname>(longest.clone()).unwrap(), &longest);
    for wrong in ["x".repeat(65), "a\0b".to_owned(), "x".repeat(200)] {
        refused(&uname, "nodename", json!(wrong));
    }
}
