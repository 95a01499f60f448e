//! From evaluated things to the nodes of a configuration.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::evaluator::{Dep, Evaluator, Item};
use super::expand::Expansion;
use super::expression::Env;
use super::fail::Res;
use super::reference::Target;
use super::scope::{Scope, ScopeId};
use super::thing::{Thing, mentioned};
use super::{Configuration, Edge, Lifecycle, Node};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::tree::{Expr, ExprKind};
use crate::value::{Data, Map, Value};

impl Configuration {
    /// Takes out edges to what is left out until something was looked up.
    pub(super) fn drop_open_edges(&mut self) {
        let known: HashSet<Address> = self.nodes.keys().cloned().collect();
        for node in self.nodes.values_mut() {
            node.edges.retain(|edge| known.contains(&edge.to));
        }
    }
}

impl<'a> Evaluator<'a> {
    /// Every node, in order of addresses.
    pub(super) fn nodes(&self) -> IndexMap<Address, Node> {
        let mut things: Vec<Rc<Thing<'a>>> = Vec::new();
        let mut parts_of: HashMap<Address, Vec<Address>> = HashMap::new();
        for scope in self.every_scope() {
            things.extend(self.resources_of(&scope));
        }
        let resources = things.len();
        for at in 0..resources {
            let Some(thing) = things.get(at).cloned() else {
                continue;
            };
            let parts = self.all_parts(&thing);
            if !parts.is_empty() {
                parts_of.insert(
                    thing.address.clone(),
                    parts.iter().map(|part| part.address.clone()).collect(),
                );
            }
            things.extend(parts);
        }
        things.sort_by(|a, b| a.address.cmp(&b.address));
        let mut nodes = IndexMap::with_capacity(things.len());
        for thing in &things {
            let node = self.within(thing.scope, || self.node(thing, &parts_of));
            if let Some(node) = node {
                nodes.insert(node.address.clone(), node);
            }
        }
        nodes
    }

