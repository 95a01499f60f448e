//! What domains left that are gone, for people.

use std::fmt::Write;
use std::time::SystemTime;

use super::style::{QUIET, RISK, STRONG, TextOptions};
use crate::config::Place;
use crate::kinds::home_efs::Orphan;

/// Bytes of a KiB, KiB of a MiB, and so on.
const STEP: u64 = 1024;
/// The units of sizes, each [`STEP`] times the one before.
const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];

/// What is left in each place where it was looked for.
#[must_use]
pub fn orphans_text(
    found: &[(Place, Vec<Orphan>)],
    now: SystemTime,
    options: TextOptions,
) -> String {
    let mut out = format!("{}\n", options.paint(STRONG, &headline(found)));
    for (place, orphans) in found {
        let place = format!("{} {}", place.account, place.region);
        if orphans.is_empty() {
            let none = format!("nothing in {place}");
            let _ = writeln!(out, "\n{}", options.paint(QUIET, &none));
        }
        for orphan in orphans {
            let domain = format!("domain {}", orphan.domain);
            let _ = writeln!(
                out,
                "\n{}, which is gone  {}",
                options.paint(STRONG, &domain),
                options.paint(QUIET, &place)
            );
            write_orphan(&mut out, orphan, now, options);
        }
    }
    if found.iter().any(|(_, orphans)| !orphans.is_empty()) {
        out.push_str(
            "\nsmd deletes none of this: what is on a file system is gone with it. To be rid of it, delete the\n\
             mount targets, then the file system, then the rules of both groups, then the groups.\n",
        );
    }
    out
}

fn headline(found: &[(Place, Vec<Orphan>)]) -> String {
    let orphans = || found.iter().flat_map(|(_, orphans)| orphans);
    let file_systems = || orphans().flat_map(|orphan| &orphan.file_systems);
    if orphans().next().is_none() {
        return "Nothing is left of domains that are gone".to_owned();
    }
    let bytes = file_systems().fold(0, |sum: u64, one| sum.saturating_add(one.bytes));
    format!(
        "Left by domains that are gone: {} ({}), {}, {}",
        counted(file_systems().count(), "file system"),
        size(bytes),
        counted(
            file_systems().map(|one| one.mount_targets.len()).sum(),
            "mount target"
        ),
        counted(
            orphans().map(|orphan| orphan.groups.len()).sum(),
            "security group"
        ),
    )
}

fn write_orphan(out: &mut String, orphan: &Orphan, now: SystemTime, options: TextOptions) {
    let of = |vpc: &Option<String>| match vpc {
        Some(vpc) => format!(" of {vpc}"),
        None => String::new(),
    };
    for file_system in &orphan.file_systems {
        let told = format!("file system {}", file_system.id);
        let _ = writeln!(
            out,
            "    {}: {}, {}",
            options.paint(RISK, &told),
            size(file_system.bytes),
            file_system.age(now)
        );
        for target in &file_system.mount_targets {
            let (id, subnet) = (&target.id, &target.subnet);
            let _ = writeln!(
                out,
                "        mount target {id} in {subnet}{}",
                of(&target.vpc)
            );
        }
    }
    for group in &orphan.groups {
        let (id, name) = (&group.id, &group.name);
        let _ = writeln!(out, "    security group {id}{}: {name}", of(&group.vpc));
    }
}

/// `1 file system`, `2 file systems`.
fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

/// A size in the largest unit of which it is at least one, with one decimal: `1.5 GiB`.
fn size(bytes: u64) -> String {
    let mut unit = 1;
    let mut words = UNITS.iter();
    let mut word = words.next().copied().unwrap_or_default();
    for next in words {
        if bytes / unit < STEP {
            break;
        }
        unit *= STEP;
        word = next;
    }
    match unit {
        1 => format!("{bytes} {word}"),
        _ => format!("{}.{} {word}", bytes / unit, bytes % unit * 10 / unit),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::config::Access;
    use crate::kinds::home_efs::{Group, HomeFileSystem, MountTarget};

    fn place(region: &str) -> Place {
        Place {
            account: "111122223333".into(),
            region: region.into(),
            access: Access::default(),
        }
    }

    #[test]
    fn sizes_in_their_largest_unit() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (5 << 30, "5.0 GiB"),
            (u64::MAX, "16777215.9 TiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn what_is_left_is_told_by_domain() {
        let group = |way: &str| Group {
            id: format!("sg-{way}"),
            name: format!("security-group-for-{way}-nfs-d-1"),
            vpc: Some("vpc-1".to_owned()),
        };
        let orphan = Orphan {
            domain: "d-1".to_owned(),
            file_systems: vec![HomeFileSystem {
                id: "fs-1".to_owned(),
                bytes: 3 << 29,
                made: 0,
                mount_targets: vec![MountTarget {
                    id: "fsmt-1".to_owned(),
                    subnet: "subnet-1".to_owned(),
                    vpc: Some("vpc-1".to_owned()),
                }],
            }],
            groups: vec![group("inbound"), group("outbound")],
        };
        let found = [
            (place("eu-west-1"), vec![orphan]),
            (place("us-east-1"), Vec::new()),
        ];
        let now = UNIX_EPOCH + Duration::from_secs(40 * 24 * 60 * 60);
        insta::assert_snapshot!(orphans_text(&found, now, TextOptions::default()), @r"
Left by domains that are gone: 1 file system (1.5 GiB), 1 mount target, 2 security groups

domain d-1, which is gone  111122223333 eu-west-1
    file system fs-1: 1.5 GiB, 40 days old
        mount target fsmt-1 in subnet-1 of vpc-1
    security group sg-inbound of vpc-1: security-group-for-inbound-nfs-d-1
    security group sg-outbound of vpc-1: security-group-for-outbound-nfs-d-1

nothing in 111122223333 us-east-1

smd deletes none of this: what is on a file system is gone with it. To be rid of it, delete the
mount targets, then the file system, then the rules of both groups, then the groups.
");
    }
}
