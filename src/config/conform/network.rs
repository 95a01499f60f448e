//! Networks, ports and protocols.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Conform, Site, shown};
use crate::config::fail::{Fail, Res};
use crate::config::operator;
use crate::diagnostic::{Diagnostic, Span, codes, did_you_mean};
use crate::value::{Data, Value};

/// Protocol words and IANA's numbers that AWS has a word for.
const PROTOCOLS: &[(&str, &str, &str)] = &[
    ("tcp", "6", "tcp"),
    ("udp", "17", "udp"),
    ("icmp", "1", "icmp"),
    ("icmpv6", "58", "icmpv6"),
    ("all", "-1", "-1"),
];

/// The network that a text in CIDR form stands for, refused with host bits.
pub(in crate::config) fn parse_network(
    text: &str,
    sensitive: bool,
    span: Option<Span>,
) -> Res<IpNet> {
    let quoted = if sensitive {
        "the sensitive value".to_owned()
    } else {
        format!("`{text}`")
    };
    let Ok(network) = text.parse::<IpNet>() else {
        let fail = Fail::new(
            codes::config::BAD_CIDR,
            format!("{quoted} is not a network in CIDR form"),
            span,
        );
        return Err(match text.parse::<IpAddr>() {
            Ok(address) if !sensitive => {
                fail.help(format!("a single address is `{}`", IpNet::from(address)))
            }
            _ => fail.help("write an address and a prefix length, such as `10.0.0.0/16`"),
        });
    };
    let canonical = network.trunc();
    if canonical != network {
        return Err(Fail::new(
            codes::config::HOST_BITS,
            format!("{quoted} has host bits behind its prefix"),
            span,
        )
        .help(if sensitive {
            "write the network's first address".to_owned()
        } else {
            format!("its network is `{canonical}`")
        }));
    }
    Ok(network)
}

impl Conform<'_> {
    pub(super) fn cidr(&mut self, value: &Value, only_v4: bool, site: Site<'_>) -> Option<Data> {
        let Some(text) = value.as_str() else {
            self.wrong("a network in CIDR form", value, site);
            return None;
        };
        match parse_network(text, value.sensitive, value.span.or(site.span)) {
            Ok(IpNet::V6(_)) if only_v4 => {
                self.refuse(
                    codes::config::BAD_CIDR,
                    format!("`{}` takes an IPv4 network", site.path),
                    value,
                    site,
                );
                None
            }
            Ok(network) => Some(Data::String(network.to_string().into())),
            Err(fail) => {
                self.fail(fail);
                None
            }
        }
    }

    pub(super) fn ports(&mut self, value: &Value, site: Site<'_>) -> Option<Data> {
        let parsed = match &value.data {
            Data::Ports(from, to) => Some((*from, *to)),
            Data::Int(port) => u16::try_from(*port).ok().map(|port| (port, port)),
            Data::String(text) => {
                let (from, to) = text
                    .split_once("..")
                    .or_else(|| text.split_once('-'))
                    .unwrap_or((text, text));
                match (from.trim().parse(), to.trim().parse()) {
                    (Ok(from), Ok(to)) => Some((from, to)),
                    _ => None,
                }
            }
            _ => {
                self.wrong("a port or a range of ports", value, site);
                return None;
            }
        };
        match parsed {
            Some((from, to)) if from <= to => Some(Data::Ports(from, to)),
            Some(_) if value.sensitive => {
                self.refuse(
                    codes::config::BAD_VALUE,
                    format!(
                        "`{}` does not take {}: the range is empty",
                        site.path,
                        shown(value)
                    ),
                    value,
                    site,
                );
                None
            }
            Some((from, to)) => {
                self.out.push(
                    Diagnostic::error(
                        codes::config::BAD_VALUE,
                        format!("the port range `{from}..{to}` is empty"),
                    )
                    .at_opt(value.span.or(site.span), "")
                    .help(format!("write `{to}..{from}`")),
                );
                None
            }
            None => {
                self.refuse(
                    codes::config::BAD_VALUE,
                    format!(
                        "`{}` takes ports from 0 to 65535, such as `443` or `8192..65535`, not {}",
                        site.path,
                        shown(value)
                    ),
                    value,
                    site,
                );
                None
            }
        }
    }

    pub(super) fn protocol(&mut self, value: &Value, site: Site<'_>) -> Option<Data> {
        let Some(text) = operator::to_text(value) else {
            self.wrong("a protocol", value, site);
            return None;
        };
        let lower = text.to_ascii_lowercase();
        if let Some((_, _, word)) = PROTOCOLS
            .iter()
            .find(|(word, number, _)| *word == lower || *number == lower)
        {
            return Some(Data::String((*word).into()));
        }
        if let Ok(number) = lower.parse::<u8>() {
            return Some(Data::String(number.to_string().into()));
        }
        self.out.push(
            Diagnostic::error(
                codes::config::BAD_VALUE,
                format!(
                    "`{}` takes `tcp`, `udp`, `icmp`, `icmpv6`, `all` or a number, not {}",
                    site.path,
                    shown(value)
                ),
            )
            .at_opt(value.span.or(site.span), "")
            .help_opt(if value.sensitive {
                None
            } else {
                did_you_mean(&lower, PROTOCOLS.iter().map(|(word, _, _)| *word))
            }),
        );
        None
    }
}
