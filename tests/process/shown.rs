//! How the types of the room look in `{:?}`.

use rawos::process::{self, Argv, Rusage};

#[test]
fn lists_of_arguments() {
    let none = Argv::<3>::default();
    assert_eq!((format!("{none:?}"), none.len(), none.is_empty()), ("[]".into(), 0, true));
    let mut two = Argv::<3>::new();
    two.push(c"a").unwrap();
    two.push(c"b c").unwrap();
    assert_eq!(format!("{two:?}"), r#"["a", "b c"]"#);
}

#[cfg(feature = "alloc")]
#[test]
fn lists_of_arguments_on_the_heap() {
    let two = process::ArgvBuf::copy(["a", "b c"]).unwrap();
    assert_eq!(format!("{two:?}"), r#"["a", "b c"]"#);
    assert_eq!(two.iter().count(), 2);
}

#[test]
fn resources() {
    let shown = format!("{:?}", Rusage::default());
    assert!(shown.starts_with("Rusage { ru_utime: 0ns, ru_stime: 0ns, ru_maxrss: 0, "), "{shown}");
    assert_eq!(shown.matches(": 0").count(), 16, "{shown}");
}
