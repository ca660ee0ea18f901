//! The control socket `/run/init.sock`, and its client.
//!
//! A request is one line: `status`, `start NAME`, `stop NAME`, `restart NAME`,
//! `poweroff`, `reboot` or `halt`. The answer is text up to the end of the
//! stream; `error: …` for what cannot be done. `start` starts what the service
//! requires as well, `stop` and `restart` take those with it that require it.
//! They do not wait for it to be done.
//!
//! `init ctl [-s SOCKET] COMMAND [NAME]` sends a request and prints the answer;
//! its exit status is 1 for an error, 2 if nobody answers.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use heapless::Vec;
use rawos::{
    Errno, Result, fd,
    fd::OwnedFd,
    fs::{self, Mode},
    process,
    socket::{self, MsgFlags, SocketFlags, SocketType, UnixAddr},
};

use super::{
    clock::used,
    events::{CONTROL, System, watch},
    file::put,
    log::{Part, Text},
    order::Set,
    shutdown::{Goal, resident},
    text::index,
};

pub const SOCKET: &CStr = c"/run/init.sock";

/// How many may be connected at once.
const CLIENTS: usize = 8;

/// Somebody connected, and what of the request came.
struct Client {
    fd: OwnedFd,
    request: Vec<u8, 300>,
}

pub struct Control {
    listener: Option<OwnedFd>,
    clients: [Option<Client>; CLIENTS],
    /// Who gives way if all places are taken.
    oldest: usize,
}

impl Control {
    pub const fn new() -> Self {
        Self { listener: None, clients: [const { None }; CLIENTS], oldest: 0 }
    }

    pub fn open(&mut self, epoll: &OwnedFd) -> Result<()> {
        let _ = fs::unlink(SOCKET);
        let listener = socket::socket(SocketType::Stream, SocketFlags::NONBLOCK)?;
        // For this user alone, from the first moment.
        let mask = process::umask(Mode::from_bits_retain(0o177));
        let bound = UnixAddr::path(SOCKET).and_then(|path| socket::bind(&listener, &path));
        process::umask(mask);
        bound?;
        socket::listen(&listener, 8)?;
        watch(epoll, &listener, CONTROL)?;
        self.listener = Some(listener);
        Ok(())
    }

    fn accept(&mut self, epoll: &OwnedFd) {
        let Some(listener) = &self.listener else { return };
        for _ in 0..CLIENTS {
            let Ok((fd, _)) = socket::accept4(listener, SocketFlags::NONBLOCK) else { return };
            let free = self.clients.iter().position(Option::is_none);
            let index = free.unwrap_or(self.oldest);
            self.oldest = (index + 1) % CLIENTS;
            if watch(epoll, &fd, CONTROL + 1 + index as u64).is_ok()
                && let Some(place) = self.clients.get_mut(index)
            {
                *place = Some(Client { fd, request: Vec::new() });
            }
        }
    }
}

/// Something came, for the socket itself (0), or from a client.
#[inline(never)]
pub fn receive(system: &mut System, epoll: &OwnedFd, from: u64) {
    let Some(index) = usize::try_from(from).ok().and_then(|from| from.checked_sub(1)) else {
        return system.control.accept(epoll);
    };
    let Some(place) = system.control.clients.get_mut(index) else { return };
    let Some(mut client) = place.take() else { return };
    let mut text = [0; 300];
    match socket::recv(&client.fd, &mut text, MsgFlags::DONTWAIT) {
        Err(Errno::EAGAIN) => {}
        Err(_) => return,
        Ok(len) => {
            let text = text.get(..len).unwrap_or_default();
            let fits = client.request.extend_from_slice(text).is_ok();
            let end = client.request.iter().position(|byte| *byte == b'\n');
            if end.is_some() || len == 0 || !fits {
                let request = client.request.get(..end.unwrap_or(client.request.len()));
                answer(system, &client.fd, request.unwrap_or_default());
                return;
            }
        }
    }
    if let Some(place) = system.control.clients.get_mut(index) {
        *place = Some(client);
    }
}

/// `tell!(client, "% and %", part, …)`, as [`say`](super::log::say).
macro_rules! tell {
    ($client:expr, $text:expr $(, $part:expr)*) => {
        tell($client, $text.as_bytes(), &[$(Part::from($part)),*])
    };
}

