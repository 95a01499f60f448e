//! What a run does after its first failure.

/// What a run does after its first failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// Everything that does not need what failed is done.
    #[default]
    Continue,
    /// Nothing more is started; what runs is finished.
    Stop,
    /// As [`OnError::Stop`], and then what this run made is deleted again.
    Rollback,
}
