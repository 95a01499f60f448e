//! Reading the statements: addresses are not evaluated, they are taken as they are written.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;

use super::{Handover, Import, Move, Moves, Removed};
use crate::address::{Address, quote};
use crate::config::Node;
use crate::config::evaluator::Evaluator;
use crate::config::expression::Env;
use crate::config::fail::Fail;
use crate::config::operator;
use crate::config::scope::ScopeId;
use crate::diagnostic::{Code, Diagnostic, Span, codes, did_you_mean};
use crate::syntax::tree::{Body, BodyItem, Expr, ExprKind};

/// An address with its place in the file.
struct Written {
    address: Address,
    span: Span,
}

/// The attributes of a `moved` or `removed` block by their names.
type Items<'a> = BTreeMap<&'a str, &'a Expr>;

impl<'a> Evaluator<'a> {
    /// What all `moved` and `removed` statements say. What is wrong is reported.
    pub(in crate::config) fn handover(&self, nodes: &IndexMap<Address, Node>) -> Handover {
        let mut moves: Vec<Move> = Vec::new();
        for (body, span) in &self.program.moved {
            if let Some(one) = self.moved(body, *span, nodes) {
                self.check_single(&one, &moves);
                moves.push(one);
            }
        }
        let moves = self.without_circles(moves);
        let removed = self
            .program
            .removed
            .iter()
            .filter_map(|(body, span)| self.removed(body, *span, nodes))
            .collect();
        let mut imports: Vec<Import> = Vec::new();
        let mut imported: HashMap<Address, Span> = HashMap::new();
        for (to, id) in &self.program.imports {
            let Some(import) = self.import(to, id, nodes) else {
                continue;
            };
            match imported.get(&import.to) {
                Some(first) => self.report(
                    Diagnostic::error(
                        codes::config::IMPORT,
                        format!("`{}` is imported twice", import.to),
                    )
                    .at(import.span, "a second time here")
                    .at(*first, "first here"),
                ),
                None => {
                    imported.insert(import.to.clone(), import.span);
                    imports.push(import);
                }
            }
        }
        Handover {
            moves,
            removed,
            imports,
        }
    }

    fn import(&self, to: &Expr, id: &'a Expr, nodes: &IndexMap<Address, Node>) -> Option<Import> {
        const CODE: Code = codes::config::IMPORT;
        const HELP: &str = "write the id as AWS shows it: `import vpc.main from \"vpc-0abc\"`";
        let written = self.written(to, CODE)?;
        let (value, _) = self.collect(false, || self.eval(id, &Env::of(ScopeId::ROOT)));
        let value = self.or_report(value)?;
        let fault = |message: &str| {
            self.report(Diagnostic::error(CODE, message).at(id.span, "").help(HELP));
        };
        if value.sensitive {
            fault("the id of an import may not be sensitive");
            return None;
        }
        if value.has_unknown() {
            let fail = Fail::new(
                CODE,
                "the id of an import must be known when planning",
                Some(id.span),
            );
            self.report_fail(self.unless_sought(&value, fail.help(HELP)));
            return None;
        }
        let Some(text) = value.as_str() else {
            fault(&format!("an id is a text, not a {}", value.type_name()));
            return None;
        };
        if !nodes.contains_key(&written.address) {
            // One whose block was refused was told; one that hangs on what is looked up may come yet.
            if !self.has_errors() && !self.partial.get() {
                let near = nodes.keys().map(Address::as_str);
                let near = did_you_mean(written.address.as_str(), near);
                self.report(
                    Diagnostic::error(
                        CODE,
                        format!("`{}` is imported and not declared", written.address),
                    )
                    .at(written.span, "")
                    .help_opt(near)
                    .help("declare it: what is written of it is compared with what is there"),
                );
            }
            return None;
        }
        Some(Import {
            to: written.address,
            id: text.to_owned(),
            span: written.span,
        })
    }

