//! Writing without AWS: an estate made by hand, as files.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::config::Access;
use crate::kinds;
use crate::value::{Data, Value};

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";

fn place(account: &str, region: &str) -> Place {
    Place {
        account: account.into(),
        region: region.into(),
        access: Access::default(),
    }
}

fn map(members: &[(&str, Value)]) -> Map {
    members
        .iter()
        .map(|(name, value)| (Arc::from(*name), value.clone()))
        .collect()
}

fn text(text: &str) -> Value {
    Value::string(text)
}

fn tags(members: &[(&str, &str)]) -> Value {
    let members: Vec<_> = members
        .iter()
        .map(|(key, value)| (*key, text(value)))
        .collect();
    Value::map(map(&members))
}

fn thing(kind: &'static str, id: &str, place: &Place, members: &[(&str, Value)]) -> Thing {
    Thing {
        kind,
        id: id.to_owned(),
        place: place.clone(),
        attributes: map(members),
        marks: BTreeMap::new(),
        parts: Vec::new(),
    }
}

fn part(kind: &'static str, id: &str, members: &[(&str, Value)]) -> Piece {
    Piece {
        kind,
        id: id.to_owned(),
        attributes: map(members),
        marks: BTreeMap::new(),
    }
}

/// The files, one after another.
fn written(things: Vec<Thing>) -> String {
    let home = place(ACCOUNT, "eu-west-1");
    let mut ways = Ways::default();
    for thing in &things {
        ways.add(Place {
            region: home.region.clone(),
            ..thing.place.clone()
        });
    }
    ways.add(home.clone());
    let estate = Estate {
        things,
        left_out: Vec::new(),
    };
    let settings = Settings {
        stack: "s",
        home: &home,
        ways: &ways,
        kinds: kinds::registry(),
    };
    let written = Written::of(&estate, &settings).unwrap();
    let files = written.files.iter();
    let files = files.map(|file| format!("# {}\n{}", file.name, file.text));
    files.collect::<Vec<_>>().join("\n")
}

fn role(name: &str, trusts: &str) -> Thing {
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Each","Effect":"Allow","Principal":{{"AWS":["arn:aws:iam::{ACCOUNT}:role/{trusts}"]}},"Action":["sts:AssumeRole"]}}]}}"#
    );
    let members = [
        ("name", text(name)),
        ("id", text(name)),
        ("arn", text(&arn)),
        ("trust", text(&trust)),
        ("max_session_duration", Value::int(3600)),
    ];
    thing("role", name, &place(ACCOUNT, "eu-west-1"), &members)
}

