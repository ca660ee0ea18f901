//! `/etc/passwd`, against glibc: with room for every line, and with less.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos::{
    Errno,
    user::{Passwd, PasswdReader},
};
use rawos_fuzz::{
    file,
    glibc::{self, User},
};

fn user(entry: Passwd<'_>) -> User {
    let rest = [entry.gecos, entry.dir, entry.shell].map(<[u8]>::to_vec);
    (entry.name.to_vec(), entry.passwd.to_vec(), entry.uid, entry.gid, rest)
}

fn all(text: &[u8], room: usize) -> Vec<Result<User, Errno>> {
    let mut buf = vec![0; room];
    let mut users = PasswdReader::new(file(text), &mut buf);
    std::iter::from_fn(|| users.next().map(|entry| entry.map(user))).collect()
}

fuzz_target!(|data: (u8, &[u8])| {
    let text = &glibc::readable(data.1);
    let theirs = glibc::users(text);
    let ours: Result<Vec<_>, _> = all(text, text.len() + 1).into_iter().collect();
    assert_eq!(ours.as_ref(), Ok(&theirs));
    // Lines that are too long are errors; the others are the same, in order.
    let some = all(text, data.0.into());
    let mut left = theirs.iter();
    for found in some.iter().filter_map(|found| found.as_ref().ok()) {
        assert!(left.any(|user| user == found), "{found:?}");
    }
    assert!(
        some.iter().flat_map(|found| found.as_ref().err()).all(|&errno| errno == Errno::ERANGE)
    );
    let nis = |user: &&User| user.0.starts_with(b"+") || user.0.starts_with(b"-");
    let mut buf = vec![0; text.len() + 1];
    if let Some(wanted) = theirs.iter().find(|user| !nis(user)) {
        let mut reader = PasswdReader::new(file(text), &mut buf);
        assert_eq!(reader.find_name(&wanted.0).unwrap().map(user).as_ref(), Some(wanted));
        let mut reader = PasswdReader::new(file(text), &mut buf);
        assert_eq!(reader.find_uid(wanted.2).unwrap().map(user).as_ref(), Some(wanted));
    }
});
