//! System calls that only a program's own start and end need.

pub(crate) use super::fd::{IoSlice, writev};
