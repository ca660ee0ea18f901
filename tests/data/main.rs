//! Types that are data, as the crates serde and defmt see them, with std's
//! metadata and known bytes as witnesses. `tests/parity` compares the names.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

mod defmt;
mod serde;