#[test]
fn of_a_circle_one_reference_is_an_id() {
    insta::assert_snapshot!(written(vec![role("a", "b"), role("b", "a")]), @r##"
    # iam.smd
    role a {
      name = "a"
      trust {
        statement Each {
          effect     = "Allow"
          principals = { AWS = "arn:aws:iam::111122223333:role/b" }
          actions    = ["sts:AssumeRole"]
        }
      }
    }

    role b {
      name = "b"
      trust {
        statement Each {
          effect     = "Allow"
          principals = { AWS = role.a.arn }
          actions    = ["sts:AssumeRole"]
        }
      }
    }

    # main.smd
    stack s {}

    account main {
      id     = "111122223333"
      region = "eu-west-1"
    }
    "##);
}

#[test]
fn another_account_and_region() {
    let (home, far) = (place(ACCOUNT, "eu-west-1"), place(ACCOUNT, "us-east-1"));
    let other = place(OTHER, "eu-west-1");
    let owned = |key: &str| tags(&[("owner", "ml"), ("cost", key)]);
    let vpc = |id: &str, place: &Place, name: &str| {
        let members = [
            ("id", text(id)),
            ("name", text(name)),
            ("cidr", text("10.0.0.0/16")),
            ("dns_support", Value::bool(true)),
            ("main_route_table", text("rtb-0123456789abcdef0")),
            ("tags", owned("1")),
        ];
        thing("vpc", id, place, &members)
    };
    let mut group = thing(
        "security_group",
        "sg-0123456789abcdef0",
        &home,
        &[
            ("id", text("sg-0123456789abcdef0")),
            ("name", text("apps ${x}")),
            ("vpc", text("vpc-1")),
            ("tags", owned("2")),
        ],
    );
    for (id, from) in [
        ("sgr-1", "sg-0123456789abcdef0"),
        ("sgr-2", "444455556666/sg-0fedcba9876543210"),
    ] {
        let members = [
            ("group", text("sg-0123456789abcdef0")),
            ("protocol", text("tcp")),
            ("ports", Value::new(Data::Ports(443, 443))),
            ("from", text(from)),
            ("tags", owned("1")),
        ];
        group
            .parts
            .push(part("security_group.ingress", id, &members));
    }
    let theirs = thing(
        "security_group",
        "sg-0fedcba9876543210",
        &other,
        &[
            ("id", text("sg-0fedcba9876543210")),
            ("name", text("theirs")),
            ("vpc", text("vpc-3")),
            ("tags", owned("1")),
        ],
    );
    let peering = thing(
        "peering",
        "pcx-1",
        &home,
        &[
            ("requester", text("vpc-1")),
            ("accepter", text("vpc-3")),
            ("accepter_account", text(OTHER)),
            ("accepter_region", text("eu-west-1")),
            ("tags", owned("1")),
        ],
    );
    let things = vec![
        vpc("vpc-1", &home, "one"),
        vpc("vpc-2", &far, "one"),
        vpc("vpc-3", &other, "10.0.0.0/16"),
        group,
        theirs,
        peering,
    ];
    insta::assert_snapshot!(written(things), @r##"
    # main.smd
    stack s {
      default_tags = { cost = "1", owner = "ml" }
    }

    account main {
      id      = "111122223333"
      region  = "eu-west-1"
      default = true
    }

    account account_444455556666 {
      id     = "444455556666"
      region = "eu-west-1"
    }

    # network.smd
    vpc one {
      name = "one"
      cidr = "10.0.0.0/16"
    }

    vpc one_2 {
      region = "us-east-1"
      name   = "one"
      cidr   = "10.0.0.0/16"
    }

    vpc vpc_10_0_0_0_16 {
      account = account.account_444455556666
      name    = "10.0.0.0/16"
      cidr    = "10.0.0.0/16"
    }

    security_group apps_x {
      name = "apps $${x}"
      vpc  = vpc.one
      tags = { cost = "2" }
      ingress https   { protocol = "tcp", ports = 443, from = self }
      ingress https_2 { protocol = "tcp", ports = 443, from = security_group.theirs }
    }

    security_group theirs {
      name = "theirs"
      vpc  = vpc.vpc_10_0_0_0_16
    }

    peering one {
      requester = vpc.one
      accepter  = vpc.vpc_10_0_0_0_16
    }
    "##);
}

#[test]
fn long_texts_stand_beside_the_files() {
    let home = place(ACCOUNT, "eu-west-1");
    let pipeline = |name: &str, definition: &str| {
        let role = format!("arn:aws:iam::{ACCOUNT}:role/gone");
        let members = [
            ("name", text(name)),
            ("definition", text(definition)),
            ("role", text(&role)),
        ];
        thing("pipeline", name, &home, &members)
    };
    let things = vec![
        pipeline("Train", "{}"),
        pipeline("train", "#!/bin/sh"),
        pipeline("t", "x"),
    ];
    insta::assert_snapshot!(written(things), @r##"
    # main.smd
    stack s {}

    account main {
      id     = "111122223333"
      region = "eu-west-1"
    }

    # pipelines.smd
    pipeline train {
      name       = "Train"
      definition = file("pipeline_train.json")
      role       = "arn:aws:iam::111122223333:role/gone"
    }

    pipeline train_2 {
      name       = "train"
      definition = file("pipeline_train_2.sh")
      role       = "arn:aws:iam::111122223333:role/gone"
    }

    pipeline t {
      name       = "t"
      definition = file("pipeline_t.txt")
      role       = "arn:aws:iam::111122223333:role/gone"
    }

    # pipeline_train.json
    {}
    # pipeline_train_2.sh
    #!/bin/sh
    # pipeline_t.txt
    x
    "##);
}

#[test]
fn another_stacks_things_are_told_once() {
    let mut one = role("a", "b");
    one.marks = BTreeMap::from([
        ("smd:stack".to_owned(), "old".to_owned()),
        ("smd:address".to_owned(), "role.a".to_owned()),
    ]);
    let mut inside = part("role.policy", "a p", &[]);
    inside.marks.clone_from(&one.marks);
    one.parts.push(inside);
    let estate = Estate {
        things: vec![one, role("b", "a")],
        left_out: Vec::new(),
    };
    let found = estate.of_others("new");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].id.as_str(), found[0].stack.as_str()),
        ("a", "old")
    );
    assert!(estate.of_others("old").is_empty());
}
