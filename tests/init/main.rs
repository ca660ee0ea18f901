//! The room `init`, with std, libc and /proc as witnesses.
//!
//! What changes a machine is done where it changes none: in a process with
//! namespaces of its own, behind a filter of system calls, or in a booted guest.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod apart;
mod filter;
mod host;
mod klog;
mod loopdev;
mod module;
mod mount;
mod mount_fd;
mod network;
mod notify;
mod power;
mod root;
mod swap;
