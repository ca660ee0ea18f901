//! `src/env/owned.rs`, with a list as the model.

use std::ffi::CStr;

use proptest::prelude::*;
use rawos::{
    Errno,
    env::{Environ, EnvironBuf},
};

#[derive(Clone, Debug)]
enum Change {
    Set(String, String),
    Remove(String),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let set = ("[AB]{1,2}", "[x=]{0,2}").prop_map(|(name, value)| Change::Set(name, value));
    let remove = "[AB]{1,2}".prop_map(Change::Remove);
    prop::collection::vec(prop_oneof![set, remove], 0..20)
}

proptest! {
    #[test]
    fn it_changes_as_a_list_does(
        mut model in prop::collection::vec(("[AB]{0,2}", "[x=]{0,2}"), 0..6),
        changes in changes(),
    ) {
        let text: String = model.iter().map(|(name, value)| format!("{name}={value}\0")).collect();
        let mut environ = EnvironBuf::copy(&Environ::new(text.as_bytes())).unwrap();
        for change in &changes {
            match change {
                Change::Set(name, value) => {
                    // The first keeps its place, the others go.
                    match model.iter().position(|(known, _)| known == name) {
                        Some(place) => {
                            let mut index = 0;
                            model.retain(|(known, _)| {
                                index += 1;
                                known != name || index == place + 1
                            });
                            model[place].1.clone_from(value);
                        }
                        None => model.push((name.clone(), value.clone())),
                    }
                    prop_assert_eq!(environ.set(&**name, &**value), Ok(()));
                }
                Change::Remove(name) => {
                    model.retain(|(known, _)| known != name);
                    prop_assert_eq!(environ.remove(&**name), Ok(()));
                }
            }
            let expected = model.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
            prop_assert!(environ.iter().eq(expected));
            // The array of pointers says the same, in C's way.
            let mut next = environ.as_environ().as_ptr().unwrap();
            for (name, value) in &model {
                // SAFETY: as many pointers as there are variables.
                let string = unsafe { *next };
                // SAFETY: each is that of a string.
                let string = unsafe { CStr::from_ptr(string) };
                prop_assert_eq!(string.to_str().unwrap(), &format!("{name}={value}"));
                next = next.wrapping_add(1);
            }
            // SAFETY: the pointer after the last is there.
            let last = unsafe { *next };
            prop_assert!(last.is_null());
        }
    }
}

#[test]
fn a_bad_name_or_value_changes_nothing() {
    let mut environ = EnvironBuf::copy(&Environ::new(b"A=1\0no variable\0B=2\0")).unwrap();
    assert_eq!(format!("{environ:?}"), r#"{"A": "1", "B": "2"}"#);
    for (name, value) in
        [("", "x"), ("=", "x"), ("A=", "x"), ("A\0", "x"), ("A", "\0"), ("C", "x\0")]
    {
        assert_eq!(environ.set(name, value), Err(Errno::EINVAL), "{name:?} {value:?}");
    }
    for name in ["", "=", "A=", "A\0"] {
        assert_eq!(environ.remove(name), Err(Errno::EINVAL), "{name:?}");
    }
    assert!(environ.iter().eq([(&b"A"[..], &b"1"[..]), (b"B", b"2")]));
    // No name has a `=`, whatever a value begins with.
    environ.set("A", "B=C").unwrap();
    assert_eq!((environ.get("A=B"), environ.get("A")), (None, Some(&b"B=C"[..])));
}
