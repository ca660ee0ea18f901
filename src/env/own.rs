//! The environment of the process itself.
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
use alloc::sync::Arc;

#[cfg(feature = "alloc")]
use super::EnvironBuf;
use super::{
    Environ,
    environ::{Kind, find},
    value::{Held, Value},
};
use crate::{Errno, Result, path::PathLike, sys};

/// The environment of the process, once it was changed.
#[cfg(feature = "alloc")]
static CHANGED: sys::env::Changed<Own> = sys::env::Changed::new();

/// What [`CHANGED`] holds: never changed itself, only replaced.
#[cfg(feature = "alloc")]
pub(super) struct Own {
    pub(super) vars: EnvironBuf,
    /// The names that were put or unset, with empty values.
    #[cfg(feature = "std")]
    touched: EnvironBuf,
}

/// The environment of the process as it is now.
///
/// What is returned does not change when the process's does. The module says
/// where it comes from.
///
/// # Errors
/// Where the environment is not known yet and has to be read from
/// `/proc/self/environ`:
/// - [`ENOENT`](Errno::ENOENT): `/proc` is not mounted.
/// - [`ENOMEM`](Errno::ENOMEM): there is no memory for it.
/// - The rest: those of [`open`](crate::fs::open()) and
///   [`read`](crate::fd::read()).
///
/// # Python
/// `os.environb`, `os.environ`.
///
/// # See also
/// [environ(7)](https://man7.org/linux/man-pages/man7/environ.7.html)
///
/// # Examples
/// ```
/// use rawos::env;
///
/// let path = std::env::var_os("PATH");
/// assert_eq!(env::environ()?.get("PATH"), path.as_ref().map(|path| path.as_encoded_bytes()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "environb")]
#[inline]
pub fn environ() -> Result<Environ<'static>> {
    loop {
        #[cfg(feature = "alloc")]
        let (_times, own) = CHANGED.get();
        #[cfg(feature = "alloc")]
        if let Some(own) = own {
            return Ok(Environ(Kind::Own(own)));
        }
        if let Some(block) = sys::env::start() {
            return Ok(Environ::block(block));
        }
        #[cfg(feature = "std")]
        {
            let own = Own { vars: from_std()?, touched: EnvironBuf::new() };
            // If another thread was faster, its is as good.
            CHANGED.replace(_times, Some(Arc::new(own)));
        }
        #[cfg(not(feature = "std"))]
        from_proc()?;
    }
}

/// Has `/proc/self/environ` be the environment that the process started with.
#[cfg(not(feature = "std"))]
#[inline]
fn from_proc() -> Result<()> {
    use super::environ::{open_proc, read_whole};

    let file = open_proc()?;
    let mut room: usize = 1 << 16;
    loop {
        let mut text = sys::Mapping::new(room)?;
        // One byte stays for the NUL that the last string should have.
        let buf = text.bytes().split_last_mut().map(|(_, buf)| buf).unwrap_or_default();
        if let Some(len) = read_whole(&file, buf)? {
            let ended = buf.get(..len).is_some_and(|text| text.ends_with(b"\0")) || len == 0;
            return sys::env::become_start(text, if ended { len } else { len + 1 });
        }
        room = room.checked_mul(2).ok_or(Errno::ENOMEM)?;
    }
}

/// std's environment, as it is now.
#[cfg(feature = "std")]
#[inline]
fn from_std() -> Result<EnvironBuf> {
    let mut vars = EnvironBuf::new();
    for (name, value) in std::env::vars_os() {
        vars.append(name.as_encoded_bytes(), value.as_encoded_bytes())?;
    }
    Ok(vars)
}

