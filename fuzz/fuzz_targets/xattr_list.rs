//! The list that listxattr(2) fills a buffer with.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos::fs::XattrNames;

fuzz_target!(|data: &[u8]| {
    let mut names: Vec<&[u8]> = data.split(|byte| *byte == 0).collect();
    // After the last NUL there is no name.
    names.pop();
    assert!(XattrNames::new(data).map(|name| name.to_bytes()).eq(names));
});
