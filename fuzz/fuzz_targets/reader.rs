//! A file behind a small buffer: lines, pieces and jumps, against std's.
#![no_main]
use std::io::{BufRead as _, Cursor, Read as _, Seek as _};

use libfuzzer_sys::fuzz_target;
use rawos::{
    Errno,
    fd::{FdReader, SeekFrom},
};
use rawos_fuzz::{file, halves};

fuzz_target!(|data: &[u8]| {
    let (plan, text) = halves(data);
    let mut ours = FdReader::<_, 7>::sized(file(text));
    let mut theirs = Cursor::new(text);
    for step in plan {
        let room = usize::from(step / 5 % 16);
        let (mut a, mut b) = (vec![0; room], vec![0; room]);
        match step % 5 {
            0 => {
                let len = ours.readline(&mut a).unwrap();
                let line = theirs.get_ref().get(theirs.position() as usize..).unwrap_or_default();
                let end =
                    line.iter().position(|byte| *byte == b'\n').map_or(line.len(), |at| at + 1);
                assert_eq!(a[..len], line[..end.min(room)]);
                theirs.seek_relative(len as i64).unwrap();
            }
            1 => {
                (a, b) = (Vec::new(), Vec::new());
                let len = theirs.read_until(b'\n', &mut b).unwrap();
                assert_eq!(ours.readline_to(&mut a), Ok(len));
                assert_eq!(a, b);
            }
            2 => {
                let exact = theirs.read_exact(&mut b).map_err(|_| Errno::ENODATA);
                assert_eq!(ours.read_exact(&mut a), exact);
                // After the error, where the two are is not said.
                if exact.is_err() {
                    return;
                }
                assert_eq!(a, b);
            }
            3 => {
                let len = ours.read(&mut a).unwrap();
                theirs.read_exact(&mut b[..len]).unwrap();
                assert_eq!(a[..len], b[..len]);
                assert!(len > 0 || room == 0 || theirs.fill_buf().unwrap().is_empty());
            }
            _ => {
                let by = room as i64 - 8;
                let at = theirs.seek(std::io::SeekFrom::Current(by)).map_err(|_| Errno::EINVAL);
                assert_eq!(ours.seek(SeekFrom::Current(by)), at);
            }
        }
    }
});
