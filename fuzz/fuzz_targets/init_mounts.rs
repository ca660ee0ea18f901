//! A line of mountinfo, as `examples/init` reads it: any, and one as the kernel
//! writes it.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos_fuzz::halves;

#[path = "../../examples/init"]
#[allow(dead_code, unused_imports, unused_macros)]
mod init {
    pub mod clock;
    pub mod file;
    pub mod log;
    pub mod machine;
    pub mod mounts;
    pub mod text;
}

use init::mounts::place;

/// Names as the kernel writes them.
fn mangled(name: &[u8]) -> Vec<u8> {
    let byte = |byte: &u8| match byte {
        b' ' | b'\t' | b'\n' | b'\\' | b'#' => format!("\\{byte:03o}").into_bytes(),
        _ => vec![*byte],
    };
    name.iter().flat_map(byte).collect()
}

fuzz_target!(|data: &[u8]| {
    if let Some((path, kind)) = place(data) {
        assert!(path.bytes().len() < data.len() && !kind.contains(&b' '));
    }
    let (kind, path) = halves(data);
    let path: Vec<u8> = path.iter().copied().filter(|byte| *byte != 0).collect();
    let optional: &[u8] = if data.len() % 2 == 0 { b"" } else { b"shared:7 master:1 " };
    let (path_written, kind_written) = (mangled(&path), mangled(kind));
    let parts =
        [b"36 35 98:0 / ", &path_written[..], b" rw ", optional, b"- ", &kind_written, b" x rw"];
    let line = parts.concat();
    let (ours, found) = place(&line).expect("a place");
    // One that is too long is empty, and names nothing.
    assert_eq!(ours.bytes(), if path.len() < 512 { &path[..] } else { b"" });
    assert_eq!(found, kind_written);
});
