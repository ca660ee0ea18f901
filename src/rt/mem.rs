//! memcpy and friends: the assembly is in `arch/*/mem.rs`.
