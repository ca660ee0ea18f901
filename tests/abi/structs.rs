//! Sizes, alignments and offsets of linux-raw-sys's structs that the crate uses.
//! Next door, in `own`: the crate's.

use std::mem;

use linux_raw_sys as raw;

use crate::cc::Entry;

/// The size of a field that a closure finds.
fn size_of_field<S, F>(_: fn(S) -> F) -> usize {
    size_of::<F>()
}

pub fn whole(entries: &mut Vec<Entry>, what: &str, c: &str, size: usize, align: usize) {
    entries.push(Entry::new(format!("size of {what}"), format!("sizeof({c})"), size as i128, 64));
    let c = format!("_Alignof({c})");
    entries.push(Entry::new(format!("alignment of {what}"), c, align as i128, 64));
}

/// A field of `c`, at `offset`; a size of 0 is not compared.
pub fn field(
    entries: &mut Vec<Entry>,
    what: &str,
    (c, name): (&str, &str),
    offset: usize,
    size: usize,
) {
    let place = format!("__builtin_offsetof({c}, {name})");
    entries.push(Entry::new(format!("offset of {what}"), place, offset as i128, 64));
    if size != 0 {
        let c = format!("sizeof((({c} *)0)->{name})");
        entries.push(Entry::new(format!("size of {what}"), c, size as i128, 64));
    }
}

macro_rules! layouts {
    ($($(#[$cfg:meta])* $module:ident $Type:ident, $c:literal { $($field:ident)* })*) => {
        fn layouts(entries: &mut Vec<Entry>) {
            $($(#[$cfg])* {
                use raw::$module::$Type as Type;
                let what = stringify!($Type);
                whole(entries, what, $c, size_of::<Type>(), align_of::<Type>());
                $({
                    let (name, offset) = (stringify!($field), mem::offset_of!(Type, $field));
                    let size = size_of_field(|value: Type| value.$field);
                    field(entries, &format!("{what}.{name}"), ($c, name), offset, size);
                })*
            })*
        }

        /// The types of linux-raw-sys that are compared.
        pub const TYPES: &[&str] = &[$(stringify!($Type)),*];
    };
}

layouts! {
    general __kernel_fsid_t, "__kernel_fsid_t" {}
    general __kernel_itimerspec, "struct __kernel_itimerspec" { it_interval it_value }
    general __kernel_old_timeval, "struct timeval" { tv_sec tv_usec }
    general __kernel_timespec, "struct __kernel_timespec" { tv_sec tv_nsec }
    general __user_cap_data_struct, "struct __user_cap_data_struct" {
        effective permitted inheritable
    }
    general __user_cap_header_struct, "struct __user_cap_header_struct" { version pid }
    general epoll_event, "struct epoll_event" { events data }
    general flock, "struct flock" { l_type l_whence l_start l_len l_pid }
    general inotify_event, "struct inotify_event" { wd mask cookie len }
    general iovec, "struct iovec" { iov_base iov_len }
    general kernel_sigset_t, "sigset_t" {}
    general open_how, "struct open_how" { flags mode resolve }
    general pollfd, "struct pollfd" { fd events revents }
    general rlimit64, "struct rlimit64" { rlim_cur rlim_max }
    general rusage, "struct rusage" {
        ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap
        ru_inblock ru_oublock ru_msgsnd ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw
    }
    general siginfo_t, "siginfo_t" {}
    general stat, "struct stat" {
        st_dev st_ino st_nlink st_mode st_uid st_gid st_rdev st_size st_blksize st_blocks st_atime
        st_atime_nsec st_mtime st_mtime_nsec st_ctime st_ctime_nsec
    }
    general statfs, "struct statfs" {
        f_type f_bsize f_blocks f_bfree f_bavail f_files f_ffree f_fsid f_namelen f_frsize f_flags
        f_spare
    }
    general statx, "struct statx" {
        stx_mask stx_blksize stx_attributes stx_nlink stx_uid stx_gid stx_mode stx_ino stx_size
        stx_blocks stx_attributes_mask stx_atime stx_btime stx_ctime stx_mtime stx_rdev_major
        stx_rdev_minor stx_dev_major stx_dev_minor stx_mnt_id
    }
    general statx_timestamp, "struct statx_timestamp" { tv_sec tv_nsec }
    general termios, "struct termios" { c_iflag c_oflag c_cflag c_lflag c_line c_cc }
    general termios2, "struct termios2" {
        c_iflag c_oflag c_cflag c_lflag c_line c_cc c_ispeed c_ospeed
    }
    general vgetrandom_opaque_params, "struct vgetrandom_opaque_params" {
        size_of_opaque_state mmap_prot mmap_flags reserved
    }
    general winsize, "struct winsize" { ws_row ws_col ws_xpixel ws_ypixel }
    loop_device loop_config, "struct loop_config" { fd block_size info __reserved }
    loop_device loop_info64, "struct loop_info64" {
        lo_device lo_inode lo_rdevice lo_offset lo_sizelimit lo_number lo_encrypt_type
        lo_encrypt_key_size lo_flags lo_file_name lo_crypt_name lo_encrypt_key lo_init
    }
    net cmsghdr, "struct cmsghdr" { cmsg_len cmsg_level cmsg_type }
    net msghdr, "struct msghdr" {
        msg_name msg_namelen msg_iov msg_iovlen msg_control msg_controllen msg_flags
    }
    net sockaddr_un, "struct sockaddr_un" { sun_family sun_path }
    net ucred, "struct ucred" { pid uid gid }
    system new_utsname, "struct new_utsname" {
        sysname nodename release version machine domainname
    }
    system sysinfo, "struct sysinfo" {
        uptime loads totalram freeram sharedram bufferram totalswap freeswap procs totalhigh
        freehigh mem_unit
    }
    #[cfg(feature = "rt")]
    elf Elf_Dyn, "Elf64_Dyn" { d_tag }
    #[cfg(feature = "rt")]
    elf Elf_Phdr, "Elf64_Phdr" {
        p_type p_flags p_offset p_vaddr p_paddr p_filesz p_memsz p_align
    }
    #[cfg(feature = "rt")]
    elf Elf_Rela, "Elf64_Rela" { r_offset r_info }
    #[cfg(feature = "rt")]
    elf Elf_Sym, "Elf64_Sym" { st_name st_info st_other st_shndx st_value st_size }
    #[cfg(feature = "rt")]
    elf Elf_auxv_t, "Elf64_auxv_t" { a_type }
}

/// Types that are named and have no layout of their own.
pub const NO_LAYOUT: &[&str] = &["__kernel_size_t", "fsconfig_command", "kernel_sigaction"];

/// The public types that wrap one of linux-raw-sys's add nothing to it.
fn wrappers(entries: &mut Vec<Entry>) {
    use rawos::{epoll, fd, fs, poll, process};
    let mut add = |what: &str, c: &str, size: usize, align| whole(entries, what, c, size, align);
    macro_rules! add {
        ($($Type:ty => $c:literal;)*) => {$(
            add(stringify!($Type), $c, size_of::<$Type>(), align_of::<$Type>());
        )*};
    }
    add! {
        epoll::EpollEvent => "struct epoll_event";
        fd::IoSlice<'_> => "struct iovec";
        fd::IoSliceMut<'_> => "struct iovec";
        fs::StatVfs => "struct statfs";
        poll::PollFd<'_> => "struct pollfd";
        process::Rusage => "struct rusage";
    }
}

pub fn entries(entries: &mut Vec<Entry>) {
    layouts(entries);
    wrappers(entries);
}
