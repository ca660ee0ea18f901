//! Starts the program that the second argument names and waits for it, as often
//! as the first one says: for `benches/spawn.rs`.
#![no_std]
#![no_main]

use rawos::{
    Errno, env,
    process::{self, SpawnOptions, WaitOptions},
    rt,
};

rawos::entry!(main);

fn main() -> Result<(), Errno> {
    let mut args = rt::args().skip(1);
    let count = args.next().and_then(|count| count.to_str().ok()?.parse().ok());
    let (Some(count), Some(program)) = (count, args.next()) else { return Err(Errno::EINVAL) };
    for _ in 0..count {
        let pid = process::posix_spawn(program, [program], env::environ()?, &SpawnOptions::new())?;
        let ended = process::waitpid(pid, WaitOptions::empty())?;
        if ended.is_none_or(|(_, status)| status.0 != 0) {
            return Err(Errno::ECHILD);
        }
    }
    Ok(())
}
