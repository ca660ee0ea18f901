//! The text of the assembly that makes system calls: the instructions, the
//! registers, what is clobbered, and options that promise no more than is so.

/// With single spaces, and without comments.
fn text(source: &str) -> String {
    let code = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// `lateout("v0") _, lateout("v1") _, …`
fn clobbers(kind: char, numbers: std::ops::Range<u8>) -> String {
    let each = numbers.map(|number| format!(r#"lateout("{kind}{number}") _,"#));
    each.collect::<Vec<_>>().join(" ")
}

/// Each of the stubs: `syscall2(a in "rdi", b in "rsi");`.
fn has_stubs(source: &str, registers: [&str; 6]) {
    for count in 0..=6 {
        let args = "abcdef".chars().zip(registers).take(count);
        let args: Vec<_> = args.map(|(name, reg)| format!(r#"{name} in "{reg}""#)).collect();
        let stub = format!("syscall{count}({});", args.join(", "));
        assert_eq!(source.matches(&stub).count(), 1, "{stub}");
    }
}

/// One template, and the call that does not return; and no promise that memory
/// stays as it is.
fn is_one_template(source: &str) {
    assert_eq!(source.matches("asm!(").count(), 2);
    for promise in ["readonly", "nomem", "pure"] {
        let [among, last] = [",", ")"].map(|end| source.contains(&format!("{promise}{end}")));
        assert!(!among && !last, "{promise}");
    }
}

#[test]
fn the_stubs_say_what_the_kernel_does_on_x86_64() {
    let stubs = text(include_str!("../../arch/x86_64/syscall.rs"));
    is_one_template(&stubs);
    has_stubs(&stubs, ["rdi", "rsi", "rdx", "r10", "r8", "r9"]);
    assert!(stubs.contains(
        r#"asm!("syscall", inlateout("rax") nr as isize => ret, $(in($reg) $arg,)* lateout("rcx") _, lateout("r11") _, options(nostack, preserves_flags));"#
    ));
    assert!(stubs.contains(
        r#"asm!("syscall", "ud2", in("rax") nr as isize, in("rdi") a, options(nostack, noreturn));"#
    ));
}

#[test]
fn the_stubs_say_what_the_kernel_does_on_aarch64() {
    let stubs = text(include_str!("../../arch/aarch64/syscall.rs"));
    is_one_template(&stubs);
    has_stubs(&stubs, ["x0", "x1", "x2", "x3", "x4", "x5"]);
    let [predicates, low, high] =
        [('p', 0..16), ('v', 0..8), ('v', 16..32)].map(|(kind, numbers)| clobbers(kind, numbers));
    assert!(stubs.contains(&format!(
        r#"asm!("svc 0", in("x8") nr as isize, $(in($reg) $arg,)* lateout("x0") ret, {predicates} lateout("ffr") _, {low} {high} $(lateout($saved) _,)* options(nostack, preserves_flags));"#
    )));
    // Those that functions save, where code may use SVE.
    let saved = r#"["v8" "v9" "v10" "v11" "v12" "v13" "v14" "v15"]"#;
    assert_eq!(stubs.matches(saved).count(), 1);
    assert!(stubs.contains(
        r#"asm!("svc 0", "brk #1", in("x8") nr as isize, in("x0") a, options(nostack, noreturn));"#
    ));
}

#[test]
fn the_stubs_say_what_the_kernel_does_on_riscv64() {
    let stubs = text(include_str!("../../arch/riscv64/syscall.rs"));
    is_one_template(&stubs);
    has_stubs(&stubs, ["a0", "a1", "a2", "a3", "a4", "a5"]);
    // No `preserves_flags`: `vl` and `vtype` are among them.
    assert!(stubs.contains(&format!(
        r#"asm!("ecall", in("a7") nr as isize, $(in($reg) $arg,)* lateout("a0") ret, {} options(nostack));"#,
        clobbers('v', 0..32)
    )));
    assert!(stubs.contains(
        r#"asm!("ecall", "unimp", in("a7") nr as isize, in("a0") a, options(nostack, noreturn));"#
    ));
}

/// The calls of clone(2): the order of the arguments differs, and the child goes
/// on with a stack of its own, so that nothing is promised of the stack.
#[test]
fn clone_says_what_the_kernel_does() {
    let x86_64 = text(include_str!("../../arch/x86_64/clone.rs"));
    let aarch64 = text(include_str!("../../arch/aarch64/clone.rs"));
    let riscv64 = text(include_str!("../../arch/riscv64/clone.rs"));
    assert!(x86_64.contains(
        r#"asm!( "syscall", "test rax, rax", "jnz 2f", "xor ebp, ebp", "mov rdi, r12", "call r13", "ud2", "2:", inlateout("rax") Sysno::clone as isize => ret, in("rdi") child.flags, in("rsi") child.stack, in("rdx") child.parent_tid, in("r10") child.child_tid, in("r8") child.tls, in("r12") data, in("r13") enter, lateout("rcx") _, lateout("r11") _, );"#
    ));
    assert!(aarch64.contains(&format!(
        r#"asm!( "svc 0", "cbnz x0, 2f", "mov x29, xzr", "mov x30, xzr", "mov x0, x9", "blr x10", "brk #1", "2:", in("x8") Sysno::clone as isize, inlateout("x0") child.flags => ret, in("x1") child.stack, in("x2") child.parent_tid, in("x3") child.tls, in("x4") child.child_tid, in("x9") data, in("x10") enter, {} lateout("ffr") _, {} );"#,
        clobbers('p', 0..16),
        clobbers('v', 0..32)
    )));
    assert!(riscv64.contains(&format!(
        r#"asm!( "ecall", "bnez a0, 2f", "li s0, 0", "li ra, 0", "mv a0, t1", "jalr ra, 0(t2)", "unimp", "2:", in("a7") Sysno::clone as isize, inlateout("a0") child.flags => ret, in("a1") child.stack, in("a2") child.parent_tid, in("a3") child.tls, in("a4") child.child_tid, in("t1") data, in("t2") enter, {} );"#,
        clobbers('v', 0..32)
    )));
}

/// Where a handler returns to on x86_64: debuggers know it by these bytes.
#[test]
fn signal_handlers_return_by_the_call_and_nothing_else() {
    let signal = text(include_str!("../../arch/x86_64/signal.rs"));
    assert!(signal.contains(
        r#"naked_asm!("mov rax, {number}", "syscall", number = const uapi::__NR_rt_sigreturn)"#
    ));
}
