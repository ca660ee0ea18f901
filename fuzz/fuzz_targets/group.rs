//! `/etc/group`, against glibc: with room for every line, and with less.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos::{
    Errno,
    user::{GroupReader, fgetgrouplist},
};
use rawos_fuzz::{
    file,
    glibc::{self, Group},
};

fn all(text: &[u8], room: usize) -> Result<Vec<Group>, Errno> {
    let mut buf = vec![0; room];
    let mut reader = GroupReader::new(file(text), &mut buf);
    let mut groups = Vec::new();
    while let Some(group) = reader.next() {
        let mut group = group?;
        let head = (group.name().to_vec(), group.passwd().to_vec(), group.gid());
        let mut members = Vec::new();
        while let Some(member) = group.next_member() {
            members.push(member?.to_vec());
        }
        groups.push((head.0, head.1, head.2, members));
    }
    Ok(groups)
}

fuzz_target!(|data: (u8, &[u8])| {
    let text = &glibc::readable(data.1);
    let theirs = glibc::groups(text);
    assert_eq!(all(text, 2 * text.len() + 2).as_ref(), Ok(&theirs));
    // With less room, the same or an error.
    match all(text, data.0.into()) {
        Ok(ours) => assert_eq!(ours, theirs),
        Err(errno) => assert_eq!(errno, Errno::ERANGE),
    }
    let Some(user) = theirs.iter().flat_map(|group| group.3.first()).next() else { return };
    let nis = |group: &&Group| group.0.starts_with(b"+") || group.0.starts_with(b"-");
    let of = |group: &&Group| group.2 != 7 && group.3.contains(user) && !nis(group);
    let gids: Vec<u32> =
        [7].into_iter().chain(theirs.iter().filter(of).map(|group| group.2)).collect();
    let mut ours = vec![0; gids.len()];
    assert_eq!(fgetgrouplist(file(text), user, 7, &mut ours), Ok(gids.len()));
    assert_eq!(ours, gids);
});
