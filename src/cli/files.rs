//! Reading and writing the files that commands are given.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, codes};
use crate::plan;

/// The ending of smd's files.
const ENDING: &str = "smd";

/// The text of a file.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read(path: &Path) -> Result<String, Diagnostic> {
    text(&path.display(), read_bytes(path)?)
}

/// The bytes of a file.
///
/// # Errors
/// It cannot be read.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    std::fs::read(path).map_err(|error| unreadable(&path.display(), &error))
}

/// The text of standard input.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read_stdin() -> Result<String, Diagnostic> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&"standard input", &error))?;
    text(&"standard input", bytes)
}

fn text(name: &dyn std::fmt::Display, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    String::from_utf8(bytes).map_err(|error| {
        Diagnostic::error(
            codes::cli::FILE_UNREADABLE,
            format!(
                "`{name}` is not UTF-8 text: byte {} is not part of it",
                error.utf8_error().valid_up_to()
            ),
        )
        .help("save the file as UTF-8")
    })
}

/// The `.smd` files of a folder, in order of their names, or the file itself.
///
/// # Errors
/// The folder cannot be read.
pub fn smd_files(path: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let unreadable = |error| unreadable(&path.display(), &error);
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let name = Path::new(&name);
        if name.extension().is_some_and(|ending| ending == ENDING) {
            // The current folder is not part of a file's shown name.
            files.push(if path == Path::new(".") {
                name.to_owned()
            } else {
                path.join(name)
            });
        }
    }
    files.sort();
    Ok(files)
}

/// Writes a file in one step, with the permissions it had: a reader sees the old text or the new
/// one, whole.
///
/// # Errors
/// The disk or the permissions refuse.
pub fn replace(path: &Path, text: &str) -> Result<(), Diagnostic> {
    let write = || -> std::io::Result<()> {
        // A link stays a link.
        let path = path.canonicalize()?;
        let permissions = std::fs::metadata(&path)?.permissions();
        if permissions.readonly() {
            return Err(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
        }
        let mut file =
            tempfile::NamedTempFile::new_in(path.parent().unwrap_or_else(|| Path::new("/")))?;
        file.write_all(text.as_bytes())?;
        file.as_file().set_permissions(permissions)?;
        file.persist(&path)?;
        Ok(())
    };
    write().map_err(|error| unwritable(path, &error))
}

/// The diagnostic of a file that cannot be written.
#[must_use]
pub fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        codes::cli::FILE_UNWRITABLE,
        format!("`{}` cannot be written: {}", path.display(), bare(error)),
    )
    .help("look at the permissions of the file and its folder")
}

/// What the system says, without the name of the temporary file that only smd knows.
fn bare(error: &std::io::Error) -> String {
    if error.raw_os_error().is_some() {
        error.to_string()
    } else {
        std::io::Error::from(error.kind()).to_string()
    }
}

fn unreadable(name: &dyn std::fmt::Display, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        codes::cli::FILE_UNREADABLE,
        format!("`{name}` cannot be read: {error}"),
    )
}

/// Writes a plan file, new or in the place of an older one.
///
/// # Errors
/// [`check_plan_place`], or the disk or the permissions refuse; what was there is then as it was.
pub fn write_plan(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    check_plan_place(path)?;
    write_private(path, bytes)
}

/// Whether a plan file may be written there: nothing is there, or nothing but an older plan file
/// or an empty file (as `mktemp` makes them).
///
/// # Errors
/// Something else is there, or it cannot be looked at.
pub fn check_plan_place(path: &Path) -> Result<(), Diagnostic> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritable(path, &error)),
    };
    let refused = |what: &str| {
        Err(Diagnostic::error(
            codes::cli::NOT_A_PLAN_FILE,
            format!("`{}` is {what}, and is not replaced", path.display()),
        )
        .help("name another file with `-o`, or move this one away first"))
    };
    if metadata.is_dir() {
        return refused("a folder");
    }
    if !metadata.is_file() {
        return refused("not a file of the disk");
    }
    let mut start = Vec::new();
    let limit = u64::try_from(plan::RECOGNIZED_BYTES).unwrap_or(u64::MAX);
    std::fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut start))
        .map_err(|error| unreadable(&path.display(), &error))?;
    if start.is_empty() || plan::is_plan_file(&start) {
        Ok(())
    } else {
        refused("not a plan file")
    }
}

/// Writes a file that only this user can read, in one step: what was there stays until all of the
/// new text is on the disk.
///
/// # Errors
/// The disk or the permissions refuse.
fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // Temporary files are made for this user alone (mode 0600), and keep that when they are moved.
    tempfile::NamedTempFile::new_in(folder)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|error| error.error)
        })
        .map(drop)
        .map_err(|error| unwritable(path, &error))
}
