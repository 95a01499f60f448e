//! The evaluation of a configuration: by attribute, on demand, each value once.
//!
//! Whatever is evaluated stands in a slot. A slot that is asked for while it is being evaluated
//! closes a cycle. Blocks are borrowed, never copied; what is asked of a resource goes through its
//! [`Thing`].

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::budget::{Budget, MAX_DEPTH, too_deep};
use super::calls::{self, Calls};
use super::declare::Program;
use super::existing::FoundBlocks;
use super::existing_stack::{StackSeeks, StackUses};
use super::fail::{Fail, Res};
use super::load::EvaluateOptions;
use super::scope::{Scope, ScopeId};
use super::thing::Thing;
use super::variables::Given;
use crate::address::Address;
use crate::config::{Account, Seek, Stack, StackSeek};
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span, codes};
use crate::value::Value;

/// How often the same is told of one place in a module.
const MAX_TOLD: usize = 4;

/// Something that is evaluated once.
#[derive(Default)]
pub(super) enum Slot<T> {
    /// Not asked for yet.
    #[default]
    Empty,
    /// Being evaluated.
    Busy,
    /// Evaluated.
    Done(T),
    /// Reported to have failed.
    Failed,
}

/// What a slot holds, for cycles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// `let.x`, `module.m.let.x`
    Let(Arc<str>),
    /// `input.x`, `module.m.input.x`
    Input(Arc<str>),
    /// An account's settings.
    Account(Arc<str>),
    /// `for_each` and `when` of a resource or module.
    Instances(Arc<str>),
    /// `module.m.x`
    Output(Arc<str>),
    /// An attribute of a resource or part.
    Attribute(Address, &'static str),
    /// `depends_on` of a module's call.
    Needs(Arc<str>),
    /// The account and region of a resource or module.
    Place(Address),
    /// The parts of a resource under one word, or those its kind derives.
    Parts(Address, &'static str),
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Let(name) | Self::Input(name) | Self::Output(name) => f.write_str(name),
            Self::Account(name) => write!(f, "account.{name}"),
            Self::Instances(name) => write!(f, "{name}.for_each"),
            Self::Attribute(address, name) => write!(f, "{address}.{name}"),
            Self::Needs(module) => write!(f, "{module}.depends_on"),
            Self::Place(address) => write!(f, "{address}.account"),
            Self::Parts(address, word) => write!(f, "{address}.{word}"),
        }
    }
}

struct Frame {
    item: Item,
    via: Option<Span>,
}

/// A reference: what it names, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dep {
    /// The resource or part.
    pub(super) address: Address,
    /// The reference.
    pub(super) span: Option<Span>,
}

/// A value with the references that a user of it takes over.
pub(super) struct Held {
    /// The value.
    pub(super) value: Value,
    /// References whose values were known and so cannot be seen in it.
    pub(super) deps: Vec<Dep>,
}

/// The evaluation of a configuration.
pub(super) struct Evaluator<'a> {
    /// What the configuration's own files declare.
    pub(super) program: &'a Program<'a>,
    /// What the files of the modules declare.
    pub(super) modules: &'a [Program<'a>],
    /// Values given for inputs.
    pub(super) given: &'a Given,
    /// What was given from outside.
    pub(super) options: &'a EvaluateOptions,
    /// The texts, for positions.
    pub(super) sources: &'a Sources,
    /// What may still be used.
    pub(super) budget: Budget,
    /// The stack.
    pub(super) stack: RefCell<Stack>,
    /// The stack's default tags as a value, once used.
    pub(super) default_tags: RefCell<Option<Value>>,
    /// Digests of the files that functions read, by path as written.
    pub(super) read_files: RefCell<BTreeMap<String, String>>,
    /// Accounts by label, once evaluated.
    pub(super) accounts: RefCell<Slot<Rc<super::account::Accounts>>>,
    /// Whether the caller's own account or region was needed and not given.
    pub(super) needs_caller: Cell<bool>,
    /// The configuration and the modules that were made so far.
    pub(super) scopes: RefCell<Vec<Rc<Scope<'a>>>>,
    /// What is to be looked for before the next evaluation.
    pub(super) seeks: RefCell<BTreeSet<Seek>>,
    /// The blocks that look for it, by address.
    pub(super) sought: RefCell<HashSet<Address>>,
    /// The blocks whose things were found.
    pub(super) found_blocks: FoundBlocks,
    /// States of other stacks that are to be read before the next evaluation, with their blocks.
    pub(super) stack_seeks: RefCell<BTreeMap<StackSeek, Option<Span>>>,
    /// What the blocks of other stacks mean.
    pub(super) stack_blocks: StackSeeks,
    /// Outputs of other stacks that are used.
    pub(super) stack_uses: StackUses,
    /// Whether something is left out that waits for what is looked for.
    pub(super) partial: Cell<bool>,
    /// Where modules are called.
    pub(super) calls: RefCell<Calls>,
    /// Whether a call makes more modules than the files may make, which was told.
    pub(super) too_many_modules: Cell<bool>,
    /// How often something was told of a place in a module.
    told: RefCell<HashMap<(&'static str, Span), usize>>,
    /// Where what is evaluated stands.
    current: Cell<ScopeId>,
    /// Every resource and part that was made so far, by address.
    pub(super) things: RefCell<HashMap<Address, Rc<Thing<'a>>>>,
    /// What `when` left out so far, and which blocks have a `for_each`.
    pub(super) left_out: RefCell<super::LeftOut>,
    /// Variable names of residual `for`s around what is evaluated.
    pub(super) open: RefCell<Vec<Arc<str>>>,
    out: RefCell<Diagnostics>,
    frames: RefCell<Vec<Frame>>,
    depth: Cell<usize>,
    deps: RefCell<Vec<Dep>>,
    direct: Cell<bool>,
}

