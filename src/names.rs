//! The `names!` macro: numbers that a C library has names for, as a type.

/// Makes a type of a table of `NUMBER, "NAME", "what it is"`: a constant for
/// each, and both ways between number and name. Any number is a value, as any
/// is in C; who asks about one that no row has gets `EINVAL`.
macro_rules! names {
    (
        $(#[$outer:meta])*
        pub struct $Name:ident, $path:literal, $first:literal {
            $($NAME:ident = $number:literal, $text:literal, $doc:literal;)*
        }
    ) => {
        $(#[$outer])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $Name(i32);

        impl $Name {
            $(
                #[doc = $doc]
                #[doc(alias = $text)]
                pub const $NAME: Self = Self($number);
            )*

            /// The numbers, in the order of `NAMES`.
            const NUMBERS: &[u16] = &[$($number),*];

            /// Every name, each followed by a NUL. One string rather than a
            /// slice of them, which would have to be relocated in a static-PIE.
            const NAMES: &str = concat!($($text, "\0"),*);

            #[doc = "The name with this number, whether there is one or not."]
            #[doc = "\n# Examples\n```"]
            #[doc = concat!("use ", $path, ";\n")]
            #[doc = concat!("let name = ", stringify!($Name), "::from_raw(-7);")]
            #[doc = "assert_eq!((name.raw(), name.name()), (-7, None));\n```"]
            #[inline]
            #[must_use]
            pub const fn from_raw(number: i32) -> Self {
                Self(number)
            }

            #[doc = "The number, which is glibc's."]
            #[doc = "\n# Examples\n```"]
            #[doc = concat!("use ", $path, ";\n")]
            #[doc = concat!("let name: ", stringify!($Name), " = ", stringify!($first), ".parse()?;")]
            #[doc = "assert_eq!(name.raw(), 0);\n# Ok::<(), rawos::Errno>(())\n```"]
            #[inline]
            #[must_use]
            pub const fn raw(self) -> i32 {
                self.0
            }

            #[doc = "What Python calls it; `None` for a number without a name."]
            #[doc = "\n# Examples\n```"]
            #[doc = concat!("use ", $path, ";\n")]
            #[doc = concat!("assert_eq!(", stringify!($Name), "::from_raw(0).name(), Some(", stringify!($first), "));\n```")]
            #[must_use]
            #[inline]
            pub fn name(self) -> Option<&'static str> {
                Self::all().find(|(_, known)| *known == self).map(|(name, _)| name)
            }

            #[doc = "Every name there is, and its value. Some values have two names."]
            #[doc = "\n# Examples\n```"]
            #[doc = concat!("use ", $path, ";\n")]
            #[doc = concat!("let known = ", stringify!($Name), "::all().find(|(name, _)| *name == ", stringify!($first), ");")]
            #[doc = "assert_eq!(known.map(|(_, value)| value.raw()), Some(0));\n```"]
            #[inline]
            pub fn all() -> impl Iterator<Item = (&'static str, Self)> {
                let numbers = Self::NUMBERS.iter().map(|&number| Self(number.into()));
                Self::NAMES.split_terminator('\0').zip(numbers)
            }
        }

        #[doc = "By Python's name; `EINVAL` for any other."]
        impl core::str::FromStr for $Name {
            type Err = $crate::Errno;

            #[inline]
            fn from_str(name: &str) -> $crate::Result<Self> {
                let found = Self::all().find(|(known, _)| *known == name);
                found.map(|(_, value)| value).ok_or($crate::Errno::EINVAL)
            }
        }

        impl core::fmt::Debug for $Name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, concat!(stringify!($Name), "({})"), self.0),
                }
            }
        }
    };
}
