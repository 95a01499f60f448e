//! What the sandbox's EC2 holds in one account and region.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
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
    /// Elastic IP addresses by their allocation.
    pub(super) addresses: Table<Address>,
    pub(super) nat_gateways: Table<NatGateway>,
    /// Those that are gone and still shown for a while.
    pub(super) gone_nat_gateways: Table<NatGateway>,
    pub(super) endpoints: Table<Endpoint>,
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
        visit("elastic_ips", &mut self.addresses);
        visit("nat_gateways", &mut self.nat_gateways);
        visit("gone_nat_gateways", &mut self.gone_nat_gateways);
        visit("vpc_endpoints", &mut self.endpoints);
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
    pub destination: Destination,
    /// By what.
    pub target: Target,
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Destination {
    /// Addresses.
    Cidr(IpNet),
    /// A prefix list, by its id.
    List(String),
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cidr(block) => block.fmt(f),
            Self::List(id) => f.write_str(id),
        }
    }
}

/// What a route leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// An internet gateway.
    Gateway(String),
    /// A NAT gateway.
    Nat(String),
    /// A VPC peering connection.
    Peering(String),
    /// A network interface.
    Interface(String),
    /// What the sandbox has not: a transit gateway, an instance. Its word is taken for it.
    Other(String),
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
    /// A prefix list, by its id.
    List(String),
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
    /// `efs`, `nat_gateway`, `interface`.
    pub kind: String,
    /// The allocation of the elastic IP address that is mapped to it.
    #[serde(default)]
    pub address: Option<String>,
    /// When it is gone, if its service takes it away.
    #[serde(default)]
    pub gone_at: Option<u64>,
}

/// An elastic IP address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Address {
    /// The address.
    pub public_ip: Ipv4Addr,
    /// What it is mapped to.
    pub mapping: Option<Mapping>,
}

/// What an elastic IP address is mapped to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mapping {
    /// `eipassoc-…`.
    pub id: String,
    /// The network interface.
    pub interface: String,
}

/// A NAT gateway.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NatGateway {
    /// Its VPC.
    pub vpc: String,
    /// Its subnet.
    pub subnet: String,
    /// Whether it has a public address.
    pub public: bool,
    /// The allocation that was asked for.
    pub address: Option<String>,
    /// The address of that allocation.
    pub public_ip: Option<Ipv4Addr>,
    /// `eipassoc-…`.
    pub mapping: Option<String>,
    /// Its interface, if it came to have one.
    pub interface: Option<String>,
    /// Its address in the subnet.
    pub private_ip: Option<Ipv4Addr>,
    /// When it was asked for.
    pub created_at: u64,
    /// When it is `available`, or `failed`.
    pub ready_at: u64,
    /// Code and message, if it could not be made.
    pub failure: Option<(String, String)>,
    /// When it was asked to go, and when it is `deleted`.
    pub leaves: Option<Leave>,
}

/// How something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// When it was asked to.
    pub asked_at: u64,
    /// When it is gone.
    pub gone_at: u64,
}

impl NatGateway {
    /// Its state at a time.
    #[must_use]
    pub fn state(&self, now: u64) -> &'static str {
        match (self.leaves, &self.failure) {
            (Some(leave), _) if now >= leave.gone_at => "deleted",
            (Some(_), _) => "deleting",
            (None, _) if now < self.ready_at => "pending",
            (None, Some(_)) => "failed",
            (None, None) => "available",
        }
    }

    /// Whether a route can lead to it.
    #[must_use]
    pub fn serves(&self, now: u64) -> bool {
        matches!(self.state(now), "pending" | "available")
    }

    /// When it is no longer shown.
    fn forgotten_at(&self) -> Option<u64> {
        Some(self.leaves?.gone_at + SHOWN_AFTER_ITS_END_MS)
    }

    /// When it is deleted, if it is on the way there: a failed one goes after a while.
    fn changes_at(&self) -> Option<u64> {
        match (self.leaves, &self.failure) {
            (Some(leave), _) => Some(leave.gone_at),
            (None, Some(_)) => Some(self.ready_at + SHOWN_AFTER_ITS_END_MS),
            (None, None) => None,
        }
    }
}

/// A VPC endpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its VPC.
    pub vpc: String,
    /// `com.amazonaws.eu-west-1.s3`.
    pub service: String,
    /// Whether by interfaces, not by routes.
    pub interface: bool,
    /// The route tables of a gateway endpoint.
    pub tables: BTreeSet<String>,
    /// The subnets of an interface endpoint, with its interface in each.
    pub subnets: BTreeMap<String, String>,
    /// The groups of the interfaces.
    pub groups: Vec<String>,
    /// Whether the service's own name leads to it.
    pub private_dns: bool,
    /// Its policy, as it was given.
    pub policy: String,
    /// When it was asked for.
    pub created_at: u64,
    /// When it is `available`.
    pub ready_at: u64,
    /// When it was asked to go, and when it is gone.
    pub leaves: Option<Leave>,
}

