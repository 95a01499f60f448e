//! The one source or destination of a rule.

use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroupRule, SecurityGroupRuleRequest,
    UserIdGroupPair,
};
use ipnet::IpNet;

use crate::config::Place;
use crate::kinds::import::is_account_id;

/// A source or destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// An IPv4 or IPv6 network.
    Network(IpNet),
    /// A prefix list.
    PrefixList(String),
    /// A security group; of another account with that account.
    Group {
        /// Twelve digits; `None`: the account of the rule.
        account: Option<String>,
        /// `sg-…`.
        id: String,
    },
}

impl Peer {
    /// What a text means: `10.0.0.0/8`, `fd00::/8`, `pl-…`, `sg-…`, `111122223333/sg-…`. A network
    /// with host bits is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with("pl-") {
            return Some(Self::PrefixList(text.to_owned()));
        }
        if text.starts_with("sg-") {
            return Some(Self::Group {
                account: None,
                id: text.to_owned(),
            });
        }
        if let Some((account, id)) = text.split_once('/')
            && id.starts_with("sg-")
        {
            return is_account_id(account).then(|| Self::Group {
                account: Some(account.to_owned()),
                id: id.to_owned(),
            });
        }
        let network: IpNet = text.parse().ok()?;
        (network.trunc() == network).then_some(Self::Network(network))
    }

    /// The text that stands for it in a rule of this account.
    pub fn text(&self, own_account: &str) -> String {
        match self {
            Self::Network(network) => network.to_string(),
            Self::PrefixList(id) => id.clone(),
            Self::Group { account, id } => match account {
                Some(account) if account != own_account => format!("{account}/{id}"),
                _ => id.clone(),
            },
        }
    }

    /// What a rule names.
    pub fn of(rule: &SecurityGroupRule) -> Option<Self> {
        if let Some(group) = rule.referenced_group_info() {
            return Some(Self::Group {
                account: group
                    .user_id()
                    .filter(|id| !id.is_empty())
                    .map(str::to_owned),
                id: group.group_id()?.to_owned(),
            });
        }
        if let Some(id) = rule.prefix_list_id() {
            return Some(Self::PrefixList(id.to_owned()));
        }
        let network = rule.cidr_ipv4().or(rule.cidr_ipv6())?;
        network.parse().ok().map(Self::Network)
    }

    /// Whether two rules in `place` name the same.
    pub fn is_same(&self, other: &Self, place: &Place) -> bool {
        self.text(&place.account) == other.text(&place.account)
    }

    /// A permission of an Authorize call with this peer.
    pub fn permission(&self, description: Option<&str>) -> IpPermission {
        let description = description.map(str::to_owned);
        let permission = IpPermission::builder();
        match self {
            Self::Network(network @ IpNet::V4(_)) => permission.ip_ranges(
                IpRange::builder()
                    .cidr_ip(network.to_string())
                    .set_description(description)
                    .build(),
            ),
            Self::Network(network @ IpNet::V6(_)) => permission.ipv6_ranges(
                Ipv6Range::builder()
                    .cidr_ipv6(network.to_string())
                    .set_description(description)
                    .build(),
            ),
            Self::PrefixList(id) => permission.prefix_list_ids(
                PrefixListId::builder()
                    .prefix_list_id(id)
                    .set_description(description)
                    .build(),
            ),
            Self::Group { account, id } => permission.user_id_group_pairs(
                UserIdGroupPair::builder()
                    .group_id(id)
                    .set_user_id(account.clone())
                    .set_description(description)
                    .build(),
            ),
        }
        .build()
    }

    /// A request of ModifySecurityGroupRules with this peer.
    pub fn request(&self) -> aws_sdk_ec2::types::builders::SecurityGroupRuleRequestBuilder {
        let request = SecurityGroupRuleRequest::builder();
        match self {
            Self::Network(network @ IpNet::V4(_)) => request.cidr_ipv4(network.to_string()),
            Self::Network(network @ IpNet::V6(_)) => request.cidr_ipv6(network.to_string()),
            Self::PrefixList(id) => request.prefix_list_id(id),
            Self::Group { id, .. } => request.referenced_group_id(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_peers() {
        let check = |text: &str, wanted: Option<&str>| {
            let got = Peer::parse(text).map(|peer| peer.text("111122223333"));
            assert_eq!(got.as_deref(), wanted, "{text}");
        };
        check("10.0.0.0/8", Some("10.0.0.0/8"));
        check("10.0.0.1/8", None);
        check("2001:DB8:0::/48", Some("2001:db8::/48"));
        check("pl-1", Some("pl-1"));
        check("sg-1", Some("sg-1"));
        check("111122223333/sg-1", Some("sg-1"));
        check("444455556666/sg-1", Some("444455556666/sg-1"));
        check("4444/sg-1", None);
        check("anywhere", None);
    }
}
