//! `src/getrandom.rs`: lengths, buffers, flags, and whole fills.

use std::mem::MaybeUninit;

use rawos::{
    Errno,
    getrandom::{GetRandomFlags, getrandom, urandom},
};

use crate::util::{self, alone};

/// What the system call says, through libc.
fn of_libc(buf: &mut [u8], flags: u32) -> Result<usize, Errno> {
    // SAFETY: writes at most the buffer's length.
    let raw = unsafe { libc::syscall(libc::SYS_getrandom, buf.as_mut_ptr(), buf.len(), flags) };
    util::libc_result(raw).map(|len| len as usize)
}

#[test]
fn every_flag_does_what_the_system_call_does() {
    assert_eq!(GetRandomFlags::NONBLOCK.bits(), libc::GRND_NONBLOCK);
    assert_eq!(GetRandomFlags::RANDOM.bits(), libc::GRND_RANDOM);
    assert_eq!(GetRandomFlags::INSECURE.bits(), libc::GRND_INSECURE);
    let mut refused = 0;
    for flags in (0..16).chain([1 << 31, u32::MAX]) {
        for len in [0, 1, 16, 256] {
            let (mut ours, mut theirs) = (vec![0; len], vec![0; len]);
            let result = getrandom(&mut ours[..], GetRandomFlags::from_bits_retain(flags));
            assert_eq!(result, of_libc(&mut theirs, flags), "{flags:#x}, {len} bytes");
            refused += i32::from(result == Err(Errno::EINVAL));
        }
    }
    assert!(refused >= 4 * 10, "{refused}");
}

#[test]
fn every_kind_of_buffer_is_filled() {
    let mut array = [0; 16];
    assert_eq!(urandom(&mut array), Ok(16));
    assert_ne!(array, [0; 16]);
    let before = array;
    assert_eq!(urandom(&mut array[4..12]), Ok(8));
    assert_eq!((&array[..4], &array[12..]), (&before[..4], &before[12..]));
    assert_ne!(array[4..12], before[4..12]);

    let mut uninit = [MaybeUninit::<u8>::uninit(); 300];
    let (filled, rest) = urandom(&mut uninit).unwrap();
    assert_eq!((filled.len(), rest.len()), (300, 0));
    assert!(filled.iter().any(|byte| *byte != filled[0]));
    let (filled, rest) = getrandom(&mut uninit[..20], GetRandomFlags::empty()).unwrap();
    assert_eq!((filled.len(), rest.len()), (20, 0));

    assert_eq!(urandom(&mut [0; 0]), Ok(0));
    assert_eq!(getrandom(&mut [0; 0], GetRandomFlags::empty()), Ok(0));
}

#[cfg(feature = "alloc")]
#[test]
fn vectors_are_filled_or_there_is_no_room() {
    use rawos::{fd::spare_capacity, getrandom::urandom_alloc};
    let mut vec = Vec::with_capacity(64);
    vec.extend([7; 3]);
    let room = vec.capacity() - 3;
    assert_eq!(urandom(spare_capacity(&mut vec)), Ok(room));
    assert_eq!((&vec[..3], vec.len()), (&[7; 3][..], room + 3));
    for len in [0, 1, 16, 1000, 100_000] {
        let bytes = urandom_alloc(len).unwrap();
        assert_eq!(bytes.len(), len);
        assert!(len < 16 || bytes.iter().any(|byte| *byte != bytes[0]));
    }
    assert_eq!(urandom_alloc(usize::MAX), Err(Errno::ENOMEM));
    assert_eq!(urandom_alloc(isize::MAX as usize), Err(Errno::ENOMEM));
}

/// Each 64 bytes of `bytes` have something in them, to the end.
fn assert_whole(bytes: &[u8]) {
    for (index, chunk) in bytes.chunks(64).enumerate() {
        assert!(chunk.len() < 16 || chunk.iter().any(|byte| *byte != 0), "block {index}");
    }
}

#[test]
fn every_length_is_filled_to_its_end_and_no_further() {
    for len in (0..600).chain([4095, 4096, 4097, 65_537, 1_000_000]) {
        let mut bytes = vec![0xa5; len + 32];
        assert_eq!(urandom(&mut bytes[16..len + 16]), Ok(len));
        assert_eq!((&bytes[..16], &bytes[len + 16..]), (&[0xa5; 16][..], &[0xa5; 16][..]));
        bytes[16..len + 16].iter_mut().for_each(|byte| *byte ^= 0xa5);
        // What was not written is zero now.
        assert_whole(&bytes[16..len + 16]);
    }
}

#[test]
fn all_bits_come_as_often_as_not() {
    let mut bytes = [0; 1 << 16];
    for chunk in bytes.chunks_exact_mut(4) {
        assert_eq!(urandom(chunk), Ok(4));
    }
    for bit in 0..32 {
        let set = bytes.chunks_exact(4).filter(|c| c[bit / 8] >> (bit % 8) & 1 == 1).count();
        // 16,384 throws: 10 standard deviations are 640.
        assert!((8192 - 640..8192 + 640).contains(&set), "bit {bit}: {set}");
    }
}

#[test]
fn signals_do_not_leave_a_fill_half_done() {
    alone("draw::signals_do_not_leave_a_fill_half_done", || {
        for vdso in [true, false] {
            if !vdso {
                rawos::vdso::disable();
            }
            let mut bytes = vec![0; crate::many(200 << 20).min(16 << 20)];
            for _ in 0..3 {
                bytes.fill(0);
                let filled = util::interrupted(50, || urandom(&mut bytes[..]));
                assert_eq!(filled, Ok(bytes.len()));
                assert_whole(&bytes);
            }
        }
    });
}

#[cfg(feature = "rand_core")]
#[test]
fn it_is_a_generator_of_rand_core() {
    use rand_core::{CryptoRng, TryRng as _, UnwrapErr};
    use rawos::getrandom::SysRng;

    fn words(rng: &mut impl CryptoRng) -> [u64; 3] {
        let mut bytes = [0; 8];
        rng.fill_bytes(&mut bytes);
        [rng.next_u64(), u64::from_ne_bytes(bytes), u64::from(rng.next_u32())]
    }
    let (a, b) = (words(&mut UnwrapErr(SysRng)), words(&mut UnwrapErr(SysRng)));
    let all = std::collections::BTreeSet::from_iter(a.into_iter().chain(b));
    assert_eq!(all.len(), 6, "{all:?}");
    assert_eq!(SysRng.try_fill_bytes(&mut [0; 1000]), Ok(()));
    // Both halves of a number are drawn.
    let or = (0..64).fold(0, |or, _| or | SysRng.try_next_u64().unwrap());
    assert_eq!(or, u64::MAX);
    let or = (0..64).fold(0, |or, _| or | SysRng.try_next_u32().unwrap());
    assert_eq!(or, u32::MAX);
}
