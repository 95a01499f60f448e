//! Taking the lock: a free one, or that of a run whose lease has run out.

use std::sync::Arc;
use std::time::Duration;

use super::body::Body;
use super::lease::{Lease, Lock};
use super::store::{When, Written};
use super::until::Until;
use super::writer::S3Writer;
use super::{LOCK, Place};
use crate::diagnostic::Diagnostic;
use crate::state::Holder;

/// How often a lock that another run holds is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Takes the lock. Where another run holds it, waits until that has renewed it, which shows that it
/// lives, or until its lease has run out.
///
/// # Errors
/// Another run is at work, or the store refuses.
pub async fn lock(place: &Arc<Place>, holder: &Holder) -> Result<S3Writer, Diagnostic> {
    let run = (place.access.name)()?;
    let mut first_seen: Option<String> = None;
    loop {
        let found = place.lock(Until::patience(&place.store)).await?;
        let (before, when) = match found {
            None => (None, When::Absent),
            Some((lock, etag)) if place.is_over(&lock) => (Some(lock.fence), When::Is(etag)),
            Some((lock, etag)) => {
                let held = lock.told(false);
                match &first_seen {
                    None => (place.access.waiting)(&format!(
                        "{} holds the lock; waiting until it shows that it lives, or its lease ends",
                        held.who()
                    )),
                    Some(seen) if *seen != etag => return Err(held.refusal(&place.name(LOCK))),
                    Some(_) => {}
                }
                first_seen = Some(etag);
                place.store.clock().sleep(LOOK_EVERY).await;
                continue;
            }
        };
        let ci = place.access.ci.clone();
        let lock = Lock::new(run.clone(), holder, ci, before.unwrap_or_default());
        if let Some(lease) = take(place, lock, when).await? {
            return begin(place, lease, before).await;
        }
    }
}

/// Takes the lock away from the run that holds it, and gives it back.
///
/// # Errors
/// It was renewed or given back meanwhile too often, or the store refuses.
pub async fn take_away(place: &Arc<Place>, lock: &Lock, etag: String) -> Result<(), Diagnostic> {
    let run = (place.access.name)()?;
    let until = Until::patience(&place.store);
    let mut found = Some((lock.clone(), etag));
    while let Some((there, etag)) = found.filter(|(there, _)| there.run == lock.run) {
        let mine = Lock::new(run.clone(), &lock.holder, None, there.fence);
        let when = When::Is(etag);
        if let Some(lease) = take(place, mine, when).await? {
            let writer = begin(place, lease, Some(there.fence)).await?;
            return writer.give_back().await;
        }
        // It was renewed in between.
        found = place.lock(until).await?;
    }
    Ok(())
}

async fn take(place: &Place, lock: Lock, when: When) -> Result<Option<Lease>, Diagnostic> {
    let (key, name) = (place.lock_key(), place.name(LOCK));
    Lease::take(&place.store, &key, &name, lock, when).await
}

/// Makes the lock this run's own: `before` is the fence of the run that it was taken from, which
/// can write nothing any more then.
async fn begin(
    place: &Arc<Place>,
    lease: Lease,
    before: Option<u64>,
) -> Result<S3Writer, Diagnostic> {
    match prepare(place, &lease, before).await {
        Ok((fence, next, has_journal)) => Ok(S3Writer::new(
            Arc::clone(place),
            lease,
            fence,
            next,
            has_journal,
        )),
        Err(why) => {
            // Where that fails too, the lock ends by itself.
            let _ = lease.release().await;
            Err(why)
        }
    }
}

/// The fence, the number of the first batch, and whether there is a journal.
async fn prepare(
    place: &Place,
    lease: &Lease,
    before: Option<u64>,
) -> Result<(u64, u64, bool), Diagnostic> {
    let until = Until::Lease(lease);
    let seen = place.look(until).await?;
    if seen.state.is_none() {
        place.probe(&lease.lock().run, until).await?;
    }
    let fence = seen.fence().max(before.unwrap_or_default()) + 1;
    if let Some(before) = before {
        place.seal(before, until).await?;
        change_version(place, fence, until).await?;
    }
    // Not before: whoever takes over from here must know whom to stop.
    lease.raise(fence).await?;
    let seen = match before {
        Some(_) => place.look(until).await?,
        None => seen,
    };
    Ok((fence, seen.next(fence).number, seen.has_open_journal()))
}

/// Gives the stored state another version, so that a late write of the run before is refused.
async fn change_version(place: &Place, fence: u64, until: Until<'_>) -> Result<(), Diagnostic> {
    loop {
        let Some(there) = place.store.get(&place.key, until).await? else {
            return Ok(());
        };
        let body = Body::of(there);
        let when = When::Is(body.etag.clone());
        let put = Body { fence, ..body }.put(&place.key, when);
        if let Written::Done(_) = place.store.put(&put, until).await? {
            return Ok(());
        }
    }
}
