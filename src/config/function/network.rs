//! Functions on networks.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Call, Function, Looks, Stop, Takes, required, rest};
use crate::config::conform;
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "cidr_contains",
        example: r#"cidr_contains("10.0.0.0/16", "10.0.20.0/24")"#,
        params: &[
            required("prefix", Takes::Text),
            required("other", Takes::Text),
        ],
        doc: "Whether the network holds all of another network, or an address.",
        looks: Looks::Deep,
        run: |call| {
            let outer = network(call, 0)?;
            let inner = match call.text(1)?.parse::<IpAddr>() {
                Ok(address) => IpNet::from(address),
                Err(_) => network(call, 1)?,
            };
            Ok(Value::bool(outer.contains(&inner)))
        },
    },
    Function {
        name: "cidr_host",
        example: r#"cidr_host("10.0.0.0/24", 5)"#,
        params: &[
            required("prefix", Takes::Text),
            required("number", Takes::Number),
        ],
        doc: "The address with this number in the network; negative numbers count from the end.",
        looks: Looks::Deep,
        run: |call| {
            let network = network(call, 0)?;
            let number = i128::from(call.int(1)?);
            let bits = u32::from(network.max_prefix_len() - network.prefix_len());
            let size = 1_i128.checked_shl(bits.min(126)).unwrap_or(i128::MAX);
            let offset = if number < 0 { size + number } else { number };
            if offset < 0 || offset >= size {
                return Err(call
                    .fail_at(1, format!("`{network}` has no address number {number}"))
                    .into());
            }
            let offset = offset.unsigned_abs();
            let address = match network.network() {
                IpAddr::V4(base) => {
                    let offset = u32::try_from(offset).unwrap_or(u32::MAX);
                    IpAddr::from(std::net::Ipv4Addr::from(
                        u32::from(base).wrapping_add(offset),
                    ))
                }
                IpAddr::V6(base) => IpAddr::from(std::net::Ipv6Addr::from(
                    u128::from(base).wrapping_add(offset),
                )),
            };
            call.give_text(address.to_string())
        },
    },
    Function {
        name: "cidr_overlaps",
        example: r#"cidr_overlaps("10.0.0.0/16", "10.0.128.0/17")"#,
        params: &[
            required("prefix", Takes::Text),
            required("other", Takes::Text),
        ],
        doc: "Whether two networks have an address in common.",
        looks: Looks::Deep,
        run: |call| {
            let (a, b) = (network(call, 0)?, network(call, 1)?);
            Ok(Value::bool(a.contains(&b) || b.contains(&a)))
        },
    },
    Function {
        name: "cidr_subnet",
        example: r#"cidr_subnet("10.0.0.0/16", 8, 20)"#,
        params: &[
            required("prefix", Takes::Text),
            required("new_bits", Takes::Number),
            required("number", Takes::Number),
        ],
        doc: "The subnet with this number among those that are `new_bits` longer than the network.",
        looks: Looks::Deep,
        run: |call| {
            let network = network(call, 0)?;
            let subnet = subnet(call, network, (1, call.int(1)?), (2, call.int(2)?))?;
            call.give_text(subnet.to_string())
        },
    },
    Function {
        name: "cidr_subnets",
        example: r#"cidr_subnets("10.0.0.0/16", 4, 4, 8)"#,
        params: &[
            required("prefix", Takes::Text),
            rest("new_bits", Takes::Number),
        ],
        doc: "Subnets that follow each other, each that many bits longer than the network.",
        looks: Looks::Deep,
        run: |call| {
            let network = network(call, 0)?;
            let (base, width) = bits_of(network);
            // `None`: the last address was given away.
            let mut next: Option<u128> = Some(0);
            let mut subnets = Vec::new();
            for position in 1..call.args.len() {
                let length = prefix_length(call, network, position, call.int(position)?)?;
                let size = 1_u128
                    .checked_shl(u32::from(width - length))
                    .unwrap_or(u128::MAX);
                let last_of_all = 1_u128
                    .checked_shl(u32::from(width - network.prefix_len()))
                    .map_or(u128::MAX, |count| count - 1);
                // A subnet starts at a multiple of its size.
                let first = next.and_then(|next| next.div_ceil(size).checked_mul(size));
                let place = first.and_then(|first| Some((first, first.checked_add(size - 1)?)));
                let Some((first, last)) = place.filter(|(_, last)| *last <= last_of_all) else {
                    return Err(call
                        .fail_at(position, format!("`{network}` has no room for this subnet"))
                        .into());
                };
                subnets.push(call.give_text(from_bits(base + first, width, length).to_string())?);
                next = last.checked_add(1);
            }
            call.give_list(subnets)
        },
    },
];

fn network(call: &Call<'_>, position: usize) -> Result<IpNet, Stop> {
    let text = call.text(position)?;
    let value = call.value(position)?;
    Ok(conform::parse_network(
        &text,
        value.sensitive,
        value.span.or(call.span),
    )?)
}

/// A network's first address as a number, and how many bits addresses have.
fn bits_of(network: IpNet) -> (u128, u8) {
    match network {
        IpNet::V4(net) => (u128::from(u32::from(net.network())), 32),
        IpNet::V6(net) => (u128::from(net.network()), 128),
    }
}

fn from_bits(bits: u128, width: u8, length: u8) -> IpNet {
    let address = if width == 32 {
        IpAddr::from(std::net::Ipv4Addr::from(
            u32::try_from(bits).unwrap_or(u32::MAX),
        ))
    } else {
        IpAddr::from(std::net::Ipv6Addr::from(bits))
    };
    IpNet::new(address, length).unwrap_or_else(|_| IpNet::from(address))
}

fn prefix_length(
    call: &Call<'_>,
    network: IpNet,
    position: usize,
    new_bits: i64,
) -> Result<u8, Stop> {
    u8::try_from(new_bits)
        .ok()
        .and_then(|bits| network.prefix_len().checked_add(bits))
        .filter(|length| *length <= network.max_prefix_len())
        .ok_or_else(|| {
            call.fail_at(
                position,
                format!("`{network}` cannot be split by {new_bits} further bits"),
            )
            .into()
        })
}

fn subnet(
    call: &Call<'_>,
    network: IpNet,
    (bits_at, new_bits): (usize, i64),
    (number_at, number): (usize, i64),
) -> Result<IpNet, Stop> {
    let length = prefix_length(call, network, bits_at, new_bits)?;
    let (base, width) = bits_of(network);
    let count = 1_i128
        .checked_shl(u32::try_from(new_bits.min(126)).unwrap_or(0))
        .unwrap_or(i128::MAX);
    let number = i128::from(number);
    if number < 0 || number >= count {
        return Err(call
            .fail_at(
                number_at,
                format!(
                    "`{network}` has {count} subnets of {new_bits} further bits, and none is number {number} (the first is 0)"
                ),
            )
            .into());
    }
    let offset = number
        .unsigned_abs()
        .checked_shl(u32::from(width - length))
        .unwrap_or(0);
    Ok(from_bits(base + offset, width, length))
}
