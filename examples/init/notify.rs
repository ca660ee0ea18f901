//! `READY=1` from services of the type `notify`: from the process that was
//! started, whoever it is by now, or from another of its session that is root's
//! or the unit's user's.
//!
//! A descriptor in a message could keep this program busy, for as long as it
//! takes to close. Since Linux 6.16 none gets in. Before, only root may send,
//! unless a unit of the type `notify` has a `User=`: then anybody may.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use rawos::{
    Result,
    fd::{IoSliceMut, OwnedFd},
    fs::{self, Mode},
    process::{self, Pid},
    socket::{self, MsgFlags, SocketFlags, SocketType, UnixAddr},
};

use super::{
    events::{AT_ONCE, System},
    machine::Type,
    services::Task,
    user::{self, User},
};

/// Where they send it.
pub const SOCKET: &CStr = c"/run/init.notify";

#[inline(never)]
pub fn open(system: &System) -> Result<OwnedFd> {
    let _ = fs::unlink(SOCKET);
    let socket = socket::socket(SocketType::Dgram, SocketFlags::NONBLOCK)?;
    // Who sends is known by its process.
    socket::set_passcred(&socket, true)?;
    let any = socket::set_passrights(&socket, false).is_ok()
        || system.services.iter().any(|service| match &service.task {
            Task::Unit(unit) => unit.policy.kind == Type::Notify && unit.user.is_some(),
            Task::Line(_) => false,
        });
    // It is made without write access for others.
    socket::bind(&socket, &UnixAddr::path(SOCKET)?)?;
    fs::chmod(SOCKET, Mode::from_bits_retain(if any { 0o666 } else { 0o600 }))?;
    Ok(socket)
}

/// Takes what was sent.
#[inline(never)]
pub fn receive(system: &mut System, socket: &OwnedFd) {
    let mut text = [0; 4096];
    for _ in 0..AT_ONCE {
        let mut buf = [IoSliceMut::new(&mut text)];
        let Ok(message) = socket::recvmsg::<0, _>(socket, &mut buf, MsgFlags::DONTWAIT) else {
            return;
        };
        let said = text.get(..message.len).unwrap_or_default();
        let Some(sender) = message.credentials else { continue };
        if message.flags.contains(MsgFlags::TRUNC)
            || !said.split(|byte| *byte == b'\n').any(|line| line == b"READY=1")
        {
            continue;
        }
        // Another namespace's process is 0 here; and the session of one that
        // ended is unknown.
        let of = |pid: Pid| {
            let mut services = system.services.iter();
            services.position(|service| pid.0 > 0 && service.machine.pid == pid.0)
        };
        let session = || process::getsid(sender.pid).ok().and_then(of);
        let of_session =
            || session().filter(|index| sender.uid == 0 || owns(system, *index, sender.uid));
        if let Some(index) = of(sender.pid).or_else(of_session) {
            system.ready(index);
        }
    }
}

/// Whether the service runs as that user.
fn owns(system: &System, index: usize, uid: u32) -> bool {
    let Some(Task::Unit(unit)) = system.services.get(index).map(|service| &service.task) else {
        return false;
    };
    let mut user = User::default();
    user::find(unit.user, None, &mut user).is_ok() && user.uid == uid
}
