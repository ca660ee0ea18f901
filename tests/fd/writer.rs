//! `src/fd/writer.rs`: against a model, and where writing fails midway.

use std::{
    fs::File,
    io::{Read as _, Seek as _},
};

use proptest::prelude::*;
use rawos::{
    Errno,
    fd::{self, FdWriter, SeekFrom},
    fs::OFlags,
};

use crate::common::{borrow, memfd, own};

#[derive(Clone, Debug)]
enum Step {
    Write(usize),
    All(usize),
    Text(u32),
    Flush,
    Seek(u64),
    Back(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..20usize).prop_map(Step::Write),
        (0..20usize).prop_map(Step::All),
        any::<u32>().prop_map(Step::Text),
        Just(Step::Flush),
        (0..200u64).prop_map(Step::Seek),
        (-20..1i64).prop_map(Step::Back),
    ];
    proptest::collection::vec(step, 0..40)
}

fn contents(mut file: &File) -> Vec<u8> {
    let mut text = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut text).unwrap();
    text
}

fn behaves<const N: usize>(steps: &[Step]) {
    let file = memfd();
    let mut writer = FdWriter::<_, N>::sized(borrow(&file));
    let (mut model, mut at, mut next) = (Vec::new(), 0usize, 0u8);
    let mut data = |len: usize| -> Vec<u8> {
        next = next.wrapping_add(1);
        vec![next; len]
    };
    let put = |model: &mut Vec<u8>, at: &mut usize, data: &[u8]| {
        if !data.is_empty() {
            model.resize(model.len().max(*at + data.len()), 0);
            model[*at..][..data.len()].copy_from_slice(data);
            *at += data.len();
        }
    };
    for step in steps {
        match *step {
            Step::Write(len) => {
                let data = data(len);
                let count = writer.write(&data).unwrap();
                assert!(count <= len && (count > 0 || len == 0));
                put(&mut model, &mut at, &data[..count]);
            }
            Step::All(len) => {
                let data = data(len);
                assert_eq!(writer.write_all(&data), Ok(()));
                put(&mut model, &mut at, &data);
            }
            Step::Text(number) => {
                assert_eq!(write!(writer, "<{number:x}>"), Ok(()));
                put(&mut model, &mut at, format!("<{number:x}>").as_bytes());
            }
            Step::Flush => {
                assert_eq!(writer.flush(), Ok(()));
                assert_eq!(writer.buffer(), b"");
            }
            Step::Seek(to) => {
                assert_eq!(writer.seek(SeekFrom::Start(to)), Ok(to));
                at = to as usize;
            }
            Step::Back(by) => {
                let to = u64::try_from(at as i64 + by).map_err(|_| Errno::EINVAL);
                assert_eq!(writer.seek(SeekFrom::Current(by)), to);
                at = to.map_or(at, |to| to as usize);
            }
        }
        let position = fd::lseek(borrow(&file), SeekFrom::Current(0)).unwrap() as usize;
        assert_eq!(position + writer.buffer().len(), at, "{step:?}");
    }
    drop(writer);
    assert_eq!(contents(&file), model);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_writer_is_its_file(steps in steps()) {
        behaves::<1>(&steps);
        behaves::<7>(&steps);
        behaves::<64>(&steps);
        behaves::<8192>(&steps);
    }
}

#[test]
fn a_full_pipe_leaves_the_rest_in_the_buffer() {
    let (reader, writer) = fd::pipe2(OFlags::NONBLOCK).unwrap();
    // Larger than PIPE_BUF, so that the pipe takes parts of it.
    let mut writer = FdWriter::<_, 10_000>::sized(writer);
    let (mut sent, mut received, mut refused) = (Vec::new(), Vec::new(), 0);
    let drain = |received: &mut Vec<u8>, most: usize| {
        let mut buf = vec![0; most];
        if let Ok(count) = fd::read(&reader, &mut *buf) {
            received.extend_from_slice(&buf[..count]);
        }
    };
    for round in 0..5000u32 {
        let data: Vec<u8> = (0..round % 15_000).map(|i| (round + i) as u8).collect();
        match writer.write(&data) {
            Ok(count) => sent.extend_from_slice(&data[..count]),
            Err(errno) => {
                assert_eq!(errno, Errno::EAGAIN);
                refused += 1;
                drain(&mut received, 20_011);
            }
        }
    }
    assert!(refused > 100, "{refused}");
    while writer.flush() == Err(Errno::EAGAIN) {
        drain(&mut received, 5000);
    }
    drop(writer);
    loop {
        let before = received.len();
        drain(&mut received, 1 << 16);
        if received.len() == before {
            break;
        }
    }
    assert!(received == sent);
}

