//! The types of inputs.

use crate::syntax::grammar::{Node, Rule};
use crate::syntax::tree::{ObjectTypeField, TypeExpr, TypeExprKind};

use super::{Builder, Built};

impl<'t> Builder<'_, 't> {
    pub(super) fn type_expr(&mut self, node: Node<'t>) -> Built<TypeExpr> {
        let span = self.span(&node);
        let Some(inner) = node.into_inner().next() else {
            return self.defect(None, "a type");
        };
        let kind = match inner.as_rule() {
            Rule::object_type => TypeExprKind::Object(
                inner
                    .into_inner()
                    .filter(|node| node.as_rule() == Rule::field)
                    .map(|field| self.field(field))
                    .collect::<Built<_>>()?,
            ),
            Rule::collection => {
                let mut nodes = inner.into_inner();
                let of = nodes.next().map_or("", |node| node.as_str());
                let Some(item) = nodes.next() else {
                    return self.defect(None, "the type of the items");
                };
                let item = Box::new(self.type_expr(item)?);
                match of {
                    "list" => TypeExprKind::List(item),
                    "set" => TypeExprKind::Set(item),
                    _ => TypeExprKind::Map(item),
                }
            }
            _ => TypeExprKind::Name(self.word(inner.as_str())),
        };
        Ok(TypeExpr { span, kind })
    }

    fn field(&mut self, node: Node<'t>) -> Built<ObjectTypeField> {
        let mut nodes = node.into_inner();
        let name = self.next_ident(&mut nodes)?;
        let Some(inner) = nodes.find(|node| node.as_rule() != Rule::equals) else {
            return self.defect(None, "a type");
        };
        if inner.as_rule() != Rule::optional {
            return Ok(ObjectTypeField {
                name,
                ty: self.type_expr(inner)?,
                optional: false,
                default: None,
            });
        }
        let mut nodes = inner
            .into_inner()
            .filter(|node| matches!(node.as_rule(), Rule::type_expr | Rule::expr));
        let Some(ty) = nodes.next() else {
            return self.defect(None, "a type");
        };
        Ok(ObjectTypeField {
            name,
            ty: self.type_expr(ty)?,
            optional: true,
            default: nodes.next().map(|node| self.expr(node)).transpose()?,
        })
    }
}
