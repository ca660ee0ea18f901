//! The `flags!` macro: a set of kernel flags as a type.
#![forbid(unsafe_code)]

use core::fmt;

use bitflags::{
    Flags,
    parser::{WriteHex, to_writer},
};

/// Makes types that are what `bitflags!` would make of them, with its methods,
/// operators and traits, for flags that the kernel defines: every bit is
/// known, so bits of a newer kernel survive `from_bits`, `Debug` and `!`.
/// Values coming from the kernel still use `from_bits_retain`, which says so at
/// the call.
///
/// `bitflags!` itself writes all of it twice, for the type and for one inside,
/// and each flag a dozen times: with it, a quarter of the time to compile this
/// crate was its. What needs the names of flags is left to its trait.
macro_rules! flags {
    ($(
        $(#[$outer:meta])*
        pub struct $Name:ident: $Bits:ident {
            $($(#[$inner:meta])* const $FLAG:ident = $value:expr;)*
        }
    )*) => {$(
        $(#[$outer])*
        #[repr(transparent)]
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub struct $Name($Bits);

        impl $Name {
            $($(#[$inner])* pub const $FLAG: Self = Self($value as $Bits);)*
        }

        impl bitflags::Flags for $Name {
            type Bits = $Bits;

            const FLAGS: &'static [bitflags::Flag<Self>] = &[
                $(bitflags::Flag::new(stringify!($FLAG), Self::$FLAG),)*
                bitflags::Flag::new("", Self(!0)),
            ];

            #[inline]
            fn bits(&self) -> $Bits {
                self.0
            }

            #[inline]
            fn from_bits_retain(bits: $Bits) -> Self {
                Self(bits)
            }
        }

        flags! { @methods $Name: $Bits }
        flags! { @operators $Name:
            BitOr bitor BitOrAssign bitor_assign union,
            BitAnd bitand BitAndAssign bitand_assign intersection,
            BitXor bitxor BitXorAssign bitxor_assign symmetric_difference,
            Sub sub SubAssign sub_assign difference
        }
        flags! { @formats $Name: Binary, Octal, LowerHex, UpperHex }

        impl $crate::sys::Arg for $Name {
            #[inline]
            fn arg(self) -> *mut () {
                self.bits().arg()
            }
        }
    )*};

    (@methods $Name:ident: $Bits:ty) => {
        impl $Name {
            /// No flag.
            #[inline]
            #[must_use]
            pub const fn empty() -> Self {
                Self(0)
            }

            /// Every bit, also those without a name.
            #[inline]
            #[must_use]
            pub const fn all() -> Self {
                Self(!0)
            }

            /// The bits, as the kernel takes them.
            #[inline]
            #[must_use]
            pub const fn bits(&self) -> $Bits {
                self.0
            }

            /// The flags of these bits. Every bit is known: never `None`.
            #[inline]
            #[must_use]
            pub const fn from_bits(bits: $Bits) -> Option<Self> {
                Some(Self(bits))
            }

            /// The flags of these bits. Every bit is known: none is dropped.
            #[inline]
            #[must_use]
            pub const fn from_bits_truncate(bits: $Bits) -> Self {
                Self(bits)
            }

            /// The flags of these bits, also of those without a name.
            #[inline]
            #[must_use]
            pub const fn from_bits_retain(bits: $Bits) -> Self {
                Self(bits)
            }

            /// The flag with this name, such as that of a constant.
            #[inline]
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                bitflags::Flags::from_name(name)
            }

            /// Whether there is no flag.
            #[inline]
            #[must_use]
            pub const fn is_empty(&self) -> bool {
                self.0 == 0
            }

            /// Whether every bit is set.
            #[inline]
            #[must_use]
            pub const fn is_all(&self) -> bool {
                self.0 == !0
            }

            /// Whether any flag of `other` is set.
            #[inline]
            #[must_use]
            pub const fn intersects(&self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// Whether all flags of `other` are set.
            #[inline]
            #[must_use]
            pub const fn contains(&self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Sets the flags of `other`.
            #[inline]
            pub const fn insert(&mut self, other: Self) {
                self.0 |= other.0;
            }

            /// Clears the flags of `other`.
            #[inline]
            pub const fn remove(&mut self, other: Self) {
                self.0 &= !other.0;
            }

            /// Turns the flags of `other` over.
            #[inline]
            pub const fn toggle(&mut self, other: Self) {
                self.0 ^= other.0;
            }

            /// Sets the flags of `other`, or clears them.
            #[inline]
            pub const fn set(&mut self, other: Self, value: bool) {
                if value { self.insert(other) } else { self.remove(other) }
            }

            /// The flags in both: `&`.
            #[inline]
            #[must_use]
            pub const fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// The flags in either: `|`.
            #[inline]
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The flags that are not in `other`: `-`.
            #[inline]
            #[must_use]
            pub const fn difference(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// The flags in one and not in both: `^`.
            #[inline]
            #[must_use]
            pub const fn symmetric_difference(self, other: Self) -> Self {
                Self(self.0 ^ other.0)
            }

            /// The flags that are not set: `!`.
            #[inline]
            #[must_use]
            pub const fn complement(self) -> Self {
                Self(!self.0)
            }

            /// The flags one by one; at last the bits without a name, together.
            #[inline]
            pub fn iter(&self) -> bitflags::iter::Iter<Self> {
                bitflags::Flags::iter(self)
            }

            /// The flags that have names, with their names.
            #[inline]
            pub fn iter_names(&self) -> bitflags::iter::IterNames<Self> {
                bitflags::Flags::iter_names(self)
            }
        }

        impl core::ops::Not for $Name {
            type Output = Self;

            #[inline]
            fn not(self) -> Self {
                self.complement()
            }
        }

        impl Extend<$Name> for $Name {
            #[inline]
            fn extend<T: IntoIterator<Item = Self>>(&mut self, flags: T) {
                *self = flags.into_iter().fold(*self, Self::union);
            }
        }

        impl FromIterator<$Name> for $Name {
            #[inline]
            fn from_iter<T: IntoIterator<Item = Self>>(flags: T) -> Self {
                flags.into_iter().fold(Self::empty(), Self::union)
            }
        }

        impl IntoIterator for $Name {
            type Item = Self;
            type IntoIter = bitflags::iter::Iter<Self>;

            #[inline]
            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        impl core::fmt::Debug for $Name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_tuple(stringify!($Name)).field(&$crate::flags::Names(self)).finish()
            }
        }
    };

    (@operators $Name:ident: $($Op:ident $op:ident $Assign:ident $assign:ident $method:ident),*) => {$(
        impl core::ops::$Op for $Name {
            type Output = Self;

            #[inline]
            fn $op(self, other: Self) -> Self {
                self.$method(other)
            }
        }

        impl core::ops::$Assign for $Name {
            #[inline]
            fn $assign(&mut self, other: Self) {
                *self = self.$method(other);
            }
        }
    )*};

    (@formats $Name:ident: $($Format:ident),*) => {$(
        impl core::fmt::$Format for $Name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::$Format::fmt(&self.0, f)
            }
        }
    )*};
}

/// The names of flags, `CREAT | EXCL`, and the other bits as a number.
pub(crate) struct Names<'a, F>(pub(crate) &'a F);

impl<F: Flags<Bits: WriteHex>> fmt::Debug for Names<'_, F> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("0x0") } else { to_writer(self.0, f) }
    }
}
