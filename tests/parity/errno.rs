//! Python's `errno.errorcode` and `os.strerror`.

use rawos::{Errno, errno::strerror};

#[test]
fn every_name_and_text_python_knows() {
    let script =
        "import errno, os\nfor n, name in errno.errorcode.items(): print(n, name, os.strerror(n))";
    let mut count = 0;
    for line in crate::python(script, &[], false).lines() {
        let mut parts = line.splitn(3, ' ');
        let number: i32 = parts.next().unwrap().parse().unwrap();
        let name = parts.next().unwrap();
        let errno = Errno::from_raw(number).unwrap();
        // Python's table has the last of two names for one number.
        let aliases = ["EWOULDBLOCK", "EDEADLOCK", "ENOTSUP"];
        assert!(errno.name() == Some(name) || aliases.contains(&name), "{line}");
        assert_eq!(strerror(number), parts.next(), "{line}");
        count += 1;
    }
    assert!(count > 120, "{count}");
}
