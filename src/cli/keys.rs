//! The keys that state, journal and plan files are encrypted with, as the environment names them.
//!
//! Never by a flag: the arguments of a process can be read by everyone on its machine.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::target;
use crate::aws::{Aws, KmsKey};
use crate::config::Configuration;
use crate::diagnostic::{Diagnostic, codes};
use crate::state::sealed::{Keys, Passphrase, Source};

/// The keys of a run, and AWS where a KMS key is among them: the embedded sandbox in the folder
/// `sandbox`, with the accounts of `configuration`, or what the environment names.
///
/// # Errors
/// A key that cannot be used, or AWS cannot be reached as the environment says.
pub async fn open(
    sandbox: Option<&Path>,
    configuration: Option<&Configuration>,
) -> Result<(Arc<Keys>, Option<Aws>), Diagnostic> {
    let named = NamedKeys::read()?;
    let aws = if named.kms_keys().next().is_some() {
        Some(target::connect(sandbox, configuration, &named).await?)
    } else {
        None
    };
    Ok((Arc::new(named.into_keys(aws.as_ref())), aws))
}

/// The longest passphrase, in bytes.
const MAX_PASSPHRASE: u64 = 64 * 1024;

/// The variables that may name one key.
struct Names {
    passphrase: &'static str,
    file: &'static str,
    kms: &'static str,
}

/// The key that seals, and opens.
const CURRENT: Names = Names {
    passphrase: "SMD_PASSPHRASE",
    file: "SMD_PASSPHRASE_FILE",
    kms: "SMD_KMS_KEY",
};
/// The key that was used before, which only opens.
const OLD: Names = Names {
    passphrase: "SMD_OLD_PASSPHRASE",
    file: "SMD_OLD_PASSPHRASE_FILE",
    kms: "SMD_OLD_KMS_KEY",
};

/// A key that the environment names.
#[derive(Debug)]
enum Named {
    Passphrase(Passphrase),
    Kms(String),
}

/// The keys that the environment names.
#[derive(Debug, Default)]
pub struct NamedKeys {
    current: Option<Named>,
    old: Option<Named>,
}

impl NamedKeys {
    /// Reads them.
    ///
    /// # Errors
    /// A passphrase that is empty or cannot be read, or two keys for one.
    pub fn read() -> Result<Self, Diagnostic> {
        Self::read_from(|name| std::env::var_os(name))
    }

    fn read_from(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, Diagnostic> {
        let (current, old) = (CURRENT.read(&get)?, OLD.read(&get)?);
        if current.is_none() && old.is_some() {
            // What the old key opens would be written in clear.
            return Err(unusable(
                "the key that was used before is named, and none to encrypt with".to_owned(),
            )
            .help(format!(
                "name that in {}, {} or {}: the old key itself, where it is not changed",
                CURRENT.passphrase, CURRENT.file, CURRENT.kms
            )));
        }
        Ok(Self { current, old })
    }

    /// The KMS keys among them.
    pub fn kms_keys(&self) -> impl Iterator<Item = &str> {
        self.current
            .iter()
            .chain(&self.old)
            .filter_map(|named| match named {
                Named::Kms(name) => Some(name.as_str()),
                Named::Passphrase(_) => None,
            })
    }

    /// The keys themselves. `aws` must be there if there are KMS keys among them.
    #[must_use]
    pub fn into_keys(self, aws: Option<&Aws>) -> Keys {
        let source = |named: Named| match named {
            Named::Passphrase(passphrase) => Some(Source::Passphrase(Arc::new(passphrase))),
            Named::Kms(name) => {
                let key = KmsKey::new(aws?.clone(), &name);
                Some(Source::Service(Arc::new(key)))
            }
        };
        match self.current.and_then(source) {
            Some(current) => Keys::new(current, self.old.and_then(source).into_iter().collect()),
            None => Keys::none(),
        }
    }
}

impl Names {
    /// The key that one of these variables names.
    fn read(&self, get: &impl Fn(&str) -> Option<OsString>) -> Result<Option<Named>, Diagnostic> {
        let given: Vec<(&str, OsString)> = [self.passphrase, self.file, self.kms]
            .into_iter()
            .filter_map(|name| Some((name, get(name)?)))
            .collect();
        let (name, value) = match given.as_slice() {
            [] => return Ok(None),
            [one] => one,
            [(first, _), (second, _), ..] => {
                return Err(
                    unusable(format!("both {first} and {second} name a key")).help(format!(
                        "give one of them; the key that was used before goes to {}, {} or {}",
                        OLD.passphrase, OLD.file, OLD.kms
                    )),
                );
            }
        };
        if value.is_empty() {
            // A secret that a job did not get is empty, and nothing must be written in clear then.
            return Err(unusable(format!("{name} is empty"))
                .help("give it a value, or unset it to work without encryption"));
        }
        if *name == self.kms {
            let kms = value.to_str().ok_or_else(|| {
                unusable(format!("{name} is not UTF-8 text"))
                    .help("name an ARN, a key id or `alias/…`")
            })?;
            return Ok(Some(Named::Kms(kms.to_owned())));
        }
        let text = if *name == self.file {
            passphrase_of(Path::new(value), name)?
        } else {
            Zeroizing::new(value.as_encoded_bytes().to_vec())
        };
        Ok(Some(Named::Passphrase(Passphrase::new(text))))
    }
}

/// The passphrase in a file, without the line's end that editors put there.
fn passphrase_of(path: &Path, name: &str) -> Result<Zeroizing<Vec<u8>>, Diagnostic> {
    let shown = path.display();
    let mut text = Zeroizing::new(Vec::new());
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_PASSPHRASE + 1).read_to_end(&mut text))
        .map_err(|error| {
            unusable(format!(
                "the file `{shown}` of {name} cannot be read: {error}"
            ))
            .help(format!("{name} names the file that holds the passphrase"))
        })?;
    if text.last() == Some(&b'\n') {
        text.pop();
        if text.last() == Some(&b'\r') {
            text.pop();
        }
    }
    let wrong = match u64::try_from(text.len()) {
        Ok(0) => "is empty",
        Ok(length) if length <= MAX_PASSPHRASE => return Ok(text),
        _ => "is too long for a passphrase",
    };
    Err(unusable(format!("the file `{shown}` of {name} {wrong}"))
        .help("write the passphrase into it, as one line"))
}