impl Endpoint {
    /// Its state at a time.
    #[must_use]
    pub fn state(&self, now: u64) -> &'static str {
        match self.leaves {
            Some(leave) if now >= leave.gone_at => "deleted",
            Some(_) => "deleting",
            None if now < self.ready_at => "pending",
            None => "available",
        }
    }
}

/// How long a NAT gateway that failed or was deleted is still shown (VPC guide: about an hour).
const SHOWN_AFTER_ITS_END_MS: u64 = 60 * 60 * 1000;

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

    /// Lets a network interface go at this time, in milliseconds since the epoch.
    pub(super) fn let_interface_go(&mut self, id: &str, gone_at: u64) {
        if let Some(mut leaving) = self.interfaces.get(id).cloned() {
            leaving.gone_at = Some(gone_at);
            self.put_interface(id, leaving);
        }
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

    /// Maps an elastic IP address to an interface.
    pub(super) fn map_address(&mut self, allocation: &str, mapping: Mapping) {
        if let Some(mut interface) = self.interfaces.get(&mapping.interface).cloned() {
            interface.address = Some(allocation.to_owned());
            self.put_interface(&mapping.interface, interface);
        }
        if let Some(address) = self.addresses.get_mut(allocation) {
            address.mapping = Some(mapping);
        }
    }

    /// Puts a NAT gateway in, or in place of the one of that id.
    pub(super) fn put_nat_gateway(&mut self, id: &str, gateway: NatGateway) {
        if let Some(at) = gateway.changes_at() {
            self.index.leaving.insert((at, id.to_owned()));
        }
        self.nat_gateways.insert(id, gateway);
    }

    /// Puts a VPC endpoint in, or in place of the one of that id.
    pub(super) fn put_endpoint(&mut self, id: &str, endpoint: Endpoint) {
        if let Some(leave) = endpoint.leaves {
            self.index.leaving.insert((leave.gone_at, id.to_owned()));
        }
        self.endpoints.insert(id, endpoint);
    }

    /// Whether something leaves by itself by now.
    pub(super) fn has_leaving(&self, now: u64) -> bool {
        self.index.leaving.first().is_some_and(|(at, _)| *at <= now)
    }

    /// Takes out what leaves by itself by now.
    pub(super) fn let_leave(&mut self, now: u64) {
        while self.has_leaving(now) {
            let Some((at, id)) = self.index.leaving.pop_first() else {
                break;
            };
            // Another time than the one noted first may hold by now.
            let is_due = |at: Option<u64>| at.is_some_and(|at| at <= now);
            let interface = self.interfaces.get(&id);
            let gone = self.gone_nat_gateways.get(&id);
            let gateway = self.nat_gateways.get(&id);
            let endpoint = self.endpoints.get(&id).and_then(|one| one.leaves);
            if !is_due(interface.and_then(|one| one.gone_at))
                && !is_due(gone.and_then(NatGateway::forgotten_at))
                && !is_due(gateway.and_then(NatGateway::changes_at))
                && !is_due(endpoint.map(|leave| leave.gone_at))
            {
                continue;
            }
            if let Some(interface) = self.drop_interface(&id) {
                let address = interface.address.as_deref();
                if let Some(address) = address.and_then(|id| self.addresses.get_mut(id)) {
                    address.mapping = None;
                }
            } else if self.endpoints.remove(&id).is_some()
                || self.gone_nat_gateways.remove(&id).is_some()
            {
                self.tags.remove(&id);
            } else if let Some(mut gateway) = self.nat_gateways.remove(&id) {
                gateway.leaves.get_or_insert(Leave {
                    asked_at: at,
                    gone_at: at,
                });
                self.index
                    .leaving
                    .insert((at + SHOWN_AFTER_ITS_END_MS, id.clone()));
                self.gone_nat_gateways.insert(id, gateway);
            }
        }
    }

    /// When each thing that leaves by itself does.
    pub(super) fn all_leaving(&self) -> impl Iterator<Item = (u64, &String)> {
        let interfaces = self.interfaces.iter();
        let interfaces = interfaces.filter_map(|(id, one)| Some((one.gone_at?, id)));
        let gateways = self.nat_gateways.iter();
        let gateways = gateways.filter_map(|(id, one)| Some((one.changes_at()?, id)));
        let gone = self.gone_nat_gateways.iter();
        let gone = gone.filter_map(|(id, one)| Some((one.forgotten_at()?, id)));
        let endpoints = self.endpoints.iter();
        let endpoints = endpoints.filter_map(|(id, one)| Some((one.leaves?.gone_at, id)));
        interfaces.chain(gateways).chain(gone).chain(endpoints)
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
