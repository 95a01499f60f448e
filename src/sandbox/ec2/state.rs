//! What the sandbox's EC2 holds in one account and region.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};

use super::index::Index;
use crate::sandbox::table::{Rows, Table, Tables};

/// Tags of one thing.
pub type Tags = BTreeMap<String, String>;

/// What the sandbox's EC2 holds. Rows are read from the tables and changed through the `put_` and
/// `drop_` functions, which keep the [`Index`] true.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ec2 {
    pub(super) vpcs: Table<Vpc>,
    pub(super) subnets: Table<Subnet>,
    pub(super) gateways: Table<InternetGateway>,
    pub(super) route_tables: Table<RouteTable>,
    pub(super) groups: Table<SecurityGroup>,
    pub(super) rules: Table<SecurityGroupRule>,
    pub(super) interfaces: Table<NetworkInterface>,
    /// By the tagged thing's id. A peering connection has its own tags on each side.
    pub(super) tags: Table<Tags>,
    /// By operation and client token.
    pub(super) tokens: Table<Token>,
    #[serde(skip)]
    pub(super) index: Index,
}

impl Tables for Ec2 {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("vpcs", &mut self.vpcs);
        visit("subnets", &mut self.subnets);
        visit("internet_gateways", &mut self.gateways);
        visit("route_tables", &mut self.route_tables);
        visit("security_groups", &mut self.groups);
        visit("security_group_rules", &mut self.rules);
        visit("network_interfaces", &mut self.interfaces);
        visit("ec2_tags", &mut self.tags);
        visit("ec2_client_tokens", &mut self.tokens);
    }

    fn reindex(&mut self) {
        self.index = Index::of(self);
    }
}

/// A VPC.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Vpc {
    /// IPv4 blocks: the first is the primary one.
    pub cidrs: Vec<CidrAssociation>,
    /// `default` or `dedicated`.
    pub tenancy: String,
    /// Whether the resolver answers in it.
    pub dns_support: bool,
    /// Whether instances get public names.
    pub dns_hostnames: bool,
    /// Whether address usage is measured.
    pub address_usage_metrics: bool,
    /// The table of subnets that name none.
    pub main_route_table: String,
    /// The group named `default`.
    pub default_group: String,
    /// The default network ACL.
    pub network_acl: String,
    /// When it is `available`.
    pub ready_at: u64,
}

/// An IPv4 block of a VPC.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CidrAssociation {
    /// `vpc-cidr-assoc-…`.
    pub id: String,
    /// The block.
    pub cidr: Ipv4Net,
    /// When it is `associated`.
    pub ready_at: u64,
}

impl Vpc {
    /// Whether any of its blocks overlaps the other block.
    #[must_use]
    pub fn overlaps(&self, other: &Ipv4Net) -> bool {
        self.cidrs.iter().any(|own| overlap(&own.cidr, other))
    }

    /// Its primary block.
    #[must_use]
    pub fn primary_cidr(&self) -> Option<Ipv4Net> {
        self.cidrs.first().map(|first| first.cidr)
    }
}

/// Whether two blocks share an address.
#[must_use]
pub fn overlap(one: &Ipv4Net, other: &Ipv4Net) -> bool {
    one.contains(other) || other.contains(one)
}

/// A subnet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Subnet {
    /// Its VPC.
    pub vpc: String,
    /// Its block.
    pub cidr: Ipv4Net,
    /// `eu-west-1a`.
    pub zone: String,
    /// Whether instances get a public address.
    pub map_public_ip: bool,
    /// `ip-name` or `resource-name`.
    pub hostname_type: String,
    /// Whether resource names resolve to IPv4 addresses.
    pub resource_name_a_record: bool,
    /// Whether resource names resolve to IPv6 addresses.
    pub resource_name_aaaa_record: bool,
    /// Whether AAAA answers are made up for IPv4-only names.
    pub dns64: bool,
    /// Its association with the VPC's network ACL.
    pub acl_association: String,
    /// When it is `available`.
    pub ready_at: u64,
}

