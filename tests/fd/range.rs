//! `src/fd/range.rs`: closerange, with and without close_range(2).

use std::thread;

use rawos::fd;

use crate::{
    common::{emulated, in_child},
    util::libc_result,
};

fn is_open(number: i32) -> bool {
    // SAFETY: F_GETFD touches no memory.
    libc_result(unsafe { libc::fcntl(number, libc::F_GETFD) }).is_ok()
}

/// Opens each of the numbers, which no other test uses.
fn open(numbers: impl IntoIterator<Item = i32>) {
    let (reader, _writer) = fd::pipe().unwrap();
    for number in numbers {
        // SAFETY: nobody has these numbers.
        unsafe { fd::dup2_raw(&reader, number, false) }.unwrap();
        assert!(is_open(number) && number != reader.as_raw_fd());
    }
}

/// Has the kernel refuse `calls` with `errno` from now on, in this thread;
/// in an emulator nothing happens.
fn refuse(calls: &[libc::c_long], errno: i32) {
    let op = |code: u32, jt, k| libc::sock_filter { code: code as u16, jt, jf: 0, k };
    let mut program = vec![op(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0)];
    for call in calls {
        let mut jump = op(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, *call as u32);
        jump.jf = 1;
        program.push(jump);
        program.push(op(libc::BPF_RET, 0, libc::SECCOMP_RET_ERRNO | errno as u32));
    }
    program.push(op(libc::BPF_RET, 0, libc::SECCOMP_RET_ALLOW));
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: this prctl(2) touches no memory.
    let mut done = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } == 0;
    // SAFETY: prctl(2) reads the program.
    done &= unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) } == 0;
    assert!(done || emulated(), "{}", std::io::Error::last_os_error());
}

#[test]
fn closes_the_range_without_its_end_and_passes_over_gaps() {
    open([900, 901, 910, 949, 950]);
    // SAFETY: these numbers are this test's.
    unsafe { fd::closerange(901, 950) };
    assert_eq!([900, 901, 910, 949, 950].map(is_open), [true, false, false, false, true]);
    // SAFETY: as above; empty ranges close nothing.
    unsafe { fd::closerange(900, 900) };
    // SAFETY: as above.
    unsafe { fd::closerange(950, 900) };
    // SAFETY: as above.
    unsafe { fd::closerange(-5, 0) };
    // SAFETY: as above.
    unsafe { fd::closerange(i32::MIN, i32::MIN) };
    assert!(is_open(0) && is_open(900) && is_open(950));
    // SAFETY: as above.
    unsafe { fd::closerange(900, 951) };
    assert!(!is_open(900) && !is_open(950));
}

#[test]
fn closes_the_same_where_the_kernel_refuses_close_range() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: getrlimit(2) writes one struct.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    limit.rlim_cur = limit.rlim_cur.max(limit.rlim_max.min(4096));
    // SAFETY: setrlimit(2) reads one struct.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    let cases: [(&[libc::c_long], i32); 3] = [
        (&[libc::SYS_close_range], libc::ENOSYS),
        (&[libc::SYS_close_range], libc::EPERM),
        // Without /proc, as far as anybody can tell.
        (&[libc::SYS_close_range, libc::SYS_openat], libc::ENOENT),
    ];
    for (calls, errno) in cases {
        // The filter ends with its thread.
        let closing = thread::spawn(move || {
            open([960, 961, 970, 990]);
            refuse(calls, errno);
            // SAFETY: these numbers are this test's.
            unsafe { fd::closerange(961, 971) };
            assert_eq!([960, 961, 970, 990].map(is_open), [true, false, false, true]);
            // Wide enough for a look into /proc.
            open([961, 970, 2059, 2060]);
            // SAFETY: as above; the tests open nothing else so high.
            unsafe { fd::closerange(961, 2060) };
            assert_eq!([960, 961, 970, 2059, 2060].map(is_open), [true, false, false, false, true]);
            open([961, 970, 1000, 1001]);
            // SAFETY: as above; the tests open nothing else so high.
            unsafe { fd::closerange(961, i32::MAX) };
            assert_eq!([960, 961, 970, 990].map(is_open), [true, false, false, false]);
            assert!(!is_open(1000) && !is_open(1001) && !is_open(2060));
            // SAFETY: as above.
            unsafe { fd::closerange(960, 961) };
            assert!(!is_open(960));
            // The look into /proc has its own descriptor in the way.
            let child = in_child(|| {
                // SAFETY: the child uses none of its descriptors.
                unsafe { fd::closerange(0, i32::MAX) };
                (0..4096).filter(|number| is_open(*number)).count().min(255) as u8
            });
            assert_eq!(child.status(), 0);
        });
        closing.join().unwrap();
    }
}
