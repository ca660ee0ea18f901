//! Addresses of sockets: as a program names them, as the kernel tells them,
//! and in `NOTIFY_SOCKET`.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos::{
    Errno, fuzzing,
    path::PathLike as _,
    socket::{self, SocketFlags, SocketType, UnixAddr},
};

fuzz_target!(|data: (u8, u16, &[u8])| {
    let (len, family, name) = data;
    let path = match name {
        b"" => Err(Errno::ENOENT),
        name if name.len() > 107 => Err(Errno::ENAMETOOLONG),
        name if name.contains(&0) => Err(Errno::EINVAL),
        name => Ok(Some(name.to_vec())),
    };
    assert_eq!(UnixAddr::path(name).map(|address| address.as_path().map(<[u8]>::to_vec)), path);
    let hidden = UnixAddr::abstract_name(name);
    assert_eq!(hidden.is_ok(), name.len() <= 107);
    let notify = match name {
        [b'/', _, ..] => UnixAddr::path(name),
        [b'@', rest @ ..] if !rest.is_empty() => UnixAddr::abstract_name(rest),
        _ => Err(Errno::EINVAL),
    };
    assert_eq!(fuzzing::notify_address(name.fspath()), notify);

    let mut room = [b'#'; 108];
    room.iter_mut().zip(name).for_each(|(to, from)| *to = *from);
    let counted = &room[..usize::from(len).clamp(2, 110) - 2];
    let told = fuzzing::unix_addr(family % 3, room, len.into());
    assert!(!format!("{told:?}").is_empty());
    if usize::from(len) < 2 {
        assert!(told.is_unnamed());
    } else if family % 3 == 1 {
        let string = counted.split(|byte| *byte == 0).next().unwrap();
        assert_eq!(told.as_path(), Some(string).filter(|path| !path.is_empty()));
        assert_eq!(told.as_abstract(), counted.strip_prefix(b"\0"));
        assert_eq!(told.is_unnamed(), counted.is_empty());
        if let Some(Ok(again)) = told.as_path().map(UnixAddr::path) {
            assert_eq!(again, told);
        }
        if let Some(Ok(again)) = told.as_abstract().map(UnixAddr::abstract_name) {
            assert_eq!(again, told);
        }
    } else {
        assert!(told.as_path().is_none() && told.as_abstract().is_none() && !told.is_unnamed());
    }

    // The kernel gives back the name that it was given.
    if let Ok(address) = hidden {
        let socket = socket::socket(SocketType::Dgram, SocketFlags::empty()).unwrap();
        match socket::bind(&socket, &address) {
            Ok(()) => assert_eq!(socket::getsockname(&socket), Ok(address)),
            Err(errno) => assert_eq!(errno, Errno::EADDRINUSE),
        }
    }
});
