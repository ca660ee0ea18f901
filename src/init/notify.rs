//! Telling the manager of services how this one is: the protocol of systemd's
//! `sd_notify`, which an init of one's own can speak from either side.
//!
//! A message is lines `NAME=value`, sent to the datagram socket that the
//! variable `NOTIFY_SOCKET` names: a path, or `@` and an abstract name.
#![forbid(unsafe_code)]

use core::fmt::Write as _;

use heapless::Vec;

use crate::{
    Errno, Result, env,
    path::PathLike,
    process::Pid,
    socket::{self, MsgFlags, SocketFlags, SocketType, UnixAddr},
};

/// How many bytes a message of [`notify`] may have: systemd reads no more.
pub const NOTIFY_MAX: usize = 4096;

/// One thing that [`notify`] says.
///
/// # See also
/// [sd_notify(3)](https://man7.org/linux/man-pages/man3/sd_notify.3.html)
///
/// # Examples
/// ```
/// use rawos::{init::{self, Notify}, Errno};
///
/// let two_lines = [Notify::Status("all is\nwell")];
/// assert_eq!(init::notify_to("@rawos/nobody", &two_lines), Err(Errno::EINVAL));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notify<'a> {
    /// `READY=1`: the service has started.
    Ready,
    /// `STOPPING=1`: it is about to end.
    Stopping,
    /// `WATCHDOG=1`: it is alive.
    Watchdog,
    /// `STATUS=`: what it does, for people to read, in one line.
    Status(&'a str),
    /// `MAINPID=`: which process the service is.
    MainPid(Pid),
    /// `ERRNO=`: the error it fails with.
    Errno(Errno),
    /// Any other line, `NAME=value`.
    Line(&'a str),
}

type Message = Vec<u8, NOTIFY_MAX>;

/// The message: `EINVAL` for a line that is none, `EMSGSIZE` for too much.
#[inline]
fn message(said: &[Notify<'_>]) -> Result<Message> {
    let mut message = Message::new();
    for one in said {
        let (name, text) = match *one {
            Notify::Ready => ("READY=", "1"),
            Notify::Stopping => ("STOPPING=", "1"),
            Notify::Watchdog => ("WATCHDOG=", "1"),
            Notify::Status(text) => ("STATUS=", text),
            Notify::MainPid(_) => ("MAINPID=", ""),
            Notify::Errno(_) => ("ERRNO=", ""),
            Notify::Line(line) => match line.find('=') {
                None | Some(0) => return Err(Errno::EINVAL),
                Some(_) => ("", line),
            },
        };
        if text.contains(['\n', '\0']) {
            return Err(Errno::EINVAL);
        }
        let number = match *one {
            Notify::MainPid(Pid(pid)) => Some(pid),
            Notify::Errno(errno) => Some(errno.raw()),
            _ => None,
        };
        let written = match number {
            Some(number) => writeln!(message, "{name}{number}"),
            None => writeln!(message, "{name}{text}"),
        };
        written.map_err(|_| Errno::EMSGSIZE)?;
    }
    Ok(message)
}

/// The socket that `address` names; `EINVAL` for what is no such name.
#[inline]
pub(crate) fn parse(address: &[u8]) -> Result<UnixAddr> {
    match address {
        [b'/', _, ..] => UnixAddr::path(address),
        [b'@', name @ ..] if !name.is_empty() => UnixAddr::abstract_name(name),
        _ => Err(Errno::EINVAL),
    }
}

/// Tells the manager of services at `address` what is `said`, in one message.
///
/// `address` is an absolute path, or `@` and an abstract name. This waits
/// while the manager has too many messages unread. Who is telling, the manager
/// learns from the kernel.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `address` is neither; a text holds a newline
///   or NUL; a [`Notify::Line`] has no name.
/// - [`EMSGSIZE`](Errno::EMSGSIZE): more than [`NOTIFY_MAX`] bytes.
/// - [`ENAMETOOLONG`](Errno::ENAMETOOLONG): `address` is longer than a socket's.
/// - [`ECONNREFUSED`](Errno::ECONNREFUSED), [`ENOENT`](Errno::ENOENT): nobody is there.
/// - The rest: those of [`socket`](crate::socket::socket()) and
///   [`sendto`](crate::socket::sendto).
///
/// # Python
/// None.
///
/// # See also
/// [sd_notify(3)](https://man7.org/linux/man-pages/man3/sd_notify.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init::{self, Notify}};
///
/// let told = init::notify_to("@rawos/nobody is here", &[Notify::Ready]);
/// assert_eq!(told, Err(Errno::ECONNREFUSED));
/// ```
#[inline]
pub fn notify_to<P: PathLike>(address: P, said: &[Notify<'_>]) -> Result<()> {
    let address = parse(address.fspath())?;
    let message = message(said)?;
    let socket = socket::socket(SocketType::Dgram, SocketFlags::empty())?;
    socket::sendto(&socket, &message, MsgFlags::empty(), &address).map(drop)
}

/// Tells the manager of services that started this process what is `said`, in
/// one message, and returns whether there is one: the variable
/// `NOTIFY_SOCKET` names its socket.
///
/// The variable stays in the environment, so that programs which this one
/// starts could tell as well; a manager that minds looks at who does.
///
/// # Errors
/// - Those of [`notify_to`]; `EINVAL` also for an empty `NOTIFY_SOCKET`.
/// - Those of [`env::environ`].
///
/// # Python
/// None.
///
/// # See also
/// [sd_notify(3)](https://man7.org/linux/man-pages/man3/sd_notify.3.html)
///
/// # Examples
/// ```
/// use rawos::{init::{self, Notify}, process};
///
/// if std::env::var_os("NOTIFY_SOCKET").is_none() {
///     let said = [Notify::Ready, Notify::MainPid(process::getpid())];
///     assert_eq!(init::notify(&said), Ok(false));
/// }
/// ```
#[doc(alias = "sd_notify")]
#[inline]
pub fn notify(said: &[Notify<'_>]) -> Result<bool> {
    let Some(address) = env::getenvb("NOTIFY_SOCKET")? else { return Ok(false) };
    notify_to(&*address, said).map(|()| true)
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    fn text(said: &[Notify<'_>]) -> Result<String> {
        message(said).map(|message| String::from_utf8(message.to_vec()).unwrap())
    }

    #[test]
    fn each_has_its_line() {
        let said = [
            Notify::Ready,
            Notify::Stopping,
            Notify::Watchdog,
            Notify::Status("three of five"),
            Notify::MainPid(Pid(-7)),
            Notify::Errno(Errno::ENOENT),
            Notify::Line("X_A=b=c"),
        ];
        let lines =
            "READY=1\nSTOPPING=1\nWATCHDOG=1\nSTATUS=three of five\nMAINPID=-7\nERRNO=2\nX_A=b=c\n";
        assert_eq!(text(&said).as_deref(), Ok(lines));
        assert_eq!(text(&[]).as_deref(), Ok(""));
    }

    #[test]
    fn a_line_is_one_line_with_a_name() {
        for bad in ["", "A", "=", "=A", "A=\n", "A=B\nC=D", "A=\0"] {
            assert_eq!(text(&[Notify::Line(bad)]), Err(Errno::EINVAL), "{bad:?}");
        }
        assert_eq!(text(&[Notify::Status("a\nREADY=1")]), Err(Errno::EINVAL));
        assert_eq!(text(&[Notify::Status("")]).as_deref(), Ok("STATUS=\n"));
    }

    #[test]
    fn a_message_has_its_bound() {
        let most = std::vec![b'x'; NOTIFY_MAX - "STATUS=\n".len()];
        let most = str::from_utf8(&most).unwrap();
        assert_eq!(text(&[Notify::Status(most)]).unwrap().len(), NOTIFY_MAX);
        let more = std::format!("{most}x");
        assert_eq!(text(&[Notify::Status(&more)]), Err(Errno::EMSGSIZE));
        assert_eq!(text(&[Notify::Status(most), Notify::Ready]), Err(Errno::EMSGSIZE));
    }

    #[test]
    fn what_names_a_socket() {
        assert_eq!(parse(b"/a"), UnixAddr::path("/a"));
        assert_eq!(parse(b"@a\xff"), UnixAddr::abstract_name(b"a\xff"));
        for bad in [&b""[..], b"@", b"/", b"a", b"./a", b"vsock:2:3", b"/a\0"] {
            assert_eq!(parse(bad), Err(Errno::EINVAL), "{bad:?}");
        }
        assert_eq!(parse(&[b'/'; 108]), Err(Errno::ENAMETOOLONG));
        assert!(parse(&[b'@'; 108]).is_ok());
        assert_eq!(parse(&[b'@'; 109]), Err(Errno::ENAMETOOLONG));
    }
}
