//! Expressions: the flat list of operands and operators becomes a tree by HCL's precedence.
//!
//! Depth is counted while building, so that nothing that later walks a tree by recursion can run
//! out of stack: not even `a + a + a …`, which nests without a bracket.

use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::MAX_DEPTH;
use crate::syntax::grammar::{Node, Rule};
use crate::syntax::pieces::Apart;
use crate::syntax::tree::{
    AttributeExpr, BinaryOp, CallExpr, Expr, ExprKind, ForExpr, Ident, ObjectKey, SplatExpr,
    SplatStep, UnaryOp,
};

use super::{Builder, Built};

/// An operand or result with its depth.
type Deep = (Expr, usize);

/// How strongly an operator binds; `a..b` weakest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Range,
    Or,
    And,
    Equality,
    Order,
    Sum,
    Product,
}

#[derive(Clone, Copy)]
enum Infix {
    Range,
    Op(BinaryOp),
}

impl Infix {
    fn read(text: &str) -> Self {
        // Pest takes blanks in before it looks at what may not follow `<` and `>`.
        Self::Op(match text.trim_end() {
            "||" => BinaryOp::Or,
            "&&" => BinaryOp::And,
            "==" => BinaryOp::Equal,
            "!=" => BinaryOp::NotEqual,
            "<" => BinaryOp::Less,
            "<=" => BinaryOp::LessOrEqual,
            ">" => BinaryOp::Greater,
            ">=" => BinaryOp::GreaterOrEqual,
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Subtract,
            "*" => BinaryOp::Multiply,
            "/" => BinaryOp::Divide,
            "%" => BinaryOp::Remainder,
            _ => return Self::Range,
        })
    }

    fn strength(self) -> Strength {
        match self {
            Self::Range => Strength::Range,
            Self::Op(op) => match op {
                BinaryOp::Or => Strength::Or,
                BinaryOp::And => Strength::And,
                BinaryOp::Equal | BinaryOp::NotEqual => Strength::Equality,
                BinaryOp::Less
                | BinaryOp::LessOrEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterOrEqual => Strength::Order,
                BinaryOp::Add | BinaryOp::Subtract => Strength::Sum,
                BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder => Strength::Product,
            },
        }
    }

    fn apply(self, left: Expr, right: Expr) -> ExprKind {
        let (left, right) = (Box::new(left), Box::new(right));
        match self {
            Self::Range => ExprKind::Range(left, right),
            Self::Op(op) => ExprKind::Binary(op, left, right),
        }
    }
}

