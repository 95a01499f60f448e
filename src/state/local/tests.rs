//! State, journal and lock in files.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use super::{FOLDER, Local, rescue};
use crate::diagnostic::codes;
use crate::state::{Backend, Holder, State, VERSIONS_KEPT, Version, Writer, decode, encode};

fn state(serial: u64) -> State {
    State {
        serial,
        ..State::new("s", "l".to_owned())
    }
}

fn text(serial: u64) -> Vec<u8> {
    encode(&state(serial)).unwrap().into_bytes()
}

fn holder() -> Holder {
    Holder {
        operation: "apply".to_owned(),
        who: "me@here".to_owned(),
        pid: 1,
        since: 0,
    }
}

fn local(folder: &Path) -> Local {
    Local::new(folder, None, "s")
}

async fn save(
    writer: &dyn Writer,
    state: &State,
    previous: Option<&Version>,
) -> Result<Version, crate::diagnostic::Diagnostic> {
    let bytes = encode(state).unwrap().into_bytes();
    writer.save(bytes, previous).await
}

#[tokio::test]
async fn what_was_saved_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let local = local(folder.path());
    assert_eq!(local.load().await.unwrap(), None);
    let writer = local.lock(&holder()).await.unwrap();
    let version = save(&*writer, &state(1), None).await.unwrap();
    let stored = local.load().await.unwrap().unwrap();
    assert_eq!(decode(&stored.bytes, "f", Some("s")).unwrap(), state(1));
    assert_eq!(stored.version, version);
}

#[tokio::test]
async fn what_cannot_be_saved_is_kept_beside_the_state_or_with_temporary_files() {
    let folder = tempfile::tempdir().unwrap();
    let local = local(folder.path());
    drop(local.lock(&holder()).await.unwrap());
    let beside = rescue(&text(3), "s", &local.rescue_path()).unwrap();
    assert_eq!(beside, local.rescue_path());
    // Without its folder it goes to the temporary one.
    fs::remove_dir_all(folder.path().join(FOLDER)).unwrap();
    let elsewhere = rescue(&text(4), "s", &local.rescue_path()).unwrap();
    assert_eq!(elsewhere.parent().unwrap(), std::env::temp_dir());
    let kept = decode(&fs::read(&elsewhere).unwrap(), "f", Some("s")).unwrap();
    fs::remove_file(&elsewhere).unwrap();
    assert_eq!(kept, state(4));
}

#[tokio::test]
async fn only_what_was_read_may_be_followed() {
    let folder = tempfile::tempdir().unwrap();
    let local = local(folder.path());
    let writer = local.lock(&holder()).await.unwrap();
    let first = save(&*writer, &state(1), None).await.unwrap();
    let second = save(&*writer, &state(2), Some(&first)).await.unwrap();
    for stale in [None, Some(&first)] {
        let why = save(&*writer, &state(3), stale).await.unwrap_err();
        assert_eq!(why.code, codes::state::MOVED);
    }
    assert_eq!(local.load().await.unwrap().unwrap().version, second);
}

#[tokio::test]
async fn a_second_writer_is_told_who_holds_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let local = local(folder.path());
    let writer = local.lock(&holder()).await.unwrap();
    let error = local.lock(&holder()).await.unwrap_err();
    assert_eq!(error.code, codes::state::LOCKED);
    assert!(error.message.contains("me@here"), "{}", error.message);
    drop(writer);
    local.lock(&holder()).await.unwrap();
}

#[tokio::test]
async fn a_journal_is_never_written_onto_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let local = local(folder.path());
    let writer = local.lock(&holder()).await.unwrap();
    writer.append(b"one\n".to_vec()).await.unwrap();
    writer.append(b"two\n".to_vec()).await.unwrap();
    assert_eq!(local.journal().await.unwrap(), b"one\ntwo\n");
    drop(writer);
    let writer = local.lock(&holder()).await.unwrap();
    let why = writer.append(b"three\n".to_vec()).await.unwrap_err();
    assert_eq!(why.code, codes::state::JOURNAL_UNWRITABLE);
    writer.clear_journal().await.unwrap();
    writer.append(b"three\n".to_vec()).await.unwrap();
    assert_eq!(local.journal().await.unwrap(), b"three\n");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_state_and_journal() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let local = local(folder.path());
    let writer = local.lock(&holder()).await.unwrap();
    writer.append(b"one\n".to_vec()).await.unwrap();
    save(&*writer, &state(1), None).await.unwrap();
    writer.keep_version(1).await.unwrap();
    writer.log_run(b"{}\n".to_vec()).await.unwrap();
    for path in [
        local.path().to_owned(),
        local.journal_path(),
        local.version_path(1),
        local.runs_path(),
    ] {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn damage_newer_and_foreign_states_are_told_apart() {
    let text = encode(&state(1)).unwrap();
    for (text, code) in [
        (text.get(..40).unwrap().to_owned(), codes::state::DAMAGED),
        ("[]".to_owned(), codes::state::DAMAGED),
        ("[".repeat(100_000), codes::state::DAMAGED),
        (
            text.replace("\"format_version\": 2", "\"format_version\": 9"),
            codes::state::NEWER,
        ),
        (
            text.replace("\"stack\": \"s\"", "\"stack\": \"t\""),
            codes::state::OTHER_STACK,
        ),
    ] {
        assert_eq!(
            decode(text.as_bytes(), "f", Some("s")).unwrap_err().code,
            code
        );
    }
}

#[tokio::test]
async fn the_newest_replaced_states_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let local = local(folder.path());
    let writer = local.lock(&holder()).await.unwrap();
    let mut version = save(&*writer, &state(1), None).await.unwrap();
    let last = VERSIONS_KEPT as u64 + 3;
    for serial in 2..=last {
        writer.keep_version(serial - 1).await.unwrap();
        version = save(&*writer, &state(serial), Some(&version))
            .await
            .unwrap();
    }
    let kept: Vec<u64> = (3..last).collect();
    assert_eq!(local.versions().await.unwrap(), kept);
    let bytes = local.version(5).await.unwrap().unwrap();
    assert_eq!(decode(&bytes, "f", Some("s")).unwrap(), state(5));
    assert_eq!(local.version(2).await.unwrap(), None);
    // A serial that is kept again is that of now.
    writer.keep_version(5).await.unwrap();
    let bytes = local.version(5).await.unwrap().unwrap();
    assert_eq!(decode(&bytes, "f", Some("s")).unwrap(), state(last));
}

#[tokio::test]
async fn a_line_after_a_torn_one_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let local = local(folder.path());
    assert_eq!(local.runs().await.unwrap(), b"");
    let writer = local.lock(&holder()).await.unwrap();
    writer.log_run(b"{}\n".to_vec()).await.unwrap();
    writer.log_run(b"{\"torn".to_vec()).await.unwrap();
    writer.log_run(b"{}\n".to_vec()).await.unwrap();
    assert_eq!(local.runs().await.unwrap(), b"{}\n{\"torn\n{}\n");
    assert_eq!(local.runs_path().file_name().unwrap(), "s.runs.jsonl");
}
