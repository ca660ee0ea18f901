//! What a program without libc needs: its start, its arguments, its end.

mod mem;
