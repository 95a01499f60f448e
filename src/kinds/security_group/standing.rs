//! The security group that has a name in its VPC already.

use crate::aws::{Aws, Failure};
use crate::kinds::ec2::describe::{filter, groups};
use crate::kinds::{Ready, Standing};

pub async fn standing(aws: &Aws, node: &Ready) -> Result<Option<Standing>, Failure> {
    let (Some(vpc), Some(name)) = (node.text("vpc"), node.text("name")) else {
        return Ok(None);
    };
    let filters = vec![filter("vpc-id", [vpc]), filter("group-name", [name])];
    let found = groups::list(aws, &node.place, filters).await?;
    Ok(found.into_iter().find_map(|group| {
        // A filter's `*` and `?` stand for anything.
        (group.group_name.as_deref() == Some(name)).then_some(())?;
        Some(Standing {
            id: group.group_id?,
            tags: group
                .tags
                .unwrap_or_default()
                .into_iter()
                .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
                .collect(),
        })
    }))
}