/// An internet gateway.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct InternetGateway {
    /// The VPC it is attached to, and when that is done.
    pub attachment: Option<Attachment>,
}

/// An attachment of an internet gateway.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attachment {
    /// The VPC.
    pub vpc: String,
    /// When it is `available`.
    pub ready_at: u64,
}

/// A route table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RouteTable {
    /// Its VPC.
    pub vpc: String,
    /// By association id. Each subnet has at most one in the VPC.
    pub associations: BTreeMap<String, Association>,
    /// Routes besides the local ones, which follow from the VPC's blocks. By destination.
    pub routes: BTreeMap<String, Route>,
}

/// What a route table is associated with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Association {
    /// All subnets of the VPC without one of their own.
    Main,
    /// One subnet.
    Subnet(String),
    /// The traffic that comes in by an internet gateway.
    Gateway(String),
}

/// A route.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Route {
    /// Where to.
    pub destination: IpNet,
    /// By what.
    pub target: Target,
}

/// What a route leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// An internet gateway.
    Gateway(String),
    /// A VPC peering connection.
    Peering(String),
    /// A network interface.
    Interface(String),
}

/// A security group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// Its VPC.
    pub vpc: String,
    /// Unique in the VPC.
    pub name: String,
    /// Cannot be changed.
    pub description: String,
}

/// A rule of a security group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroupRule {
    /// The group it belongs to.
    pub group: String,
    /// Outgoing, not incoming.
    pub egress: bool,
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all.
    pub protocol: String,
    /// First port or ICMP type; `None` where the protocol has no ports.
    pub from_port: Option<i32>,
    /// Last port or ICMP code.
    pub to_port: Option<i32>,
    /// The other end.
    pub peer: RulePeer,
    /// What for.
    pub description: Option<String>,
}

/// The other end of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RulePeer {
    /// Addresses.
    Cidr(IpNet),
    /// A group.
    Group {
        /// Its id.
        id: String,
        /// Its account.
        account: String,
        /// Its VPC.
        vpc: String,
        /// The peering connection between the VPCs, where they differ.
        peering: Option<String>,
    },
}

/// A network interface. The sandbox has only those that services make.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NetworkInterface {
    /// Its subnet.
    pub subnet: String,
    /// Its VPC.
    pub vpc: String,
    /// Its address.
    pub private_ip: Ipv4Addr,
    /// Its hardware address.
    pub mac: String,
    /// Its security groups.
    pub groups: Vec<String>,
    /// What for.
    pub description: String,
    /// The service that made it.
    pub requester: String,
    /// `efs`, `interface`.
    pub kind: String,
}

/// What a client token was used for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    /// Digest of the arguments.
    pub arguments: String,
    /// What was made.
    pub id: String,
}

impl Ec2 {
    /// Puts a VPC in.
    pub(super) fn put_vpc(&mut self, id: &str, vpc: Vpc) {
        self.index.vpc(id);
        self.vpcs.insert(id, vpc);
    }

    /// Takes a VPC out.
    pub(super) fn drop_vpc(&mut self, id: &str) {
        self.vpcs.remove(id);
        self.tags.remove(id);
        self.index.drop_vpc(id);
    }

    /// Puts a subnet in.
    pub(super) fn put_subnet(&mut self, id: &str, subnet: Subnet) {
        self.index.vpc(&subnet.vpc).subnets.insert(id.to_owned());
        self.subnets.insert(id, subnet);
    }

    /// Takes a subnet out.
    pub(super) fn drop_subnet(&mut self, id: &str) {
        if let Some(subnet) = self.subnets.remove(id) {
            self.index.vpc(&subnet.vpc).subnets.remove(id);
        }
        self.tags.remove(id);
    }

