//! Prints a tree that has no source, for the properties.

use crate::syntax::tree::*;

pub(super) fn file(file: &File) -> String {
    file.statements
        .iter()
        .map(|s| statement(&s.kind) + "\n")
        .collect()
}

fn statement(kind: &StatementKind) -> String {
    match kind {
        StatementKind::Block {
            keyword,
            name,
            body: b,
        } => format!("{} {} {}", keyword.text, name.text, body(b)),
        StatementKind::Input {
            name,
            ty: t,
            body: b,
        } => {
            let t = t.as_ref().map_or(String::new(), |t| format!(": {}", ty(t)));
            let b = b
                .as_ref()
                .map_or(String::new(), |b| format!(" {}", body(b)));
            format!("input {}{t}{b}", name.text)
        }
        StatementKind::Let { name, value } => format!("let {} = {}", name.text, expr(value)),
        StatementKind::OutputValue { name, value } => {
            format!("output {} = {}", name.text, expr(value))
        }
        StatementKind::OutputBlock { name, body: b } => {
            format!("output {} {}", name.text, body(b))
        }
        StatementKind::Module {
            name,
            source,
            body: b,
        } => {
            let b = b
                .as_ref()
                .map_or(String::new(), |b| format!(" {}", body(b)));
            format!("module {} from {}{b}", name.text, expr(source))
        }
        StatementKind::Existing {
            keyword,
            name,
            body: b,
        } => format!("existing {} {} {}", keyword.text, name.text, body(b)),
        StatementKind::Import { to, id } => format!("import {} from {}", expr(to), expr(id)),
        StatementKind::Moved(b) => format!("moved {}", body(b)),
        StatementKind::Removed(b) => format!("removed {}", body(b)),
        StatementKind::Expect {
            property,
            label: l,
            body: b,
        } => {
            let p = property
                .as_ref()
                .map_or(String::new(), |p| format!(" {}", p.text));
            let l = l
                .as_ref()
                .map_or(String::new(), |l| format!(" {}", label(l)));
            format!("expect{p}{l} {}", body(b))
        }
    }
}

fn label(label: &Label) -> String {
    if label.quoted {
        format!("\"{}\"", escape(&label.text))
    } else {
        label.text.to_string()
    }
}

fn body(body: &Body) -> String {
    let items: Vec<String> = body.items.iter().map(item).collect();
    format!("{{\n{}\n}}", items.join("\n"))
}

fn item(item: &BodyItem) -> String {
    match item {
        BodyItem::Attribute { name, value } => format!("{} = {}", name.text, expr(value)),
        BodyItem::Block {
            keyword,
            label: l,
            body: b,
            ..
        } => {
            let l = l
                .as_ref()
                .map_or(String::new(), |l| format!(" {}", label(l)));
            format!("{}{l} {}", keyword.text, body(b))
        }
    }
}

fn ty(t: &TypeExpr) -> String {
    match &t.kind {
        TypeExprKind::Name(name) => name.to_string(),
        TypeExprKind::List(t) => format!("list({})", ty(t)),
        TypeExprKind::Set(t) => format!("set({})", ty(t)),
        TypeExprKind::Map(t) => format!("map({})", ty(t)),
        TypeExprKind::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| {
                    let t = ty(&field.ty);
                    let t = match (&field.default, field.optional) {
                        (Some(default), _) => format!("optional({t}, {})", expr(default)),
                        (None, true) => format!("optional({t})"),
                        (None, false) => t,
                    };
                    format!("{}: {t}", field.name.text)
                })
                .collect();
            format!("object({{ {} }})", fields.join(", "))
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
        .replace("${", "$${")
}

fn exprs(list: &[Expr]) -> String {
    list.iter().map(expr).collect::<Vec<_>>().join(", ")
}

fn template(parts: &[TemplatePart]) -> String {
    parts
        .iter()
        .map(|part| match part {
            TemplatePart::Text(text) => escape(text),
            TemplatePart::Expr(e) => format!("${{{}}}", expr(e)),
        })
        .collect()
}

fn for_expr(each: &ForExpr) -> String {
    let key = each
        .key_name
        .as_ref()
        .map_or(String::new(), |key| format!("{}, ", key.text));
    let result = each
        .key
        .as_ref()
        .map_or(String::new(), |key| format!("{} => ", expr(key)));
    let condition = each
        .condition
        .as_ref()
        .map_or(String::new(), |c| format!(" if {}", expr(c)));
    format!(
        "for {key}{} in {} : {result}{}{condition}",
        each.value_name.text,
        expr(&each.collection),
        expr(&each.value)
    )
}

pub(super) fn operator(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "||",
        BinaryOp::And => "&&",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Remainder => "%",
    }
}

pub(super) fn expr(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Int(n) => n.to_string(),
        ExprKind::Float(n) => format!("{n:?}"),
        ExprKind::String(text) => format!("\"{}\"", escape(text)),
        ExprKind::Template(parts) => format!("\"{}\"", template(parts)),
        ExprKind::List(items) => format!("[{}]", exprs(items)),
        ExprKind::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, value)| {
                    let key = match key {
                        ObjectKey::Name(name) => format!("\"{}\"", escape(&name.text)),
                        ObjectKey::Expr(e) => format!("({})", expr(e)),
                    };
                    format!("{key} = {}", expr(value))
                })
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Attribute(attribute) => {
            format!("{}.{}", expr(&attribute.of), attribute.name.text)
        }
        ExprKind::Index(of, index) => format!("{}[{}]", expr(of), expr(index)),
        ExprKind::Splat(splat) => {
            let steps: String = splat
                .steps
                .iter()
                .map(|step| match step {
                    SplatStep::Attribute(name) => format!(".{}", name.text),
                    SplatStep::Index(index) => format!("[{}]", expr(index)),
                })
                .collect();
            format!("{}[*]{steps}", expr(&splat.of))
        }
        ExprKind::Call(call) => {
            let dots = if call.spread { "..." } else { "" };
            format!("{}({}{dots})", call.name.text, exprs(&call.args))
        }
        ExprKind::Unary(UnaryOp::Negate, of) => format!("-{}", expr(of)),
        ExprKind::Unary(UnaryOp::Not, of) => format!("!{}", expr(of)),
        ExprKind::Binary(op, a, b) => format!("{} {} {}", expr(a), operator(*op), expr(b)),
        ExprKind::Conditional(parts) => {
            let [a, b, c] = &**parts;
            format!("{} ? {} : {}", expr(a), expr(b), expr(c))
        }
        ExprKind::ForList(each) => format!("[{}]", for_expr(each)),
        ExprKind::ForObject(each) => format!("{{ {} }}", for_expr(each)),
        ExprKind::Range(a, b) => format!("{}..{}", expr(a), expr(b)),
        ExprKind::Paren(of) => format!("({})", expr(of)),
    }
}
