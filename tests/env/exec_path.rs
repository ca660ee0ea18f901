//! `src/env/exec_path.rs`.

use rawos::env::{Environ, ExecPath, get_exec_path};

#[test]
fn an_empty_element_is_kept() {
    for (path, dirs) in [
        ("/bin", &["/bin"][..]),
        ("", &[""]),
        (":", &["", ""]),
        ("/a:", &["/a", ""]),
        (":/a::b", &["", "/a", "", "b"]),
    ] {
        let dirs = dirs.iter().map(|dir| dir.as_bytes());
        assert!(ExecPath::new(path.as_bytes()).eq(dirs.clone()), "{path}");
        let text = format!("X=1\0PATH={path}\0PATH=/no\0");
        assert!(get_exec_path(&Environ::new(text.as_bytes())).eq(dirs), "{path}");
    }
}

#[test]
fn without_a_path_it_is_the_default() {
    for text in [&b""[..], b"PATH\0", b"path=/a\0", b"=PATH=/a\0"] {
        assert!(get_exec_path(&Environ::new(text)).eq([&b"/bin"[..], b"/usr/bin"]));
    }
}
