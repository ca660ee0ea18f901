//! Shows and changes the extended attributes of files.
//!
//! | | |
//! |---|---|
//! | `xattr list PATH…` | the names, a line each; of several, below a title |
//! | `xattr get PATH NAME` | the value, as it is |
//! | `xattr set PATH NAME VALUE` | makes or replaces one |
//! | `xattr remove PATH NAME` | |
//!
//! Before a path, `-h` stands for the symlink itself, not what it points to.
#![no_std]
#![no_main]

mod common;

use core::ffi::CStr;

use common::{complain, say};
use rawos::{
    Result, fd,
    fs::{self, XattrFlags, XattrNames},
    rt,
};

rawos::entry!(main);

/// No list and no value is longer.
const MAX: usize = fs::XATTR_SIZE_MAX;

fn main() -> i32 {
    let mut args = rt::args().skip(1).peekable();
    let verb = args.next().map_or(&b""[..], CStr::to_bytes);
    let link = args.next_if(|arg| arg.to_bytes() == b"-h").is_some();
    let mut failed = false;
    let mut check = |path: &CStr, result: Result<()>| {
        if let Err(errno) = result {
            complain(path.to_bytes(), errno);
            failed = true;
        }
    };
    match (verb, args.next(), args.next(), args.next(), args.next()) {
        (b"list", Some(_), ..) => {
            let paths = rt::args().skip(if link { 3 } else { 2 });
            let titles = paths.clone().count() > 1;
            for path in paths {
                if titles {
                    print(&[path.to_bytes(), b":\n"]);
                }
                check(path, list(path, link));
            }
        }
        (b"get", Some(path), Some(name), None, _) => check(path, get(path, name, link)),
        (b"set", Some(path), Some(name), Some(value), None) => {
            let set = if link { fs::lsetxattr } else { fs::setxattr };
            check(path, set(path, name, value.to_bytes(), XattrFlags::empty()));
        }
        (b"remove", Some(path), Some(name), None, _) => {
            let remove = if link { fs::lremovexattr } else { fs::removexattr };
            check(path, remove(path, name));
        }
        _ => {
            say(&[b"usage: xattr list|get|set|remove [-h] PATH [NAME [VALUE]]"]);
            return 2;
        }
    }
    i32::from(failed)
}

fn list(path: &CStr, link: bool) -> Result<()> {
    let mut buf = [0; MAX];
    let len = if link { fs::llistxattr(path, &mut buf) } else { fs::listxattr(path, &mut buf) }?;
    for name in XattrNames::new(buf.get(..len).unwrap_or_default()) {
        print(&[name.to_bytes(), b"\n"]);
    }
    Ok(())
}

fn get(path: &CStr, name: &CStr, link: bool) -> Result<()> {
    let mut buf = [0; MAX];
    let get = if link { fs::lgetxattr } else { fs::getxattr };
    let len = get(path, name, &mut buf)?;
    print(&[buf.get(..len).unwrap_or_default()]);
    Ok(())
}

fn print(parts: &[&[u8]]) {
    for part in parts {
        if let Err(errno) = fd::write_all(fd::stdout(), part) {
            complain(b"standard output", errno);
            rt::exit(1);
        }
    }
}
