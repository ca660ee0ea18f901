//! Reading and writing through a buffer.

use std::{
    fs::OpenOptions,
    io::{self, BufRead as _, Read as _, Seek as _},
};

use rawos::{
    Errno,
    fd::{self, FdReader, FdWriter, OwnedFd, SeekFrom},
};
use syscalls::Sysno;

use super::{
    fd_io::{file, writable},
    fd_own::TELLS,
};
use crate::rules::{Row, Rule};

/// At the end of `file`.
fn appending() -> std::fs::File {
    OpenOptions::new().append(true).open("file").expect("the scene's")
}

/// The errno of std's error.
fn told<T>(result: io::Result<T>) -> rawos::Result<T> {
    result.map_err(|error| {
        let number = error.raw_os_error().expect("an errno");
        Errno::from_raw(number).expect("one of Linux")
    })
}

/// A reader that has one byte of the file left in its buffer.
macro_rules! begun {
    ($reader:ident) => {
        let file = file();
        let mut $reader = FdReader::<_, 4>::sized(&file);
        assert_eq!($reader.read(&mut [0; 3]), Ok(3));
    };
}

pub const ROWS: &[Row] = &[
    Row {
        name: "fd::FdReader::fill_buf",
        run: |t| {
            let file = file();
            let mut reader = FdReader::<_, 4>::sized(&file);
            t.call(|| reader.fill_buf().map(drop));
            assert!(b"hell".starts_with(reader.buffer()));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::read",
        run: |t| {
            let file = file();
            let mut reader = FdReader::<_, 4>::sized(&file);
            t.call(|| reader.read(&mut [0; 3]));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::read (past the buffer)",
        run: |t| {
            let file = file();
            let mut reader = FdReader::<_, 4>::sized(&file);
            t.call(|| reader.read(&mut [0; 8]));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::read_exact",
        run: |t| {
            begun!(reader);
            let mut buf = [0; 9];
            t.call_and(
                || reader.read_exact(&mut buf).map(|()| buf),
                |read| assert!(read.is_err() || read == Ok(*b"lo, world")),
            );
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::seek",
        run: |t| {
            begun!(reader);
            t.call_and(
                || reader.seek(SeekFrom::Current(2)),
                |at| assert!(at.is_err() || at == Ok(5)),
            );
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::readline",
        run: |t| {
            let file = file();
            let mut reader = FdReader::<_, 64>::sized(&file);
            let mut line = [0; 64];
            t.call_and(
                || reader.readline(&mut line),
                |len| assert!(len.is_err() || len == Ok(13), "{len:?}"),
            );
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::readline (in pieces)",
        run: |t| {
            begun!(reader);
            let mut line = [0; 64];
            t.call_and(
                || {
                    // An error is for the next call, if it is not the first.
                    let len = reader.readline(&mut line)?;
                    match line[..len].ends_with(b"\n") {
                        true => Ok(len),
                        false => Ok(len + reader.readline(&mut line[len..])?),
                    }
                },
                |len| assert!(len.is_err() || len == Ok(10), "{len:?}"),
            );
        },
        // So it is: what fails once succeeds in the next call.
        rules: &[Rule::Absorbs(Sysno::read, &[])],
    },
    Row {
        name: "fd::FdReader::readline_to",
        run: |t| {
            begun!(reader);
            let mut line = Vec::with_capacity(64);
            t.call_and(
                || reader.readline_to(&mut line),
                |len| assert!(len.is_err() || len == Ok(10), "{len:?}"),
            );
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::close",
        run: |t| {
            let reader = fd::fdopen(OwnedFd::from(file()));
            t.call(|| reader.close());
        },
        rules: TELLS,
    },
    Row {
        name: "fd::FdReader::read (std)",
        run: |t| {
            begun!(reader);
            t.call(|| told(io::Read::read_exact(&mut reader.by_ref().take(4), &mut [0; 4])));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::fill_buf (std)",
        run: |t| {
            begun!(reader);
            let mut line = String::new();
            t.call(|| told(reader.read_line(&mut line)));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::seek (std)",
        run: |t| {
            begun!(reader);
            t.call(|| told(reader.stream_position()));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::read (embedded-io)",
        run: |t| {
            let file = file();
            let mut reader = FdReader::<_, 4>::sized(&file);
            t.call(|| embedded_io::Read::read(&mut reader, &mut [0; 3]));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::fill_buf (embedded-io)",
        run: |t| {
            let file = file();
            let mut reader = FdReader::<_, 4>::sized(&file);
            t.call(|| embedded_io::BufRead::fill_buf(&mut reader).map(drop));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdReader::seek (embedded-io)",
        run: |t| {
            begun!(reader);
            t.call(|| embedded_io::Seek::seek(&mut reader, embedded_io::SeekFrom::Start(0)));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdWriter::write",
        run: |t| {
            let file = appending();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            assert_eq!(writer.write(b"abc"), Ok(3));
            t.call_and(|| writer.write(b"de"), |wrote| assert!(wrote.is_err() || wrote == Ok(2)));
            let left = writer.buffer().len();
            assert!(left == 3 || left == 2);
            std::mem::forget(writer);
        },
        rules: &[],
    },
    Row {
        name: "fd::FdWriter::write_all",
        run: |t| {
            let file = appending();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            assert_eq!(writer.write(b"abc"), Ok(3));
            t.call(|| writer.write_all(b"defgh"));
            std::mem::forget(writer);
        },
        // What is before the error is written.
        rules: &[Rule::Partial],
    },
    Row {
        name: "fd::FdWriter::write_fmt",
        run: |t| {
            let file = appending();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            t.call(|| writer.write_fmt(format_args!("{}-{}", 123, 456)));
            std::mem::forget(writer);
        },
        // As above.
        rules: &[Rule::Partial],
    },
    Row {
        name: "fd::FdWriter::flush",
        run: |t| {
            let file = appending();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            assert_eq!(writer.write(b"abc"), Ok(3));
            t.call(|| writer.flush());
            let left = writer.buffer().len();
            assert!(left == 0 || left == 3);
            std::mem::forget(writer);
        },
        rules: &[],
    },
    Row {
        name: "fd::FdWriter::seek",
        run: |t| {
            let file = writable();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            assert_eq!(writer.write(b"abc"), Ok(3));
            t.call(|| writer.seek(SeekFrom::Current(2)));
            std::mem::forget(writer);
        },
        // It flushes first.
        rules: &[Rule::Partial],
    },
    Row {
        name: "fd::FdWriter::into_inner",
        run: |t| {
            let file = appending();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            assert_eq!(writer.write(b"abc"), Ok(3));
            t.call(|| writer.into_inner());
        },
        rules: &[],
    },
    Row {
        name: "fd::FdWriter::close",
        run: |t| {
            let mut writer = fd::fdopen_writer(OwnedFd::from(appending()));
            assert_eq!(writer.write(b"abc"), Ok(3));
            t.call(|| writer.close());
        },
        // It flushes first: the file has changed where closing fails.
        rules: &[TELLS[0], TELLS[1], TELLS[2], TELLS[3], TELLS[4], TELLS[5], Rule::Partial],
    },
    Row {
        name: "fd::FdWriter::drop",
        run: |t| {
            let file = appending();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            assert_eq!(writer.write(b"abc"), Ok(3));
            t.call(|| drop(writer));
        },
        // Nobody is left to hear of an error.
        rules: &[Rule::Absorbs(Sysno::write, &[])],
    },
    Row {
        name: "fd::FdWriter::write (std)",
        run: |t| {
            let file = appending();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            t.call(|| told(io::Write::write_all(&mut writer, b"abcdef")));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdWriter::flush (std)",
        run: |t| {
            let file = appending();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            assert_eq!(writer.write(b"abc"), Ok(3));
            t.call(|| told(io::Write::flush(&mut writer)));
            std::mem::forget(writer);
        },
        rules: &[],
    },
    Row {
        name: "fd::FdWriter::seek (std)",
        run: |t| {
            let file = writable();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            t.call(|| told(writer.rewind()));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdWriter::write (embedded-io)",
        run: |t| {
            let file = appending();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            t.call(|| embedded_io::Write::write(&mut writer, b"abcdef"));
        },
        rules: &[],
    },
    Row {
        name: "fd::FdWriter::flush (embedded-io)",
        run: |t| {
            let file = appending();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            assert_eq!(writer.write(b"abc"), Ok(3));
            t.call(|| embedded_io::Write::flush(&mut writer));
            std::mem::forget(writer);
        },
        rules: &[],
    },
    Row {
        name: "fd::FdWriter::seek (embedded-io)",
        run: |t| {
            let file = writable();
            let mut writer = FdWriter::<_, 4>::sized(&file);
            t.call(|| embedded_io::Seek::seek(&mut writer, embedded_io::SeekFrom::Start(3)));
        },
        rules: &[],
    },
];
