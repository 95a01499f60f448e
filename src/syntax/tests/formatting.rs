//! The canonical style.

use super::PAGE;
use crate::diagnostic::FileId;

fn check(text: &str) -> String {
    let formatted = crate::syntax::format(FileId(0), text).unwrap();
    let again = crate::syntax::format(FileId(0), &formatted).unwrap();
    assert_eq!(formatted, again, "formatting again changed something");
    formatted
}

#[test]
fn page() {
    insta::assert_snapshot!(check(PAGE), @"");
}

#[test]
fn blanks_commas_and_comments() {
    let text = r#"

# head
vpc   a{cidr="10.0.0.0/16",   tags={a:1,"b"  =2,}} // tail


# apart

vpc b
{ # why
  a =1, bcd= -2 # one
  e = !x.y [ 0 ] . z   # two
  /* before */ f=[1,2 , 3,]
  empty {}
  list = [
  1,

     2, # two
     { a = 1
       bb = 2 }
  ]
  long = a &&
  b ||
     c
  for_each = {for k ,v in x:k=>v if v>1}
  text = <<-EOF
      keep   this
    EOF
  call = join( ",", xs... ) + (a+b)*2
  # last
}
input x:map( object({a:string,b : optional(bool,false)}))
input y: object({
  a = string, b: list(number)
})
"#;
    insta::assert_snapshot!(check(text), @r#"
# head
vpc a { cidr = "10.0.0.0/16", tags = { a = 1, "b" = 2 } } // tail

# apart

vpc b { # why
  a              = 1
  bcd            = -2        # one
  e              = !x.y[0].z # two
  /* before */ f = [1, 2, 3]
  empty {}
  list = [
    1,

    2, # two
    {
      a  = 1
      bb = 2
    }
  ]
  long = a &&
    b ||
    c
  for_each = { for k, v in x : k => v if v > 1 }
  text = <<-EOF
      keep   this
    EOF
  call = join(",", xs...) + (a + b) * 2
  # last
}
input x: map(object({ a: string, b: optional(bool, false) }))
input y: object({
  a: string
  b: list(number)
})
"#);
}

#[test]
fn wide_blocks_open() {
    let text = r#"
stack a { state s3 { bucket = "a-rather-long-bucket-name", key = "a/rather/long/key/state.json", region = "eu-west-1" } }
"#;
    insta::assert_snapshot!(check(text), @r#"
stack a {
  state s3 {
    bucket = "a-rather-long-bucket-name"
    key    = "a/rather/long/key/state.json"
    region = "eu-west-1"
  }
}
"#);
}
