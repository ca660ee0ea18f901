//! memcpy and friends: the assembly is in `arch/*/mem.rs`, and here are its tests.
//!
//! They call each function by the name that only this crate knows, `rawos_memcpy` for memcpy, so that
//! a libc's function is never what they test. What they compare with is written byte by byte: a slice
//! copied or compared by `core` may end up in the very function under test.

#[cfg(all(test, not(miri)))] // Miri runs no assembly
mod tests {
    extern crate std;

    use core::ffi::c_int;
    use core::hint::black_box;
    use core::ptr::null_mut;
    use std::vec::Vec;

    use proptest::prelude::*;

    unsafe extern "C" {
        fn rawos_memcpy(dest: *mut u8, src: *const u8, len: usize) -> *mut u8;
        fn rawos_memmove(dest: *mut u8, src: *const u8, len: usize) -> *mut u8;
        fn rawos_memset(dest: *mut u8, byte: c_int, len: usize) -> *mut u8;
        fn rawos_memcmp(a: *const u8, b: *const u8, len: usize) -> c_int;
        fn rawos_bcmp(a: *const u8, b: *const u8, len: usize) -> c_int;
        fn rawos_strlen(string: *const u8) -> usize;
    }

    type Copy = unsafe extern "C" fn(*mut u8, *const u8, usize) -> *mut u8;

    /// A multiple of every size that pages have here.
    const PAGE: usize = 65_536;

    /// Lengths around those at which a function changes its way, on any
    /// architecture, and some that are long.
    const LONG: [usize; 18] = [
        511, 512, 513, 1007, 1008, 1009, 1023, 1024, 1025, 1055, 1056, 1057, 2047, 2048, 2049,
        4095, 4097, 70_001,
    ];

    /// Pages that can be used between two that cannot, so that a byte read or
    /// written outside of them ends the test.
    struct Fenced {
        start: *mut u8,
        len: usize,
    }

    impl Fenced {
        fn new(pages: usize) -> Self {
            let len = pages * PAGE;
            let (anonymous, none) = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, libc::PROT_NONE);
            // SAFETY: a new mapping where the kernel likes, of no file.
            let map = unsafe { libc::mmap(null_mut(), len + 2 * PAGE, none, anonymous, -1, 0) };
            assert_ne!(map, libc::MAP_FAILED);
            let start = map.cast::<u8>().wrapping_add(PAGE);
            // SAFETY: the pages inside of the mapping just made, used by nobody.
            let ret =
                unsafe { libc::mprotect(start.cast(), len, libc::PROT_READ | libc::PROT_WRITE) };
            assert_eq!(ret, 0);
            Self { start, len }
        }

        /// The first and the last `len` bytes.
        fn edges(&self, len: usize) -> [*mut u8; 2] {
            assert!(len <= self.len);
            [self.start, self.start.wrapping_add(self.len - len)]
        }

