//! What host and guest agree on: the list of programs to run (a file in the
//! initramfs) and the marked lines on the console.

use std::fmt;

/// Where the initramfs has the list of programs to run.
pub const PAYLOAD: &str = "/payload";

/// One program to run in the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What the marked lines call it.
    pub name: String,
    /// The program's absolute path, then its arguments.
    pub argv: Vec<String>,
}

/// The payload file: for each job its name, the length of its argv and the
/// argv, every field ended by a NUL.
pub fn encode(jobs: &[Job]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut field = |text: &str| {
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
    };
    for job in jobs {
        field(&job.name);
        field(&job.argv.len().to_string());
        job.argv.iter().for_each(|arg| field(arg));
    }
    bytes
}

/// Reads what [`encode`] wrote; `None` if it is not that.
pub fn decode(bytes: &[u8]) -> Option<Vec<Job>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut fields = text.split_terminator('\0').map(str::to_owned);
    let mut jobs = Vec::new();
    while let Some(name) = fields.next() {
        let count: usize = fields.next()?.parse().ok()?;
        let argv: Vec<String> = fields.by_ref().take(count).collect();
        if argv.len() != count || argv.is_empty() {
            return None;
        }
        jobs.push(Job { name, argv });
    }
    Some(jobs)
}

/// A line by which the guest tells the host how far it is. PID 1 prints a
/// newline before each, in case a program's output did not end with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The job of this name starts.
    Begin(String),
    /// It ended with this status (128 + signal, as in a shell).
    End(String, i32),
    /// All jobs ended; the first status that was not 0, or 0.
    Exit(i32),
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mark::Begin(name) => write!(f, "=== begin {name}"),
            Mark::End(name, status) => write!(f, "=== end {name} status {status}"),
            Mark::Exit(status) => write!(f, "=== exit {status}"),
        }
    }
}

impl Mark {
    /// The mark that `line` is, if it is one.
    pub fn parse(line: &str) -> Option<Mark> {
        let (kind, rest) = line.strip_prefix("=== ")?.split_once(' ')?;
        match kind {
            "begin" => Some(Mark::Begin(rest.to_owned())),
            "end" => {
                let (name, status) = rest.rsplit_once(" status ")?;
                Some(Mark::End(name.to_owned(), status.parse().ok()?))
            }
            "exit" => Some(Mark::Exit(rest.parse().ok()?)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Job, Mark, decode, encode};

    #[test]
    fn jobs_survive_the_payload_file() {
        let jobs = [
            Job { name: "one".into(), argv: vec!["/a".into(), String::new(), "b c".into()] },
            Job { name: "two".into(), argv: vec!["/b".into()] },
        ];
        assert_eq!(decode(&encode(&jobs)).as_deref(), Some(&jobs[..]));
        assert_eq!(decode(b"name\x002\0/only-one\0"), None);
    }

    #[test]
    fn marks_survive_the_console() {
        for mark in
            [Mark::Begin("tree /".into()), Mark::End("a status 1".into(), 139), Mark::Exit(0)]
        {
            assert_eq!(Mark::parse(&mark.to_string()), Some(mark));
        }
        assert_eq!(Mark::parse("=== exit"), None);
    }
}
