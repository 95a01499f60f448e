//! Payloads of updates.