    fn moved(&self, body: &'a Body, span: Span, nodes: &IndexMap<Address, Node>) -> Option<Move> {
        const CODE: Code = codes::config::MOVED;
        let items = self.block_items(body, "moved", &["from", "to"], CODE)?;
        let [from, to] = ["from", "to"].map(|name| match items.get(name) {
            Some(expr) => self.written(expr, CODE),
            None => {
                let message = format!("`moved` needs `{name}`");
                self.report(
                    Diagnostic::error(CODE, message)
                        .at(span, "")
                        .help("write `moved { from = vpc.old, to = vpc.new }`"),
                );
                None
            }
        });
        let (from, to) = (from?, to?);
        let fault = |message: String| {
            self.report(
                Diagnostic::error(CODE, message)
                    .at(from.span, "from")
                    .at(to.span, "to"),
            );
        };
        if from.address == to.address {
            fault(format!("`{}` moves to itself", from.address));
            return None;
        }
        let (before, after) = (from.address.word(), to.address.word());
        if before != after {
            fault(match (before, after) {
                (Some(before), Some(after)) => format!(
                    "`{}` cannot become `{}`: a `{before}` is no `{after}`",
                    from.address, to.address
                ),
                _ => format!(
                    "`{}` cannot become `{}`: one is a module, the other one is not",
                    from.address, to.address
                ),
            });
            return None;
        }
        let (old, new) = (from.address.resource_of(), to.address.resource_of());
        let is_part = old.as_ref().is_some_and(|old| *old != from.address);
        if is_part && old != new {
            fault(format!(
                "`{}` cannot become a part of another resource",
                from.address
            ));
            return None;
        }
        let still = nodes
            .values()
            .find(|node| from.address.carry(&to.address, &node.address).is_some());
        if let Some(node) = still {
            self.report(
                Diagnostic::error(
                    CODE,
                    format!("`{}` is moved and still declared", node.address),
                )
                .at(from.span, "moved from here")
                .at(node.span, "declared here")
                .about(node.address.as_str())
                .help("a thing has one address: take the block or the `moved` out"),
            );
            return None;
        }
        Some(Move {
            from: from.address,
            to: to.address,
            span: from.span,
        })
    }

    /// Reports a second move from or to one address.
    fn check_single(&self, one: &Move, others: &[Move]) {
        for other in others {
            let what = if other.from == one.from {
                format!("`{}` is moved twice", one.from)
            } else if other.to == one.to {
                format!("two things are moved to `{}`", one.to)
            } else {
                continue;
            };
            self.report(
                Diagnostic::error(codes::config::MOVED, what)
                    .at(one.span, "a second time here")
                    .at(other.span, "first here"),
            );
        }
    }

    /// The moves, if none leads back to where it began.
    fn without_circles(&self, list: Vec<Move>) -> Moves {
        let moves = Moves::from(list);
        for one in &moves.0 {
            let mut way = vec![one.from.clone(), one.to.clone()];
            while let Some(next) = way.last().and_then(|last| moves.next(last)) {
                let is_back = way.contains(&next);
                way.push(next);
                // No way without a circle is longer than all statements in a row.
                if !is_back && way.len() <= moves.0.len() + 1 {
                    continue;
                }
                let way: Vec<String> = way.iter().map(|step| format!("`{step}`")).collect();
                self.report(
                    Diagnostic::error(codes::config::MOVED, "moves lead in a circle")
                        .at(one.span, "from here")
                        .note(way.join(" to ")),
                );
                return Moves::default();
            }
        }
        moves
    }

    fn removed(
        &self,
        body: &'a Body,
        span: Span,
        nodes: &IndexMap<Address, Node>,
    ) -> Option<Removed> {
        const CODE: Code = codes::config::REMOVED;
        const HELP: &str = "write `removed { from = vpc.old, destroy = false }` to forget it, `protect = false` to lift its protection";
        let items = self.block_items(body, "removed", &["from", "destroy", "protect"], CODE)?;
        let Some(from) = items.get("from") else {
            let missing = Diagnostic::error(CODE, "`removed` needs `from`");
            self.report(missing.at(span, "").help(HELP));
            return None;
        };
        let from = self.written(from, CODE)?;
        let flag = |name: &str| -> Result<Option<bool>, ()> {
            match items.get(name) {
                Some(expr) => self.flag(expr, name).map(Some).ok_or(()),
                None => Ok(None),
            }
        };
        let (Ok(destroy), Ok(protect)) = (flag("destroy"), flag("protect")) else {
            return None;
        };
        if protect == Some(true) {
            let expr = items.get("protect").map_or(span, |expr| expr.span);
            self.report(
                Diagnostic::error(CODE, "`removed` can lift a protection, not give one")
                    .at(expr, "")
                    .help(HELP),
            );
            return None;
        }
        if destroy.is_none() && protect.is_none() {
            self.report(
                Diagnostic::error(
                    CODE,
                    "this `removed` changes nothing: what is in no file is deleted anyway",
                )
                .at(from.span, "")
                .help(HELP),
            );
            return None;
        }
        let removed = Removed {
            from: from.address,
            destroy: destroy.unwrap_or(true),
            lifts_protection: protect == Some(false),
            span: from.span,
        };
        if let Some(node) = nodes.values().find(|node| removed.is_about(&node.address)) {
            self.report(
                Diagnostic::error(
                    CODE,
                    format!("`{}` is removed and still declared", node.address),
                )
                .at(removed.span, "removed here")
                .at(node.span, "declared here")
                .about(node.address.as_str())
                .help("take the block or the `removed` out"),
            );
            return None;
        }
        Some(removed)
    }

