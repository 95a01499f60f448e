//! What is looked up often, computed from the tables of [`Ec2`].

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::state::{Association, Ec2, NetworkInterface, RouteTable, RulePeer, SecurityGroupRule};

/// Ids, in order.
pub type Ids = BTreeSet<String>;

/// Ways into the tables of one account and region.
#[derive(Debug, Clone, Default)]
pub struct Index {
    vpcs: BTreeMap<String, InVpc>,
    /// Route table by association id.
    associations: BTreeMap<String, String>,
    /// Association id by subnet or gateway.
    associated: BTreeMap<String, String>,
    /// Rules by the group they belong to.
    rules: BTreeMap<String, Ids>,
    /// Rules by the group they name.
    naming: BTreeMap<String, Ids>,
    /// Interfaces by group.
    interfaces_by_group: BTreeMap<String, Ids>,
    /// Addresses in use by subnet, with their interface.
    addresses: BTreeMap<String, BTreeMap<Ipv4Addr, String>>,
    /// What leaves by itself: when, and its id.
    pub leaving: BTreeSet<(u64, String)>,
}

/// What is in a VPC.
#[derive(Debug, Clone, Default)]
pub struct InVpc {
    /// Its subnets.
    pub subnets: Ids,
    /// Its route tables.
    pub route_tables: Ids,
    /// Its security groups.
    pub groups: Ids,
    /// The same by name.
    pub group_names: BTreeMap<String, String>,
    /// The internet gateway attached to it.
    pub gateway: Option<String>,
}

impl Index {
    /// The index of these tables.
    #[must_use]
    pub fn of(ec2: &Ec2) -> Self {
        let mut index = Self::default();
        for id in ec2.vpcs.keys() {
            index.vpc(id);
        }
        for (id, subnet) in ec2.subnets.iter() {
            index.vpc(&subnet.vpc).subnets.insert(id.clone());
        }
        for (id, gateway) in ec2.gateways.iter() {
            if let Some(attachment) = &gateway.attachment {
                index.vpc(&attachment.vpc).gateway = Some(id.clone());
            }
        }
        for (id, table) in ec2.route_tables.iter() {
            index.note_route_table(id, table);
        }
        for (id, group) in ec2.groups.iter() {
            let vpc = index.vpc(&group.vpc);
            vpc.groups.insert(id.clone());
            vpc.group_names.insert(group.name.clone(), id.clone());
        }
        for (id, rule) in ec2.rules.iter() {
            index.note_rule(id, rule);
        }
        for (id, interface) in ec2.interfaces.iter() {
            index.note_interface(id, interface);
        }
        for (at, id) in ec2.all_leaving() {
            index.leaving.insert((at, id.clone()));
        }
        index
    }

    /// What is in the VPC, to be changed.
    pub fn vpc(&mut self, vpc: &str) -> &mut InVpc {
        self.vpcs.entry(vpc.to_owned()).or_default()
    }

    /// What is in the VPC.
    #[must_use]
    pub fn in_vpc(&self, vpc: &str) -> Option<&InVpc> {
        self.vpcs.get(vpc)
    }

    /// Forgets the VPC, which must be empty.
    pub fn drop_vpc(&mut self, vpc: &str) {
        self.vpcs.remove(vpc);
    }

    /// The route table of an association.
    #[must_use]
    pub fn table_of_association(&self, association: &str) -> Option<&str> {
        self.associations.get(association).map(String::as_str)
    }

    /// The association of a subnet or gateway.
    #[must_use]
    pub fn association_of(&self, subnet_or_gateway: &str) -> Option<&str> {
        self.associated.get(subnet_or_gateway).map(String::as_str)
    }

    /// The rules of a group.
    #[must_use]
    pub fn rules_of(&self, group: &str) -> Option<&Ids> {
        self.rules.get(group)
    }

    /// The rules of this account and region that name a group.
    #[must_use]
    pub fn rules_naming(&self, group: &str) -> Option<&Ids> {
        self.naming.get(group)
    }

    /// The interfaces that a group is on.
    #[must_use]
    pub fn interfaces_with_group(&self, group: &str) -> Option<&Ids> {
        self.interfaces_by_group.get(group)
    }

    /// The addresses in use in a subnet, with their interface.
    #[must_use]
    pub fn addresses_in(&self, subnet: &str) -> Option<&BTreeMap<Ipv4Addr, String>> {
        self.addresses.get(subnet)
    }

    /// Takes a route table in.
    pub fn note_route_table(&mut self, id: &str, table: &RouteTable) {
        self.vpc(&table.vpc).route_tables.insert(id.to_owned());
        for (association, with) in &table.associations {
            self.associations.insert(association.clone(), id.to_owned());
            if let Association::Subnet(other) | Association::Gateway(other) = with {
                self.associated.insert(other.clone(), association.clone());
            }
        }
    }

    /// Takes a route table out.
    pub fn forget_route_table(&mut self, id: &str, table: &RouteTable) {
        self.vpc(&table.vpc).route_tables.remove(id);
        for (association, with) in &table.associations {
            // It may be another table's by now.
            if self
                .associations
                .get(association)
                .is_some_and(|at| at == id)
            {
                self.associations.remove(association);
            }
            if let Association::Subnet(other) | Association::Gateway(other) = with
                && self.associated.get(other) == Some(association)
            {
                self.associated.remove(other);
            }
        }
    }

    /// Takes a rule in.
    pub fn note_rule(&mut self, id: &str, rule: &SecurityGroupRule) {
        add(&mut self.rules, &rule.group, id);
        if let RulePeer::Group { id: named, .. } = &rule.peer {
            add(&mut self.naming, named, id);
        }
    }

    /// Takes a rule out.
    pub fn forget_rule(&mut self, id: &str, rule: &SecurityGroupRule) {
        take(&mut self.rules, &rule.group, id);
        if let RulePeer::Group { id: named, .. } = &rule.peer {
            take(&mut self.naming, named, id);
        }
    }

    /// Takes an interface in.
    pub fn note_interface(&mut self, id: &str, interface: &NetworkInterface) {
        for group in &interface.groups {
            add(&mut self.interfaces_by_group, group, id);
        }
        self.addresses
            .entry(interface.subnet.clone())
            .or_default()
            .insert(interface.private_ip, id.to_owned());
        if let Some(at) = interface.gone_at {
            self.leaving.insert((at, id.to_owned()));
        }
    }

    /// Takes an interface out.
    pub fn forget_interface(&mut self, id: &str, interface: &NetworkInterface) {
        for group in &interface.groups {
            take(&mut self.interfaces_by_group, group, id);
        }
        if let Some(addresses) = self.addresses.get_mut(&interface.subnet) {
            addresses.remove(&interface.private_ip);
            if addresses.is_empty() {
                self.addresses.remove(&interface.subnet);
            }
        }
    }
}

fn add(index: &mut BTreeMap<String, Ids>, key: &str, id: &str) {
    index
        .entry(key.to_owned())
        .or_default()
        .insert(id.to_owned());
}

fn take(index: &mut BTreeMap<String, Ids>, key: &str, id: &str) {
    if let Some(ids) = index.get_mut(key) {
        ids.remove(id);
        if ids.is_empty() {
            index.remove(key);
        }
    }
}
