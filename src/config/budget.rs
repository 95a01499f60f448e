//! What an evaluation may use: nothing in a file may make smd hang or fill the memory.

use std::cell::Cell;

use super::fail::{Fail, Res};
use crate::diagnostic::{Span, codes};
use crate::value::{Data, Residual, Value};

/// Bytes that values may take however small the files are.
const FLOOR_BYTES: u64 = 64 << 20;
/// Further bytes for each byte of the files.
const BYTES_PER_INPUT_BYTE: u64 = 64;
/// Steps of work that are always allowed (a step is some nanoseconds).
const FLOOR_STEPS: u64 = 10_000_000;
/// Further steps for each byte of the files.
const STEPS_PER_INPUT_BYTE: u64 = 200;
/// What making an error costs that `try` or `can` then swallow: with the names it is near to.
const SWALLOWED_STEPS: usize = 1_000;
/// What a value takes in memory.
pub(super) const VALUE_BYTES: usize = std::mem::size_of::<Value>();
/// How deep values may nest: what walks them (printing, comparing, dropping) recurses.
const MAX_VALUE_DEPTH: usize = 96;
/// How deep residual expressions may nest, so that a plan file stays within the 128 levels that
/// JSON readers take.
const MAX_RESIDUAL_DEPTH: usize = 36;
/// How deep expressions and what they refer to may nest in all; the evaluation's stack is made for
/// it ([`STACK_BYTES`]).
pub(super) const MAX_DEPTH: usize = 3_000;
/// The stack of an evaluation: reserved, not used.
pub(super) const STACK_BYTES: usize = 256 << 20;

/// What is left of an evaluation's allowance.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: Cell<u64>,
    steps: Cell<u64>,
}

impl Budget {
    /// The allowance for files of this many bytes.
    pub(super) fn for_input(bytes: usize) -> Self {
        let input = bytes as u64;
        Self {
            bytes: Cell::new(
                FLOOR_BYTES.saturating_add(input.saturating_mul(BYTES_PER_INPUT_BYTE)),
            ),
            steps: Cell::new(
                FLOOR_STEPS.saturating_add(input.saturating_mul(STEPS_PER_INPUT_BYTE)),
            ),
        }
    }

    /// Takes bytes of memory.
    pub(super) fn bytes(&self, bytes: usize, span: Option<Span>) -> Res<()> {
        Self::take(&self.bytes, bytes, span)
    }

    /// Takes memory for this many values.
    pub(super) fn values(&self, count: usize, span: Option<Span>) -> Res<()> {
        self.bytes(count.saturating_mul(VALUE_BYTES), span)
    }

    /// Takes steps of work.
    pub(super) fn steps(&self, steps: usize, span: Option<Span>) -> Res<()> {
        Self::take(&self.steps, steps, span)
    }

    /// Takes what an error cost that is not told. When nothing is left, it is told all the same: what
    /// is swallowed then is that nothing is left.
    pub(super) fn swallowed(&self, span: Option<Span>) -> Res<()> {
        self.steps(SWALLOWED_STEPS, span)
    }

    fn take(left: &Cell<u64>, wanted: usize, span: Option<Span>) -> Res<()> {
        match left.get().checked_sub(wanted as u64) {
            Some(rest) => {
                left.set(rest);
                Ok(())
            }
            None => Err(too_large(span)),
        }
    }

    /// Checks that a value is small and flat enough to be walked and copied.
    pub(super) fn value(&self, value: &Value, span: Option<Span>) -> Res<()> {
        self.walk(value, 0, span)
    }

    fn walk(&self, value: &Value, depth: usize, span: Option<Span>) -> Res<()> {
        if depth > MAX_VALUE_DEPTH {
            return Err(too_deep(span));
        }
        match &value.data {
            Data::List(items) => {
                self.steps(items.len(), span)?;
                items.iter().try_for_each(|v| self.walk(v, depth + 1, span))
            }
            Data::Map(members) => {
                self.steps(members.len(), span)?;
                members
                    .values()
                    .try_for_each(|v| self.walk(v, depth + 1, span))
            }
            Data::Unknown(residual) => self.residual_walk(residual, depth, 0, span),
            _ => Ok(()),
        }
    }

    /// Checks that a residual is small and flat enough, and takes what it needs.
    pub(super) fn residual(&self, residual: &Residual, span: Option<Span>) -> Res<()> {
        self.residual_walk(residual, 0, 0, span)
    }

    fn residual_walk(
        &self,
        residual: &Residual,
        values: usize,
        depth: usize,
        span: Option<Span>,
    ) -> Res<()> {
        if depth > MAX_RESIDUAL_DEPTH {
            return Err(too_deep(span));
        }
        self.steps(1, span)?;
        self.bytes(std::mem::size_of::<Residual>(), span)?;
        let mut result = Ok(());
        children(residual, &mut |child| {
            if result.is_ok() {
                result = self.residual_walk(child, values, depth + 1, span);
            }
        });
        result?;
        match residual {
            Residual::Value(value) => self.walk(value, values + depth, span),
            _ => Ok(()),
        }
    }
}

/// Calls `f` with each direct part of a residual that is a residual.
pub(super) fn children<'r>(residual: &'r Residual, f: &mut dyn FnMut(&'r Residual)) {
    match residual {
        Residual::Attribute { .. }
        | Residual::Caller(_)
        | Residual::Value(_)
        | Residual::Variable(_) => {}
        Residual::Unary(_, a) | Residual::Member(a, _) => f(a),
        Residual::Binary(_, a, b) | Residual::Index(a, b) => {
            f(a);
            f(b);
        }
        Residual::Conditional(a, b, c) => {
            f(a);
            f(b);
            f(c);
        }
        Residual::Template(items) | Residual::Call(_, items) | Residual::List(items) => {
            items.iter().for_each(f);
        }
        Residual::Map(members) => members.iter().for_each(|(_, value)| f(value)),
        Residual::For {
            collection,
            key,
            value,
            condition,
            ..
        } => {
            f(collection);
            key.iter().for_each(|key| f(key));
            f(value);
            condition.iter().for_each(|condition| f(condition));
        }
    }
}

fn too_large(span: Option<Span>) -> Fail {
    Fail::new(
        codes::config::TOO_LARGE,
        "values grow beyond what files of this size may make",
        span,
    )
}

/// The error for nesting beyond a limit.
pub(super) fn too_deep(span: Option<Span>) -> Fail {
    Fail::new(
        codes::config::TOO_LARGE,
        "the value is nested too deeply, or built in too many steps from others",
        span,
    )
}
