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

#[test]
fn an_unclosed_brace_does_not_swallow_the_rest() {
    let text = r#"vpc a {
  cidr = "10.0.0.0/16"
  tags = {
    x = 1

subnet b {
  vpc: vpc.a
}
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0109]: this `{` is never closed
 --> main.smd:1:7
  |
1 | vpc a {
  |       ^ needs a `}`
...
4 |     x = 1
  |          - a statement starts behind this

error[E0109]: this `{` is never closed
 --> main.smd:3:10
  |
3 |   tags = {
  |          ^ needs a `}`
4 |     x = 1
  |          - a statement starts behind this

error[E0115]: an attribute takes `=`, not `:`
 --> main.smd:7:6
  |
7 |   vpc: vpc.a
  |      ^ expected `=`
  |
  = help: write `vpc = …`
"#);
}

#[test]
fn a_forgotten_brace_is_found_by_indentation() {
    let text = r#"vpc a {
  lifecycle {
    protect = true
  cidr = "10.0.0.0/16"
}
let x = 1
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0109]: this `{` is never closed
 --> main.smd:2:13
  |
2 |   lifecycle {
  |             ^ needs a `}`
3 |     protect = true
4 |   cidr = "10.0.0.0/16"
  |                       - closed here, by the indentation
"#);
}

#[test]
fn an_unclosed_call_ends_before_the_next_attribute() {
    let text = r#"vpc a {
  cidr = cidr_subnet("10.0.0.0/8", 8
  dns true
}
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0109]: this `(` is never closed
 --> main.smd:2:21
  |
2 |   cidr = cidr_subnet("10.0.0.0/8", 8
  |                     ^ needs a `)`
3 |   dns true
  |           - closed here, by the indentation
"#);
}

#[test]
fn brackets_that_close_nothing() {
    let text = r#"let a = [1, 2)]
let b = (1]
}
let c = 1
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0110]: this `)` closes nothing
 --> main.smd:1:14
  |
1 | let a = [1, 2)]
  |              ^ no bracket of its kind is open here

error[E0110]: the wrong bracket closes here
 --> main.smd:2:11
  |
2 | let b = (1]
  |         - ^ expected `)`
  |         |
  |         opened here

error[E0110]: this `}` closes nothing
 --> main.smd:3:1
  |
3 | }
  | ^ no bracket of its kind is open here
"#);
}

#[test]
fn misspelt_keywords() {
    let text = r#"inptu a: string
outptu b = 1
modul c from "./c"
imprt vpc.a from "vpc-1"
existin vpc d { id = "vpc-1" }
remved { from = vpc.a }
lt e = 1
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0113]: `inptu` does not start a statement
 --> main.smd:1:1
  |
1 | inptu a: string
  | ^^^^^ expected a statement
  |
  = help: did you mean `input`?

error[E0113]: `outptu` does not start a statement
 --> main.smd:2:1
  |
2 | outptu b = 1
  | ^^^^^^ expected a statement
  |
  = help: did you mean `output`?

error[E0113]: `modul` does not start a statement
 --> main.smd:3:1
  |
3 | modul c from "./c"
  | ^^^^^ expected a statement
  |
  = help: did you mean `module`?

error[E0113]: `imprt` does not start a statement
 --> main.smd:4:1
  |
4 | imprt vpc.a from "vpc-1"
  | ^^^^^ expected a statement
  |
  = help: did you mean `import`?

error[E0113]: `existin` does not start a statement
 --> main.smd:5:1
  |
5 | existin vpc d { id = "vpc-1" }
  | ^^^^^^^ expected a statement
  |
  = help: did you mean `existing`?

error[E0113]: `remved` does not start a statement
 --> main.smd:6:1
  |
6 | remved { from = vpc.a }
  | ^^^^^^ expected a statement
  |
  = help: did you mean `removed`?

error[E0113]: `lt` does not start a statement of this shape
 --> main.smd:7:1
  |
7 | lt e = 1
  | ^^ expected `let` or `output`
"#);
}

