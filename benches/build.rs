//! Compiles the floors in C.

fn main() {
    println!("cargo::rerun-if-changed=floor.c");
    cc::Build::new().file("floor.c").opt_level(2).compile("floor");
}
