//! `src/init/notify.rs`.

use std::{
    env,
    os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixDatagram},
    },
};

use rawos::{
    Errno,
    init::{self, NOTIFY_MAX, Notify},
    process::Pid,
};

use crate::util::{assert_soon, not_run_in_part, runner, temp_dir, this_program};

/// What was told, if anything was.
fn told(manager: &UnixDatagram) -> Option<String> {
    manager.set_nonblocking(true).unwrap();
    let mut buf = [0; 2 * NOTIFY_MAX];
    let len = manager.recv(&mut buf).ok()?;
    Some(String::from_utf8(buf[..len].to_vec()).unwrap())
}

#[test]
fn to_a_path() {
    let tmp = temp_dir();
    let path = tmp.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    let address = path.to_str().unwrap();
    let said = [Notify::Ready, Notify::Status("three of five"), Notify::MainPid(Pid(7))];
    assert_eq!(init::notify_to(address, &said), Ok(()));
    assert_eq!(told(&manager).as_deref(), Some("READY=1\nSTATUS=three of five\nMAINPID=7\n"));
    let said = [Notify::Watchdog, Notify::Stopping, Notify::Errno(Errno::EIO), Notify::Line("A=b")];
    assert_eq!(init::notify_to(address, &said), Ok(()));
    assert_eq!(told(&manager).as_deref(), Some("WATCHDOG=1\nSTOPPING=1\nERRNO=5\nA=b\n"));

    let long = "x".repeat(NOTIFY_MAX - "STATUS=\n".len());
    assert_eq!(init::notify_to(address, &[Notify::Status(&long)]), Ok(()));
    assert_eq!(told(&manager).map(|text| text.len()), Some(NOTIFY_MAX));
    let longer = format!("{long}x");
    assert_eq!(init::notify_to(address, &[Notify::Status(&longer)]), Err(Errno::EMSGSIZE));
    assert_eq!(init::notify_to(address, &[Notify::Status("a\nb")]), Err(Errno::EINVAL));
    assert_eq!(init::notify_to(address, &[Notify::Line("none")]), Err(Errno::EINVAL));
    assert_eq!(told(&manager), None);

    drop(manager);
    assert_soon(Err(Errno::ECONNREFUSED), || init::notify_to(address, &[Notify::Ready]));
    assert_eq!(init::notify_to("/none/notify", &[Notify::Ready]), Err(Errno::ENOENT));
    for bad in ["", "notify", "@", "vsock:2:1"] {
        assert_eq!(init::notify_to(bad, &[Notify::Ready]), Err(Errno::EINVAL), "{bad}");
    }
    assert_eq!(init::notify_to([b'/'; 200], &[Notify::Ready]), Err(Errno::ENAMETOOLONG));
}

#[test]
fn to_whom_the_environment_names() {
    const TEST: &str = "notify::to_whom_the_environment_names";
    if let Ok(expected) = env::var("RAWOS_NOTIFY") {
        let result = init::notify(&[Notify::Ready]);
        return assert_eq!(format!("{result:?}"), expected);
    }
    let run = |address: Option<&str>, expected: &str| {
        let mut command = this_program();
        command.args([TEST, "--exact", "--test-threads=1"]).env("RAWOS_NOTIFY", expected);
        command.env_remove("NOTIFY_SOCKET").envs(address.map(|address| ("NOTIFY_SOCKET", address)));
        let output = command.output().expect("the test runs again");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains(" 1 passed"), "{address:?}: {text}");
    };
    let tmp = temp_dir();
    let path = tmp.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    run(None, "Ok(false)");
    assert_eq!(told(&manager), None);
    run(path.to_str(), "Ok(true)");
    assert_eq!(told(&manager).as_deref(), Some("READY=1\n"));
    run(Some(""), "Err(EINVAL)");
    run(Some("/none/notify"), "Err(ENOENT)");
    if runner().is_some() {
        return not_run_in_part("the emulator appends a NUL to an abstract name");
    }
    let name = format!("rawos-notify-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let manager = UnixDatagram::bind_addr(&address).unwrap();
    run(Some(&format!("@{name}")), "Ok(true)");
    assert_eq!(told(&manager).as_deref(), Some("READY=1\n"));
}