fn unusable(message: String) -> Diagnostic {
    Diagnostic::error(codes::state::KEY_UNUSABLE, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Option<Named>, Diagnostic> {
        NamedKeys::read_from(|name| {
            let found = given.iter().find(|(given, _)| *given == name);
            found.map(|(_, value)| OsString::from(value))
        })
        .map(|named| named.current)
    }

    fn refused(given: &[(&str, &str)]) -> String {
        let error = read(given).unwrap_err();
        assert_eq!(error.code, codes::state::KEY_UNUSABLE);
        assert!(!error.help.is_empty());
        error.message
    }

    #[test]
    fn one_key_is_named_or_none() {
        assert!(read(&[]).unwrap().is_none());
        assert!(matches!(
            read(&[("SMD_PASSPHRASE", "hunter2")]).unwrap(),
            Some(Named::Passphrase(_))
        ));
        assert!(matches!(
            read(&[("SMD_KMS_KEY", "alias/smd")]).unwrap(),
            Some(Named::Kms(name)) if name == "alias/smd"
        ));
        let shown = format!("{:?}", read(&[("SMD_PASSPHRASE", "hunter2")]));
        assert!(!shown.contains("hunter2"), "{shown}");
        insta::assert_snapshot!(
            refused(&[("SMD_PASSPHRASE", "hunter2"), ("SMD_KMS_KEY", "alias/smd")]),
            @"both SMD_PASSPHRASE and SMD_KMS_KEY name a key"
        );
        insta::assert_snapshot!(refused(&[("SMD_PASSPHRASE", "")]), @"SMD_PASSPHRASE is empty");
        insta::assert_snapshot!(
            refused(&[("SMD_OLD_KMS_KEY", "alias/smd")]),
            @"the key that was used before is named, and none to encrypt with"
        );
    }

    #[test]
    fn a_passphrase_in_a_file_has_no_end_of_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let read = |text: &str| {
            std::fs::write(file.path(), text).unwrap();
            passphrase_of(file.path(), CURRENT.file)
        };
        for text in ["hunter2", "hunter2\n", "hunter2\r\n"] {
            assert_eq!(read(text).unwrap().as_slice(), b"hunter2");
        }
        assert_eq!(read("two\nlines\n\n").unwrap().as_slice(), b"two\nlines\n");
        for text in ["", "\n", "\r\n", &"x".repeat(70_000)] {
            assert!(read(text).is_err());
        }
        let gone = refused(&[("SMD_PASSPHRASE_FILE", "/there/is/no/such/file")]);
        assert!(gone.contains("`/there/is/no/such/file`"), "{gone}");
    }
}
