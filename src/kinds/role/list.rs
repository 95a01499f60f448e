//! Every role of an account, for `existing`.

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::Listed;
use crate::kinds::iam::{self, PAGE, lists};

/// Names by ListRoles; with tags by the details of the account, as no other list has them.
pub(super) async fn list(aws: &Aws, place: &Place, tags: bool) -> Result<Vec<Listed>, Failure> {
    if tags {
        detailed(aws, place).await
    } else {
        named(aws, place).await
    }
}

async fn named(aws: &Aws, place: &Place) -> Result<Vec<Listed>, Failure> {
    let client = aws.iam(place).await?;
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let answer = call(aws, "iam:ListRoles", Repeat::Safe, || {
            client
                .list_roles()
                .max_items(PAGE)
                .set_marker(marker.clone())
                .send()
        })
        .await?;
        found.extend(answer.roles.into_iter().map(|role| Listed {
            id: role.role_name.clone(),
            name: Some(role.role_name),
            tags: iam::all_tags(role.tags),
        }));
        marker = answer.marker.filter(|_| answer.is_truncated);
        if marker.is_none() {
            return Ok(found);
        }
    }
}

async fn detailed(aws: &Aws, place: &Place) -> Result<Vec<Listed>, Failure> {
    let mut found = Vec::new();
    lists::role_details(aws, place, |role| {
        if let Some(name) = role.role_name {
            found.push(Listed {
                id: name.clone(),
                name: Some(name),
                tags: iam::all_tags(role.tags),
            });
        }
    })
    .await?;
    Ok(found)
}
