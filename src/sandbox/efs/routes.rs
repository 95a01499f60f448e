//! Which EFS operation a method and path mean (API model of EFS 2015-02-01).

use http::Method;

/// What every path of EFS starts with.
pub const ROOT: &str = "/2015-02-01/";

/// An operation with its path filled in.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub operation: &'static str,
    /// Members that stand in the path, still percent-encoded.
    pub labels: Vec<(&'static str, String)>,
    /// Query parameters that are lists.
    pub lists: &'static [&'static str],
    /// The HTTP status of its good answer.
    pub status: u16,
}

/// Operation, method, path below [`ROOT`], status.
const ROUTES: &[(&str, &str, &str, u16)] = &[
    ("CreateAccessPoint", "POST", "access-points", 200),
    ("DescribeAccessPoints", "GET", "access-points", 200),
    (
        "DeleteAccessPoint",
        "DELETE",
        "access-points/{AccessPointId}",
        204,
    ),
    (
        "DescribeAccountPreferences",
        "GET",
        "account-preferences",
        200,
    ),
    ("PutAccountPreferences", "PUT", "account-preferences", 200),
    ("CreateTags", "POST", "create-tags/{FileSystemId}", 204),
    ("DeleteTags", "POST", "delete-tags/{FileSystemId}", 204),
    ("DescribeTags", "GET", "tags/{FileSystemId}", 200),
    ("CreateFileSystem", "POST", "file-systems", 201),
    ("DescribeFileSystems", "GET", "file-systems", 200),
    (
        "DescribeReplicationConfigurations",
        "GET",
        "file-systems/replication-configurations",
        200,
    ),
    (
        "DeleteFileSystem",
        "DELETE",
        "file-systems/{FileSystemId}",
        204,
    ),
    (
        "UpdateFileSystem",
        "PUT",
        "file-systems/{FileSystemId}",
        202,
    ),
    (
        "DescribeBackupPolicy",
        "GET",
        "file-systems/{FileSystemId}/backup-policy",
        200,
    ),
    (
        "PutBackupPolicy",
        "PUT",
        "file-systems/{FileSystemId}/backup-policy",
        200,
    ),
    (
        "DescribeFileSystemPolicy",
        "GET",
        "file-systems/{FileSystemId}/policy",
        200,
    ),
    (
        "PutFileSystemPolicy",
        "PUT",
        "file-systems/{FileSystemId}/policy",
        200,
    ),
    (
        "DeleteFileSystemPolicy",
        "DELETE",
        "file-systems/{FileSystemId}/policy",
        200,
    ),
    (
        "DescribeLifecycleConfiguration",
        "GET",
        "file-systems/{FileSystemId}/lifecycle-configuration",
        200,
    ),
    (
        "PutLifecycleConfiguration",
        "PUT",
        "file-systems/{FileSystemId}/lifecycle-configuration",
        200,
    ),
    (
        "UpdateFileSystemProtection",
        "PUT",
        "file-systems/{FileSystemId}/protection",
        200,
    ),
    (
        "CreateReplicationConfiguration",
        "POST",
        "file-systems/{SourceFileSystemId}/replication-configuration",
        200,
    ),
    (
        "DeleteReplicationConfiguration",
        "DELETE",
        "file-systems/{SourceFileSystemId}/replication-configuration",
        204,
    ),
    ("CreateMountTarget", "POST", "mount-targets", 200),
    ("DescribeMountTargets", "GET", "mount-targets", 200),
    (
        "DeleteMountTarget",
        "DELETE",
        "mount-targets/{MountTargetId}",
        204,
    ),
    (
        "DescribeMountTargetSecurityGroups",
        "GET",
        "mount-targets/{MountTargetId}/security-groups",
        200,
    ),
    (
        "ModifyMountTargetSecurityGroups",
        "PUT",
        "mount-targets/{MountTargetId}/security-groups",
        204,
    ),
    ("TagResource", "POST", "resource-tags/{ResourceId}", 200),
    ("UntagResource", "DELETE", "resource-tags/{ResourceId}", 200),
    (
        "ListTagsForResource",
        "GET",
        "resource-tags/{ResourceId}",
        200,
    ),
];

/// The operation that this method and path mean.
#[must_use]
pub fn find(method: &Method, path: &str) -> Option<Found> {
    let path = path.strip_prefix(ROOT)?.trim_end_matches('/');
    ROUTES
        .iter()
        .filter(|(_, wanted, _, _)| method.as_str() == *wanted)
        .find_map(|&(operation, _, template, status)| {
            Some(Found {
                operation,
                labels: labels(template, path)?,
                lists: &["TagKeys"],
                status,
            })
        })
}

/// What stands for the `{Members}` of the template, if the path fits it.
fn labels(template: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut labels = Vec::new();
    let mut parts = path.split('/');
    for wanted in template.split('/') {
        let part = parts.next()?;
        match wanted.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
            Some(member) if !part.is_empty() => labels.push((member, part.to_owned())),
            None if part == wanted => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(labels)
}

#[cfg(test)]
mod tests {
    use super::find;
    use http::Method;

    #[test]
    fn paths_mean_operations() {
        let check = |method: &str, path: &str| {
            let method: Method = method.parse().ok()?;
            find(&method, path).map(|found| (found.operation, found.labels))
        };
        assert_eq!(
            check("GET", "/2015-02-01/file-systems"),
            Some(("DescribeFileSystems", vec![]))
        );
        assert_eq!(
            check("PUT", "/2015-02-01/mount-targets/fsmt-1/security-groups"),
            Some((
                "ModifyMountTargetSecurityGroups",
                vec![("MountTargetId", "fsmt-1".to_owned())]
            ))
        );
        assert_eq!(
            check("GET", "/2015-02-01/tags/fs-1/").map(|found| found.0),
            Some("DescribeTags")
        );
        assert_eq!(check("PATCH", "/2015-02-01/file-systems"), None);
        assert_eq!(check("DELETE", "/2015-02-01/file-systems/"), None);
    }
}
