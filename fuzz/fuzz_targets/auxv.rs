//! An auxiliary vector, and the kind of the value to find in it.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (u8, &[u8])| {
    let words: Vec<usize> =
        data.1.chunks_exact(8).map(|word| usize::from_ne_bytes(word.try_into().unwrap())).collect();
    let pairs = words.chunks_exact(2).take_while(|pair| pair[0] != 0);
    let kinds = words.iter().map(|word| *word as u64).chain([data.0.into(), u64::MAX]);
    for kind in kinds {
        let value = pairs.clone().find(|pair| pair[0] as u64 == kind).map(|pair| pair[1]);
        assert_eq!(rawos::fuzzing::auxv(data.1, kind), value);
    }
});
