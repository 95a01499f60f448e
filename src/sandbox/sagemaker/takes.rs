//! How long SageMaker takes on AWS (behaviour: SageMaker developer guide and waits seen by
//! others: a domain 4 to 7 minutes, profiles and spaces well under a minute, apps a few minutes).

use crate::sandbox::time::SECOND_MS;

const MINUTE_MS: u64 = 60 * SECOND_MS;

/// A span of time: from the first on, less than the second more.
pub(super) type Span = (u64, u64);

pub(super) const DOMAIN_CREATE: Span = (4 * MINUTE_MS, 3 * MINUTE_MS);
pub(super) const DOMAIN_CREATE_WITHOUT_HOME: Span = (MINUTE_MS, MINUTE_MS);
pub(super) const DOMAIN_UPDATE: Span = (15 * SECOND_MS, 30 * SECOND_MS);
pub(super) const DOMAIN_DELETE: Span = (2 * MINUTE_MS, 2 * MINUTE_MS);
pub(super) const PROFILE_CREATE: Span = (8 * SECOND_MS, 20 * SECOND_MS);
pub(super) const PROFILE_UPDATE: Span = (5 * SECOND_MS, 10 * SECOND_MS);
pub(super) const PROFILE_DELETE: Span = (8 * SECOND_MS, 20 * SECOND_MS);
pub(super) const SPACE_CREATE: Span = (5 * SECOND_MS, 20 * SECOND_MS);
pub(super) const SPACE_UPDATE: Span = (5 * SECOND_MS, 10 * SECOND_MS);
pub(super) const SPACE_DELETE: Span = (10 * SECOND_MS, 40 * SECOND_MS);
pub(super) const APP_CREATE: Span = (MINUTE_MS, 3 * MINUTE_MS);
pub(super) const APP_DELETE: Span = (MINUTE_MS, 4 * MINUTE_MS);

pub(super) const IMAGE: Span = (2 * SECOND_MS, 6 * SECOND_MS);
pub(super) const IMAGE_VERSION: Span = (10 * SECOND_MS, 30 * SECOND_MS);

/// How long a deleted app is still listed.
pub(super) const APP_REMEMBERED: u64 = 24 * 60 * MINUTE_MS;

/// A time within the span that is the same for the same key.
pub(super) fn millis((least, more): Span, key: &str) -> u64 {
    /// FNV-1a, 64 bit.
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = key.bytes().fold(OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    });
    least + hash.checked_rem(more).unwrap_or_default()
}