impl<'t> Builder<'_, 't> {
    pub(super) fn expr(&mut self, node: Node<'t>) -> Built<Expr> {
        Ok(self.expr_with_depth(node)?.0)
    }

    pub(in crate::syntax) fn expr_with_depth(&mut self, node: Node<'t>) -> Built<Deep> {
        let whole = self.span(&node);
        let mut nodes = node.into_inner().peekable();
        let mut operands: Vec<Deep> = Vec::new();
        let mut operators: Vec<Infix> = Vec::new();
        let mut arms = Vec::new();
        while let Some(first) = nodes.peek() {
            match first.as_rule() {
                Rule::expr => {
                    if let Some(arm) = nodes.next() {
                        arms.push(self.expr_with_depth(arm)?);
                    }
                }
                Rule::binary => {
                    let infix = Infix::read(first.as_str());
                    nodes.next();
                    while operators
                        .last()
                        .is_some_and(|before| before.strength() >= infix.strength())
                    {
                        self.reduce(&mut operands, &mut operators)?;
                    }
                    operators.push(infix);
                }
                _ => {
                    let operand = self.operand(&mut nodes)?;
                    operands.push(operand);
                }
            }
        }
        while !operators.is_empty() {
            self.reduce(&mut operands, &mut operators)?;
        }
        let Some(condition) = operands.pop() else {
            return self.defect(None, "an operand");
        };
        let mut arms = arms.into_iter();
        match (arms.next(), arms.next()) {
            (Some(yes), Some(no)) => {
                let depth = condition.1.max(yes.1).max(no.1) + 1;
                let kind = ExprKind::Conditional(Box::new([condition.0, yes.0, no.0]));
                self.deep(kind, whole, depth)
            }
            _ => Ok(condition),
        }
    }

    /// An expression of this depth, if that is not too deep.
    fn deep(&self, kind: ExprKind, span: Span, depth: usize) -> Built<Deep> {
        if depth <= MAX_DEPTH {
            return Ok((Expr { span, kind }, depth));
        }
        Err(Box::new(
            Diagnostic::error(
                codes::NESTED_TOO_DEEPLY,
                format!("this expression is more than {MAX_DEPTH} operations deep"),
            )
            .at(span, "one operation too many")
            .help("give an inner part a name with `let` and use that"),
        ))
    }

    fn reduce(&self, operands: &mut Vec<Deep>, operators: &mut Vec<Infix>) -> Built<()> {
        let (Some(infix), Some(right), Some(left)) =
            (operators.pop(), operands.pop(), operands.pop())
        else {
            return self.defect(None, "an operand");
        };
        let span = left.0.span.to(right.0.span);
        if matches!(infix, Infix::Range) && matches!(left.0.kind, ExprKind::Range(..)) {
            return Err(Box::new(
                Diagnostic::error(codes::UNEXPECTED, "a range has two ends")
                    .at(span, "expected `from..to`"),
            ));
        }
        let depth = left.1.max(right.1) + 1;
        operands.push(self.deep(infix.apply(left.0, right.0), span, depth)?);
        Ok(())
    }

    /// Signs, a primary, and what follows it.
    fn operand(&mut self, nodes: &mut std::iter::Peekable<super::Nodes<'t>>) -> Built<Deep> {
        let mut signs: Vec<(UnaryOp, Span)> = Vec::new();
        while let Some(sign) = nodes.next_if(|node| node.as_rule() == Rule::prefix) {
            let op = if sign.as_str().starts_with('-') {
                UnaryOp::Negate
            } else {
                UnaryOp::Not
            };
            signs.push((op, self.span(&sign)));
        }
        let Some(primary) = nodes.next() else {
            return self.defect(None, "an operand");
        };
        let mut operand = self.primary(primary, nodes)?;
        while let Some(step) =
            nodes.next_if(|node| matches!(node.as_rule(), Rule::member | Rule::index | Rule::splat))
        {
            operand = self.step(operand, step, nodes)?;
        }
        for (op, place) in signs.into_iter().rev() {
            let span = place.to(operand.0.span);
            let depth = operand.1 + 1;
            operand = self.deep(ExprKind::Unary(op, Box::new(operand.0)), span, depth)?;
        }
        Ok(operand)
    }

    fn step(
        &mut self,
        (of, depth): Deep,
        step: Node<'t>,
        nodes: &mut std::iter::Peekable<super::Nodes<'t>>,
    ) -> Built<Deep> {
        let mut span = of.span.to(self.span(&step));
        match step.as_rule() {
            Rule::member => {
                let name = self.next_ident(&mut step.into_inner())?;
                let kind = ExprKind::Attribute(Box::new(AttributeExpr { of, name }));
                self.deep(kind, span, depth + 1)
            }
            Rule::index => {
                let (index, inner) = self.index(step)?;
                let kind = ExprKind::Index(Box::new(of), Box::new(index));
                self.deep(kind, span, depth.max(inner) + 1)
            }
            _ => {
                let mut steps = Vec::new();
                let mut deepest = depth;
                while let Some(next) =
                    nodes.next_if(|node| matches!(node.as_rule(), Rule::member | Rule::index))
                {
                    span = span.to(self.span(&next));
                    if next.as_rule() == Rule::member {
                        let name = self.next_ident(&mut next.into_inner())?;
                        steps.push(SplatStep::Attribute(name));
                    } else {
                        let (index, inner) = self.index(next)?;
                        deepest = deepest.max(inner);
                        steps.push(SplatStep::Index(index));
                    }
                }
                let steps = steps.into();
                let kind = ExprKind::Splat(Box::new(SplatExpr { of, steps }));
                self.deep(kind, span, deepest + 1)
            }
        }
    }

    fn index(&mut self, node: Node<'t>) -> Built<Deep> {
        match node.into_inner().next() {
            Some(expr) => self.expr_with_depth(expr),
            None => self.defect(None, "an index"),
        }
    }

    fn primary(
        &mut self,
        node: Node<'t>,
        nodes: &mut std::iter::Peekable<super::Nodes<'t>>,
    ) -> Built<Deep> {
        let mut span = self.span(&node);
        let (kind, depth) = match node.as_rule() {
            Rule::name => match nodes.next_if(|node| node.as_rule() == Rule::arguments) {
                Some(arguments) => {
                    span = span.to(self.span(&arguments));
                    let name = self.ident(&node);
                    self.call(name, arguments)?
                }
                None => (self.named(node.as_str()), 1),
            },
            Rule::number => (self.number(&node)?, 1),
            Rule::string => self.string(node)?,
            Rule::heredoc => self.heredoc(node)?,
            Rule::paren => match node.into_inner().next() {
                Some(inner) => {
                    let (inner, depth) = self.expr_with_depth(inner)?;
                    (ExprKind::Paren(Box::new(inner)), depth + 1)
                }
                None => return self.defect(None, "an expression"),
            },
            Rule::list => {
                let (items, depth) = match self.apart(&node) {
                    Some(Apart::Exprs { items, depth, .. }) => (items, depth),
                    _ => self.exprs(node.into_inner())?,
                };
                (ExprKind::List(items), depth + 1)
            }
            Rule::object => self.object(node)?,
            Rule::for_list => {
                let (each, depth) = self.for_expr(node, false)?;
                (ExprKind::ForList(Box::new(each)), depth + 1)
            }
            Rule::for_object => {
                let (each, depth) = self.for_expr(node, true)?;
                (ExprKind::ForObject(Box::new(each)), depth + 1)
            }
            _ => return self.defect(Some(&node), "an expression"),
        };
        self.deep(kind, span, depth)
    }

    fn named(&mut self, word: &'t str) -> ExprKind {
        match word {
            "null" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            _ => ExprKind::Name(self.word(word)),
        }
    }

    fn number(&self, node: &Node<'t>) -> Built<ExprKind> {
        let text = node.as_str().trim_end();
        if let Ok(whole) = text.parse::<i64>() {
            return Ok(ExprKind::Int(whole));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(ExprKind::Float(number)),
            _ => Err(Box::new(
                Diagnostic::error(codes::BAD_NUMBER, "this number is too large")
                    .at(self.span(node), "expected less than 1.8e308"),
            )),
        }
    }

    fn exprs(&mut self, nodes: super::Nodes<'t>) -> Built<(Box<[Expr]>, usize)> {
        let mut deepest = 0;
        let mut items = Vec::new();
        for node in nodes {
            if node.as_rule() == Rule::expr {
                let (item, depth) = self.expr_with_depth(node)?;
                deepest = deepest.max(depth);
                items.push(item);
            }
        }
        Ok((items.into(), deepest))
    }

    fn call(&mut self, name: Ident, node: Node<'t>) -> Built<(ExprKind, usize)> {
        let (args, spread, depth) = match self.apart(&node) {
            Some(Apart::Exprs {
                items,
                spread,
                depth,
            }) => (items, spread, depth),
            _ => {
                let nodes = node.into_inner();
                let spread = nodes.clone().any(|node| node.as_rule() == Rule::spread);
                let (args, depth) = self.exprs(nodes)?;
                (args, spread, depth)
            }
        };
        let call = CallExpr { name, args, spread };
        Ok((ExprKind::Call(Box::new(call)), depth + 1))
    }

    fn object(&mut self, node: Node<'t>) -> Built<(ExprKind, usize)> {
        if let Some(Apart::Members { members, depth }) = self.apart(&node) {
            return Ok((ExprKind::Object(members), depth + 1));
        }
        let mut deepest = 0;
        let mut members = Vec::new();
        for pair in node.into_inner() {
            let (member, depth) = self.member(pair)?;
            deepest = deepest.max(depth);
            members.push(member);
        }
        Ok((ExprKind::Object(members.into()), deepest + 1))
    }

    /// `key = value` of an object.
    pub(in crate::syntax) fn member(
        &mut self,
        pair: Node<'t>,
    ) -> Built<((ObjectKey, Expr), usize)> {
        let mut nodes = pair.into_inner();
        let Some(key) = nodes.next() else {
            return self.defect(None, "a key");
        };
        let (key, key_depth) = self.key(key)?;
        let Some(value) = nodes.find(|node| node.as_rule() == Rule::expr) else {
            return self.defect(None, "a value");
        };
        let (value, depth) = self.expr_with_depth(value)?;
        Ok(((key, value), depth.max(key_depth)))
    }

    /// What stands between these brackets, if it was read apart from them.
    fn apart(&mut self, node: &Node<'_>) -> Option<Apart> {
        if self.apart.is_empty() {
            return None;
        }
        let close = self.span(node).end.checked_sub(1)?;
        self.apart.remove(&close)
    }

    fn key(&mut self, node: Node<'t>) -> Built<(ObjectKey, usize)> {
        let span = self.span(&node);
        match node.as_rule() {
            Rule::name => Ok((ObjectKey::Name(self.ident(&node)), 1)),
            Rule::string => match self.string(node)? {
                (ExprKind::String(text), _) => Ok((ObjectKey::Name(Ident { text, span }), 1)),
                (kind, depth) => {
                    let (expr, depth) = self.deep(kind, span, depth)?;
                    Ok((ObjectKey::Expr(expr), depth))
                }
            },
            // `(expr)`: the parentheses are the key's, not the expression's.
            _ => match node.into_inner().next() {
                Some(inner) => {
                    let (expr, depth) = self.expr_with_depth(inner)?;
                    Ok((ObjectKey::Expr(expr), depth))
                }
                None => self.defect(None, "a key"),
            },
        }
    }

    fn for_expr(&mut self, node: Node<'t>, with_key: bool) -> Built<(ForExpr, usize)> {
        let mut names: Vec<Ident> = Vec::new();
        let mut collection = None;
        let mut results = Vec::new();
        let mut condition = None;
        let mut deepest = 0;
        for node in node.into_inner() {
            let rule = node.as_rule();
            let expr = match rule {
                Rule::name => {
                    let name = self.ident(&node);
                    names.push(name);
                    continue;
                }
                Rule::expr => Some(node),
                Rule::for_in | Rule::for_if => {
                    node.into_inner().find(|node| node.as_rule() == Rule::expr)
                }
                _ => continue,
            };
            let Some(expr) = expr else { continue };
            let (expr, depth) = self.expr_with_depth(expr)?;
            deepest = deepest.max(depth);
            match rule {
                Rule::for_in => collection = Some(expr),
                Rule::for_if => condition = Some(expr),
                _ => results.push(expr),
            }
        }
        let value = results.pop();
        let key = if with_key { results.pop() } else { None };
        let value_name = names.pop();
        let (Some(value_name), Some(collection), Some(value)) = (value_name, collection, value)
        else {
            return self.defect(None, "a part of `for`");
        };
        let each = ForExpr {
            key_name: names.pop(),
            value_name,
            collection,
            key,
            value,
            condition,
        };
        Ok((each, deepest))
    }
}