/// Makes `environ` the environment of the process; what `putenv`
/// changed is forgotten.
///
/// For a program that another libc or start code starts, and that is to do
/// without `/proc`: give it what `main` was given.
///
/// # Errors
/// [`EINVAL`](Errno::EINVAL): `environ` is one text, of
/// [`Environ::new`] or [`Environ::read`], not an array of pointers.
///
/// # Python
/// None.
///
/// # Examples
/// ```
/// use rawos::{Errno, env::{self, Environ}};
///
/// static BLOCK: [usize; 1] = [0];
/// // SAFETY: an array that begins with a null, and never changes.
/// let nothing = unsafe { Environ::from_ptr((&raw const BLOCK).cast()) };
/// env::set_environ(nothing)?;
/// assert_eq!(env::environ()?.iter().count(), 0);
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn set_environ(environ: Environ<'static>) -> Result<()> {
    match environ.0 {
        Kind::Text(_) => return Err(Errno::EINVAL),
        Kind::Block(block) => {
            // At one moment, so that nobody changes a copy of the old start.
            #[cfg(feature = "alloc")]
            CHANGED.set(None, || sys::env::set_start(block));
            #[cfg(not(feature = "alloc"))]
            sys::env::set_start(block);
        }
        #[cfg(feature = "alloc")]
        Kind::Own(own) => CHANGED.set(Some(own), || {}),
    }
    Ok(())
}

/// Takes the environment of the process anew from where it came from, and
/// repeats on it what `putenv` and `unsetenv` did.
///
/// That is of use where others change it: with the feature `std`, this shows
/// what `std::env::set_var` did. Without it, nobody else can have changed the
/// environment, and nothing happens.
///
/// # Errors
/// Those of [`environ`].
///
/// # Python
/// `os.reload_environ()`.
///
/// # Examples
/// ```
/// use rawos::env;
///
/// env::reload_environ()?;
/// assert_eq!(env::environ()?.iter().count(), std::env::vars_os().count());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn reload_environ() -> Result<()> {
    environ()?;
    #[cfg(feature = "std")]
    change(|old| {
        if sys::env::start().is_some() {
            return Ok(old.cloned());
        }
        let mut new = Own { vars: from_std()?, touched: EnvironBuf::new() };
        for (name, _) in old.iter().flat_map(|old| &old.touched) {
            match old.and_then(|old| old.vars.get(name)) {
                Some(value) => new.vars.set(name, value)?,
                None => new.vars.remove(name)?,
            }
            new.touched.set(name, "")?;
        }
        Ok(Some(Arc::new(new)))
    })?;
    Ok(())
}

/// Replaces what [`CHANGED`] holds by what `new` makes of it, which runs again
/// if another thread was faster.
#[cfg(feature = "alloc")]
#[inline]
fn change(mut new: impl FnMut(Option<&Arc<Own>>) -> Result<Option<Arc<Own>>>) -> Result<()> {
    loop {
        let (times, old) = CHANGED.get();
        if CHANGED.replace(times, new(old.as_ref())?) {
            return Ok(());
        }
    }
}

/// Calls `fork` while no other thread holds the lock of the environment: a
/// child that has only this thread finds it free. `fork` must not use the
/// environment.
#[inline]
pub(crate) fn across_fork<T>(fork: impl FnOnce() -> T) -> T {
    #[cfg(feature = "alloc")]
    let _held = CHANGED.hold();
    fork()
}

/// Changes the variable `name` in a copy of the environment, which replaces it.
#[cfg(feature = "alloc")]
#[inline]
fn edit(name: &[u8], edit: impl Fn(&mut EnvironBuf) -> Result<()>) -> Result<()> {
    // What is not valid is not to have the environment looked for either.
    edit(&mut EnvironBuf::new())?;
    environ()?;
    change(|old| {
        let mut vars = match old {
            Some(old) => EnvironBuf::copy(&old.vars.as_environ())?,
            // That of now: it may be another than a moment ago.
            None => EnvironBuf::copy(&environ()?)?,
        };
        edit(&mut vars)?;
        #[cfg(feature = "std")]
        let touched = {
            let mut touched = match old {
                Some(old) => EnvironBuf::copy(&old.touched.as_environ())?,
                None => EnvironBuf::new(),
            };
            touched.set(name, "")?;
            touched
        };
        #[cfg(not(feature = "std"))]
        let _ = name;
        let own = Own {
            vars,
            #[cfg(feature = "std")]
            touched,
        };
        Ok(Some(Arc::new(own)))
    })
}

