//! Address blocks as EC2 reads them.

use ipnet::{IpNet, Ipv4Net};

use super::request::invalid;
use crate::sandbox::call::Fault;

/// The widest and narrowest block of a VPC or subnet (behaviour: VPC guide, CIDR blocks).
const WIDEST: u8 = 16;
const NARROWEST: u8 = 28;

/// An IPv4 block in its canonical form: host bits are cleared, as EC2 does.
pub(super) fn read_v4(name: &str, text: &str) -> Result<Ipv4Net, Fault> {
    text.parse::<Ipv4Net>()
        .map(|block| block.trunc())
        .map_err(|_| invalid(name, text, "This is not a valid CIDR block."))
}

/// An IPv4 block of the size a VPC or subnet may have; `code` is of the refusal.
pub(super) fn read_sized(name: &str, text: &str, code: &str) -> Result<Ipv4Net, Fault> {
    let block = read_v4(name, text)?;
    if (WIDEST..=NARROWEST).contains(&block.prefix_len()) {
        Ok(block)
    } else {
        Err(Fault::client(
            code,
            format!("The CIDR '{block}' is invalid."),
        ))
    }
}

/// A block of a rule or route, in its canonical form.
pub(super) fn read_any(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().map(|block| block.trunc())
}
