//! `src/init/klog.rs`. What is read by one is gone for others, and what is
//! written stays: both only where nobody else is.

use std::{fs, ptr};

use rawos::{
    Errno, fd,
    fs::{Mode, OFlags},
    init::{self, LogLevel},
};

use crate::{
    apart::{booted, case},
    util::{as_nobody, libc_result, not_run, temp_dir},
};

/// glibc's call, with an action that takes a number.
fn klogctl(action: i32, value: i32) -> Result<i64, Errno> {
    // SAFETY: no memory is given.
    libc_result(unsafe { libc::klogctl(action, ptr::null_mut(), value) })
}

fn number(result: Result<usize, Errno>) -> Result<i64, Errno> {
    result.map(|number| number as i64)
}

#[test]
fn sizes_and_errors_are_glibcs() {
    let judge = || {
        assert_eq!(number(init::klog_size_buffer()), klogctl(10, 0));
        let unread = init::klog_size_unread();
        assert_eq!(unread.map(drop), klogctl(9, 0).map(drop));
        for level in [0, 9, 255] {
            let set = init::klog_console_level(level).map(|()| 0);
            assert_eq!(set, klogctl(8, level.into()), "{level}");
            assert!(set.is_err(), "{level}");
        }
        let mut none = [0; 0];
        let mut room = [0 as libc::c_char; 1];
        // SAFETY: there is no room for it to write to.
        let theirs = libc_result(unsafe { libc::klogctl(2, room.as_mut_ptr(), 0) });
        assert_eq!(number(init::klog_read(&mut none)), theirs);
    };
    judge();
    as_nobody(judge);
    as_nobody(|| {
        assert_eq!(init::klog_clear().map(|()| 0), klogctl(5, 0));
        assert_eq!(init::klog_console(true).map(|()| 0), klogctl(7, 0));
        assert_eq!(init::klog_console(false).map(|()| 0), klogctl(6, 0));
        assert_eq!(init::klog_read_clear(&mut [0u8; 16]).map(drop), klogctl(5, 0).map(drop));
    });
}

#[test]
fn the_log_is_read_to_its_end() {
    let Ok(size) = init::klog_size_buffer() else {
        return not_run("the kernel's log may not be read");
    };
    // A line may come between the two calls: then once more.
    let same = (0..10).any(|_| {
        let mut ours = vec![0; size];
        let len = init::klog_read_all(&mut ours[..]).unwrap();
        let mut theirs = vec![0u8; size];
        // SAFETY: writes at most as many bytes as it is told.
        let count = unsafe { libc::klogctl(3, theirs.as_mut_ptr().cast(), size as i32) };
        ours[..len] == theirs[..usize::try_from(count).unwrap()]
    });
    assert!(same);
    // Less room: the end of it, in whole lines.
    let mut end = [0; 600];
    let len = init::klog_read_all(&mut end[..]).unwrap();
    assert!(len <= 600 && (len == 0 || end[0] == b'<'));
}

#[test]
fn a_message_is_written_at_once() {
    let (reader, writer) = fd::pipe().unwrap();
    let levels = [
        (LogLevel::Emerg, "<24>"),
        (LogLevel::Alert, "<25>"),
        (LogLevel::Crit, "<26>"),
        (LogLevel::Err, "<27>"),
        (LogLevel::Warning, "<28>"),
        (LogLevel::Notice, "<29>"),
        (LogLevel::Info, "<30>"),
        (LogLevel::Debug, "<31>"),
    ];
    for (level, start) in levels {
        // As libc numbers them.
        assert_eq!(start, format!("<{}>", libc::LOG_DAEMON | level as i32));
        assert_eq!(init::kmsg_write(&writer, level, b"text"), Ok(()));
        let mut buf = [0; 32];
        let len = fd::read(&reader, &mut buf).unwrap();
        assert_eq!(&buf[..len], format!("{start}text\n").as_bytes());
    }
    assert_eq!(init::kmsg_write(&reader, LogLevel::Err, b"text"), Err(Errno::EBADF));
    let file = temp_dir().path().join("file");
    let flags = OFlags::WRONLY | OFlags::CREAT | OFlags::APPEND;
    let _kept = temp_dir();
    let path = _kept.path().join(file.file_name().unwrap());
    let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str());
    let log = rawos::fs::open(bytes, flags, Mode::IRUSR).unwrap();
    for text in ["one", "", "two\nlines"] {
        assert_eq!(init::kmsg_write(&log, LogLevel::Info, text.as_bytes()), Ok(()));
    }
    assert_eq!(fs::read_to_string(path).unwrap(), "<30>one\n<30>\n<30>two\nlines\n");
    // More than there is room for, in a pipe that does not wait.
    // SAFETY: takes integers.
    let set = unsafe { libc::fcntl(writer.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) };
    assert_eq!(set, 0);
    let long = vec![b'x'; 4 << 20];
    assert_eq!(init::kmsg_write(&writer, LogLevel::Info, &long), Err(Errno::EIO));
}

#[test]
fn the_kernels_log_takes_messages_and_forgets() {
    if !booted() {
        return not_run("the log is the machine's");
    }
    case("klog::written");
}

pub fn written() {
    let levels = fs::read_to_string("/proc/sys/kernel/printk").unwrap();
    let kmsg = rawos::fs::open("/dev/kmsg", OFlags::WRONLY, Mode::empty()).unwrap();
    assert_eq!(init::kmsg_write(&kmsg, LogLevel::Debug, b"rawos: a message"), Ok(()));
    assert_eq!(init::kmsg_write(&kmsg, LogLevel::Debug, &[b'x'; 4096]), Err(Errno::EINVAL));
    let all = |clear| {
        let mut buf = vec![0; init::klog_size_buffer().unwrap()];
        let read = match clear {
            true => init::klog_read_clear(&mut buf[..]),
            false => init::klog_read_all(&mut buf[..]),
        };
        buf.truncate(read.unwrap());
        String::from_utf8_lossy(&buf).into_owned()
    };
    assert!(all(false).lines().last().unwrap().starts_with("<31>"));
    assert!(all(false).ends_with("rawos: a message\n"));
    // As one reader of all of it does.
    assert!(init::klog_size_unread().unwrap() > 0);
    let mut text = Vec::new();
    while init::klog_size_unread().unwrap() > 0 {
        let mut buf = [0; 1024];
        let len = init::klog_read(&mut buf).unwrap();
        text.extend_from_slice(&buf[..len]);
    }
    assert!(text.ends_with(b"rawos: a message\n"));
    assert!(all(true).ends_with("rawos: a message\n"));
    assert!(!all(false).contains("rawos: a message"));
    assert_eq!(init::kmsg_write(&kmsg, LogLevel::Debug, b"rawos: another"), Ok(()));
    assert!(all(false).ends_with("rawos: another\n"));
    assert_eq!(init::klog_clear(), Ok(()));
    assert!(!all(false).contains("rawos: another"));

    let console = || {
        fs::read_to_string("/proc/sys/kernel/printk")
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(init::klog_console_level(5), Ok(()));
    assert_eq!(console(), "5");
    assert_eq!(init::klog_console(false), Ok(()));
    assert_eq!(console(), "1");
    assert_eq!(init::klog_console(true), Ok(()));
    assert_eq!(console(), "5");
    fs::write("/proc/sys/kernel/printk", levels).unwrap();
}
