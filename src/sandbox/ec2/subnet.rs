//! Subnets.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

/// The first four addresses and the last one are AWS's own (behaviour: VPC guide, subnet CIDRs).
const RESERVED_FIRST: usize = 4;

/// The addresses of a subnet that interfaces can have.
pub(super) fn usable_addresses(cidr: &Ipv4Net) -> impl Iterator<Item = Ipv4Addr> + use<> {
    let last = cidr.broadcast();
    let all = ipnet::Ipv4AddrRange::new(cidr.network(), last);
    all.skip(RESERVED_FIRST).take_while(move |ip| *ip != last)
}