    /// Puts an internet gateway in, or its changed attachment.
    pub(super) fn put_gateway(&mut self, id: &str, gateway: InternetGateway) {
        if let Some(Attachment { vpc, .. }) = self
            .gateways
            .get(id)
            .and_then(|old| old.attachment.as_ref())
        {
            self.index.vpc(vpc).gateway = None;
        }
        if let Some(Attachment { vpc, .. }) = &gateway.attachment {
            self.index.vpc(vpc).gateway = Some(id.to_owned());
        }
        self.gateways.insert(id, gateway);
    }

    /// Takes an internet gateway out; it must be detached.
    pub(super) fn drop_gateway(&mut self, id: &str) {
        self.gateways.remove(id);
        self.tags.remove(id);
    }

    /// Puts a route table in, or its changed associations.
    pub(super) fn put_route_table(&mut self, id: &str, table: RouteTable) {
        if let Some(old) = self.route_tables.get(id) {
            self.index.forget_route_table(id, old);
        }
        self.index.note_route_table(id, &table);
        self.route_tables.insert(id, table);
    }

    /// Takes a route table out.
    pub(super) fn drop_route_table(&mut self, id: &str) {
        if let Some(old) = self.route_tables.remove(id) {
            self.index.forget_route_table(id, &old);
        }
        self.tags.remove(id);
    }

    /// Puts a security group in.
    pub(super) fn put_group(&mut self, id: &str, group: SecurityGroup) {
        let vpc = self.index.vpc(&group.vpc);
        vpc.groups.insert(id.to_owned());
        vpc.group_names.insert(group.name.clone(), id.to_owned());
        self.groups.insert(id, group);
    }

    /// Takes a security group and its rules out.
    pub(super) fn drop_group(&mut self, id: &str) {
        for rule in self.rule_ids(id) {
            self.drop_rule(&rule);
        }
        if let Some(group) = self.groups.remove(id) {
            let vpc = self.index.vpc(&group.vpc);
            vpc.groups.remove(id);
            vpc.group_names.remove(&group.name);
        }
        self.tags.remove(id);
    }

    /// Puts a rule in, or in place of the one of that id.
    pub(super) fn put_rule(&mut self, id: &str, rule: SecurityGroupRule) {
        if let Some(old) = self.rules.get(id) {
            self.index.forget_rule(id, old);
        }
        self.index.note_rule(id, &rule);
        self.rules.insert(id, rule);
    }

    /// Takes a rule out.
    pub(super) fn drop_rule(&mut self, id: &str) {
        if let Some(old) = self.rules.remove(id) {
            self.index.forget_rule(id, &old);
        }
        self.tags.remove(id);
    }

    /// Puts a network interface in, or in place of the one of that id.
    pub(super) fn put_interface(&mut self, id: &str, interface: NetworkInterface) {
        if let Some(old) = self.interfaces.get(id) {
            self.index.forget_interface(id, old);
        }
        self.index.note_interface(id, &interface);
        self.interfaces.insert(id, interface);
    }

    /// Takes a network interface out.
    pub(super) fn drop_interface(&mut self, id: &str) -> Option<NetworkInterface> {
        let old = self.interfaces.remove(id)?;
        self.index.forget_interface(id, &old);
        self.tags.remove(id);
        Some(old)
    }

    /// The rules of a group, in order of their ids.
    pub(super) fn rule_ids(&self, group: &str) -> Vec<String> {
        self.index
            .rules_of(group)
            .map(|rules| rules.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// The rules of a group, in order of their ids.
    pub(super) fn rules_of<'a>(
        &'a self,
        group: &str,
    ) -> impl Iterator<Item = (&'a String, &'a SecurityGroupRule)> + use<'a> {
        self.index
            .rules_of(group)
            .into_iter()
            .flatten()
            .filter_map(|id| Some((id, self.rules.get(id)?)))
    }

    /// The tags of a thing.
    pub(super) fn tags_of(&self, id: &str) -> Option<&Tags> {
        self.tags.get(id)
    }
}