#[test]
fn statements_of_no_shape() {
    let text = r#"cidr = "10.0.0.0/16"
"text"
resource "aws_vpc" "main" {
}
vpc my-vpc {
}
vpc {
}
vpc a
let x
let = 1
input y: lst(
let z 5
foo bar: string
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0113]: the attribute `cidr` stands outside of a block
 --> main.smd:1:1
  |
1 | cidr = "10.0.0.0/16"
  | ^^^^ expected a statement
  |
  = help: for a value with a name write `let cidr = …`

error[E0113]: expected a statement, found a string
 --> main.smd:2:1
  |
2 | "text"
  | ^^^^^^ no statement starts like this
  |
  = help: a resource is written `KIND NAME { … }`

error[E0119]: a name stands without quotes
 --> main.smd:3:10
  |
3 | resource "aws_vpc" "main" {
  |          ^^^^^^^^^ expected a name
  |
  = help: write `resource aws_vpc { … }`

error[E0119]: `my-vpc` is not a name
 --> main.smd:5:5
  |
5 | vpc my-vpc {
  |     ^^^^^^ a name is letters, digits and `_`
  |
  = help: write `my_vpc`

error[E0112]: expected a name, found `{`
 --> main.smd:7:5
  |
7 | vpc {
  |     ^ expected a name

error[E0112]: expected `{`, found the end of the line
 --> main.smd:9:6
  |
9 | vpc a
  |      ^ expected `{`

error[E0112]: expected `=`, found the end of the line
  --> main.smd:10:6
   |
10 | let x
   |      ^ expected `=`

error[E0112]: expected a name, found `=`
  --> main.smd:11:5
   |
11 | let = 1
   |     ^ expected a name

error[E0109]: this `(` is never closed
  --> main.smd:12:13
   |
12 | input y: lst(
   |             ^- a statement starts behind this
   |             |
   |             needs a `)`

error[E0112]: expected `=`, found `5`
  --> main.smd:13:7
   |
13 | let z 5
   |       ^ expected `=`

error[E0113]: `foo` does not start a statement of this shape
  --> main.smd:14:1
   |
14 | foo bar: string
   | ^^^ expected `input`
"#);
}

#[test]
fn heads_with_a_part_missing() {
    let text = r#"module m "./m"
module n
import vpc.a
existing vpc { id = "x" }
moved
expect { a = 1 }
output
input { }
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0112]: expected `from` and a path, found a string
 --> main.smd:1:10
  |
1 | module m "./m"
  |          ^^^^^ expected `from` and a path

error[E0112]: expected `from` and a path, found the end of the line
 --> main.smd:2:9
  |
2 | module n
  |         ^ expected `from` and a path

error[E0112]: expected `from` and the id, found the end of the line
 --> main.smd:3:13
  |
3 | import vpc.a
  |             ^ expected `from` and the id

error[E0112]: expected a name, found `{`
 --> main.smd:4:14
  |
4 | existing vpc { id = "x" }
  |              ^ expected a name

error[E0112]: expected `{`, found the end of the line
 --> main.smd:5:6
  |
5 | moved
  |      ^ expected `{`

error[E0112]: expected a property such as `reaches`, or a sentence in quotes, found `{`
 --> main.smd:6:8
  |
6 | expect { a = 1 }
  |        ^ expected a property such as `reaches`, or a sentence in quotes

error[E0112]: expected a name, found the end of the line
 --> main.smd:7:7
  |
7 | output
  |       ^ expected a name

error[E0112]: expected a name, found `{`
 --> main.smd:8:7
  |
8 | input { }
  |       ^ expected a name
"#);
}

#[test]
fn attributes() {
    let text = r#"vpc a {
  cidr
  "name" = "x"
  my-name = 1
  a = = 1
  b = 1 2
  c = ,
  d == 1
  e = [1, 2 3]
  f = [1,, 2]
  g = f(1, )
  h = (1 + )
  i = a ? b
  j = a
    ? b : c
  k = x.
  l = x[]
  m = { a: 1,, b = 2 }
  n = 1..2..3
  o => 1
  p = -
  q = f(x...) y
},
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0112]: expected `=`, a label or `{`, found the end of the line
 --> main.smd:2:7
  |
2 |   cidr
  |       ^ expected `=`, a label or `{`

error[E0119]: a name in a block stands without quotes
 --> main.smd:3:3
  |
3 |   "name" = "x"
  |   ^^^^^^ expected a name
  |
  = help: write `name`

error[E0119]: `my-name` is not a name
 --> main.smd:4:3
  |
4 |   my-name = 1
  |   ^^^^^^^ a name is letters, digits and `_`
  |
  = help: write `my_name`
  = help: any text may be a key of an object, in quotes, as in `tags = { "my-name" = "…" }`

error[E0112]: expected an expression, found `=`
 --> main.smd:5:7
  |
5 |   a = = 1
  |       ^ expected an expression

error[E0112]: expected an operator, a new line, `,` or `}`, found `2`
 --> main.smd:6:9
  |
6 |   b = 1 2
  |         ^ expected an operator, a new line, `,` or `}`

error[E0112]: expected an expression, found `,`
 --> main.smd:7:7
  |
7 |   c = ,
  |       ^ expected an expression

error[E0112]: expected `=`, a label or `{`, found `==`
 --> main.smd:8:5
  |
8 |   d == 1
  |     ^^ expected `=`, a label or `{`

error[E0112]: expected `,`, `]` or an operator, found `3`
 --> main.smd:9:13
  |
9 |   e = [1, 2 3]
  |             ^ expected `,`, `]` or an operator

error[E0116]: expected an expression or `]`, found `,`
  --> main.smd:10:10
   |
10 |   f = [1,, 2]
   |          ^ expected an expression or `]`

error[E0112]: expected an expression, found `)`
  --> main.smd:12:12
   |
12 |   h = (1 + )
   |            ^ expected an expression

error[E0112]: expected `:` or an operator, found the end of the line
  --> main.smd:13:12
   |
13 |   i = a ? b
   |            ^ expected `:` or an operator

error[E0112]: a line does not start with `?`
  --> main.smd:15:5
   |
15 |     ? b : c
   |     ^ the expression ended with the line before
   |
   = help: to go on in the next line, end the line before with the operator

error[E0112]: expected a name, found the end of the line
  --> main.smd:16:9
   |
16 |   k = x.
   |         ^ expected a name

error[E0112]: expected an expression, found `]`
  --> main.smd:17:9
   |
17 |   l = x[]
   |         ^ expected an expression

error[E0116]: expected a key or `}`, found `,`
  --> main.smd:18:14
   |
18 |   m = { a: 1,, b = 2 }
   |              ^ expected a key or `}`

error[E0112]: a range has two ends
  --> main.smd:19:7
   |
19 |   n = 1..2..3
   |       ^^^^^^^ expected `from..to`

error[E0112]: expected `=`, a label or `{`, found `=>`
  --> main.smd:20:5
   |
20 |   o => 1
   |     ^^ expected `=`, a label or `{`

error[E0112]: expected an expression, found the end of the line
  --> main.smd:21:8
   |
21 |   p = -
   |        ^ expected an expression

error[E0112]: expected an operator, a new line, `,` or `}`, found `y`
  --> main.smd:22:15
   |
22 |   q = f(x...) y
   |               ^ expected an operator, a new line, `,` or `}`

error[E0112]: expected a new line, found `,`
  --> main.smd:23:2
   |
23 | },
   |  ^ expected a new line
"#);
}

