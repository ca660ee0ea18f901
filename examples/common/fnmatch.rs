//! Shell patterns against file names, as fnmatch(3) without flags has them.

/// Whether `name` matches `pattern`: `*`, `?`, `[set]`, `[!set]`, `\\c`.
pub fn fnmatch(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    // Where to go on when what follows the last `*` does not match.
    let mut retry = None;
    loop {
        let rest = &pattern[p.min(pattern.len())..];
        let step = match (rest, name.get(n)) {
            ([], None) => return true,
            ([b'*', ..], _) => {
                retry = Some((p, n));
                p += 1;
                continue;
            }
            ([b'?', ..], Some(_)) => Some(1),
            ([b'[', set @ ..], Some(&c)) => match bracket(set, c) {
                Some((true, len)) => Some(1 + len),
                Some((false, _)) => None,
                // A bracket that nothing closes stands for itself.
                None => (c == b'[').then_some(1),
            },
            ([b'\\', literal, ..], Some(c)) => (literal == c).then_some(2),
            ([literal, ..], Some(c)) => (literal == c).then_some(1),
            _ => None,
        };
        match (step, retry) {
            (Some(len), _) => {
                p += len;
                n += 1;
            }
            (None, Some((star, from))) if from < name.len() => {
                retry = Some((star, from + 1));
                p = star + 1;
                n = from + 1;
            }
            _ => return false,
        }
    }
}

/// Whether `c` is in the set that `set` begins with, and how long the set is
/// with its closing bracket; `None` if nothing closes it.
fn bracket(set: &[u8], c: u8) -> Option<(bool, usize)> {
    let negated = matches!(set, [b'!' | b'^', ..]);
    let mut at = usize::from(negated);
    let mut found = false;
    let mut first = true;
    let literal = |at: &mut usize| {
        *at += usize::from(set.get(*at) == Some(&b'\\'));
        let c = *set.get(*at)?;
        *at += 1;
        Some(c)
    };
    loop {
        if set.get(at) == Some(&b']') && !first {
            return Some((found != negated, at + 1));
        }
        first = false;
        let low = literal(&mut at)?;
        let mut high = low;
        if set.get(at) == Some(&b'-') && set.get(at + 1).is_some_and(|c| *c != b']') {
            at += 1;
            high = literal(&mut at)?;
        }
        found |= (low..=high).contains(&c);
    }
}