    /// The resources of a scope, without those of the modules in it.
    fn resources_of(&self, scope: &Scope<'a>) -> Vec<Rc<Thing<'a>>> {
        let mut things = Vec::new();
        for index in 0..scope.program.resources.len() {
            let Ok(expansion) = self.expansion(scope.id, index, None) else {
                continue;
            };
            match &*expansion {
                Expansion::LeftOut => {}
                Expansion::One(thing) => things.push(Rc::clone(thing)),
                Expansion::Many { things: many, .. } => things.extend(many.values().cloned()),
            }
        }
        things
    }

    fn node(
        &self,
        thing: &Rc<Thing<'a>>,
        parts_of: &HashMap<Address, Vec<Address>>,
    ) -> Option<Node> {
        let mut attributes = Map::new();
        let mut spans = BTreeMap::new();
        let mut deps: Vec<Dep> = Vec::new();
        let mut fine = true;
        for entry in 0..thing.slots.len() {
            let Some(attribute) = thing.entry_attribute(entry) else {
                continue;
            };
            let span = thing.entry_span(entry);
            let Ok(attr) = self.entry_attr(thing, entry, span) else {
                fine = false;
                continue;
            };
            if attr.value.is_null() {
                continue;
            }
            let name: Arc<str> = attribute.name.into();
            // Its own attributes may be used while they are known; what only AWS gives cannot be.
            deps.extend(
                attr.deps
                    .iter()
                    .filter(|dep| dep.address != thing.address)
                    .cloned(),
            );
            mentioned(&attr.value, span, &mut deps);
            if let Some(span) = span {
                spans.insert(Arc::clone(&name), span);
            }
            attributes.insert(name, attr.value.clone());
        }
        if thing.schema.taggable && thing.schema.attributes.iter().any(|a| a.name == "tags") {
            match self.tags(thing, None) {
                Ok(Some(tags)) => {
                    attributes.insert("tags".into(), tags);
                }
                Ok(None) => {}
                Err(fail) => {
                    self.report_fail(fail);
                    fine = false;
                }
            }
        }
        if let Some(rule) = thing.schema.name
            && !attributes.contains_key(rule.attribute)
            && let Some(name) = self.made_up_name(thing, rule.attribute)
        {
            attributes.insert(rule.attribute.into(), name);
        }
        fine &= self.check_required(thing, &attributes, fine);
        let place = match self.place_of(thing, None) {
            Ok(place) => place,
            Err(fail) => {
                self.report_fail(fail);
                return None;
            }
        };
        let lifecycle = Lifecycle {
            timeouts: self.timeouts(thing),
            ..self.lifecycle(thing)
        };
        let depends_on = thing.block.and_then(|block| block.depends_on);
        deps.extend(
            depends_on
                .into_iter()
                .flat_map(|expr| self.depends_on(&thing.env(), expr)),
        );
        if let Ok(needs) = self.scope_needs(thing.scope) {
            self.or_report(self.budget.values(needs.len(), Some(thing.span)))?;
            deps.extend(needs.iter().cloned());
        }
        if let Some(parent) = &thing.parent {
            deps.push(Dep {
                address: parent.address.clone(),
                span: Some(thing.span),
            });
        }
        deps.extend(thing.needs.iter().map(|address| Dep {
            address: address.clone(),
            span: Some(thing.span),
        }));
        if !fine {
            return None;
        }
        // What is not owned is there already.
        deps.retain(|dep| {
            self.thing_at(&dep.address)
                .is_none_or(|thing| thing.existing.is_none())
                && !self.sought.borrow().contains(&dep.address)
        });
        Some(Node {
            address: thing.address.clone(),
            kind: thing.schema.kind,
            parent: thing.parent.as_ref().map(|parent| parent.address.clone()),
            place,
            attributes,
            edges: edges(thing, &deps, parts_of),
            lifecycle,
            span: thing.span,
            attribute_spans: spans,
        })
    }

    /// Reports required attributes that are missing; `fine`: nothing else was wrong with the thing.
    fn check_required(&self, thing: &Thing<'a>, attributes: &Map, fine: bool) -> bool {
        if thing.block.is_some_and(|block| block.refused) {
            return false;
        }
        let mut complete = true;
        for attribute in thing.schema.attributes.iter().filter(|a| a.required) {
            if attributes.contains_key(attribute.name) {
                continue;
            }
            let entry = thing.entry(attribute.name);
            // One that was written and refused was reported.
            if entry.is_some() && !fine {
                continue;
            }
            complete = false;
            let mut diagnostic = Diagnostic::error(
                codes::config::MISSING_ATTRIBUTE,
                format!("`{}` needs `{}`", thing.address, attribute.name),
            )
            .at(thing.span, "")
            .about(thing.address.as_str());
            if let Some(span) = entry.and_then(|entry| thing.entry_span(entry)) {
                diagnostic = diagnostic.at(span, "this is `null`");
            }
            self.report(diagnostic);
        }
        complete
    }

    /// What all that stands in a scope needs, as the calls say that lead there.
    fn scope_needs(&self, id: ScopeId) -> Res<Rc<Vec<Dep>>> {
        let scope = self.in_scope(id)?;
        let Some(called) = &scope.called else {
            return Ok(Rc::default());
        };
        self.once(
            (&scope.needs, called.caller),
            || Item::Needs(Arc::clone(&scope.prefix)),
            None,
            || {
                let mut needs = self.scope_needs(called.caller)?.to_vec();
                if let Some(expr) = called.call.depends_on {
                    needs.extend(self.depends_on(&called.env(), expr));
                }
                Ok(Rc::new(needs))
            },
        )
    }

    /// Every resource of a module and of those in it.
    fn content(&self, module: ScopeId, at: Span) -> Vec<Dep> {
        let mut out = Vec::new();
        let mut work = vec![module];
        while let Some(scope) = work.pop().and_then(|id| self.scope(id)) {
            let resources = self.resources_of(&scope);
            out.extend(resources.iter().map(|thing| Dep {
                address: thing.address.clone(),
                span: Some(at),
            }));
            work.extend(self.inner_modules(&scope));
        }
        out
    }

    /// What `depends_on = [a, b]` names.
    fn depends_on(&self, env: &Env<'_>, expr: &'a Expr) -> Vec<Dep> {
        let items: Vec<&Expr> = match &expr.kind {
            ExprKind::List(items) => items.iter().collect(),
            _ => vec![expr],
        };
        let mut out = Vec::new();
        for item in items {
            let (result, deps) = self.collect(true, || {
                let target = self.target(item, env)?;
                Ok(match target {
                    Target::Value(value) => Named::Value(value),
                    Target::Module(module) => Named::Modules(vec![module]),
                    Target::Call(scope, index) => {
                        Named::Modules(self.instances(scope, index, Some(item.span))?.scopes())
                    }
                    other => Named::Value(self.settle(other, item.span)?),
                })
            });
            match self.or_report(result) {
                Some(Named::Value(value)) => {
                    let before = out.len();
                    out.extend(deps);
                    mentioned(&value, Some(item.span), &mut out);
                    if out.len() == before && !matches!(&value.data, Data::Map(m) if m.is_empty()) {
                        self.report(
                            Diagnostic::error(
                                codes::config::WRONG_TYPE,
                                format!(
                                    "`depends_on` takes resources, not a {}",
                                    value.type_name()
                                ),
                            )
                            .at(item.span, ""),
                        );
                    }
                }
                Some(Named::Modules(modules)) => {
                    for module in modules {
                        let content = self.content(module, item.span);
                        let fits = self.budget.values(content.len(), Some(item.span));
                        if self.or_report(fits).is_some() {
                            out.extend(content);
                        }
                    }
                }
                None => {}
            }
        }
        out
    }
}

/// What an item of `depends_on` names.
enum Named {
    Value(Value),
    Modules(Vec<ScopeId>),
}

/// Edges to what is referred to, and soft ones to its parts.
fn edges(thing: &Thing<'_>, deps: &[Dep], parts_of: &HashMap<Address, Vec<Address>>) -> Vec<Edge> {
    let parent = thing.parent.as_ref().map(|parent| &parent.address);
    let mut seen: HashSet<&Address> = HashSet::with_capacity(deps.len());
    let mut edges: Vec<Edge> = Vec::new();
    for dep in deps {
        // An edge to itself is a cycle of one, which the graph tells.
        if seen.insert(&dep.address) {
            edges.push(Edge {
                to: dep.address.clone(),
                span: dep.span,
                soft: false,
            });
        }
    }
    let hard = edges.len();
    for at in 0..hard {
        let Some((to, span)) = edges.get(at).map(|edge| (edge.to.clone(), edge.span)) else {
            continue;
        };
        // A part does not wait for the other parts of its resource.
        if Some(&to) == parent || to == thing.address {
            continue;
        }
        let parts = parts_of.get(&to).map(Vec::as_slice).unwrap_or_default();
        for part in parts {
            if *part != thing.address && seen.insert(part) {
                edges.push(Edge {
                    to: part.clone(),
                    span,
                    soft: true,
                });
            }
        }
    }
    edges.sort_by(|a, b| a.to.cmp(&b.to));
    edges
}