#[test]
fn separators() {
    let text = r#"vpc a {
  , a = 1
  b = 2,, c = 3
  d = 4; e = 5
}
vpc b { a = 1 b = 2 }
vpc c { } vpc d { }
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0116]: this `,` separates nothing
 --> main.smd:2:3
  |
2 |   , a = 1
  |   ^ expected an attribute or a block

error[E0116]: this `,` separates nothing
 --> main.smd:3:9
  |
3 |   b = 2,, c = 3
  |         ^ expected an attribute or a block

error[E0103]: unexpected `;`
 --> main.smd:4:8
  |
4 |   d = 4; e = 5
  |        ^
  |
  = help: a new line or `,` separates attributes

error[E0112]: expected an operator, a new line, `,` or `}`, found `b`
 --> main.smd:6:15
  |
6 | vpc b { a = 1 b = 2 }
  |               ^ expected an operator, a new line, `,` or `}`

error[E0112]: expected a new line, found `vpc`
 --> main.smd:7:11
  |
7 | vpc c { } vpc d { }
  |           ^^^ expected a new line
"#);
}

#[test]
fn for_expressions() {
    let text = r#"let a = [for x xs : x]
let b = [for x in xs x]
let c = { for k, v in xs : k }
let d = { for k, v in xs : k => v iff v }
let e = [for in xs : x]
let f = [for x in xs : x if]
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0112]: expected `in`, found `xs`
 --> main.smd:1:16
  |
