//! What people see for broken text.

use crate::diagnostic::{Sources, terminal};

fn check(text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add("main.smd", text);
    let (_, diagnostics) = crate::syntax::parse(file, text);
    terminal(&diagnostics, &sources, false)
}

#[test]
fn five_mistakes_are_five_errors() {
    let text = r#"
inptu teams: map(string) {
  description = "teams"
}
vpc main {
  cidr: "10.0.0.0/16"
  dns_hostnames true
  tags = { a = 1, b 2 }
}
subnet a {
  vpc = vpc.main +
}
stack x {
  default_tags = { a = "b }
}
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0113]: `inptu` does not start a statement
 --> main.smd:2:1
  |
2 | inptu teams: map(string) {
  | ^^^^^ expected a statement
  |
  = help: did you mean `input`?

error[E0115]: an attribute takes `=`, not `:`
 --> main.smd:6:7
  |
6 |   cidr: "10.0.0.0/16"
  |       ^ expected `=`
  |
  = help: write `cidr = …`

error[E0114]: `=` is missing after `dns_hostnames`
 --> main.smd:7:17
  |
7 |   dns_hostnames true
  |                 ^^^^ expected `=`, found `true`

error[E0112]: expected `=`, found `2`
 --> main.smd:8:21
  |
8 |   tags = { a = 1, b 2 }
  |                     ^ expected `=`

error[E0112]: expected an expression, found the end of the line
  --> main.smd:11:19
   |
11 |   vpc = vpc.main +
   |                   ^ expected an expression

error[E0104]: this string has no end
  --> main.smd:14:24
   |
14 |   default_tags = { a = "b }
   |                        ^^^^ needs a closing `"` on this line
   |
   = help: for text of several lines use a heredoc: `<<EOF`
"#);
}
