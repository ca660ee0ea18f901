//! What the crates serde and defmt see of types that hide their fields: values
//! under Python's attribute names, which are the names of the methods.
//!
//! A type with open fields has derives of its own. All of it is without heap.
#![forbid(unsafe_code)]

use core::{ffi::CStr, time::Duration};

#[cfg(feature = "serde")]
use linux_raw_sys::general as uapi;

#[cfg(feature = "serde")]
use crate::Result;
use crate::{
    Errno,
    fs::{self, StFlags},
    process, system,
};

/// For each type one of the same name, with a field for each of its methods.
macro_rules! mirrors {
    ($(
        $real:ident::$Name:ident {
            $($field:ident: $Type:ident,)*
        }
    )*) => {$(
        #[derive(Clone, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub(crate) struct $Name {
            $(pub $field: $Type,)*
        }

        impl From<$real::$Name> for $Name {
            #[inline]
            fn from(real: $real::$Name) -> Self {
                Self { $($field: real.$field().into(),)* }
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for $real::$Name {
            #[inline]
            fn format(&self, to: defmt::Formatter<'_>) {
                defmt::write!(to, "{}", $Name::from(*self));
            }
        }
    )*};
}

mirrors! {
    fs::StatVfs {
        f_bsize: u64,
        f_frsize: u64,
        f_blocks: u64,
        f_bfree: u64,
        f_bavail: u64,
        f_files: u64,
        f_ffree: u64,
        f_favail: u64,
        f_flag: StFlags,
        f_namemax: u64,
        f_fsid: u64,
    }
    process::Rusage {
        ru_utime: Duration,
        ru_stime: Duration,
        ru_maxrss: i64,
        ru_ixrss: i64,
        ru_idrss: i64,
        ru_isrss: i64,
        ru_minflt: i64,
        ru_majflt: i64,
        ru_nswap: i64,
        ru_inblock: i64,
        ru_oublock: i64,
        ru_msgsnd: i64,
        ru_msgrcv: i64,
        ru_nsignals: i64,
        ru_nvcsw: i64,
        ru_nivcsw: i64,
    }
    system::Uname {
        sysname: Text,
        nodename: Text,
        release: Text,
        version: Text,
        machine: Text,
        domainname: Text,
    }
}

/// At most 64 bytes, or as many times U+FFFD, each of three bytes.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Text(heapless::String<192>);

impl From<&CStr> for Text {
    #[inline]
    fn from(name: &CStr) -> Self {
        let mut text = heapless::String::new();
        for chunk in name.to_bytes().utf8_chunks() {
            let bad = if chunk.invalid().is_empty() { "" } else { "\u{fffd}" };
            // There is room for all that the kernel has.
            let _ = text.push_str(chunk.valid()).and_then(|()| text.push_str(bad));
        }
        Self(text)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Text {
    #[inline]
    fn format(&self, to: defmt::Formatter<'_>) {
        defmt::write!(to, "{=str}", self.0.as_str());
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Errno {
    #[inline]
    fn format(&self, to: defmt::Formatter<'_>) {
        match self.name() {
            Some(name) => defmt::write!(to, "{=str}", name),
            None => defmt::write!(to, "Errno({=i32})", self.raw()),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Errno {
    #[inline]
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i32(self.raw())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Errno {
    #[inline]
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = i32::deserialize(from)?;
        let wrong = || serde::de::Error::custom("no error number of Linux, 1 to 4095");
        Self::from_raw(number).ok_or_else(wrong)
    }
}

/// `real`, if it is all of what `data` says: the kernel's fields may be smaller.
#[cfg(feature = "serde")]
#[inline]
fn whole<Real: Clone, Data: From<Real> + PartialEq>(real: Real, data: &Data) -> Result<Real> {
    match Data::from(real.clone()) == *data {
        true => Ok(real),
        false => Err(Errno::EINVAL),
    }
}

/// Sets fields that both have.
#[cfg(feature = "serde")]
macro_rules! set {
    ($real:ident = $data:ident: $($field:ident)*) => {$($real.$field = $data.$field as _;)*};
}

#[cfg(feature = "serde")]
impl TryFrom<StatVfs> for fs::StatVfs {
    type Error = Errno;

    #[inline]
    fn try_from(data: StatVfs) -> Result<Self> {
        let statfs = uapi::statfs {
            f_type: 0,
            f_bsize: data.f_bsize as _,
            f_blocks: data.f_blocks as _,
            f_bfree: data.f_bfree as _,
            f_bavail: data.f_bavail as _,
            f_files: data.f_files as _,
            f_ffree: data.f_ffree as _,
            f_fsid: uapi::__kernel_fsid_t { val: [data.f_fsid as i32, (data.f_fsid >> 32) as i32] },
            f_namelen: data.f_namemax as _,
            f_frsize: data.f_frsize as _,
            f_flags: data.f_flag.bits() as _,
            f_spare: [0; 4],
        };
        whole(Self(statfs), &data)
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Rusage> for process::Rusage {
    type Error = Errno;

    #[inline]
    fn try_from(data: Rusage) -> Result<Self> {
        let Self(mut rusage) = Self::default();
        set!(rusage = data: ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap);
        set!(rusage = data: ru_inblock ru_oublock ru_msgsnd ru_msgrcv ru_nsignals);
        set!(rusage = data: ru_nvcsw ru_nivcsw);
        let timeval = |time: Duration| uapi::__kernel_old_timeval {
            tv_sec: time.as_secs() as _,
            tv_usec: time.subsec_micros() as _,
        };
        rusage.ru_utime = timeval(data.ru_utime);
        rusage.ru_stime = timeval(data.ru_stime);
        whole(Self(rusage), &data)
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Uname> for system::Uname {
    type Error = Errno;

    #[inline]
    fn try_from(data: Uname) -> Result<Self> {
        let field = |text: &Text| {
            let mut bytes = [0; 65];
            // What is cut off here, or has a NUL, is not the same below.
            bytes.iter_mut().zip(text.0.bytes().take(64)).for_each(|(to, from)| *to = from);
            bytes
        };
        let uname = Self {
            sysname: field(&data.sysname),
            nodename: field(&data.nodename),
            release: field(&data.release),
            version: field(&data.version),
            machine: field(&data.machine),
            domainname: field(&data.domainname),
        };
        whole(uname, &data)
    }
}