#[test]
fn errors_are_not_lost() {
    let full = || own(File::options().write(true).open("/dev/full").unwrap());
    let mut writer = fd::fdopen_writer(full());
    assert_eq!(writer.write_all(b"abc"), Ok(()));
    assert_eq!(writer.flush(), Err(Errno::ENOSPC));
    assert_eq!(writer.buffer(), b"abc");
    assert_eq!(writer.seek(SeekFrom::Start(0)), Err(Errno::ENOSPC));
    assert_eq!(writer.into_inner().map(drop), Err(Errno::ENOSPC));
    let writer = fd::fdopen_writer(full());
    assert!(writer.into_inner().is_ok());
    let mut writer = FdWriter::<_, 2>::sized(full());
    assert_eq!(write!(writer, "{}", 12345), Err(Errno::ENOSPC));
    assert_eq!(writer.write(b"x"), Ok(1));
    assert_eq!(writer.close(), Err(Errno::ENOSPC));

    struct Broken;
    impl std::fmt::Display for Broken {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Err(std::fmt::Error)
        }
    }
    let mut writer = fd::fdopen_writer(own(memfd()));
    assert_eq!(write!(writer, "a{Broken}"), Err(Errno::EINVAL));
    assert_eq!(writer.buffer(), b"a");
}

#[test]
fn a_drop_flushes_once_and_closes() {
    let (reader, writer) = fd::pipe().unwrap();
    let mut writer = fd::fdopen_writer(writer);
    writer.write_all(b"abc").unwrap();
    drop(writer);
    let mut buf = [0; 8];
    assert_eq!(fd::read(&reader, &mut buf), Ok(3));
    assert_eq!(fd::read(&reader, &mut buf), Ok(0));

    let (reader, writer) = fd::pipe().unwrap();
    let mut writer = fd::fdopen_writer(writer);
    writer.write_all(b"abc").unwrap();
    let writer = writer.into_inner().unwrap();
    assert_eq!(fd::read(&reader, &mut buf), Ok(3));
    assert_eq!(fd::close(writer), Ok(()));
    assert_eq!(fd::read(&reader, &mut buf), Ok(0));
}

#[cfg(feature = "std")]
#[test]
fn std_writes_to_it() {
    use std::io::{Seek, Write};
    fn print(writer: &mut (impl Write + Seek)) -> std::io::Result<u64> {
        writeln!(writer, "{} {}", 1, 2)?;
        writer.stream_position()
    }
    let file = memfd();
    assert_eq!(print(&mut fd::fdopen_writer(borrow(&file))).unwrap(), 4);
    assert_eq!(contents(&file), b"1 2\n");
    let full = own(File::options().write(true).open("/dev/full").unwrap());
    let error = print(&mut fd::fdopen_writer(full)).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
}

#[cfg(feature = "embedded-io")]
#[test]
fn embedded_io_writes_to_it() {
    use embedded_io::{Seek, Write};
    fn print(writer: &mut (impl Write<Error = Errno> + Seek)) -> Result<u64, Errno> {
        writer.write_all(b"12")?;
        writer.flush()?;
        writer.stream_position()
    }
    let file = memfd();
    assert_eq!(print(&mut fd::fdopen_writer(borrow(&file))), Ok(2));
    assert_eq!(contents(&file), b"12");
    let full = own(File::options().write(true).open("/dev/full").unwrap());
    assert_eq!(print(&mut fd::fdopen_writer(full)), Err(Errno::ENOSPC));
}
