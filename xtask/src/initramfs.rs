//! The file system a guest starts with: PID 1, the programs, and the list of
//! those to run, as a cpio archive in the `newc` format.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cpio::newc::{Builder, ModeFileType, trailer};
use xtask_guest::{Job, PAYLOAD, encode};

use crate::cmd;
use crate::project::Project;
use crate::targets::{Library, Target};

/// So that programs which look up users and hosts find any.
const ETC: &[(&str, &str)] = &[
    ("etc/group", "root:x:0:\nnogroup:x:65534:\n"),
    ("etc/hostname", "guest\n"),
    ("etc/hosts", "127.0.0.1 localhost guest\n"),
    (
        "etc/passwd",
        "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
    ),
];

/// An archive being written.
pub struct Initramfs {
    bytes: Vec<u8>,
    inode: u32,
}

impl Initramfs {
    /// With the directories and files every guest has, and PID 1.
    pub fn new(init: &Path) -> Result<Initramfs> {
        let mut archive = Initramfs { bytes: Vec::new(), inode: 0 };
        for dir in ["dev", "etc", "programs", "tests"] {
            archive.entry(dir, ModeFileType::Directory, 0o755, b"")?;
        }
        // PATH is /bin alone; everything there is to run is a program of ours.
        archive.entry("bin", ModeFileType::Symlink, 0o777, b"programs")?;
        for (name, text) in ETC {
            archive.entry(name, ModeFileType::Regular, 0o644, text.as_bytes())?;
        }
        archive.program("init", init)?;
        Ok(archive)
    }

    /// Adds the executable file `path` under the name `name`.
    pub fn program(&mut self, name: &str, path: &Path) -> Result<()> {
        let bytes = fs::read(path).with_context(|| path.display().to_string())?;
        self.entry(name, ModeFileType::Regular, 0o755, &bytes)
    }

    pub fn dir(&mut self, name: &str) -> Result<()> {
        self.entry(name, ModeFileType::Directory, 0o755, b"")
    }

    pub fn file(&mut self, name: &str, data: &[u8]) -> Result<()> {
        self.entry(name, ModeFileType::Regular, 0o644, data)
    }

    /// Adds the list of jobs and writes the archive to `path`.
    pub fn finish(mut self, jobs: &[Job], path: &Path) -> Result<()> {
        self.file(PAYLOAD.trim_start_matches('/'), &encode(jobs))?;
        self.write(path)
    }

    /// Writes the archive to `path`.
    pub fn write(self, path: &Path) -> Result<()> {
        let bytes = trailer(self.bytes).context("cpio")?;
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
        }
        fs::write(path, bytes).with_context(|| path.display().to_string())
    }

    fn entry(
        &mut self,
        name: &str,
        kind: ModeFileType,
        permissions: u32,
        data: &[u8],
    ) -> Result<()> {
        self.inode += 1;
        let size = u32::try_from(data.len()).with_context(|| format!("{name} is too large"))?;
        let builder = Builder::new(name).ino(self.inode).nlink(1).mode(permissions);
        let mut writer = builder.set_mode_file_type(kind).write(&mut self.bytes, size);
        writer.write_all(data).and_then(|()| writer.finish()).context("cpio")?;
        Ok(())
    }
}

/// Builds PID 1 of the guests that run tests.
pub fn build_init(project: &Project, target: &Target) -> Result<PathBuf> {
    build_guest(project, target, "guest-init")
}

/// Builds a program of the package for guests.
pub fn build_guest(project: &Project, target: &Target, name: &str) -> Result<PathBuf> {
    let mut cargo = target.cargo(project, "build", Library::Std);
    cargo.args(["-p", "xtask-guest", "--bins"]);
    target.link_statically(project, &mut cargo);
    let built = cmd::executables(&mut cargo)?;
    let found = built.into_iter().find(|program| program.name == name);
    found.map(|program| program.path).with_context(|| format!("{name} was not built"))
}
