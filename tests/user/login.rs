//! `src/user/login.rs`.

use std::fs;

use rawos::{Errno, user};

use crate::util::child::{command, passes};

fn login() -> Result<String, Errno> {
    let mut buf = [0; 4096];
    let name = user::getlogin(&mut buf).map(|name| String::from_utf8(name.to_vec()).unwrap());
    #[cfg(feature = "alloc")]
    assert_eq!(user::getlogin_alloc().as_deref(), name.as_deref().map(str::as_bytes));
    name
}

/// What the files say.
fn expected() -> Result<String, Errno> {
    let uid = fs::read_to_string("/proc/self/loginuid").map_err(|_| Errno::ENXIO)?;
    if uid == "4294967295" {
        return Err(Errno::ENXIO);
    }
    let users = fs::read_to_string("/etc/passwd").map_err(|_| Errno::ENOENT)?;
    let line = users.lines().find(|line| line.split(':').nth(2) == Some(&uid));
    line.and_then(|line| line.split(':').next()).map(str::to_owned).ok_or(Errno::ENOENT)
}

#[test]
fn it_is_the_user_who_logged_in() {
    assert_eq!(login(), expected());
    for uid in [0, 1, 123_456_789] {
        passes(command("login::logged_in").env("RAWOS_UID", uid.to_string()));
    }
}

pub fn logged_in() {
    let uid = std::env::var("RAWOS_UID").unwrap();
    if fs::write("/proc/self/loginuid", &uid).is_err() {
        return eprintln!("not run: the kernel does not let the test log in");
    }
    assert_eq!(fs::read_to_string("/proc/self/loginuid").unwrap(), uid);
    let name = login();
    assert_eq!(name, expected());
    if uid == "123456789" {
        assert_eq!(name, Err(Errno::ENOENT));
    } else if name.is_ok() {
        // A small system may not have user 1, and what `expected` says is all.
        assert_eq!(user::getlogin(&mut [0; 4]), Err(Errno::ERANGE));
    }
}
