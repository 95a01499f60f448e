//! How fast calls may be sent: one bucket for each account, region, service and class of calls,
//! shared by all that work, and learned from the answers.
//!
//! AWS takes tokens from buckets that it does not publish for most operations (behaviour: section 8,
//! EC2 guide on throttling; SageMaker and IAM publish none), and accounts have theirs raised. So a
//! bucket here has no limit until AWS throttles a good part of what is sent; then it sends a little
//! more than what AWS lets through, and a little more again as that goes well.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Which calls share a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Class {
    /// The access key id, or what else stands for the account.
    pub caller: String,
    /// The region in the credential scope.
    pub region: String,
    /// The service.
    pub service: String,
    /// Whether it can change anything: AWS counts those apart.
    pub mutating: bool,
}

/// The share of throttled calls above which fewer are sent. A bucket that is sent twice what
/// it lets through is always empty, which is as fast as it gets.
const MOST_THROTTLED: f64 = 0.5;
/// How much one answer moves the learned share of throttled calls.
const LEARNING: f64 = 0.02;
/// The share that is assumed after a cut.
const AFTER_CUT: f64 = 0.2;
/// Over how long what AWS lets through is measured, in milliseconds.
const WINDOW_MS: u64 = 2_000;
/// How much more than that is sent after a cut.
const OVER: f64 = 1.2;
/// The slowest a bucket gets, in calls a second.
const SLOWEST: f64 = 1.0;
/// How much faster each call that went well makes it: at ten calls a second, half a call a second.
const GROWTH: f64 = 1.005;
/// Milliseconds of a second.
const MS_PER_SECOND: f64 = 1000.0;

/// All buckets.
#[derive(Debug, Default)]
pub struct Buckets(Mutex<HashMap<Class, Bucket>>);

#[derive(Debug, Default)]
struct Bucket {
    /// Calls a second; `None`: as many as there are.
    rate: Option<f64>,
    /// Calls that may be sent at once; below zero, they are promised already.
    tokens: f64,
    filled_ms: u64,
    /// The learned share of throttled calls.
    throttled: f64,
    /// When calls were let through, of late.
    let_through: VecDeque<u64>,
    cut_ms: u64,
}

impl Buckets {
    /// Takes a token; the answer is how long to wait before the call is sent.
    pub fn take(&self, class: &Class, now_ms: u64) -> Duration {
        let mut buckets = self.hold();
        let Some(bucket) = buckets.get_mut(class) else {
            return Duration::ZERO;
        };
        let Some(rate) = bucket.rate else {
            return Duration::ZERO;
        };
        let passed = now_ms.saturating_sub(bucket.filled_ms);
        bucket.filled_ms = now_ms;
        bucket.tokens = (bucket.tokens + seconds(passed) * rate).min(rate.max(1.0)) - 1.0;
        if bucket.tokens >= 0.0 {
            Duration::ZERO
        } else {
            Duration::from_secs_f64(-bucket.tokens / rate)
        }
    }

    /// Learns from an answer.
    pub fn answered(&self, class: &Class, was_throttled: bool, now_ms: u64) {
        let mut buckets = self.hold();
        if !was_throttled && !buckets.contains_key(class) {
            // What is never throttled costs nothing.
            return;
        }
        let bucket = buckets.entry(class.clone()).or_default();
        let answer = if was_throttled { 1.0 } else { 0.0 };
        bucket.throttled += LEARNING * (answer - bucket.throttled);
        let start = now_ms.saturating_sub(WINDOW_MS);
        while bucket.let_through.front().is_some_and(|at| *at < start) {
            bucket.let_through.pop_front();
        }
        if was_throttled {
            let is_due = now_ms.saturating_sub(bucket.cut_ms) >= WINDOW_MS;
            if bucket.throttled > MOST_THROTTLED && is_due {
                let count = u32::try_from(bucket.let_through.len()).unwrap_or(u32::MAX);
                let measured = f64::from(count) / seconds(WINDOW_MS);
                bucket.rate = Some((measured * OVER).max(SLOWEST));
                bucket.tokens = 0.0;
                bucket.filled_ms = now_ms;
                bucket.throttled = AFTER_CUT;
                bucket.cut_ms = now_ms;
            }
        } else {
            bucket.let_through.push_back(now_ms);
            bucket.rate = bucket.rate.map(|rate| rate * GROWTH);
        }
    }

