//! An ELF image of this architecture, as the kernel maps it, and a name.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos::fuzzing::vdso;

const MACHINE: u16 = if cfg!(target_arch = "x86_64") {
    62
} else if cfg!(target_arch = "aarch64") {
    183
} else {
    243
};

const NAMES: [&[u8]; 4] = [b"__vdso_clock_gettime", b"__vdso_getcpu", b"f", b""];

fuzz_target!(|data: &[u8]| {
    for name in NAMES {
        for version in [&b"LINUX_2.6"[..], b"V"] {
            let (size, found) = vdso(data, MACHINE, name, version);
            assert!(found.is_none() || size.is_some());
            let Some(size) = size else { continue };
            assert!(found.is_none_or(|offset| offset < size && size <= data.len()));
            // What is found is named in the image, and what is behind it is not read.
            let named =
                || data.windows(name.len() + 1).any(|text| text.strip_prefix(name) == Some(&[0]));
            assert!(found.is_none() || named());
            if size <= data.len() {
                assert_eq!(vdso(&data[..size], MACHINE, name, version), (Some(size), found));
                let longer = [data, &[0xff; 64]].concat();
                assert_eq!(vdso(&longer, MACHINE, name, version), (Some(size), found));
            }
            assert_eq!(vdso(data, MACHINE ^ 1, name, version), (None, None));
        }
    }
});
