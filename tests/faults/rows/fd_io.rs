//! Reading, writing, and the file behind a descriptor.

use std::{
    fs::{File, OpenOptions},
    io::{PipeReader, PipeWriter, Write as _},
};

use rawos::fd::{self, Advice, IoSlice, IoSliceMut, LockfCommand, RwFlags, SeekFrom, SpliceFlags};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

/// What `file` holds.
const TEXT: &[u8] = b"hello, world\n";

pub fn file() -> File {
    File::open("file").expect("the scene's")
}

pub fn writable() -> File {
    OpenOptions::new().read(true).write(true).open("file").expect("the scene's")
}

/// A pipe with a byte in it.
pub fn pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(b"x").expect("it has room");
    (reader, writer)
}

/// No command but those of locks waits; Python repeats none but those either.
const FCNTL: &[Rule] = &[Rule::Interrupts(Sysno::fcntl)];

pub const ROWS: &[Row] = &[
    Row {
        name: "fd::read",
        run: |t| {
            let (file, mut buf) = (file(), [0; 8]);
            t.call_and(|| fd::read(&file, &mut buf), |read| assert!(read.unwrap_or(1) > 0));
            assert!(buf == [0; 8] || TEXT.starts_with(&buf) || buf == *b"h\0\0\0\0\0\0\0");
        },
        rules: &[],
    },
    Row {
        name: "fd::readinto",
        run: |t| {
            let file = file();
            t.call(|| fd::readinto(&file, &mut [0; 8]));
        },
        rules: &[],
    },
    Row {
        name: "fd::read_to_end",
        run: |t| {
            let (file, mut vec) = (file(), Vec::new());
            t.call_and(
                || fd::read_to_end(&file, &mut vec).map(|count| count == TEXT.len()),
                |whole| assert!(whole.unwrap_or(true)),
            );
        },
        rules: &[],
    },
    Row {
        name: "fd::pread",
        run: |t| {
            let (file, mut buf) = (file(), [0; 5]);
            t.call(|| fd::pread(&file, &mut buf, 7));
        },
        rules: &[],
    },
    Row {
        name: "fd::write",
        run: |t| {
            let file = writable();
            t.call_and(|| fd::write(&file, b"HELLO"), |wrote| assert!(wrote.unwrap_or(1) > 0));
        },
        rules: &[],
    },
    Row {
        name: "fd::write_all",
        run: |t| {
            let (_reader, writer) = pipe();
            t.call(|| fd::write_all(&writer, b"HELLO"));
        },
        rules: &[],
    },
    Row {
        name: "fd::pwrite",
        run: |t| {
            let file = writable();
            t.call(|| fd::pwrite(&file, b"W", 7));
        },
        rules: &[],
    },
    Row {
        name: "fd::lseek",
        run: |t| {
            let file = file();
            t.call_and(
                || fd::lseek(&file, SeekFrom::End(-3)),
                |at| assert!(at.is_err() || at == Ok(10)),
            );
        },
        rules: &[],
    },
    Row {
        name: "fd::readv",
        run: |t| {
            let (file, mut a, mut b) = (file(), [0; 2], [0; 6]);
            let bufs = &mut [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)];
            t.call_and(
                || fd::readv(&file, bufs),
                |read| assert!(read.is_err() || [Ok(8), Ok(1)].contains(&read)),
            );
        },
        rules: &[],
    },
    Row {
        name: "fd::writev",
        run: |t| {
            let file = writable();
            t.call(|| fd::writev(&file, &[IoSlice::new(b"HE"), IoSlice::new(b"LLO")]));
        },
        rules: &[],
    },
    Row {
        name: "fd::preadv",
        run: |t| {
            let (file, mut a) = (file(), [0; 5]);
            let bufs = &mut [IoSliceMut::new(&mut a)];
            t.call(|| fd::preadv(&file, bufs, 7, RwFlags::empty()));
        },
        rules: &[],
    },
    Row {
        name: "fd::preadv (flags)",
        run: |t| {
            let (file, mut a) = (file(), [0; 5]);
            let bufs = &mut [IoSliceMut::new(&mut a)];
            t.call(|| fd::preadv(&file, bufs, 7, RwFlags::HIPRI));
        },
        rules: &[],
    },
    Row {
        name: "fd::pwritev",
        run: |t| {
            let file = writable();
            t.call(|| fd::pwritev(&file, &[IoSlice::new(b"W")], 7, RwFlags::empty()));
        },
        rules: &[],
    },
    Row {
        name: "fd::pwritev (flags)",
        run: |t| {
            let file = writable();
            t.call(|| fd::pwritev(&file, &[IoSlice::new(b"W")], 7, RwFlags::DSYNC));
        },
        rules: &[],
    },
    Row {
        name: "fd::sendfile",
        run: |t| {
            let (file, (_reader, writer)) = (file(), pipe());
            t.call_and(
                || fd::sendfile(&writer, &file, Some(7), 5),
                |sent| assert!(sent.is_err() || [Ok(5), Ok(1)].contains(&sent)),
            );
        },
        rules: &[],
    },
    Row {
        name: "fd::splice",
        run: |t| {
            let ((reader, _writer), file) = (pipe(), writable());
            t.call_and(
                || fd::splice(&reader, &file, 8, None, Some(2), SpliceFlags::empty()),
                |moved| assert!(moved.is_err() || moved == Ok(1)),
            );
        },
        rules: &[],
    },
    Row {
        name: "fd::copy_file_range",
        run: |t| {
            let (from, to) = (file(), File::create("empty").expect("the scene's"));
            t.call_and(
                || fd::copy_file_range(&from, &to, 5, Some(7), None),
                |copied| assert!(copied.is_err() || [Ok(5), Ok(1)].contains(&copied)),
            );
        },
        rules: &[],
    },
    Row {
        name: "fd::fsync",
        run: |t| {
            let file = writable();
            t.call(|| fd::fsync(&file));
        },
        rules: &[],
    },
    Row {
        name: "fd::fdatasync",
        run: |t| {
            let file = writable();
            t.call(|| fd::fdatasync(&file));
        },
        rules: &[],
    },
    Row {
        name: "fd::ftruncate",
        run: |t| {
            let file = writable();
            t.call(|| fd::ftruncate(&file, 5));
        },
        rules: &[],
    },
    Row {
        name: "fd::posix_fallocate",
        run: |t| {
            let file = writable();
            t.call(|| fd::posix_fallocate(&file, 0, 100));
        },
        rules: &[],
    },
    Row {
        name: "fd::posix_fadvise",
        run: |t| {
            let file = file();
            t.call(|| fd::posix_fadvise(&file, 0, 0, Advice::WillNeed));
        },
        rules: &[],
    },
    Row {
        name: "fd::lockf",
        run: |t| {
            let file = writable();
            t.call(|| fd::lockf(&file, LockfCommand::Lock, 0));
        },
        rules: &[],
    },
    Row {
        name: "fd::lockf (try)",
        run: |t| {
            let file = writable();
            t.call(|| fd::lockf(&file, LockfCommand::TryLock, 0));
        },
        rules: &[],
    },
    Row {
        name: "fd::lockf (unlock)",
        run: |t| {
            let file = writable();
            t.call(|| fd::lockf(&file, LockfCommand::Unlock, 0));
        },
        rules: &[],
    },
    Row {
        name: "fd::lockf (test)",
        run: |t| {
            let file = writable();
            t.call(|| fd::lockf(&file, LockfCommand::Test, 0));
        },
        rules: &[],
    },
    Row {
        name: "fd::get_blocking",
        run: |t| {
            let file = file();
            t.call_and(|| fd::get_blocking(&file), |blocks| assert!(blocks.unwrap_or(true)));
        },
        rules: FCNTL,
    },
    Row {
        name: "fd::set_blocking",
        run: |t| {
            let file = file();
            t.call(|| fd::set_blocking(&file, false));
        },
        rules: FCNTL,
    },
    Row {
        name: "fd::get_inheritable",
        run: |t| {
            let file = file();
            t.call_and(|| fd::get_inheritable(&file), |goes| assert!(!goes.unwrap_or(false)));
        },
        rules: FCNTL,
    },
    Row {
        name: "fd::set_inheritable",
        run: |t| {
            let file = file();
            t.call(|| fd::set_inheritable(&file, true));
        },
        rules: FCNTL,
    },
];
