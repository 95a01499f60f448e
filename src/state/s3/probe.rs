//! Whether a store heeds the conditions of writes. Some take the headers and ignore them; two runs
//! would work at once on those.

use super::Place;
use super::store::{Put, Sent, When, Written};
use super::until::Until;
use crate::diagnostic::{Diagnostic, codes};

/// What follows the state's key in that of the probe, before its random name.
const PROBE: &str = ".probe-";
/// An entity tag that no content has.
const NO_TAG: &str = "\"00000000000000000000000000000000\"";

impl Place {
    /// Tries it with an object of its own, which is deleted at the end.
    ///
    /// # Errors
    /// The store writes though the condition does not hold, or knows no conditions.
    pub(super) async fn probe(&self, run: &str, until: Until<'_>) -> Result<(), Diagnostic> {
        let key = self.beside(&format!("{PROBE}{run}"));
        let tried = self.heeds(&key, until).await;
        let deleted = self.store.delete(&key, until).await;
        match tried {
            Ok(true) => deleted,
            Ok(false) => Err(self.unsafe_store()),
            Err(why) if self.knows_no_conditions(&key, until).await => {
                Err(self.unsafe_store().note(why.message))
            }
            Err(why) => Err(why),
        }
    }

    /// Whether writes whose condition does not hold are refused.
    async fn heeds(&self, key: &str, until: Until<'_>) -> Result<bool, Diagnostic> {
        for (content, when, wanted) in [
            ("1", When::Absent, true),
            ("2", When::Absent, false),
            ("3", When::Is(NO_TAG.to_owned()), false),
        ] {
            let put = Put {
                key: key.to_owned(),
                bytes: content.as_bytes().to_vec(),
                metadata: Vec::new(),
                when,
            };
            let written = self.store.put(&put, until).await?;
            if matches!(written, Written::Done(_)) != wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a write works without a condition only.
    async fn knows_no_conditions(&self, key: &str, until: Until<'_>) -> bool {
        let plain = Put {
            key: key.to_owned(),
            bytes: Vec::new(),
            metadata: Vec::new(),
            when: When::Always,
        };
        let conditional = Put {
            when: When::Is(NO_TAG.to_owned()),
            ..plain.clone()
        };
        let works = matches!(self.store.put_once(&plain).await, Sent::Done(_));
        let fails = matches!(self.store.put_once(&conditional).await, Sent::Failed(_));
        if works {
            // What is left of it does no harm.
            let _ = self.store.delete(key, until).await;
        }
        works && fails
    }

    fn unsafe_store(&self) -> Diagnostic {
        Diagnostic::error(
            codes::state::STORE_UNSAFE,
            format!(
                "the store of `{}` does not heed the conditions of writes (`If-None-Match`, `If-Match`)",
                self.name("")
            ),
        )
        .help("two runs could write at once there: use S3 or another store that heeds them, or `state local`")
    }
}
