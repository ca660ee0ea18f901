//! The `flags!` macro: a set of kernel flags as a type.

/// Wraps `bitflags!` for flags that the kernel defines.
///
/// `const _ = !0` declares every bit known, so bits of a newer kernel survive
/// `from_bits`, `Display` and `!`; values coming from the kernel still use
/// `from_bits_retain`, which says so at the call.
macro_rules! flags {
    ($(
        $(#[$($outer:tt)*])*
        pub struct $Name:ident: $Bits:ty {
            $($(#[$($inner:tt)*])* const $FLAG:ident = $value:expr;)*
        }
    )*) => {$(
        bitflags::bitflags! {
            $(#[$($outer)*])*
            #[repr(transparent)]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $Name: $Bits {
                $($(#[$($inner)*])* const $FLAG = $value as $Bits;)*
                const _ = !0;
            }
        }

        impl $crate::sys::Arg for $Name {
            #[inline]
            fn arg(self) -> *mut () {
                self.bits().arg()
            }
        }
    )*};
}
