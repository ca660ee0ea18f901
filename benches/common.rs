//! What the benches share: rawos against a peer, one after the other in turn,
//! as one number.
//!
//! The harness is criterion's: it chooses how often to call, warms up, samples,
//! and keeps what it measured as JSON, which `cargo xtask bench` reads. But it
//! measures one function to its end before it begins the next, as divan does
//! too, and what the machine does in between would be told as a difference. So
//! the one thing measured here is a pair: [`Ratio`] is the time of ours by the
//! time of theirs, within the same few milliseconds; less than 1 is better.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]
#![expect(clippy::missing_inline_in_public_items, reason = "their cost is not measured")]

pub mod floor;

use std::{env, ffi::CString, fs, path::Path, process::Command, time::Duration, time::Instant};

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Criterion, SamplingMode, Throughput};
use tempfile::TempDir;

/// Our time by theirs.
pub struct Ratio;

impl Measurement for Ratio {
    type Intermediate = ();
    type Value = f64;

    fn start(&self) {
        unreachable!("a ratio is of two runs: `iter_custom` makes it")
    }

    fn end(&self, (): ()) -> f64 {
        unreachable!("a ratio is of two runs: `iter_custom` makes it")
    }

    fn add(&self, one: &f64, other: &f64) -> f64 {
        one + other
    }

    fn zero(&self) -> f64 {
        0.0
    }

    fn to_f64(&self, value: &f64) -> f64 {
        *value
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        self
    }
}

impl ValueFormatter for Ratio {
    fn scale_values(&self, _: f64, _: &mut [f64]) -> &'static str {
        "of it"
    }

    fn scale_throughputs(&self, _: f64, _: &Throughput, _: &mut [f64]) -> &'static str {
        "of it"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "ratio"
    }
}

/// The rows of a bench.
pub struct Bench(Criterion<Ratio>);

impl Bench {
    /// As the command line says: `-- ROW` runs those rows alone.
    #[expect(clippy::new_without_default, reason = "it reads the command line")]
    #[must_use]
    pub fn new() -> Self {
        let (samples, warm_up, time) = if quick() { (10, 50, 200) } else { (40, 300, 2000) };
        let criterion = Criterion::default().with_measurement(Ratio).without_plots();
        let criterion =
            criterion.sample_size(samples).measurement_time(Duration::from_millis(time));
        Self(criterion.warm_up_time(Duration::from_millis(warm_up)).configure_from_args())
    }

    /// Compares rawos with `peer`. Each side is told how often to do what `row`
    /// is about, and returns the seconds that it took: see [`cpu`], [`wall`]
    /// and [`prepared`].
    pub fn row(
        &mut self,
        row: &str,
        peer: &str,
        mut ours: impl FnMut(u64) -> f64,
        mut theirs: impl FnMut(u64) -> f64,
    ) {
        let mut group = self.0.benchmark_group(row);
        // Every sample is of as many calls.
        group.sampling_mode(SamplingMode::Flat);
        let mut first = false;
        group.bench_function(peer, |bencher| {
            bencher.iter_custom(|calls| {
                let (mut our, mut their) = (0.0, 0.0);
                // In parts, and each is the first in every other part, so that
                // neither is always the one after the other.
                let parts = calls.min(4);
                for part in 0..parts {
                    let calls = calls / parts + u64::from(part < calls % parts);
                    first = !first;
                    if first {
                        our += ours(calls);
                        their += theirs(calls);
                    } else {
                        their += theirs(calls);
                        our += ours(calls);
                    }
                }
                our / their * calls as f64
            });
        });
        group.finish();
    }

    /// What criterion says at the end.
    pub fn finish(self) {
        self.0.final_summary();
    }
}

/// Whether a glance is enough: everything smaller, and not for long.
#[must_use]
pub fn quick() -> bool {
    env::var_os("RAWOS_BENCH_QUICK").is_some()
}

/// CPU seconds of this process and of the children that it has waited for.
#[must_use]
pub fn cpu_seconds() -> f64 {
    // SAFETY: zeroes are a valid timespec.
    let mut own: libc::timespec = unsafe { std::mem::zeroed() };
    // SAFETY: writes the struct.
    let got = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut own) };
    assert_eq!(got, 0);
    let usage = children();
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    let own = own.tv_sec as f64 + own.tv_nsec as f64 / 1e9;
    own + seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// What the children that this process has waited for have used.
#[must_use]
pub fn children() -> libc::rusage {
    // SAFETY: zeroes are a valid rusage.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage) }, 0);
    usage
}

/// A side whose CPU time counts, that of its children included.
pub fn cpu(mut call: impl FnMut()) -> impl FnMut(u64) -> f64 {
    move |calls| {
        let start = cpu_seconds();
        (0..calls).for_each(|_| call());
        cpu_seconds() - start
    }
}

/// A side whose time on the clock counts: it waits for others.
pub fn wall(mut call: impl FnMut()) -> impl FnMut(u64) -> f64 {
    move |calls| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64()
    }
}

/// As [`cpu`], with something before each call that does not count.
pub fn prepared<T>(
    mut prepare: impl FnMut() -> T,
    mut call: impl FnMut(T),
) -> impl FnMut(u64) -> f64 {
    move |calls| {
        let mut total = 0.0;
        for _ in 0..calls {
            let ready = prepare();
            let start = cpu_seconds();
            call(ready);
            total += cpu_seconds() - start;
        }
        total
    }
}

/// A directory in memory, where there is such a file system.
///
/// # Panics
/// Where it cannot be made.
#[must_use]
pub fn directory() -> TempDir {
    let shm = Path::new("/dev/shm");
    let parent = if shm.is_dir() { shm.to_path_buf() } else { env::temp_dir() };
    tempfile::Builder::new().prefix("rawos-bench-").tempdir_in(parent).expect("a directory")
}

/// A static C program that returns 0, and the directory that it is in.
///
/// # Panics
/// Where there is no compiler.
#[must_use]
pub fn program() -> (TempDir, CString) {
    let dir = TempDir::new().expect("a directory");
    let (source, program) = (dir.path().join("true.c"), dir.path().join("true"));
    fs::write(&source, "int main(void) { return 0; }\n").expect("a source");
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-static", "-o"]).arg(&program).arg(&source);
    assert!(cc.status().expect("cc").success());
    let program = CString::new(program.into_os_string().into_encoded_bytes()).expect("no NUL");
    (dir, program)
}
