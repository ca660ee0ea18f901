//! `src/fd/reader.rs` and read_to_end: against a model, and where reading
//! fails midway.

use std::{io::Write as _, thread, time::Duration};

use proptest::prelude::*;
use rawos::{
    Errno,
    fd::{self, FdReader, SeekFrom},
    fs::OFlags,
};

#[cfg(any(feature = "std", feature = "embedded-io"))]
use crate::common::own;
use crate::{
    common::{borrow, memfd},
    util::interrupted,
};

#[derive(Clone, Debug)]
enum Step {
    Read(usize),
    Exact(usize),
    Line(usize),
    LineTo,
    Take(usize),
    Seek(u64),
    Move(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..20usize).prop_map(Step::Read),
        (0..20usize).prop_map(Step::Exact),
        (0..20usize).prop_map(Step::Line),
        Just(Step::LineTo),
        (0..20usize).prop_map(Step::Take),
        (0..200u64).prop_map(Step::Seek),
        (-20..20i64).prop_map(Step::Move),
    ];
    proptest::collection::vec(step, 0..40)
}

/// The line at `at`, with its newline.
fn line(text: &[u8], at: usize) -> &[u8] {
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == b'\n');
    &rest[..end.map_or(rest.len(), |end| end + 1)]
}

fn behaves<const N: usize>(text: &[u8], steps: &[Step]) {
    let mut file = memfd();
    file.write_all(text).unwrap();
    fd::lseek(borrow(&file), SeekFrom::Start(0)).unwrap();
    let mut reader = FdReader::<_, N>::sized(borrow(&file));
    let mut at = 0usize;
    for step in steps {
        let rest = text.get(at..).unwrap_or_default();
        match *step {
            Step::Read(room) => {
                let mut buf = vec![0; room];
                let count = reader.read(&mut buf).unwrap();
                assert!(count > 0 || room == 0 || rest.is_empty());
                assert_eq!(&buf[..count], &rest[..count]);
                at += count;
            }
            Step::Exact(room) => {
                let mut buf = vec![0; room];
                match reader.read_exact(&mut buf) {
                    Ok(()) => {
                        assert_eq!(buf, &rest[..room]);
                        at += room;
                    }
                    Err(errno) => {
                        assert_eq!(errno, Errno::ENODATA);
                        assert!(rest.len() < room);
                        if room > N {
                            at = text.len().max(at);
                            at -= reader.buffer().len();
                        }
                    }
                }
            }
            Step::Line(room) => {
                let mut buf = vec![0; room];
                let count = reader.readline(&mut buf).unwrap();
                let line = line(text, at);
                assert_eq!(&buf[..count], &line[..line.len().min(room)]);
                at += count;
            }
            Step::LineTo => {
                #[cfg(feature = "alloc")]
                {
                    let mut vec = b">".to_vec();
                    let count = reader.readline_to(&mut vec).unwrap();
                    assert_eq!(&vec[1..], line(text, at));
                    at += count;
                }
            }
            Step::Take(most) => {
                let ready = reader.fill_buf().unwrap();
                assert!(rest.starts_with(ready) && ready.is_empty() == rest.is_empty());
                let count = ready.len().min(most);
                reader.consume(most);
                at += count;
            }
            Step::Seek(to) => {
                assert_eq!(reader.seek(SeekFrom::Start(to)), Ok(to));
                at = to as usize;
            }
            Step::Move(by) => {
                let to = u64::try_from(at as i64 + by).map_err(|_| Errno::EINVAL);
                assert_eq!(reader.seek(SeekFrom::Current(by)), to);
                at = to.map_or(at, |to| to as usize);
            }
        }
        let position = fd::lseek(borrow(&file), SeekFrom::Current(0)).unwrap() as usize;
        assert_eq!(position - reader.buffer().len(), at, "{step:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_reader_is_its_file(text in "[abc\n]{0,120}", steps in steps()) {
        behaves::<1>(text.as_bytes(), &steps);
        behaves::<7>(text.as_bytes(), &steps);
        behaves::<64>(text.as_bytes(), &steps);
        behaves::<8192>(text.as_bytes(), &steps);
    }
}

#[test]
fn nothing_is_lost_when_reading_fails_midway() {
    let (reader, writer) = fd::pipe2(OFlags::NONBLOCK).unwrap();
    let mut reader = FdReader::<_, 8>::sized(reader);
    let mut line = [0; 16];
    assert_eq!(reader.readline(&mut line), Err(Errno::EAGAIN));
    fd::write(&writer, b"par").unwrap();
    assert_eq!((reader.readline(&mut line), &line[..3]), (Ok(3), &b"par"[..]));
    assert_eq!(reader.readline(&mut line), Err(Errno::EAGAIN));
    fd::write(&writer, b"t\nabc").unwrap();
    assert_eq!((reader.readline(&mut line), &line[..2]), (Ok(2), &b"t\n"[..]));
    assert_eq!(reader.read_exact(&mut line[..8]), Err(Errno::EAGAIN));
    assert_eq!(reader.buffer(), b"abc");
    fd::write(&writer, b"defghij").unwrap();
    assert_eq!((reader.read_exact(&mut line[..8]), &line[..8]), (Ok(()), &b"abcdefgh"[..]));
    assert_eq!(reader.read(&mut []), Ok(0));
    #[cfg(feature = "alloc")]
    {
        let mut vec = Vec::new();
        assert_eq!(reader.readline_to(&mut vec), Err(Errno::EAGAIN));
        assert_eq!(vec, b"ij");
    }
    drop(writer);
    assert_eq!(reader.read_exact(&mut line), Err(Errno::ENODATA));
    assert_eq!(reader.close(), Ok(()));
}

#[cfg(feature = "alloc")]
#[test]
fn read_to_end_keeps_what_came_before_an_error() {
    let (reader, writer) = fd::pipe2(OFlags::NONBLOCK).unwrap();
    let data: Vec<u8> = (0..20_000u32).map(|i| (i % 251) as u8).collect();
    fd::write(&writer, &data).unwrap();
    let mut vec = b">".to_vec();
    assert_eq!(fd::read_to_end(&reader, &mut vec), Err(Errno::EAGAIN));
    assert!(vec[1..] == data);
    drop(writer);
    assert_eq!(fd::read_to_end(&reader, &mut vec), Ok(0));
    assert_eq!(vec.len(), 20_001);
}

#[cfg(feature = "alloc")]
#[test]
fn a_signal_does_not_end_read_to_end() {
    let (reader, writer) = fd::pipe().unwrap();
    let late = thread::spawn(move || {
        for _ in 0..3 {
            thread::sleep(Duration::from_millis(30));
            fd::write(&writer, &[7; 50_000]).unwrap();
        }
    });
    let mut vec = Vec::new();
    assert_eq!(interrupted(30, || fd::read_to_end(&reader, &mut vec)), Ok(150_000));
    late.join().unwrap();
}

#[test]
fn a_signal_does_not_end_a_line() {
    let (reader, writer) = fd::pipe().unwrap();
    let late = thread::spawn(move || {
        for part in [&b"on"[..], b"e\n"] {
            thread::sleep(Duration::from_millis(30));
            fd::write(&writer, part).unwrap();
        }
    });
    let mut line = [0; 8];
    let mut reader = fd::fdopen(reader);
    assert_eq!(interrupted(20, || reader.readline(&mut line)), Ok(4));
    late.join().unwrap();
}

#[cfg(feature = "std")]
#[test]
fn std_reads_lines_from_it() {
    use std::io::{BufRead, Seek};
    fn lines(reader: &mut impl BufRead) -> Vec<String> {
        reader.lines().map(Result::unwrap).collect()
    }
    let mut file = memfd();
    file.write_all(b"one\ntwo and more\n\nlast").unwrap();
    fd::lseek(borrow(&file), SeekFrom::Start(0)).unwrap();
    let mut reader = FdReader::<_, 5>::sized(own(file));
    assert_eq!(lines(&mut reader), ["one", "two and more", "", "last"]);
    Seek::seek(&mut reader, std::io::SeekFrom::End(-4)).unwrap();
    assert_eq!(lines(&mut reader), ["last"]);
    let directory = std::fs::File::open("/").unwrap();
    let error = std::io::Read::read(&mut fd::fdopen(own(directory)), &mut [0; 4]).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EISDIR));
}