    fn flag(&self, expr: &Expr, name: &str) -> Option<bool> {
        let (value, _) = self.collect(false, || self.eval(expr, &Env::of(ScopeId::ROOT)));
        let what = format!("`{name}`");
        self.or_report(value.and_then(|value| operator::condition(&value, &what, Some(expr.span))))
    }

    /// The attributes of a block that takes only these.
    fn block_items(
        &self,
        body: &'a Body,
        what: &str,
        words: &[&'static str],
        code: Code,
    ) -> Option<Items<'a>> {
        let mut items = Items::new();
        let mut fine = true;
        for item in &body.items {
            let (name, value) = match item {
                BodyItem::Attribute { name, value } => (name, Some(value)),
                BodyItem::Block { keyword, .. } => (keyword, None),
            };
            let known = words.contains(&&*name.text);
            let message = match value {
                Some(value) if known => match items.insert(&*name.text, value) {
                    None => continue,
                    Some(_) => format!("`{}` is written twice", name.text),
                },
                _ => format!("`{what}` has no `{}`", name.text),
            };
            fine = false;
            let near = did_you_mean(&name.text, words.iter().copied().filter(|_| !known));
            self.report(
                Diagnostic::error(code, message)
                    .at(name.span, "")
                    .help_opt(near),
            );
        }
        fine.then_some(items)
    }

    /// The address that an expression writes: a reference as it stands, or its text in quotes.
    fn written(&self, expr: &Expr, code: Code) -> Option<Written> {
        let mut text = String::new();
        let address = match &expr.kind {
            ExprKind::String(text) => Some(Address::from_text(&**text)),
            _ => spell(expr, &mut text).then(|| Address::from_text(text)),
        };
        let known = |address: &Address| {
            address.is_module()
                || address
                    .word()
                    .is_some_and(|word| self.program.kinds.contains_key(word.as_str()))
        };
        if let Some(address) = address.clone().filter(known) {
            return Some(Written {
                address,
                span: expr.span,
            });
        }
        let word = address.as_ref().and_then(Address::word);
        let near = word
            .as_ref()
            .and_then(|word| did_you_mean(word, self.program.kinds.keys().copied()));
        let message = match word {
            Some(word) => format!("there is no kind `{word}`"),
            None => "this is no address".to_owned(),
        };
        self.report(
            Diagnostic::error(code, message)
                .at(expr.span, "")
                .help_opt(near)
                .help("an address is written as plans show it: `vpc.main`, `role.team[\"a\"].policy.own`"),
        );
        None
    }
}

/// Writes an expression of names and keys as the address that it is.
fn spell(expr: &Expr, out: &mut String) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => {
            out.push_str(name);
            true
        }
        ExprKind::Attribute(attribute) => {
            let fine = spell(&attribute.of, out);
            out.push('.');
            out.push_str(&attribute.name.text);
            fine
        }
        ExprKind::Index(base, index) => {
            let fine = spell(base, out);
            match &index.kind {
                ExprKind::String(key) => {
                    out.push('[');
                    out.push_str(&quote(key));
                    out.push(']');
                    fine
                }
                _ => false,
            }
        }
        ExprKind::Paren(inner) => spell(inner, out),
        _ => false,
    }
}
