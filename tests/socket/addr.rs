//! `src/socket/addr.rs`.

use std::os::{
    linux::net::SocketAddrExt as _,
    unix::net::{SocketAddr, UnixDatagram},
};

use rawos::{
    Errno,
    socket::{self, SocketType, UnixAddr},
};

use crate::{
    common::{NONE, emulated, lend, name, new},
    util::{not_run, not_run_in_part, temp_dir},
};

#[test]
fn a_path_has_one_to_107_bytes() {
    assert_eq!(UnixAddr::path(""), Err(Errno::ENOENT));
    assert_eq!(UnixAddr::path("a\0"), Err(Errno::EINVAL));
    assert_eq!(UnixAddr::path("\0a"), Err(Errno::EINVAL));
    assert_eq!(UnixAddr::path([b'a'; 108]), Err(Errno::ENAMETOOLONG));
    assert_eq!(UnixAddr::path([0; 5000]), Err(Errno::ENAMETOOLONG));
    let tmp = temp_dir();
    let dir = tmp.path().to_str().unwrap();
    for len in [dir.len() + 2, 106, 107] {
        let path = format!("{dir}/{}", "s".repeat(len - dir.len() - 1));
        let server = new(SocketType::Dgram);
        let address = UnixAddr::path(path.as_str()).unwrap();
        assert_eq!(socket::bind(&server, &address), Ok(()));
        let named = socket::getsockname(&server).unwrap();
        assert_eq!((named, named.as_path()), (address, Some(path.as_bytes())));
        // std finds it by the same name, and tells it.
        let client = UnixDatagram::unbound().unwrap();
        client.connect(&path).unwrap();
        assert_eq!(client.peer_addr().unwrap().as_pathname().unwrap().to_str(), Some(&path[..]));
        assert_eq!(socket::getpeername(lend(&client)), Ok(address));
    }
}

#[test]
fn a_path_of_108_bytes_is_told_whole() {
    if emulated() {
        return not_run("the emulator reads past the address, for a NUL");
    }
    let tmp = temp_dir();
    let dir = tmp.path().to_str().unwrap();
    let path = format!("{dir}/{}", "s".repeat(107 - dir.len()));
    // SAFETY: zeroes are an address.
    let mut raw: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    raw.sun_family = libc::AF_UNIX as u16;
    for (to, from) in raw.sun_path.iter_mut().zip(path.bytes()) {
        *to = from as libc::c_char;
    }
    let server = new(SocketType::Dgram);
    // SAFETY: bind(2) reads the address, which has 110 bytes.
    assert_eq!(unsafe { libc::bind(server.as_raw_fd(), (&raw const raw).cast(), 110) }, 0);
    // The kernel says 111.
    let address = socket::getsockname(&server).unwrap();
    assert_eq!(address.as_path(), Some(path.as_bytes()));
    let client = new(SocketType::Dgram);
    assert_eq!(socket::sendto(&client, b"x", NONE, &address), Ok(1));
    assert_eq!(socket::connect(&client, &address), Ok(()));
    assert_eq!(socket::getpeername(&client), Ok(address));
}

#[test]
fn a_path_counts_up_to_its_nul_whoever_bound_it() {
    let tmp = temp_dir();
    let path = tmp.path().join("s");
    let server = UnixDatagram::bind(&path).unwrap();
    let address = UnixAddr::path(path.to_str().unwrap()).unwrap();
    assert_eq!(socket::getsockname(lend(&server)), Ok(address));
    let client = new(SocketType::Dgram);
    assert_eq!(socket::sendto(&client, b"hello", NONE, &address), Ok(5));
    let mut text = [0; 8];
    assert_eq!(server.recv(&mut text).unwrap(), 5);
}

#[test]
fn an_abstract_name_is_any_bytes() {
    if emulated() {
        not_run_in_part("the emulator appends a NUL to an abstract name");
    }
    let unique = name();
    let long = [&unique[..], &[0xff; 107]].concat();
    let names =
        [&[&unique[..], b"\0a/\n"].concat()[..], &[&unique[..], b"\xff\0"].concat(), &long[..107]];
    for name in names {
        let address = UnixAddr::abstract_name(name).unwrap();
        let server = new(SocketType::Dgram);
        assert_eq!(socket::bind(&server, &address), Ok(()));
        let client = new(SocketType::Dgram);
        assert_eq!(socket::connect(&client, &address), Ok(()));
        if emulated() {
            continue;
        }
        assert_eq!(socket::getsockname(&server).unwrap().as_abstract(), Some(name));
        let theirs = UnixDatagram::unbound().unwrap();
        theirs.connect_addr(&SocketAddr::from_abstract_name(name).unwrap()).unwrap();
        assert_eq!(theirs.peer_addr().unwrap().as_abstract_name(), Some(name));
        // One byte less, or one NUL more, is another name.
        let other = UnixAddr::abstract_name(&name[..name.len() - 1]).unwrap();
        assert_eq!(socket::connect(&client, &other), Err(Errno::ECONNREFUSED));
        if let Ok(other) = UnixAddr::abstract_name(&[name, &[0]].concat()) {
            assert_eq!(socket::connect(&client, &other), Err(Errno::ECONNREFUSED));
        }
    }
    assert_eq!(UnixAddr::abstract_name(&[b'a'; 108]), Err(Errno::ENAMETOOLONG));
}

#[test]
fn no_name_asks_for_one() {
    let (one, other) = (new(SocketType::Dgram), new(SocketType::Stream));
    assert_eq!(socket::getsockname(&one), Ok(UnixAddr::UNNAMED));
    assert_eq!(socket::bind(&one, &UnixAddr::UNNAMED), Ok(()));
    assert_eq!(socket::bind(&other, &UnixAddr::UNNAMED), Ok(()));
    for socket in [&one, &other] {
        let address = socket::getsockname(socket).unwrap();
        let name = address.as_abstract().unwrap();
        assert!(name.len() == 5 && name.iter().all(u8::is_ascii_hexdigit), "{address:?}");
        assert_eq!(address.as_path(), None);
        assert!(!address.is_unnamed());
    }
}

#[test]
fn other_families_are_no_names() {
    let Ok(inet) = std::net::UdpSocket::bind("127.0.0.1:0") else {
        return not_run("no loopback");
    };
    let address = socket::getsockname(lend(&inet)).unwrap();
    assert_eq!(i32::from(address.family()), libc::AF_INET);
    assert_eq!((address.as_path(), address.as_abstract()), (None, None));
    assert!(!address.is_unnamed());
    assert_ne!(address, UnixAddr::UNNAMED);
    assert!(format!("{address:?}").starts_with("UnixAddr(2, "), "{address:?}");
}

#[test]
fn equal_addresses_are_one_key() {
    let all = ["/a", "/b", "/a"].map(|path| UnixAddr::path(path).unwrap());
    let set: std::collections::HashSet<UnixAddr> = all.into_iter().collect();
    assert_eq!(set.len(), 2);
}

#[test]
fn addresses_are_shown() {
    assert_eq!(format!("{:?}", UnixAddr::UNNAMED), "UnixAddr");
    assert_eq!(format!("{:?}", UnixAddr::path("/a").unwrap()), "UnixAddr(\"/a\")");
    let named = UnixAddr::abstract_name(b"a\xff").unwrap();
    assert!(format!("{named:?}").starts_with("UnixAddr(\"abstract\", \"a"), "{named:?}");
}
