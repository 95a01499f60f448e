//! Bodies sent as `aws-chunked` (S3 user guide, "signature calculations for chunked uploads"):
//! `SIZE;chunk-signature=…` lines with the bytes between them, trailers at the end.

use bytes::Bytes;
use http::Request;

use crate::sandbox::call::Fault;

/// The longest line before a chunk, in bytes.
const MAX_LINE: usize = 4096;

/// The content of a request.
///
/// # Errors
/// Chunks that do not add up.
pub fn body(request: &Request<Bytes>) -> Result<Bytes, Fault> {
    let says = |name: &str, begins: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains(begins))
    };
    let is_chunked =
        says("content-encoding", "aws-chunked") || says("x-amz-content-sha256", "STREAMING-");
    if !is_chunked {
        return Ok(request.body().clone());
    }
    decode(request.body())
        .ok_or_else(|| Fault::client("IncompleteBody", "The request body terminated unexpectedly"))
}

fn decode(mut rest: &[u8]) -> Option<Bytes> {
    let mut content = Vec::new();
    loop {
        let end = rest.iter().take(MAX_LINE).position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(rest.get(..end)?).ok()?;
        let size = line.trim_end().split(';').next()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = rest.get(end + 1..)?;
        if size == 0 {
            return Some(Bytes::from(content));
        }
        content.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn chunks_are_put_together() {
        for (sent, content) in [
            ("3\r\nabc\r\n0\r\n\r\n", Some("abc")),
            (
                "2;chunk-signature=0f\r\nab\r\n1\r\nc\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n",
                Some("abc"),
            ),
            ("0\r\n\r\n", Some("")),
            ("4\r\nabc\r\n0\r\n", None),
            ("x\r\nabc\r\n", None),
            ("ffffffffffffffffffff\r\n", None),
            ("", None),
        ] {
            let found = decode(sent.as_bytes());
            assert_eq!(found.as_deref(), content.map(str::as_bytes), "{sent:?}");
        }
    }
}
