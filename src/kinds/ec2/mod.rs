//! What the EC2 kinds share.

pub mod attributes;
pub mod refer;

/// The answer of a kind whose calls are written next.
pub async fn unwritten<T>() -> Result<T, crate::aws::Failure> {
    Err(crate::aws::Failure::new(
        crate::aws::Cause::Other,
        "",
        "this kind makes no calls",
    ))
}
