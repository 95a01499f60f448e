//! Emptying the sandbox kept in a directory, without reading it: damage is no hindrance. Whatever
//! is not a sandbox's own stays.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use super::persist::{LOCK, LOG, NEW_SNAPSHOT, SNAPSHOT, lock, unusable};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::sandbox::NOT_A_SANDBOX;

/// What both of the sandbox's files start with.
const START: &[u8] = b"{\"format\":";
/// The folder of the states of stacks in a sandbox; it stays.
const STATES: &str = "state";
/// More than a lock file of the sandbox ever holds, in bytes: a process id.
const LOCK_BYTES: u64 = 32;

/// What a directory is to the sandbox.
enum Found {
    /// Nothing is kept there.
    Nothing,
    /// A sandbox, whole or damaged.
    Sandbox,
    /// Somebody else's files.
    Foreign,
}

/// Takes away what a sandbox kept in a directory, and nothing else; whether there was anything.
///
/// # Errors
/// The directory is no sandbox's, is in use by another process, or what is in it cannot be taken
/// away.
pub fn erase(dir: &Path) -> Result<bool, Diagnostic> {
    match look(dir).map_err(|error| unusable(dir, "read", &error))? {
        Found::Nothing => return Ok(false),
        Found::Sandbox => {}
        Found::Foreign => {
            return Err(Diagnostic::error(
                NOT_A_SANDBOX,
                format!("`{}` is not the folder of a sandbox", dir.display()),
            )
            .note("nothing was deleted")
            .help("name the sandbox's own folder with `--dir`; without it, `.smd/sandbox` below the folder of the `.smd` files is meant"));
        }
    }
    let _lock = lock(dir)?;
    // The log first: without its snapshot it would be taken for damage.
    for name in [LOG, SNAPSHOT, NEW_SNAPSHOT] {
        let path = dir.join(name);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unusable(&path, "removed", &error)),
        }
    }
    Ok(true)
}

fn look(dir: &Path) -> io::Result<Found> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
    };
    let (mut kept, mut others) = (false, false);
    for entry in entries {
        let name = entry?.file_name();
        if [LOG, SNAPSHOT, NEW_SNAPSHOT].iter().any(|own| name == *own) {
            kept = true;
        } else if name != LOCK && name != STATES {
            others = true;
        }
    }
    if !kept {
        return Ok(if others {
            Found::Foreign
        } else {
            Found::Nothing
        });
    }
    // A lock that was once taken names a process; the files may then be as damaged as can be.
    let start = start(&dir.join(LOCK), LOCK_BYTES)?;
    let is_lock = |text: &[u8]| text.trim_ascii().iter().all(u8::is_ascii_digit);
    match start.as_deref() {
        Some(text) if !is_lock(text) => return Ok(Found::Foreign),
        Some([_, ..]) => return Ok(Found::Sandbox),
        _ => {}
    }
    for name in [LOG, SNAPSHOT] {
        if starts_as_own(&dir.join(name))? {
            return Ok(Found::Sandbox);
        }
    }
    Ok(Found::Foreign)
}

/// Whether a file starts as those of the sandbox do. An empty one may be a sandbox's that was
/// ended at once.
fn starts_as_own(path: &Path) -> io::Result<bool> {
    let limit = u64::try_from(START.len()).unwrap_or(u64::MAX);
    Ok(start(path, limit)?.is_some_and(|text| text.is_empty() || text == START))
}

/// The first bytes of a file, if it is there.
fn start(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = Vec::new();
    file.take(limit).read_to_end(&mut text)?;
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use std::fs;

    use super::{NOT_A_SANDBOX, erase};

    const OWN: &str = "{\"format\":1,\"generation\":0}\n";

    /// Erases a directory with these files: whether there was anything, or that it was refused.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: Option<bool>, stay: &[&str]) {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        match (erase(dir.path()), expected) {
            (Ok(found), Some(wanted)) => assert_eq!(found, wanted, "{files:?}"),
            (Err(error), None) => assert_eq!(error.code, NOT_A_SANDBOX, "{files:?}"),
            (erased, _) => panic!("{files:?}: {erased:?}"),
        }
        let mut names: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, stay, "{files:?}");
        for (name, text) in files {
            if let Ok(left) = fs::read_to_string(dir.path().join(name))
                && *name != "lock"
            {
                assert_eq!(left, *text);
            }
        }
    }

    #[test]
    fn only_what_is_a_sandboxs_own_goes() {
        check(&[], Some(false), &[]);
        check(&[("lock", "12\n")], Some(false), &["lock"]);
        check(
            &[("world.log", OWN), ("lock", "12\n")],
            Some(true),
            &["lock"],
        );
        check(&[("world.json", OWN)], Some(true), &["lock"]);
        check(&[("world.log", "")], Some(true), &["lock"]);
        check(
            &[("world.log", OWN), ("notes", "mine"), ("state", "")],
            Some(true),
            &["lock", "notes", "state"],
        );
        // Damaged, but once opened as a sandbox.
        check(
            &[("world.json", "x"), ("lock", "12\n")],
            Some(true),
            &["lock"],
        );
    }

    #[test]
    fn what_is_somebody_elses_stays() {
        check(&[("main.smd", "")], None, &["main.smd"]);
        check(&[("world.json", "{\"name\":1}")], None, &["world.json"]);
        check(&[("world.log", "12:00 hello\n")], None, &["world.log"]);
        let lock = ("lock", "their own text");
        check(&[("world.json", OWN), lock], None, &["lock", "world.json"]);
    }
}