#[cfg(feature = "embedded-io")]
#[test]
fn embedded_io_reads_from_it() {
    use embedded_io::{BufRead, ErrorKind, Read, ReadExactError, Seek};
    fn exact(reader: &mut impl Read<Error = Errno>, buf: &mut [u8]) -> Option<ErrorKind> {
        match reader.read_exact(buf) {
            Ok(()) => None,
            Err(ReadExactError::UnexpectedEof) => Some(ErrorKind::InvalidData),
            Err(ReadExactError::Other(errno)) => Some(embedded_io::Error::kind(&errno)),
        }
    }
    let mut file = memfd();
    file.write_all(b"0123456789").unwrap();
    let mut reader = FdReader::<_, 4>::sized(own(file));
    Seek::rewind(&mut reader).unwrap();
    let mut buf = [0; 6];
    assert_eq!(exact(&mut reader, &mut buf), None);
    assert_eq!(&buf, b"012345");
    assert!(b"6789".starts_with(BufRead::fill_buf(&mut reader).unwrap()));
    BufRead::consume(&mut reader, 1);
    assert!(b"789".starts_with(BufRead::fill_buf(&mut reader).unwrap()));
    assert_eq!(Seek::seek(&mut reader, embedded_io::SeekFrom::End(-2)), Ok(8));
    assert_eq!(exact(&mut reader, &mut buf), Some(ErrorKind::InvalidData));
    let mut directory = fd::fdopen(own(std::fs::File::open("/").unwrap()));
    assert_eq!(exact(&mut directory, &mut buf), Some(ErrorKind::Other));
}