1 | let a = [for x xs : x]
  |                ^^ expected `in`

error[E0112]: expected `:` or an operator, found `x`
 --> main.smd:2:22
  |
2 | let b = [for x in xs x]
  |                      ^ expected `:` or an operator

error[E0112]: expected `=>` or an operator, found `}`
 --> main.smd:3:30
  |
3 | let c = { for k, v in xs : k }
  |                              ^ expected `=>` or an operator

error[E0112]: expected `if`, `}` or an operator, found `iff`
 --> main.smd:4:35
  |
4 | let d = { for k, v in xs : k => v iff v }
  |                                   ^^^ expected `if`, `}` or an operator

error[E0112]: expected an expression, found `xs`
 --> main.smd:5:17
  |
5 | let e = [for in xs : x]
  |                 ^^ expected an expression

error[E0112]: expected an expression, found `]`
 --> main.smd:6:28
  |
6 | let f = [for x in xs : x if]
  |                            ^ expected an expression
"#);
}

#[test]
fn types() {
    let text = r#"input a: list(string
input b: object({ a string })
input c: object({ a: optional() })
input d:
input e: map(string) default
input f: list(string number)
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0109]: this `(` is never closed
 --> main.smd:1:14
  |
1 | input a: list(string
  |              ^      - a statement starts behind this
  |              |
  |              needs a `)`

error[E0112]: expected `:`, found `string`
 --> main.smd:2:21
  |
2 | input b: object({ a string })
  |                     ^^^^^^ expected `:`

error[E0112]: expected a type, found `)`
 --> main.smd:3:31
  |
3 | input c: object({ a: optional() })
  |                               ^ expected a type

error[E0112]: expected a type, found the end of the line
 --> main.smd:4:9
  |
4 | input d:
  |         ^ expected a type

error[E0112]: expected `{` or a new line, found `default`
 --> main.smd:5:22
  |
5 | input e: map(string) default
  |                      ^^^^^^^ expected `{` or a new line

error[E0112]: expected `,` or `)`, found `number`
 --> main.smd:6:22
  |
6 | input f: list(string number)
  |                      ^^^^^^ expected `,` or `)`
"#);
}

#[test]
fn characters() {
    let text = r#"let a = 'text'
let b = a & b
let c = “text”
let größe = 1
let d = 10px
let e = 1 @@@ 2
let f = a;
let g = ${x}
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0103]: unexpected `'`
 --> main.smd:1:9
  |
1 | let a = 'text'
  |         ^
  |
  = help: strings are written in double quotes: `"text"`

error[E0103]: unexpected `'`
 --> main.smd:1:14
  |
1 | let a = 'text'
  |              ^
  |
  = help: strings are written in double quotes: `"text"`

error[E0103]: unexpected `&`
 --> main.smd:2:11
  |
2 | let b = a & b
  |           ^
  |
  = help: the operator is `&&`

error[E0103]: unexpected `“`
 --> main.smd:3:9
  |
3 | let c = “text”
  |         ^
  |
  = help: strings are written in straight double quotes: `"text"`

error[E0103]: unexpected `”`
 --> main.smd:3:14
  |
3 | let c = “text”
  |              ^
  |
  = help: strings are written in straight double quotes: `"text"`

error[E0103]: unexpected `öß`
 --> main.smd:4:7
  |
4 | let größe = 1
  |       ^^
  |
  = help: names are letters a to z, digits and `_`; other text stands in quotes

error[E0117]: `10px` is not a number
 --> main.smd:5:9
  |
5 | let d = 10px
  |         ^^^^ expected digits
  |
  = help: write a text in quotes: `"10px"`

error[E0103]: unexpected `@@@`
 --> main.smd:6:11
  |
6 | let e = 1 @@@ 2
  |           ^^^

error[E0103]: unexpected `;`
 --> main.smd:7:10
  |
7 | let f = a;
  |          ^
  |
  = help: a new line or `,` separates attributes

