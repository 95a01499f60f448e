//! The functions of the language: one table, one file per family.
//!
//! A function is a name, parameters, one sentence, and code that works on values whose kinds of
//! type were checked. Unknown arguments make a residual call; a function that can say something
//! with unknown items in its arguments is marked as looking at structure only.

mod call;
mod collection;
mod convert;
mod decoded;
mod encoding;
mod file;
mod iam;
mod logic;
mod network;
mod number;
mod text;

pub(super) use call::{Call, Stop};

use std::sync::LazyLock;

use indexmap::IndexMap;

use super::fail::{Fail, Res};
use super::operator;
use super::world::World;
use crate::diagnostic::{Span, codes, did_you_mean};
use crate::value::{Data, Residual, Value};

/// A function of the language.
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// A call of it, as the reference shows it with what it gives; empty where no file can call it.
    pub example: &'static str,
    /// Its parameters, in order.
    pub params: &'static [Param],
    /// One sentence.
    pub doc: &'static str,
    /// How far it looks into its arguments.
    looks: Looks,
    run: fn(&Call<'_>) -> Result<Value, Stop>,
}

/// A parameter of a function.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name, as errors and the reference show it.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// How often it is written.
    pub form: Form,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Anything.
    Any,
    /// A string; numbers and bools are taken as such.
    Text,
    /// A number, or a string that is one.
    Number,
    /// A list.
    List,
    /// A map or object.
    Map,
    /// A list or a map.
    Collection,
    /// A resource, or the text that names it.
    Resource,
}

/// How often a parameter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Once.
    Required,
    /// Once or not at all.
    Optional,
    /// Any number of times; the last one.
    Rest,
}

/// How far a function looks into its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// All the way: it needs everything known, and a sensitive item makes its result sensitive.
    Deep,
    /// At the outside: items may be unknown, and stay as sensitive as they are.
    Outside,
    /// It is not called with values but with expressions (`try`, `can`).
    Lazy,
}

const fn required(name: &'static str, takes: Takes) -> Param {
    Param {
        name,
        takes,
        form: Form::Required,
    }
}

const fn optional(name: &'static str, takes: Takes) -> Param {
    Param {
        name,
        takes,
        form: Form::Optional,
    }
}

const fn rest(name: &'static str, takes: Takes) -> Param {
    Param {
        name,
        takes,
        form: Form::Rest,
    }
}

impl Function {
    /// How it is called: `join(separator, items)`.
    #[must_use]
    pub fn signature(&self) -> String {
        let params: Vec<String> = self
            .params
            .iter()
            .map(|param| match param.form {
                Form::Required => param.name.to_owned(),
                Form::Optional => format!("[{}]", param.name),
                Form::Rest => format!("{}...", param.name),
            })
            .collect();
        format!("{}({})", self.name, params.join(", "))
    }

    fn takes_count(&self, count: usize) -> bool {
        let least = self
            .params
            .iter()
            .filter(|param| param.form == Form::Required)
            .count();
        let endless = self.params.last().is_some_and(|p| p.form == Form::Rest);
        count >= least && (endless || count <= self.params.len())
    }

    fn param(&self, position: usize) -> Option<&Param> {
        self.params
            .get(position)
            .or_else(|| self.params.last().filter(|p| p.form == Form::Rest))
    }
}

static TABLE: LazyLock<IndexMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let mut table: IndexMap<_, _> = [
        network::FUNCTIONS,
        text::FUNCTIONS,
        collection::FUNCTIONS,
        encoding::FUNCTIONS,
        number::FUNCTIONS,
        convert::FUNCTIONS,
        file::FUNCTIONS,
        iam::FUNCTIONS,
        logic::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
    .map(|function| (function.name, function))
    .collect();
    table.sort_unstable_keys();
    table
});

/// Functions that no file can call: they stand in residuals only.
static HIDDEN: &[&[Function]] = &[convert::HIDDEN];

/// Every function of the language, in order of names.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    TABLE.values().copied()
}

/// The function of this name, for a call in a file.
pub(super) fn find(name: &str, span: Span) -> Res<&'static Function> {
    TABLE.get(name).copied().ok_or_else(|| {
        Fail::new(
            codes::config::UNKNOWN_FUNCTION,
            format!("there is no function `{name}`"),
            Some(span),
        )
        .help_opt(did_you_mean(name, TABLE.keys().copied()))
    })
}

