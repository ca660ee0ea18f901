//! What a process used: times, memory, faults.
#![forbid(unsafe_code)]

use core::{fmt, time::Duration};

use linux_raw_sys::general::{__kernel_old_timeval, rusage};

/// What a child and those of its children that it waited for used.
///
/// # Python
/// `resource.struct_rusage`; the methods have its attributes' names.
///
/// # See also
/// [getrusage(2)](https://man7.org/linux/man-pages/man2/getrusage.2.html)
///
/// # Examples
/// ```
/// assert_eq!(rawos::process::Rusage::default().ru_maxrss(), 0);
/// ```
#[derive(Clone, Copy)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "crate::data::Rusage", try_from = "crate::data::Rusage")
)]
#[repr(transparent)]
#[doc(alias = "struct_rusage")]
pub struct Rusage(pub(crate) rusage);

const _: () = assert!(size_of::<Rusage>() == 144);

/// Seconds and microseconds, of which the kernel gives no negative ones.
#[inline]
const fn duration(time: __kernel_old_timeval) -> Duration {
    let micros = match time.tv_usec {
        micros @ 0..1_000_000 => micros as u32,
        _ => 0,
    };
    let secs = if time.tv_sec < 0 { 0 } else { time.tv_sec.cast_unsigned() };
    Duration::new(secs, micros * 1000)
}

/// A getter for each field that is a number.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        impl Rusage {
            $(
                $(#[$doc])*
                #[inline]
                #[must_use]
                pub const fn $name(&self) -> i64 {
                    self.0.$name
                }
            )*
        }

        impl fmt::Debug for Rusage {
            #[inline]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("Rusage")
                    .field("ru_utime", &self.ru_utime())
                    .field("ru_stime", &self.ru_stime())
                    $(.field(stringify!($name), &self.$name()))*
                    .finish()
            }
        }
    };
}

numbers! {
    /// The most memory it had at once, in KiB; of its children, the largest.
    ru_maxrss;
    /// Always 0 on Linux.
    ru_ixrss;
    /// Always 0 on Linux.
    ru_idrss;
    /// Always 0 on Linux.
    ru_isrss;
    /// Page faults that needed no reading.
    ru_minflt;
    /// Page faults that needed reading.
    ru_majflt;
    /// Always 0 on Linux.
    ru_nswap;
    /// Blocks of 512 bytes read from file systems.
    ru_inblock;
    /// Blocks of 512 bytes written to file systems.
    ru_oublock;
    /// Always 0 on Linux.
    ru_msgsnd;
    /// Always 0 on Linux.
    ru_msgrcv;
    /// Always 0 on Linux.
    ru_nsignals;
    /// How often it gave the CPU up to wait.
    ru_nvcsw;
    /// How often it lost the CPU to others.
    ru_nivcsw;
}

impl Rusage {
    /// CPU time in the program, in steps of a microsecond.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::process::Rusage::default().ru_utime().as_nanos(), 0);
    /// ```
    #[inline]
    #[must_use]
    pub const fn ru_utime(&self) -> Duration {
        duration(self.0.ru_utime)
    }

    /// CPU time in the kernel for it, in steps of a microsecond.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::process::Rusage::default().ru_stime().as_nanos(), 0);
    /// ```
    #[inline]
    #[must_use]
    pub const fn ru_stime(&self) -> Duration {
        duration(self.0.ru_stime)
    }
}

/// All zero.
impl Default for Rusage {
    #[inline]
    fn default() -> Self {
        let none = __kernel_old_timeval { tv_sec: 0, tv_usec: 0 };
        Self(rusage {
            ru_utime: none,
            ru_stime: none,
            ru_maxrss: 0,
            ru_ixrss: 0,
            ru_idrss: 0,
            ru_isrss: 0,
            ru_minflt: 0,
            ru_majflt: 0,
            ru_nswap: 0,
            ru_inblock: 0,
            ru_oublock: 0,
            ru_msgsnd: 0,
            ru_msgrcv: 0,
            ru_nsignals: 0,
            ru_nvcsw: 0,
            ru_nivcsw: 0,
        })
    }
}
