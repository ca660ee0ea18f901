//! A block of environment, and after the first newline what is done to it: a
//! line `NAME=VALUE` sets, any other line removes.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos::{
    Errno,
    env::{Environ, EnvironBuf},
};

type Vars<'a> = Vec<(&'a [u8], &'a [u8])>;

fn var(string: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = string.iter().position(|byte| *byte == b'=')?;
    Some((&string[..at], &string[at + 1..]))
}

fn apply<'a>(vars: &mut Vars<'a>, line: &'a [u8]) -> Result<(), Errno> {
    let (name, value) = var(line).map_or((line, None), |(name, value)| (name, Some(value)));
    if name.is_empty() || name.contains(&0) || value.is_some_and(|value| value.contains(&0)) {
        return Err(Errno::EINVAL);
    }
    let place = vars.iter().position(|var| var.0 == name);
    vars.retain(|var| var.0 != name);
    if let Some(value) = value {
        vars.insert(place.unwrap_or(vars.len()), (name, value));
    }
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    let (text, plan) = rawos_fuzz::halves(data);
    let mut vars: Vars<'_> = text.split(|byte| *byte == 0).filter_map(var).collect();
    let environ = Environ::new(text);
    assert!(environ.iter().eq(vars.iter().copied()));
    let mut buf = EnvironBuf::copy(&environ).unwrap();
    for line in plan.split(|byte| *byte == b'\n') {
        let done = match var(line) {
            Some((name, value)) => buf.set(name, value),
            None => buf.remove(line),
        };
        assert_eq!(done, apply(&mut vars, line));
        assert!(buf.iter().eq(vars.iter().copied()));
    }
    for (name, _) in &vars {
        let first = vars.iter().find(|var| var.0 == *name).map(|var| var.1);
        assert_eq!(buf.get(*name), first);
        assert_eq!(buf.as_environ().get(*name), first);
    }
    assert!(!format!("{environ:?} {buf:?}").is_empty());
});