/// Sends a line, as far as the client takes it.
fn tell(client: &OwnedFd, text: &[u8], parts: &[Part<'_>]) {
    let mut line = Text::new();
    line.parts(text, parts);
    line.end();
    let _ = socket::send(client, &line.0, MsgFlags::DONTWAIT);
}

/// The commands that have no name after them, and those that do.
const ALONE: &[u8] = b"status poweroff reboot halt";
const NAMED: &[u8] = b"start stop restart";

fn answer(system: &mut System, client: &OwnedFd, request: &[u8]) {
    let mut words = request.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let command = words.next().unwrap_or_default();
    let (name, more) = (words.next(), words.next());
    let error = match (index(ALONE, command), index(NAMED, command), name, more) {
        (Some(0), _, None, None) => return status(system, client),
        (Some(goal), _, None, None) => {
            system.end(match goal {
                1 => Goal::PowerOff,
                2 => Goal::Restart,
                _ => Goal::Halt,
            });
            None
        }
        (_, Some(command), Some(name), None) => match system.find(name) {
            None => Some("no such service"),
            Some(_) if !system.runs() => Some("not while the system starts or ends"),
            Some(index) => {
                match command {
                    0 => start(system, index),
                    command => stop(system, index, command == 2),
                }
                None
            }
        },
        _ => Some("status, start NAME, stop NAME, restart NAME, poweroff, reboot or halt"),
    };
    match error {
        Some(error) => tell!(client, "error: %", error),
        None => tell!(client, "ok"),
    }
}

fn status(system: &System, client: &OwnedFd) {
    let (orphans, resident) = (system.orphans, resident());
    tell!(client, "init % orphans reaped, % KiB, % us", orphans, resident, used());
    for service in &*system.services {
        let (name, it) = (service.shown(), &service.machine);
        let (state, restarts) = (it.state.name(), it.restarts);
        tell!(client, "% %, % restarts, pid %", name, state, restarts, it.pid);
    }
}

/// Wants a service, and what it requires.
fn start(system: &mut System, index: usize) {
    let (mut wanted, mut done) = (Set::default(), Set::default());
    wanted.add(index);
    while let Some(next) = wanted.iter().find(|next| !done.has(*next)) {
        done.add(next);
        if let Some(service) = system.services.get_mut(next) {
            wanted.0 |= service.requires.0;
            // Others that ended well are fine as they are.
            if next == index || !service.machine.reached {
                service.machine.want();
            }
        }
    }
}

/// Stops a service, and those that run and require it.
fn stop(system: &mut System, index: usize, again: bool) {
    let mut all = Set::default();
    all.add(index);
    let mut before = Set::default();
    while before != all {
        before = all;
        for (other, service) in system.services.iter().enumerate() {
            if service.requires.0 & all.0 != 0 && service.machine.active() {
                all.add(other);
            }
        }
    }
    for index in all.iter() {
        system.stop(index, again);
    }
}

/// `init ctl`: sends the arguments as a request; the exit status.
pub fn client(args: impl Iterator<Item = &'static CStr>) -> i32 {
    match ask(args) {
        Ok(failed) => failed.into(),
        Err(errno) => {
            let mut line = Text::new();
            line.parts(b"init ctl: !", &[errno.into()]);
            line.end();
            let _ = put(fd::stderr(), &line.0);
            2
        }
    }
}

/// Prints the answer. Whether it is an error.
#[inline(never)]
fn ask(args: impl Iterator<Item = &'static CStr>) -> Result<bool> {
    let mut args = args.peekable();
    let mut path = SOCKET;
    if args.next_if(|arg| *arg == c"-s").is_some() {
        path = args.next().unwrap_or(path);
    }
    let socket = socket::socket(SocketType::Stream, SocketFlags::empty())?;
    socket::connect(&socket, &UnixAddr::path(path)?)?;
    let mut request = Text::new();
    for arg in args {
        request.put(arg.to_bytes());
        request.put(b" ");
    }
    request.end();
    socket::send(&socket, &request.0, MsgFlags::empty())?;
    let mut buf = [0; 1024];
    let mut failed = None;
    loop {
        let len = socket::recv(&socket, &mut buf, MsgFlags::empty())?;
        let text = buf.get(..len).unwrap_or_default();
        if text.is_empty() {
            return Ok(failed.unwrap_or(true));
        }
        failed = failed.or(Some(text.starts_with(b"error")));
        put(fd::stdout(), text)?;
    }
}