impl<'a> Evaluator<'a> {
    /// An evaluation with nothing evaluated yet.
    pub(super) fn new(
        program: &'a Program<'a>,
        modules: &'a [Program<'a>],
        given: &'a Given,
        options: &'a EvaluateOptions,
        sources: &'a Sources,
    ) -> Self {
        let bytes = sources.iter().map(|(_, file)| file.text.len()).sum();
        let root = Scope::new(ScopeId::ROOT, program, "".into(), "".into(), None);
        Self {
            program,
            modules,
            given,
            options,
            sources,
            budget: Budget::for_input(bytes),
            stack: RefCell::default(),
            default_tags: RefCell::default(),
            read_files: RefCell::default(),
            accounts: RefCell::default(),
            needs_caller: Cell::new(false),
            scopes: RefCell::new(vec![Rc::new(root)]),
            seeks: RefCell::default(),
            sought: RefCell::default(),
            found_blocks: RefCell::default(),
            stack_seeks: RefCell::default(),
            stack_blocks: RefCell::default(),
            stack_uses: RefCell::default(),
            partial: Cell::new(false),
            calls: RefCell::default(),
            too_many_modules: Cell::new(false),
            told: RefCell::default(),
            current: Cell::new(ScopeId::ROOT),
            things: RefCell::default(),
            left_out: RefCell::default(),
            open: RefCell::default(),
            out: RefCell::default(),
            frames: RefCell::default(),
            depth: Cell::new(0),
            deps: RefCell::default(),
            direct: Cell::new(false),
        }
    }

    /// Reports a diagnostic; in a module, with the calls that lead there. What is wrong in a module
    /// is wrong for each of its calls, and told for some.
    pub(super) fn report(&self, mut diagnostic: Diagnostic) {
        if let Some(place) = diagnostic.span()
            && self.calls.borrow().has_file(place.file)
        {
            let mut told = self.told.borrow_mut();
            let count = told.entry((diagnostic.code.id, place)).or_default();
            *count += 1;
            if *count > MAX_TOLD {
                return;
            }
        }
        self.show_calls(&mut diagnostic);
        self.out.borrow_mut().push(diagnostic);
    }

    fn show_calls(&self, diagnostic: &mut Diagnostic) {
        let Some(place) = diagnostic.span() else {
            return;
        };
        // What is evaluated here may be written further out, such as a value for an input.
        let mut next = Some(self.current.get());
        while let Some(scope) = next.and_then(|id| self.scope(id)) {
            if scope.program.files.binary_search(&place.file).is_ok() {
                let mut spans = Vec::new();
                let mut inner = Some(scope);
                while let Some(called) = inner.as_ref().and_then(|scope| scope.called.as_ref()) {
                    spans.push(called.call.name.span);
                    let caller = called.caller;
                    inner = self.scope(caller);
                }
                calls::label(diagnostic, spans);
                return;
            }
            next = scope.called.as_ref().map(|called| called.caller);
        }
        self.calls.borrow().show(diagnostic);
    }

    /// A scope.
    pub(super) fn scope(&self, id: ScopeId) -> Option<Rc<Scope<'a>>> {
        self.scopes.borrow().get(id.0).cloned()
    }

    /// A scope that must be there.
    pub(super) fn in_scope(&self, id: ScopeId) -> Res<Rc<Scope<'a>>> {
        self.scope(id).ok_or(Fail::Told)
    }

    /// Where what is evaluated stands.
    pub(super) fn current(&self) -> ScopeId {
        self.current.get()
    }

    /// Runs something that stands in this scope.
    pub(super) fn within<T>(&self, scope: ScopeId, f: impl FnOnce() -> T) -> T {
        let outer = self.current.replace(scope);
        let result = f();
        self.current.set(outer);
        result
    }

    /// Whether an error was reported.
    pub(super) fn has_errors(&self) -> bool {
        crate::diagnostic::has_errors(&self.out.borrow())
    }

    /// Reports a failure, unless it was reported already.
    pub(super) fn report_fail(&self, fail: Fail) {
        if let Fail::Diagnostic(diagnostic) = fail {
            self.report(*diagnostic);
        }
    }

    /// The value, or a report.
    pub(super) fn or_report<T>(&self, result: Res<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fail) => {
                self.report_fail(fail);
                None
            }
        }
    }

    /// What was reported.
    pub(super) fn into_reports(self) -> Diagnostics {
        self.out.into_inner()
    }

    /// Evaluates a slot of a scope once. A failure is reported here, once.
    pub(super) fn once<T: Clone>(
        &self,
        (slot, scope): (&RefCell<Slot<T>>, ScopeId),
        item: impl FnOnce() -> Item,
        via: Option<Span>,
        evaluate: impl FnOnce() -> Res<T>,
    ) -> Res<T> {
        match &*slot.borrow() {
            Slot::Done(value) => return Ok(value.clone()),
            Slot::Failed => return Err(Fail::Told),
            Slot::Busy => return Err(self.cycle(&item(), via)),
            Slot::Empty => {}
        }
        *slot.borrow_mut() = Slot::Busy;
        self.frames.borrow_mut().push(Frame { item: item(), via });
        let result = self.within(scope, evaluate);
        self.frames.borrow_mut().pop();
        match result {
            Ok(value) => {
                *slot.borrow_mut() = Slot::Done(value.clone());
                Ok(value)
            }
            Err(fail) => {
                *slot.borrow_mut() = Slot::Failed;
                self.within(scope, || self.report_fail(fail));
                Err(Fail::Told)
            }
        }
    }

    /// The error for a cycle that `item` closes: one line for each edge.
    fn cycle(&self, item: &Item, via: Option<Span>) -> Fail {
        let frames = self.frames.borrow();
        let start = frames
            .iter()
            .position(|frame| frame.item == *item)
            .unwrap_or(0);
        let round: Vec<&Frame> = frames.iter().skip(start).collect();
        let mut diagnostic = Diagnostic::error(
            codes::config::CYCLE,
            match round.len() {
                0 | 1 => format!("`{item}` needs itself"),
                _ => format!("`{item}` needs itself by way of others"),
            },
        );
        let next = round
            .iter()
            .skip(1)
            .map(|frame| (&frame.item, frame.via))
            .chain([(item, via)]);
        for (from, (to, via)) in round.iter().zip(next) {
            diagnostic = diagnostic.at_opt(via, format!("`{}` needs `{to}`", from.item));
            let at = via.map_or_else(|| "?".to_owned(), |via| self.sources.position(via));
            diagnostic = diagnostic.note(format!("{at}: `{}` needs `{to}`", from.item));
        }
        diagnostic.into()
    }

    /// Runs something one level deeper.
    pub(super) fn deeper<T>(&self, span: Option<Span>, f: impl FnOnce() -> Res<T>) -> Res<T> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.depth.set(depth + 1);
        let result = f();
        self.depth.set(depth);
        result
    }

    /// Runs something and gives the references it made. `direct`: it is part of a resource's own
    /// block, so that naming a whole resource counts, not only its values.
    pub(super) fn collect<T>(&self, direct: bool, f: impl FnOnce() -> T) -> (T, Vec<Dep>) {
        let outer = std::mem::take(&mut *self.deps.borrow_mut());
        let was_direct = self.direct.replace(direct);
        let result = f();
        self.direct.set(was_direct);
        let mine = std::mem::replace(&mut *self.deps.borrow_mut(), outer);
        (result, mine)
    }

    /// Notes a reference to a whole resource or part.
    pub(super) fn refer(&self, address: &Address, span: Option<Span>) {
        if self.direct.get() {
            self.note(address, span);
        }
    }

    /// Notes a reference to an attribute with this value: seen in the value itself while unknown.
    pub(super) fn refer_to_value(&self, address: &Address, value: &Value, span: Option<Span>) {
        if self.direct.get() || !value.has_unknown() {
            self.note(address, span);
        }
    }

    fn note(&self, address: &Address, span: Option<Span>) {
        let mut deps = self.deps.borrow_mut();
        if deps.last().is_none_or(|last| last.address != *address) {
            deps.push(Dep {
                address: address.clone(),
                span,
            });
        }
    }

    /// Takes over the references of a value that is used.
    pub(super) fn take_over(&self, deps: &[Dep]) {
        self.deps.borrow_mut().extend_from_slice(deps);
    }

    /// The accounts.
    pub(super) fn account(&self, label: &str) -> Res<Option<Account>> {
        Ok(self.all_accounts()?.by_label.get(label).cloned())
    }
}