    fn hold(&self) -> MutexGuard<'_, HashMap<Class, Bucket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds between calls are far below 2^52"
)]
fn seconds(millis: u64) -> f64 {
    millis as f64 / MS_PER_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(service: &str) -> Class {
        Class {
            caller: "AKIA".to_owned(),
            region: "eu-west-1".to_owned(),
            service: service.to_owned(),
            mutating: true,
        }
    }

    /// A service that lets `rate` calls a second through and has `tokens` to begin with.
    struct Service {
        rate: f64,
        tokens: f64,
        at_ms: u64,
    }

    impl Service {
        fn lets(&mut self, now_ms: u64) -> bool {
            self.tokens += seconds(now_ms - self.at_ms) * self.rate;
            self.at_ms = now_ms;
            let lets = self.tokens >= 1.0;
            if lets {
                self.tokens -= 1.0;
            }
            lets
        }
    }

    /// Ten workers that try again after a tenth of a second: how many seconds `calls` take, and how
    /// many were sent in all.
    fn run(mut service: Service, calls: u32) -> (f64, u32) {
        let buckets = Buckets::default();
        let class = class("ec2");
        let mut workers = [0_u64; 10];
        let (mut done, mut sent, mut now) = (0, 0, 0);
        while done < calls {
            let worker = workers.iter_mut().min().unwrap();
            now = (*worker).max(now);
            let wait = buckets.take(&class, now).as_millis() as u64;
            let at = now + wait;
            sent += 1;
            let lets = service.lets(at.max(service.at_ms));
            buckets.answered(&class, !lets, at);
            if lets {
                done += 1;
            }
            *worker = at + 100;
        }
        (seconds(now), sent)
    }

    #[test]
    fn what_is_never_throttled_is_never_held_up() {
        let buckets = Buckets::default();
        for now in 0..10_000 {
            assert_eq!(buckets.take(&class("iam"), now), Duration::ZERO);
            buckets.answered(&class("iam"), false, now);
        }
        assert!(buckets.hold().is_empty());
    }

    #[test]
    fn a_small_bucket_is_used_up_and_little_more_is_sent() {
        let service = Service {
            rate: 5.0,
            tokens: 10.0,
            at_ms: 0,
        };
        let (took, sent) = run(service, 300);
        let best = 290.0 / 5.0;
        assert!(took <= best * 1.3, "{took} s, {best} s at best");
        // Without a bucket of our own ten workers would send 100 a second, near 6,000.
        assert!(sent < 800, "{sent} sent for 300");
    }

    #[test]
    fn a_third_throttled_at_random_slows_nothing() {
        let buckets = Buckets::default();
        for call in 0..10_000_u64 {
            let was_throttled = call.wrapping_mul(2_654_435_761) % 100 < 30;
            buckets.answered(&class("ec2"), was_throttled, call * 10);
            assert_eq!(buckets.take(&class("ec2"), call * 10), Duration::ZERO);
        }
    }

    #[test]
    fn one_class_does_not_slow_another() {
        let buckets = Buckets::default();
        for now in 0..100 {
            buckets.answered(&class("ec2"), true, now * 100);
        }
        assert!(
            buckets.take(&class("ec2"), 10_000) > Duration::ZERO || {
                buckets.take(&class("ec2"), 10_000) > Duration::ZERO
            }
        );
        assert_eq!(buckets.take(&class("iam"), 10_000), Duration::ZERO);
    }
}
