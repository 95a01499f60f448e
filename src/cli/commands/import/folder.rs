//! The folder that a configuration is written into.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::files;
use crate::diagnostic::{Diagnostic, codes};
use crate::discover::Written;

/// Files that were written.
#[derive(Debug)]
pub(super) struct Laid {
    paths: Vec<PathBuf>,
    imports: PathBuf,
}

/// Whether a configuration may be written there: the folder is not there yet, or has none.
///
/// # Errors
/// It has one, is no folder, or cannot be read.
pub(super) fn check(directory: &Path) -> Result<(), Diagnostic> {
    match std::fs::metadata(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(files::unwritable(directory, &error)),
        Ok(metadata) if !metadata.is_dir() => {
            return Err(Diagnostic::error(
                codes::cli::NOT_A_DIRECTORY,
                format!("`{}` is not a folder", directory.display()),
            )
            .help("name a folder to write into; it is made where there is none"));
        }
        Ok(_) => {}
    }
    let there = files::smd_files(directory)?;
    match there.first() {
        None => Ok(()),
        Some(first) => Err(occupied(first, there.len())),
    }
}

fn occupied(first: &Path, count: usize) -> Diagnostic {
    let (rest, are) = match count {
        0 | 1 => (String::new(), "is"),
        count => (format!(" and {} more", count - 1), "are"),
    };
    Diagnostic::error(
        codes::discover::NOT_EMPTY,
        format!(
            "`{}`{rest} {are} there already: nothing is replaced",
            first.display()
        ),
    )
    .help("name another folder: `smd import --discover d-… DIR`")
}

/// Writes all files, none in the place of another one.
///
/// # Errors
/// One is there, or the disk or the permissions refuse; what was written is taken back then.
pub(super) fn lay(directory: &Path, written: &Written) -> Result<Laid, Diagnostic> {
    std::fs::create_dir_all(directory).map_err(|error| files::unwritable(directory, &error))?;
    let base = crate::cli::project::shown(directory);
    let mut laid = Laid {
        paths: Vec::new(),
        imports: base.join(&written.imports.name),
    };
    for file in written.files.iter().chain([&written.imports]) {
        let path = base.join(&file.name);
        let made = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut made| made.write_all(file.text.as_bytes()));
        if let Err(error) = made {
            laid.take_back();
            return Err(match error.kind() {
                std::io::ErrorKind::AlreadyExists => occupied(&path, 1),
                _ => files::unwritable(&path, &error),
            });
        }
        laid.paths.push(path);
    }
    Ok(laid)
}

impl Laid {
    /// Takes the files away again.
    pub(super) fn take_back(&self) {
        for path in &self.paths {
            // What cannot be taken away does no harm, and the error that led here is told.
            let _ = std::fs::remove_file(path);
        }
    }

    /// Takes the imports away: all of them are recorded.
    ///
    /// # Errors
    /// The disk or the permissions refuse.
    pub(super) fn drop_imports(&self) -> Result<(), Diagnostic> {
        std::fs::remove_file(&self.imports)
            .map_err(|error| files::unwritable(&self.imports, &error))
    }
}
