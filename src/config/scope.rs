//! Where names are looked up: the configuration, or one module that a call makes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::declare::{ModuleCall, Program};
use super::evaluator::{Dep, Held, Slot};
use super::existing::ExistingSlot;
use super::expand::Expansion;
use super::expression::{Env, Pair};
use super::place::ScopePlace;
use crate::address::{Address, MODULE};

/// A scope's place among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ScopeId(pub(super) usize);

impl ScopeId {
    /// The configuration's own.
    pub(super) const ROOT: Self = Self(0);
}

/// The names of the configuration or of a module, and what was evaluated of them.
pub(super) struct Scope<'a> {
    /// Its place among all.
    pub(super) id: ScopeId,
    /// What is declared.
    pub(super) program: &'a Program<'a>,
    /// The module's address: `module.m["k"]`; empty for the configuration.
    pub(super) prefix: Arc<str>,
    /// What stands before the label in names that nobody wrote: `m-k-`.
    pub(super) name_start: Arc<str>,
    /// The call that made it.
    pub(super) called: Option<Called<'a>>,
    pub(super) lets: Vec<RefCell<Slot<Rc<Held>>>>,
    pub(super) inputs: Vec<RefCell<Slot<Rc<Held>>>>,
    pub(super) outputs: Vec<RefCell<Slot<Rc<Held>>>>,
    pub(super) expansions: Vec<RefCell<Slot<Rc<Expansion<'a>>>>>,
    /// What its `existing` blocks found.
    pub(super) existing: Vec<ExistingSlot>,
    /// The modules that its calls make.
    pub(super) modules: Vec<RefCell<Slot<Rc<Instances>>>>,
    /// The values of its calls as a whole.
    pub(super) wholes: Vec<RefCell<Slot<Rc<Held>>>>,
    /// What all of the module needs: `depends_on` of its call and of those around it.
    pub(super) needs: RefCell<Slot<Rc<Vec<Dep>>>>,
    /// Where the module's content is placed.
    pub(super) place: RefCell<Slot<ScopePlace>>,
}

/// How a module was called.
pub(super) struct Called<'a> {
    /// The call.
    pub(super) call: &'a ModuleCall<'a>,
    /// Where it stands.
    pub(super) caller: ScopeId,
    /// `each` in the call.
    pub(super) each: Option<Rc<Pair>>,
}

impl Called<'_> {
    /// Where what is written in the call stands.
    pub(super) fn env(&self) -> Env<'_> {
        Env {
            each: self.each.as_deref(),
            ..Env::of(self.caller)
        }
    }
}

/// The modules of a call.
pub(super) enum Instances {
    /// Left out by `when`.
    LeftOut,
    /// One, without `for_each`.
    One(ScopeId),
    /// By key.
    Many {
        /// Those that are there.
        scopes: BTreeMap<Arc<str>, ScopeId>,
        /// Keys left out by `when`.
        left_out: BTreeSet<Arc<str>>,
    },
}

impl Instances {
    /// Those that are there.
    pub(super) fn scopes(&self) -> Vec<ScopeId> {
        match self {
            Self::LeftOut => Vec::new(),
            Self::One(scope) => vec![*scope],
            Self::Many { scopes, .. } => scopes.values().copied().collect(),
        }
    }
}

fn slots<T>(count: usize) -> Vec<RefCell<Slot<T>>> {
    std::iter::repeat_with(RefCell::default)
        .take(count)
        .collect()
}

impl<'a> Scope<'a> {
    /// A scope in which nothing is evaluated yet.
    pub(super) fn new(
        id: ScopeId,
        program: &'a Program<'a>,
        prefix: Arc<str>,
        name_start: Arc<str>,
        called: Option<Called<'a>>,
    ) -> Self {
        Self {
            id,
            program,
            prefix,
            name_start,
            called,
            lets: slots(program.lets.len()),
            inputs: slots(program.inputs.len()),
            outputs: slots(program.outputs.len()),
            expansions: slots(program.resources.len()),
            existing: slots(program.existing.len()),
            modules: slots(program.calls.len()),
            wholes: slots(program.calls.len()),
            needs: RefCell::default(),
            place: RefCell::default(),
        }
    }

    /// What it takes in memory, about.
    pub(super) fn bytes(program: &Program<'_>, prefix: &str) -> usize {
        let slots = program.lets.len()
            + program.inputs.len()
            + program.outputs.len()
            + program.resources.len()
            + program.existing.len()
            + 2 * program.calls.len();
        size_of::<Scope<'_>>() + prefix.len() * 2 + slots * size_of::<RefCell<Slot<Rc<Held>>>>()
    }

    /// Something of it as cycles and messages name it: `let.x`, `module.m.let.x`.
    pub(super) fn named(&self, what: &str) -> Arc<str> {
        if self.prefix.is_empty() {
            what.into()
        } else {
            format!("{}.{what}", self.prefix).into()
        }
    }

    /// The address of a resource in it.
    pub(super) fn address(&self, kind: &str, name: &str, key: Option<&str>) -> Address {
        Address::resource(kind, name, key).inside(&self.prefix)
    }

    /// `kind.name` of a resource block, as cycles and messages name it.
    pub(super) fn resource_name(&self, index: usize) -> Arc<str> {
        match self.program.resources.get(index) {
            Some(resource) => self.named(&format!(
                "{}.{}",
                resource.block.schema.kind, resource.name.text
            )),
            None => "".into(),
        }
    }

    /// `module.name` of a call, the same way.
    pub(super) fn call_name(&self, index: usize) -> Arc<str> {
        match self.program.calls.get(index) {
            Some(call) => self.named(&format!("{MODULE}.{}", call.name.text)),
            None => "".into(),
        }
    }
}