error[E0103]: unexpected `$`
 --> main.smd:8:9
  |
8 | let g = ${x}
  |         ^
  |
  = help: `${ … }` stands only inside a string; outside write the expression alone
"#);
}

#[test]
fn strings() {
    let text = r#"let a = "never ends
let b = "\q \u{110000} \u12"
let c = "${x"
let d = "${x y}"
let e = "${}"
vpc "${x}" {
}
vpc a {
  policy "a${b}" { }
}
let f = "ok"
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0104]: this string has no end
 --> main.smd:1:9
  |
1 | let a = "never ends
  |         ^^^^^^^^^^^ needs a closing `"` on this line
  |
  = help: for text of several lines use a heredoc: `<<EOF`

error[E0108]: `\q` is not a known escape
 --> main.smd:2:10
  |
2 | let b = "\q \u{110000} \u12"
  |          ^^ expected `\n`, `\r`, `\t`, `\"`, `\\` or `\u{…}`
  |
  = help: for a backslash itself write `\\`

error[E0108]: `\u` is not a known escape
 --> main.smd:2:13
  |
2 | let b = "\q \u{110000} \u12"
  |             ^^ expected `\n`, `\r`, `\t`, `\"`, `\\` or `\u{…}`
  |
  = help: for a backslash itself write `\\`

error[E0108]: `\u` is not a known escape
 --> main.smd:2:24
  |
2 | let b = "\q \u{110000} \u12"
  |                        ^^ expected `\n`, `\r`, `\t`, `\"`, `\\` or `\u{…}`
  |
  = help: for a backslash itself write `\\`

error[E0107]: this `${` is not closed on its line
 --> main.smd:3:10
  |
3 | let c = "${x"
  |          ^^ needs a `}`
  |
  = help: for the two characters themselves write `$${`

error[E0112]: expected `}` or an operator, found `y`
 --> main.smd:4:14
  |
4 | let d = "${x y}"
  |              ^ expected `}` or an operator

error[E0112]: expected an expression, found `}`
 --> main.smd:5:12
  |
5 | let e = "${}"
  |            ^ expected an expression

error[E0119]: a name stands without quotes
 --> main.smd:6:5
  |
6 | vpc "${x}" {
  |     ^^^^^^ expected a name

error[E0112]: a label is fixed text
 --> main.smd:9:10
  |
9 |   policy "a${b}" { }
  |          ^^^^^^^ expected no `${ … }` here
  |
  = help: for a literal `${` write `$${`
"#);
}

#[test]
fn heredocs_and_comments_without_an_end() {
    let text = r#"let a = 1
let b = <<EOF
text ${x}
let c: 1
/* never ends
let d: 2
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0105]: this heredoc has no end
 --> main.smd:2:9
  |
2 | let b = <<EOF
  |         ^^^^^ needs a line with `EOF` alone

error[E0106]: this comment has no end
 --> main.smd:5:1
  |
5 | /* never ends
  | ^^ needs a `*/`
"#);
}

#[test]
fn a_heredoc_that_starts_badly() {
    let text = r#"let a = <<EOF text
let b = <<'EOF
let c = <<
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0112]: this heredoc does not start well
 --> main.smd:1:9
  |
1 | let a = <<EOF text
  |         ^^^^^ expected `<<WORD`, `<<-WORD` or `<<'WORD'`, alone at the end of the line

error[E0112]: this heredoc does not start well
 --> main.smd:2:9
  |
2 | let b = <<'EOF
  |         ^^^^^^ expected `<<WORD`, `<<-WORD` or `<<'WORD'`, alone at the end of the line

error[E0112]: this heredoc does not start well
 --> main.smd:3:9
  |
3 | let c = <<
  |         ^^ expected `<<WORD`, `<<-WORD` or `<<'WORD'`, alone at the end of the line
"#);
}

#[test]
fn operators_end_their_line() {
    let text = r#"let a = b
  && c
let d = 1
"#;
    insta::assert_snapshot!(check(text), @r#"
error[E0112]: a line does not start with `&&`
 --> main.smd:2:3
  |
2 |   && c
  |   ^^ the expression ended with the line before
  |
  = help: to go on in the next line, end the line before with the operator
"#);
}