/// Calls the function of this name, hidden ones included: for residuals.
pub(super) fn call_by_name(
    world: &dyn World,
    name: &str,
    args: &[Value],
    span: Option<Span>,
) -> Res {
    let function = TABLE.get(name).copied().or_else(|| {
        HIDDEN
            .iter()
            .flat_map(|family| family.iter())
            .find(|function| function.name == name)
    });
    match function {
        Some(function) => call(world, function, args, span),
        None => Err(Fail::new(
            codes::config::UNKNOWN_FUNCTION,
            format!("there is no function `{name}`"),
            span,
        )),
    }
}

/// Calls a function on values.
pub(super) fn call(
    world: &dyn World,
    function: &'static Function,
    args: &[Value],
    span: Option<Span>,
) -> Res {
    if !function.takes_count(args.len()) {
        return Err(arguments(function, args.len(), span));
    }
    let deep = function.looks == Looks::Deep;
    let sensitive = args.iter().any(|arg| {
        if deep {
            arg.has_sensitive()
        } else {
            arg.sensitive
        }
    });
    let residual = || {
        operator::unknown(
            world,
            Residual::Call(
                function.name.into(),
                args.iter().map(operator::residual).collect(),
            ),
            sensitive,
            span,
        )
    };
    if deep && args.iter().any(Value::has_unknown) {
        check(function, args, span)?;
        return residual();
    }
    check(function, args, span)?;
    world.budget().steps(args.len() + 1, span)?;
    let call = Call {
        function,
        world,
        args,
        span,
    };
    match (function.run)(&call) {
        Ok(value) => Ok(operator::spanned(value, span).sensitive(sensitive)),
        Err(Stop::Unknown) => residual(),
        Err(Stop::Fail(fail)) if sensitive => Err(fail
            .hiding(&refusal(function, args, deep), span)
            .or_at(span)),
        Err(Stop::Fail(fail)) => Err(fail.or_at(span)),
    }
}

/// What is said of a call that failed with something sensitive among its arguments.
fn refusal(function: &Function, args: &[Value], deep: bool) -> String {
    let secret = |arg: &Value| arg.sensitive || (deep && arg.has_sensitive());
    let names: Vec<String> = args
        .iter()
        .enumerate()
        .filter(|(_, arg)| secret(arg))
        .filter_map(|(position, _)| Some(format!("`{}`", function.param(position)?.name)))
        .collect();
    format!(
        "`{}` does not take the sensitive value given as {}",
        function.name,
        names.join(" or ")
    )
}

/// The error for a wrong number of arguments.
pub(super) fn arguments(function: &Function, count: usize, span: Option<Span>) -> Fail {
    Fail::new(
        codes::config::ARGUMENTS,
        format!(
            "`{}` cannot be called with {count} argument{}",
            function.name,
            if count == 1 { "" } else { "s" }
        ),
        span,
    )
    .help(format!("it is called as `{}`", function.signature()))
}

fn check(function: &'static Function, args: &[Value], span: Option<Span>) -> Res<()> {
    for (position, arg) in args.iter().enumerate() {
        let Some(param) = function.param(position) else {
            continue;
        };
        let fits = match (param.takes, &arg.data) {
            (_, Data::Unknown(_)) | (Takes::Any, _) => true,
            (_, Data::Null) => param.form == Form::Optional,
            (Takes::Text, _) => operator::to_text(arg).is_some(),
            (Takes::Number, _) => operator::to_number(arg).is_some(),
            (Takes::List, data) => matches!(data, Data::List(_)),
            (Takes::Map, data) => matches!(data, Data::Map(_)),
            (Takes::Collection, data) => matches!(data, Data::List(_) | Data::Map(_)),
            (Takes::Resource, data) => {
                matches!(data, Data::Resource(_) | Data::String(_) | Data::Int(_))
            }
        };
        if !fits {
            let takes = match param.takes {
                Takes::Any => "any value",
                Takes::Text => "a string",
                Takes::Number => "a number",
                Takes::List => "a list",
                Takes::Map => "a map",
                Takes::Collection => "a list or map",
                Takes::Resource => "a resource",
            };
            return Err(Fail::new(
                codes::config::WRONG_TYPE,
                format!(
                    "`{}` takes {takes} as `{}`, not a {}",
                    function.name,
                    param.name,
                    arg.type_name()
                ),
                arg.span.or(span),
            )
            .help(format!("it is called as `{}`", function.signature())));
        }
    }
    Ok(())
}