        fn bytes(&mut self) -> &mut [u8] {
            // SAFETY: the mapping is readable and writable there, initialised by
            // the kernel, and lent out only through `self`.
            unsafe { core::slice::from_raw_parts_mut(self.start, self.len) }
        }
    }

    impl Drop for Fenced {
        fn drop(&mut self) {
            let map = self.start.wrapping_sub(PAGE);
            // SAFETY: the mapping of `new`, whole, which nobody uses any more.
            let ret = unsafe { libc::munmap(map.cast(), self.len + 2 * PAGE) };
            assert_eq!(ret, 0);
        }
    }

    /// Bytes without a pattern.
    fn noise(len: usize) -> Vec<u8> {
        let mut state = len as u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..len).map(|_| next()).collect()
    }

    /// Eight bytes at a time, for the sake of unoptimised builds, but never by a
    /// call: a comparison of slices might be one to the function under test.
    fn same(a: &[u8], b: &[u8]) -> bool {
        if a.len() != b.len() {
            return false;
        }
        let mut i = 0;
        while i + 8 <= a.len() {
            let (x, y) = (a[i..].as_ptr(), b[i..].as_ptr());
            // SAFETY: `a` has eight bytes from `i` on.
            let x = unsafe { x.cast::<u64>().read_unaligned() };
            // SAFETY: `b` is as long as `a`.
            let y = unsafe { y.cast::<u64>().read_unaligned() };
            if x != y {
                return false;
            }
            i += 8;
        }
        while i < a.len() {
            if a[i] != b[i] {
                return false;
            }
            i += 1;
        }
        true
    }

    /// What `buf` is after a move inside of it, byte by byte; the black box keeps
    /// an optimiser from making this a call to memmove.
    fn naive_move(buf: &mut [u8], dest: usize, src: usize, len: usize) {
        if dest < src {
            for i in 0..len {
                buf[dest + i] = black_box(buf[src + i]);
            }
        } else {
            for i in (0..len).rev() {
                buf[dest + i] = black_box(buf[src + i]);
            }
        }
    }

    fn naive_compare(a: &[u8], b: &[u8]) -> c_int {
        for (a, b) in a.iter().zip(b) {
            if a != b {
                return if a < b { -1 } else { 1 };
            }
        }
        0
    }

    /// Copies `len` bytes from `src[from..]` into a buffer, at `to`, and looks at
    /// all of the buffer.
    fn check_copy(copy: Copy, buf: &mut [u8], to: usize, src: &[u8], from: usize, len: usize) {
        const GUARD: [u8; 32] = [0xA5; 32];
        let buf = &mut buf[..to + len + GUARD.len()];
        for byte in &mut *buf {
            *byte = GUARD[0];
        }
        for (byte, new) in buf[to..].iter_mut().zip(&src[from..from + len]) {
            *byte = !new; // so that a byte that is not copied shows
        }
        let dest = buf[to..].as_mut_ptr();
        // SAFETY: the slices just taken are `len` bytes long or longer.
        let ret = unsafe { copy(dest, src[from..][..len].as_ptr(), len) };
        assert_eq!(ret, dest);
        let whole = same(&buf[..to], &GUARD[..to])
            && same(&buf[to..to + len], &src[from..from + len])
            && same(&buf[to + len..], &GUARD);
        assert!(whole, "{len} bytes from {from} to {to}");
    }

    /// Moves `len` bytes inside of a buffer with `copy`, and naively inside of a
    /// second one with the same content, which it must have afterwards too.
    fn check_move(copy: Copy, bufs: &mut [Vec<u8>; 2], dest: usize, src: usize, len: usize) {
        let [actual, expected] = bufs;
        assert!(dest + len <= actual.len() && src + len <= actual.len());
        let base = actual.as_mut_ptr();
        let to = base.wrapping_add(dest);
        // SAFETY: both ranges are inside of `actual`, as asserted.
        let ret = unsafe { copy(to, base.wrapping_add(src), len) };
        assert_eq!(ret, to);
        naive_move(expected, dest, src, len);
        assert!(same(actual, expected), "{len} bytes from {src} to {dest}");
    }

    #[test]
    fn copies_have_every_short_length_and_every_alignment() {
        let (src, mut buf) = (noise(512), noise(512));
        for len in 0..=300 {
            // All alignments where lengths are told apart, some elsewhere.
            let step = if len < 72 || (len + 2) % 32 < 4 { 1 } else { 5 };
            for to in 0..16 {
                for from in (to % step..16).step_by(step) {
                    check_copy(rawos_memcpy, &mut buf, to, &src, from, len);
                }
                check_copy(rawos_memmove, &mut buf, to, &src, (to * 7 + len) % 16, len);
            }
        }
    }

    #[test]
    fn long_copies_are_whole() {
        let (src, mut buf) = (noise(80_000), noise(80_000));
        for len in LONG {
            for (to, from) in [(0, 0), (0, 3), (1, 1), (5, 14), (8, 0), (31, 16)] {
                check_copy(rawos_memcpy, &mut buf, to, &src, from, len);
                check_copy(rawos_memmove, &mut buf, to, &src, from, len);
            }
        }
        let (src, mut buf) = (noise(300_100), noise(300_100));
        check_copy(rawos_memcpy, &mut buf, 3, &src, 6, 300_000);
    }

    #[test]
    fn memmove_allows_every_overlap() {
        for len in (0..=300).chain([1023, 1024, 1100]) {
            let mut bufs = [noise(1400), noise(1400)];
            // As far as a move of this length can matter, and a quarter of the
            // destinations' alignments each.
            let (near, used) = (100 + len % 8, 350.max(len + 180));
            bufs.iter_mut().for_each(|buf| buf.truncate(used));
            for distance in 0..=70 {
                check_move(rawos_memmove, &mut bufs, near, near + distance, len);
                check_move(rawos_memmove, &mut bufs, near + distance, near, len);
            }
        }
        for distance in [1, 8, 31, 64, 1000, 4096, 4097] {
            let mut bufs = [noise(80_000), noise(80_000)];
            for len in LONG {
                check_move(rawos_memmove, &mut bufs, 11, 11 + distance, len);
                check_move(rawos_memmove, &mut bufs, 12 + distance, 12, len);
            }
        }
    }

    #[test]
    fn copies_allow_every_distance_modulo_4096() {
        let mut bufs = [noise(6000), noise(6000)];
        for distance in 4096 - 70..=4096 + 70 {
            check_move(rawos_memcpy, &mut bufs, 100 + distance, 100, 1500);
            check_move(rawos_memcpy, &mut bufs, 100, 100 + distance, 1500);
        }
    }

    #[test]
    fn memset_fills_its_bytes_and_no_others() {
        let mut buf = noise(80_000);
        for len in (0..=300).chain(LONG) {
            for to in 0..if len <= 300 { 32 } else { 4 } {
                // Only the low byte counts, whatever the int is.
                for byte in [0x7B, 0x1_23, -2] {
                    let buf = &mut buf[..to + len + 32];
                    let byte_before = !(byte as u8);
                    for slot in &mut *buf {
                        *slot = byte_before;
                    }
                    let dest = buf[to..].as_mut_ptr();
                    // SAFETY: 32 bytes more than `len` are there.
                    let ret = unsafe { rawos_memset(dest, byte, len) };
                    assert_eq!(ret, dest);
                    for (i, slot) in buf.iter().enumerate() {
                        let inside = to <= i && i < to + len;
                        let expected = if inside { byte as u8 } else { byte_before };
                        assert!(*slot == expected, "byte {i} of {len} from {to}");
                    }
                }
            }
        }
    }

    #[test]
    fn memcmp_sees_a_difference_anywhere() {
        let check = |a: &[u8], b: &[u8], len: usize| {
            assert!(len <= a.len() && len <= b.len());
            // SAFETY: both slices are `len` bytes long or longer.
            let order = unsafe { rawos_memcmp(a.as_ptr(), b.as_ptr(), len) };
            assert_eq!(order.signum(), naive_compare(&a[..len], &b[..len]), "{len} bytes");
            // SAFETY: as above.
            let differ = unsafe { rawos_bcmp(a.as_ptr(), b.as_ptr(), len) };
            assert_eq!(differ != 0, order != 0, "{len} bytes");
        };
        let (mut a, mut b) = (noise(400), noise(400));
        let pairs = [(0x00, 0x80), (0x7F, 0x80), (0xFF, 0x01), (0x41, 0x42)];
        for len in (0..=70).chain([127, 128, 129, 255, 300]) {
            for (x, y) in [(0, 0), (0, 1), (3, 3), (5, 12), (7, 8)] {
                let common = noise(400);
                for (i, &byte) in common[..len + 16].iter().enumerate() {
                    (a[x + i], b[y + i]) = (byte, byte);
                }
                check(&a[x..], &b[y..], len);
                // The last is behind the end, where a difference counts for nothing.
                for i in 0..=len {
                    let (p, q) = pairs[i % pairs.len()];
                    (a[x + i], b[y + i]) = (p, q);
                    // What comes after the first difference does not count.
                    (a[x + i + 1], b[y + i + 1]) = (q, p);
                    check(&a[x..], &b[y..], len);
                    for at in [i, i + 1] {
                        (a[x + at], b[y + at]) = (common[at], common[at]);
                    }
                }
            }
        }
    }

    #[test]
    fn strlen_counts_to_the_first_nul() {
        let mut buf = [0; 400];
        for start in 0..32 {
            for len in 0..=300 {
                for (i, byte) in buf.iter_mut().enumerate() {
                    // Bytes that tricks with words take for 0, and 0 all around.
                    let inside = start <= i && i < start + len;
                    *byte = if inside { [0x80, 0x01, 0xFF, 0x7F, 0x81][i % 5] } else { 0 };
                }
                // SAFETY: `buf` ends with zeros.
                assert_eq!(unsafe { rawos_strlen(buf[start..].as_ptr()) }, len, "from {start}");
            }
        }
    }

    #[test]
    fn nothing_outside_of_the_buffers_is_touched() {
        let (mut a, mut b) = (Fenced::new(2), Fenced::new(2));
        for byte in a.bytes().iter_mut().chain(b.bytes()) {
            *byte = 1;
        }
        for len in (0..=300).chain(LONG) {
            for x in a.edges(len) {
                for y in b.edges(len) {
                    for copy in [rawos_memcpy as Copy, rawos_memmove] {
                        // SAFETY: `len` bytes are there at `x` and at `y`.
                        assert_eq!(unsafe { copy(x, y, len) }, x);
                    }
                    for compare in [rawos_memcmp, rawos_bcmp] {
                        // SAFETY: as above.
                        assert_eq!(unsafe { compare(x, y, len) }, 0);
                    }
                }
                // SAFETY: `len` bytes are there at `x`.
                assert_eq!(unsafe { rawos_memset(x, 1, len) }, x);
            }
            // Both edges in one mapping: moves up and down.
            let [first, last] = a.edges(len);
            for (to, from) in [(first, last), (last, first)] {
                // SAFETY: `len` bytes are there at both, which may overlap.
                assert_eq!(unsafe { rawos_memmove(to, from, len) }, to);
            }
        }
    }

    #[test]
    fn strlen_stays_in_the_pages_of_its_string() {
        let mut page = Fenced::new(1);
        for byte in page.bytes() {
            *byte = 1;
        }
        page.bytes()[PAGE - 1] = 0;
        for start in (0..40).chain(PAGE - 300..PAGE) {
            // SAFETY: the string ends with the page.
            let len = unsafe { rawos_strlen(page.start.wrapping_add(start)) };
            assert_eq!(len, PAGE - 1 - start);
        }
    }

    /// One step of a random plan; numbers are taken modulo what fits.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Move { dest: usize, src: usize, len: usize },
        Set { dest: usize, byte: c_int, len: usize },
    }

    fn step() -> impl Strategy<Value = Step> {
        let (place, len) = (0..2048_usize, prop_oneof![0..80_usize, 0..2048_usize]);
        prop_oneof![
            3 => (place.clone(), place.clone(), len.clone())
                .prop_map(|(dest, src, len)| Step::Move { dest, src, len }),
            2 => (place.clone(), 0..150_usize, len.clone()) // near one another
                .prop_map(|(dest, by, len)| Step::Move { dest, src: dest + by, len }),
            1 => (place, any::<c_int>(), len)
                .prop_map(|(dest, byte, len)| Step::Set { dest, byte, len }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn random_plans_agree_with_naive_ones(
            steps in proptest::collection::vec(step(), 1..20),
            a in 0..4096_usize, b in 0..4096_usize,
        ) {
            let mut bufs = [noise(4300), noise(4300)];
            for step in steps {
                match step {
                    Step::Move { dest, src, len } => {
                        check_move(rawos_memmove, &mut bufs, dest, src, len);
                        if dest + len <= src || src + len <= dest {
                            check_move(rawos_memcpy, &mut bufs, dest, src, len);
                        }
                    }
                    Step::Set { dest, byte, len } => {
                        let to = bufs[0][dest..dest + len].as_mut_ptr();
                        // SAFETY: the slice just taken is `len` bytes long.
                        unsafe { rawos_memset(to, byte, len) };
                        for slot in &mut bufs[1][dest..dest + len] {
                            *slot = byte as u8;
                        }
                        prop_assert!(same(&bufs[0], &bufs[1]));
                    }
                }
            }
            let buf = &bufs[0];
            let len = buf.len() - a.max(b);
            let (x, y) = (&buf[a..a + len], &buf[b..b + len]);
            // SAFETY: both slices are `len` bytes long.
            let order = unsafe { rawos_memcmp(x.as_ptr(), y.as_ptr(), len) };
            prop_assert_eq!(order.signum(), naive_compare(x, y));
        }
    }
}
