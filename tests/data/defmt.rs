//! What is sent: an index for each text, then the values, lowest byte first. The
//! index is made up by defmt's feature `unstable-test`.

use rawos::{
    Errno,
    fs::{self, Mode},
    process::{Pid, Rusage, WaitStatus},
    system,
    time::Timespec,
    tty::TerminalSize,
};

fn sent(value: impl defmt::Format) -> Vec<u8> {
    defmt::println!("{}", value);
    defmt::export::fetch_bytes()
}

/// Whether `bytes` has these parts, one directly after the other.
fn has(bytes: &[u8], parts: &[&[u8]]) -> bool {
    let whole = parts.concat();
    bytes.windows(whole.len()).any(|window| window == whole)
}

#[test]
fn numbers_are_sent_in_the_order_of_the_fields() {
    let size = TerminalSize { columns: 0x1234, lines: 0x5678 };
    assert!(sent(size).ends_with(b"\x34\x12\x78\x56"));
    let time = Timespec { tv_sec: -2, tv_nsec: 5 };
    assert!(sent(time).ends_with(&[(-2i64).to_le_bytes(), 5i64.to_le_bytes()].concat()));
    assert!(sent(Pid(0x0102_0304)).ends_with(b"\x04\x03\x02\x01"));
    assert!(sent(WaitStatus(0x0100)).ends_with(b"\x00\x01\x00\x00"));
    assert!(sent(Mode::from_bits_retain(0x8000_01ff)).ends_with(b"\xff\x01\x00\x80"));
}

#[test]
fn an_errno_is_sent_by_name_and_without_one_by_number() {
    assert!(has(&sent(Errno::ENOENT), &[&6u32.to_le_bytes(), b"ENOENT"]));
    assert!(has(&sent(Errno::from_raw(4000).unwrap()), &[&4000i32.to_le_bytes()]));
}

#[test]
fn types_that_hide_their_fields_send_them() {
    let stat = fs::stat("/dev/null").unwrap();
    let fields = [stat.st_dev(), stat.st_ino(), stat.st_nlink()].map(u64::to_le_bytes);
    let parts = [&fields[0][..], &fields[1], &fields[2], &stat.st_mode().to_le_bytes()];
    assert!(has(&sent(stat), &parts));
    let statvfs = fs::statvfs("/proc").unwrap();
    let fields = [statvfs.f_bsize(), statvfs.f_frsize(), statvfs.f_blocks()];
    assert!(has(&sent(statvfs), &fields.map(u64::to_le_bytes).each_ref().map(|f| &f[..])));
    assert!(has(&sent(Rusage::default()), &[&[0; 14 * 8]]));
    let uname = system::uname().unwrap();
    let machine = uname.machine().to_bytes();
    assert!(has(&sent(uname), &[&(machine.len() as u32).to_le_bytes(), machine]));
}