/// Makes `value` the value of the variable `name` in the environment of the
/// process.
///
/// [`getenv`] shows it, and programs inherit it that are started later. std
/// and a libc in the same process do not see it.
///
/// The whole environment is copied, and the old one freed when its last reader
/// is done: cheap enough for a start, not for a loop. Strings without `=` are
/// no variables and are not copied: programs do not inherit them any more.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `name` is empty, or holds `=` or NUL, or
///   `value` holds NUL.
/// - [`ENOMEM`](Errno::ENOMEM): there is no memory for it.
/// - The rest: those of [`environ`].
///
/// # Python
/// `os.putenv(name, value)`. There, `os.getenv` does not show it before
/// `os.reload_environ()`; here it does, as after `os.environ[name] = value`.
///
/// # See also
/// [setenv(3)](https://man7.org/linux/man-pages/man3/setenv.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, env};
///
/// env::putenv("RAWOS", "1")?;
/// assert_eq!(env::getenv("RAWOS")?.as_deref(), Some("1"));
/// assert_eq!(env::putenv("A=B", "1"), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[doc(alias = "setenv")]
#[inline]
pub fn putenv<N: PathLike, V: PathLike>(name: N, value: V) -> Result<()> {
    let (name, value) = (name.fspath(), value.fspath());
    edit(name, |vars| vars.set(name, value))
}

/// Removes the variable `name` from the environment of the process; none is
/// no error.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `name` is empty, or holds `=` or NUL.
/// - [`ENOMEM`](Errno::ENOMEM): there is no memory for the copy that is made.
/// - The rest: those of [`environ`].
///
/// # Python
/// `os.unsetenv(name)`; see [`putenv`] for what `os.getenv` shows there.
///
/// # See also
/// [unsetenv(3)](https://man7.org/linux/man-pages/man3/setenv.3.html)
///
/// # Examples
/// ```
/// use rawos::env;
///
/// env::putenv("RAWOS_GONE", "1")?;
/// env::unsetenv("RAWOS_GONE")?;
/// assert!(env::getenv("RAWOS_GONE")?.is_none());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn unsetenv<N: PathLike>(name: N) -> Result<()> {
    let name = name.fspath();
    edit(name, |vars| vars.remove(name))
}

/// The value of the variable `name` in the environment of the process, the
/// first if there are several; `None` if there is none.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `name` holds `=` or NUL.
/// - [`EILSEQ`](Errno::EILSEQ): the value is not UTF-8; see [`getenvb`].
/// - The rest: those of [`environ`].
///
/// # Python
/// `os.getenv(name)`, which returns `None` where this is `EINVAL` and hides
/// in surrogates what is not UTF-8.
///
/// # See also
/// [getenv(3)](https://man7.org/linux/man-pages/man3/getenv.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, env};
///
/// assert_eq!(env::getenv("PATH")?.as_deref(), std::env::var("PATH").ok().as_deref());
/// assert!(env::getenv("NO SUCH VARIABLE")?.is_none());
/// assert_eq!(env::getenv("A=B"), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn getenv<N: PathLike>(name: N) -> Result<Option<Value<str>>> {
    let value = getenvb(name)?;
    if value.as_deref().is_some_and(|bytes| str::from_utf8(bytes).is_err()) {
        return Err(Errno::EILSEQ);
    }
    Ok(value.map(Value::into_text))
}

/// The value of the variable `name` in the environment of the process, in
/// bytes; as [`getenv`] otherwise.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `name` holds `=` or NUL.
/// - The rest: those of [`environ`].
///
/// # Python
/// `os.getenvb(name)`, which returns `None` where this is `EINVAL`.
///
/// # See also
/// [getenv(3)](https://man7.org/linux/man-pages/man3/getenv.3.html)
///
/// # Examples
/// ```
/// use rawos::env;
///
/// let path = std::env::var_os("PATH");
/// let bytes = path.as_ref().map(|path| path.as_encoded_bytes());
/// assert_eq!(env::getenvb("PATH")?.as_deref(), bytes);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn getenvb<N: PathLike>(name: N) -> Result<Option<Value>> {
    let name = name.fspath();
    if name.contains(&b'=') || name.contains(&0) {
        return Err(Errno::EINVAL);
    }
    let held = match environ()?.0 {
        Kind::Block(block) => block.value(name).map(|value| Held::Start(value.to_bytes())),
        Kind::Text(text) => find(text, name).map(Held::Start),
        #[cfg(feature = "alloc")]
        Kind::Own(own) => own.vars.position(name).map(|index| Held::Own(own, index)),
    };
    Ok(held.map(Value::new))
}
