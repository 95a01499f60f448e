//! Bytes to text: UTF-8 and the size limit.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::syntax as codes;

use super::MAX_FILE_BYTES;

/// The text of a file, if it is UTF-8 and not too large. `name` is the file as shown to people:
/// such a file never becomes a source, so the message says where.
///
/// # Errors
/// One diagnostic with line and column of the first byte that is not UTF-8, or the size.
pub fn decode<'b>(name: &str, bytes: &'b [u8]) -> Result<&'b str, Box<Diagnostic>> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Box::new(too_large(Some(name), bytes.len())));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let sound = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let text = String::from_utf8_lossy(sound);
        let line = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = text.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
        Box::new(
            Diagnostic::error(
                codes::NOT_UTF8,
                format!("`{name}` is not UTF-8: byte 0x{byte:02x} at line {line}, column {column}"),
            )
            .help("save the file as UTF-8"),
        )
    })
}

/// `name` is left out where a label shows the file.
pub(super) fn too_large(name: Option<&str>, bytes: usize) -> Diagnostic {
    let name = name.map_or_else(|| "this file".to_owned(), |name| format!("`{name}`"));
    Diagnostic::error(
        codes::TOO_LARGE,
        format!("{name} holds {bytes} bytes, more than {MAX_FILE_BYTES}"),
    )
    .help("split it: all .smd files of a directory are one configuration")
}
