//! The command line as clap reads it: every command, flag and help text.

use std::path::PathBuf;

use clap::builder::styling::Styles;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use super::exit::Exit;
use crate::address::is_identifier;
use crate::apply::OnError;

/// How many AWS calls a run makes at once unless told otherwise: enough to hide latency, few
/// enough for EC2's buckets of mutating calls (behaviour: throttling).
pub const DEFAULT_PARALLELISM: u16 = 16;
/// The most that `--parallelism` takes: beyond it AWS only throttles.
const MAX_PARALLELISM: i64 = 256;
/// How many times as fast as the wall's time the sandbox runs: a domain takes about a second.
pub const SANDBOX_SPEED: f64 = 400.0;

/// The heading of what every command takes.
const EVERYWHERE: &str = "Options of every command";
const EXAMPLES: &str = "Examples:
  smd plan                          what would change, for the files of this folder
  smd apply                         show the plan, ask, apply it
  smd apply --sandbox -y            the same on the AWS on your desk, without asking
  smd plan -o week.plan             keep a plan …
  smd apply week.plan               … and apply exactly that
  smd output url --format json      one output, for a script
  smd explain E0901                 what a code means";

/// Plans and applies the AWS estate around Amazon SageMaker from its own language.
#[derive(Debug, Parser)]
#[command(
    name = "smd",
    version,
    max_term_width = 100,
    styles = Styles::plain(),
    after_help = format!("{}\n\n{EXAMPLES}", Exit::table()),
    subcommand_required = true,
    arg_required_else_help = true,
)]
pub struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub common: Common,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// How results are printed: text, or json (one document on stdout, errors included)
    #[arg(long, global = true, value_enum, default_value = "text", value_name = "FORMAT",
          hide_possible_values = true, hide_default_value = true, help_heading = EVERYWHERE)]
    pub format: Format,
    /// No colours (NO_COLOR does the same)
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub no_color: bool,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what would change
    Plan(PlanArgs),
    /// Show the plan, ask, and carry it out
    Apply(ApplyArgs),
    /// Show what would be deleted, ask, and delete it
    Destroy(DestroyArgs),
    /// Write what lives already as files, and record it
    Import(ImportArgs),
    /// Tell what was changed outside smd
    Drift(DriftArgs),
    /// Tell what domains left that are gone: home file systems, NFS security groups
    Orphans(OrphansArgs),
    /// Check the files without asking AWS anything
    Validate(ValidateArgs),
    /// Write the files in their one form
    Fmt(FmtArgs),
    /// Print the dependency graph as DOT
    Graph(GraphArgs),
    /// Show a plan file, or what is recorded
    Show(ShowArgs),
    /// Print the outputs of the last apply
    Output(OutputArgs),
    /// Look at what is recorded or was, move or forget some of it, put it back, make it anew
    #[command(subcommand)]
    State(StateCommand),
    /// See who holds the lock of a state, or take it away
    #[command(subcommand)]
    Lock(LockCommand),
    /// Look after the tags that the files ask for
    #[command(subcommand)]
    Tags(TagsCommand),
    /// Look after what the files share with other accounts
    #[command(subcommand)]
    Share(ShareCommand),
    /// The AWS on your desk: serve it, empty it, look at it
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// Describe a diagnostic's code
    Explain(ExplainArgs),
    /// Print the version
    Version,
}

/// The configuration's folder.
#[derive(Debug, Clone, Args)]
pub struct DirectoryArgs {
    /// The folder of the `.smd` files
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub dir: PathBuf,
}

/// Where inputs come from.
#[derive(Debug, Clone, Default, Args)]
pub struct InputArgs {
    /// Set an input (stronger than --var-file, SMD_VAR_NAME and the default)
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable)]
    pub var: Vec<(String, String)>,
    /// Read inputs from a file of `name = value` lines
    #[arg(long, value_name = "FILE")]
    pub var_file: Vec<PathBuf>,
}

/// The sandbox instead of AWS.
#[derive(Debug, Clone, Default, Args)]
pub struct SandboxArgs {
    /// Work on the sandbox, in DIR or `.smd/sandbox` (SMD_SANDBOX does the same)
    #[arg(
        long,
        value_name = "DIR",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    pub sandbox: Option<PathBuf>,
}

/// The sandbox's flag on a command that asks nobody: what is typed for `plan` may be typed for it.
#[derive(Debug, Clone, Default, Args)]
pub struct NobodyAskedArgs {
    /// As for `plan`; this command asks neither AWS nor the sandbox
    #[arg(
        long = "sandbox",
        value_name = "DIR",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        hide = true
    )]
    pub unasked: Option<std::ffi::OsString>,
}

/// How many calls at once.
#[derive(Debug, Clone, Args)]
pub struct ParallelismArgs {
    /// How many things are worked on at once
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PARALLELISM,
          value_parser = clap::value_parser!(u16).range(1..=MAX_PARALLELISM))]
    pub parallelism: u16,
}

/// Whether IAM is asked first.
#[derive(Debug, Clone, Copy, Args)]
pub struct RightsArgs {
    /// Whether IAM is asked first if the caller may do what the plan needs
    #[arg(long = "check-rights", value_name = "BOOL", default_value_t = true, hide_default_value = true,
          hide_possible_values = true,
          action = ArgAction::Set, num_args = 0..=1, require_equals = true,
          default_missing_value = "true")]
    pub check: bool,
}

/// What a plan is made of.
#[derive(Debug, Clone, Args)]
pub struct PlanningArgs {
    /// Inputs.
    #[command(flatten)]
    pub inputs: InputArgs,
    /// Only this resource and what it needs (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<String>,
    /// All but this resource and what needs it (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    pub exclude: Vec<String>,
    /// What is made anew; given by `--replace` of the commands that make things.
    #[arg(skip)]
    pub replace: Vec<String>,
    /// Consent to the loss of this resource's data (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    pub consent: Vec<String>,
    /// Whether AWS is asked what is there; false believes the record
    #[arg(long, value_name = "BOOL", default_value_t = true, hide_default_value = true,
          hide_possible_values = true,
          action = ArgAction::Set, num_args = 0..=1, require_equals = true,
          default_missing_value = "true")]
    pub refresh: bool,
    /// Calls at once.
    #[command(flatten)]
    pub parallelism: ParallelismArgs,
    /// The sandbox.
    #[command(flatten)]
    pub sandbox: SandboxArgs,
}

/// `smd plan`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  smd plan
  smd plan prod --var-file prod.vars -o prod.plan
  smd plan --detailed-exitcode      0 nothing to do, 2 changes, 1 error")]
pub struct PlanArgs {
    /// Folder.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// What it is made of.
    #[command(flatten)]
    pub planning: PlanningArgs,
    /// Make this resource anew though nothing else asks for it (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    pub replace: Vec<String>,
    /// Keep the plan in FILE, for `smd apply FILE`; replaces only an older plan
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit with 2 where there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
}

/// `smd apply`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  smd apply
  smd apply -y --parallelism 4
  smd apply prod.plan --dir prod    exactly the plan of the file, not asking again

Ctrl-C, SIGTERM or SIGHUP stops starting, finishes what runs and records it; a second Ctrl-C or
SIGTERM records and leaves. Started with nohup, smd goes on when its terminal closes.")]
pub struct ApplyArgs {
    /// The folder of the `.smd` files, or a plan file
    #[arg(
        value_name = "DIR|FILE",
        default_value = ".",
        hide_default_value = true
    )]
    pub path: PathBuf,
    /// With a plan file: the folder it was made from
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// What it is made of.
    #[command(flatten)]
    pub planning: PlanningArgs,
    /// Make this resource anew though nothing else asks for it (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    pub replace: Vec<String>,
    /// Do not ask
    #[arg(short = 'y', long)]
    pub auto_approve: bool,
    /// The caller's rights.
    #[command(flatten)]
    pub rights: RightsArgs,
    /// After a failure: continue with what does not need it, stop, or rollback: stop and delete
    /// again what this run made
    #[arg(
        long,
        value_enum,
        value_name = "WAY",
        default_value = "continue",
        hide_possible_values = true
    )]
    pub on_error: ApplyOnError,
}

/// What `smd apply` does after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ApplyOnError {
    /// Do everything that does not need what failed
    Continue,
    /// Start nothing more
    Stop,
    /// Start nothing more, and delete again what this run made
    Rollback,
}

/// What `smd destroy` does after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DestroyOnError {
    /// Delete everything that does not wait for what failed
    Continue,
    /// Start nothing more
    Stop,
}

impl From<ApplyOnError> for OnError {
    fn from(way: ApplyOnError) -> Self {
        match way {
            ApplyOnError::Continue => Self::Continue,
            ApplyOnError::Stop => Self::Stop,
            ApplyOnError::Rollback => Self::Rollback,
        }
    }
}

impl From<DestroyOnError> for OnError {
    fn from(way: DestroyOnError) -> Self {
        match way {
            DestroyOnError::Continue => Self::Continue,
            DestroyOnError::Stop => Self::Stop,
        }
    }
}

/// `smd destroy`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  smd destroy
  smd destroy --target 'domain.team[\"finance\"]' --consent 'domain.team[\"finance\"]'")]
pub struct DestroyArgs {
    /// Folder.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// What it is made of.
    #[command(flatten)]
    pub planning: PlanningArgs,
    /// Do not ask
    #[arg(short = 'y', long)]
    pub auto_approve: bool,
    /// The caller's rights.
    #[command(flatten)]
    pub rights: RightsArgs,
    /// After a failure: continue with what does not wait for it, or stop
    #[arg(
        long,
        value_enum,
        value_name = "WAY",
        default_value = "continue",
        hide_possible_values = true
    )]
    pub on_error: DestroyOnError,
}

/// `smd import`.
#[derive(Debug, Args)]
#[command(
    after_help = "It goes from domains to their VPC with its subnets, groups, rules, tables, gateways, endpoints and
peerings, to roles with their policies, profiles, spaces, pipelines and shares, writes them into
DIR with references in place of ids, and records them. AWS is not changed, but for smd's tags. What
is left out is told with the reason; the next plan has nothing to do.

Of a folder that was not recorded (nobody agreed, or a file had to be looked at first),
`imports.smd` stays: `smd apply` goes on from there.

Examples:
  smd import --discover                            the one domain of the region, into this folder
  smd import --discover d-abc123 studio            this one, into `studio`
  smd import --discover --all estate --region eu-west-1 \\
    --assume-role arn:aws:iam::444455556666:role/smd-deploy"
)]
pub struct ImportArgs {
    /// Find what there is, and write it (single things are taken over by `import` in the files)
    #[arg(long, required = true)]
    pub discover: bool,
    /// Domains (`d-…` or ARN; the only one, if none is named), and the folder to write into
    #[arg(value_name = "DOMAIN_ID|DIR")]
    pub what: Vec<String>,
    /// Begin with all that the account has in the region: domains, VPCs, pipelines, shares
    #[arg(long)]
    pub all: bool,
    /// The account, if not the caller's own
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// The region, if not the environment's
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The profile of the credentials, if not the environment's
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// A role by which its account is entered (repeatable: of other accounts, what is referred to)
    #[arg(long, value_name = "ARN")]
    pub assume_role: Vec<String>,
    /// The name of the stack; that of the domain or folder otherwise
    #[arg(long, value_name = "NAME", value_parser = stack_name)]
    pub stack: Option<String>,
    /// Take over what carries another stack's marks too: the state of that stack is lost
    #[arg(long)]
    pub take_over: bool,
    /// Do not ask
    #[arg(short = 'y', long)]
    pub auto_approve: bool,
    /// Calls at once.
    #[command(flatten)]
    pub parallelism: ParallelismArgs,
    /// The sandbox.
    #[command(flatten)]
    pub sandbox: SandboxArgs,
}

/// `smd drift`.
#[derive(Debug, Args)]
#[command(
    after_help = "What is there is compared with what was last applied, in the attributes that the files own. What
is gone is told too, and apart from that what others put into this stack's things. Nothing is
changed and nothing recorded; `smd plan` shows what brings it back.

Exit codes: 0 nothing was changed, 5 something was, 1 error.

Examples:
  smd drift
  smd drift prod --format json"
)]
pub struct DriftArgs {
    /// Folder.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Inputs.
    #[command(flatten)]
    pub inputs: InputArgs,
    /// Calls at once.
    #[command(flatten)]
    pub parallelism: ParallelismArgs,
    /// The sandbox.
    #[command(flatten)]
    pub sandbox: SandboxArgs,
}

/// `smd orphans`.
#[derive(Debug, Args)]
#[command(
    after_help = "Looks in every account and region of the files and the record for what any domain left there, this
stack's or not: a home file system is found by its tag, a security group for NFS by its name,
and both name their domain. Nothing is deleted and nothing recorded.

Exit codes: 0 nothing is left, 3 something is, 1 error.

Examples:
  smd orphans
  smd orphans prod --format json"
)]
pub struct OrphansArgs {
    /// Folder.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Inputs.
    #[command(flatten)]
    pub inputs: InputArgs,
    /// Calls at once.
    #[command(flatten)]
    pub parallelism: ParallelismArgs,
    /// The sandbox.
    #[command(flatten)]
    pub sandbox: SandboxArgs,
}

/// `smd validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// Folder.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Inputs.
    #[command(flatten)]
    pub inputs: InputArgs,
    /// The sandbox, which is not asked.
    #[command(flatten)]
    pub nobody_asked: NobodyAskedArgs,
}

/// `smd fmt`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  smd fmt                           rewrite what is not formatted, and name it
  smd fmt --check --diff            change nothing, show the difference, exit 1 where there is one
  smd fmt - < a.smd                 from stdin to stdout")]
pub struct FmtArgs {
    /// Folders and files; `-` is stdin
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    pub paths: Vec<PathBuf>,
    /// Write nothing; exit with 1 where a file is not formatted
    #[arg(long)]
    pub check: bool,
    /// Show what changes, and write nothing
    #[arg(long)]
    pub diff: bool,
}

/// `smd graph`.
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// Folder.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Inputs.
    #[command(flatten)]
    pub inputs: InputArgs,
    /// The sandbox, which is not asked.
    #[command(flatten)]
    pub nobody_asked: NobodyAskedArgs,
}

/// `smd show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A plan file, or the folder whose record is shown
    #[arg(
        value_name = "DIR|FILE",
        default_value = ".",
        hide_default_value = true
    )]
    pub path: PathBuf,
    /// Inputs.
    #[command(flatten)]
    pub inputs: InputArgs,
    /// The sandbox.
    #[command(flatten)]
    pub sandbox: SandboxArgs,
}

/// Which stack's record is meant.
#[derive(Debug, Clone, Args)]
pub struct RecordArgs {
    /// Inputs.
    #[command(flatten)]
    pub inputs: InputArgs,
    /// The sandbox.
    #[command(flatten)]
    pub sandbox: SandboxArgs,
}

/// `smd tags`.
#[derive(Debug, Subcommand)]
pub enum TagsCommand {
    /// Say what still lacks its domain's tag; nothing is changed
    #[command(
        after_help = "Looks at what every `tag_backfill` chooses. The exit code is 3 where something lacks the tag."
    )]
    Verify(VerifyArgs),
}

/// `smd share`.
#[derive(Debug, Subcommand)]
pub enum ShareCommand {
    /// Say whether shared pipelines work from each consumer's side; nothing is started
    #[command(
        after_help = "Describes and lists every pipeline of every `resource_share` with the credentials of each account that the
files declare among its principals. Whether start, stop and retry are allowed is told by the share's
permission and by IAM's own evaluation of the consumer's policies; where IAM cannot be asked they are
unknown. The exit code is 3 where something that is shared does not work."
    )]
    Verify(VerifyArgs),
}

/// What a command that only looks works on.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Folder.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Which record.
    #[command(flatten)]
    pub record: RecordArgs,
}

/// `smd output`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  smd output
  smd output url
  smd output url prod --format json")]
pub struct OutputArgs {
    /// Only this output, bare (a folder, if it is one and no output is called so)
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// The folder of the `.smd` files
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Which record.
    #[command(flatten)]
    pub record: RecordArgs,
}

/// `smd state …`.
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// List the addresses that are recorded
    List {
        /// Folder.
        #[command(flatten)]
        directory: DirectoryArgs,
        /// Which record.
        #[command(flatten)]
        record: RecordArgs,
    },
    /// Show what is recorded of one resource
    Show {
        /// Its address
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// Folder.
        #[command(flatten)]
        directory: DirectoryArgs,
        /// Which record.
        #[command(flatten)]
        record: RecordArgs,
    },
    /// Forget resources without touching them
    Rm {
        /// Their addresses; what is part of one goes with it
        #[arg(value_name = "ADDRESS", required = true)]
        addresses: Vec<String>,
        /// The folder of the `.smd` files
        #[arg(
            long,
            value_name = "DIR",
            default_value = ".",
            hide_default_value = true
        )]
        dir: PathBuf,
        /// Which record.
        #[command(flatten)]
        record: RecordArgs,
    },
    /// Give what is recorded another address, without touching it
    #[command(
        after_help = "What is part of the resource goes with it. In the files the same is said with
`moved { from = vpc.old, to = vpc.new }`, which goes for every state that is made from them.

AWS is not asked: the next apply writes the new address into the tags of what was moved."
    )]
    Mv {
        /// The address that it has
        #[arg(value_name = "FROM")]
        from: String,
        /// The address that it gets
        #[arg(value_name = "TO")]
        to: String,
        /// The folder of the `.smd` files
        #[arg(
            long,
            value_name = "DIR",
            default_value = ".",
            hide_default_value = true
        )]
        dir: PathBuf,
        /// Which record.
        #[command(flatten)]
        record: RecordArgs,
    },
    /// List the states that were, which each write keeps
    History {
        /// Folder.
        #[command(flatten)]
        directory: DirectoryArgs,
        /// Which record.
        #[command(flatten)]
        record: RecordArgs,
    },
    /// List the runs that wrote the state: who, when, which plan, how it ended
    Runs {
        /// Folder.
        #[command(flatten)]
        directory: DirectoryArgs,
        /// Which record.
        #[command(flatten)]
        record: RecordArgs,
    },
    /// Put an earlier state back, as a new serial; AWS is not touched
    Restore {
        /// Its serial, as `smd state history` lists it
        #[arg(value_name = "SERIAL")]
        serial: u64,
        /// Folder.
        #[command(flatten)]
        directory: DirectoryArgs,
        /// Do not ask
        #[arg(short = 'y', long)]
        auto_approve: bool,
        /// Which record.
        #[command(flatten)]
        record: RecordArgs,
    },
    /// Make a lost state anew: look for all that the files want by the marks on it
    #[command(
        after_help = "For each resource and part of the files it looks for what carries this stack's marks (the tags
`smd:stack` and `smd:address`) or, where AWS takes no tags, for what only it can be, and records
that. AWS is not changed. What is not found is told, and what carries the marks but is in no file.

A state or journal that is there is not replaced: move it away first."
    )]
    Rebuild {
        /// Folder.
        #[command(flatten)]
        directory: DirectoryArgs,
        /// Calls at once.
        #[command(flatten)]
        parallelism: ParallelismArgs,
        /// Which record.
        #[command(flatten)]
        record: RecordArgs,
    },
}

/// `smd lock …`.
#[derive(Debug, Subcommand)]
pub enum LockCommand {
    /// Show who holds it, and until when
    Show {
        /// Folder.
        #[command(flatten)]
        directory: DirectoryArgs,
        /// Which record.
        #[command(flatten)]
        record: RecordArgs,
    },
    /// Take it from a run that must not go on; that run can write nothing any more
    #[command(
        after_help = "A lock whose run has died needs no breaking: in files it goes with the process, in S3 it ends
within half a minute and the next run takes it over."
    )]
    Break {
        /// The run that holds it, as `smd lock show` names it
        #[arg(long, value_name = "RUN")]
        run: String,
        /// Folder.
        #[command(flatten)]
        directory: DirectoryArgs,
        /// Which record.
        #[command(flatten)]
        record: RecordArgs,
    },
}

/// Where a sandbox is.
#[derive(Debug, Clone, Args)]
pub struct SandboxPlace {
    /// The folder of the `.smd` files
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// The sandbox's own folder, if not `.smd/sandbox` in DIR
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// `smd sandbox …`.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Answer AWS clients on a loopback port until interrupted
    #[command(
        after_help = "The accounts that the `.smd` files name are there, with the roles that they are entered by; with
--dir alone no files are read.

Example:
  smd sandbox serve --port 4566
  AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_ACCESS_KEY_ID=111122223333 \\
  AWS_SECRET_ACCESS_KEY=x aws ec2 describe-vpcs --region eu-west-1"
    )]
    Serve {
        /// Where.
        #[command(flatten)]
        place: SandboxPlace,
        /// Inputs.
        #[command(flatten)]
        inputs: InputArgs,
        /// The loopback port; 0 takes a free one
        #[arg(long, value_name = "N")]
        port: u16,
        /// How many times as fast as the wall's time its clock runs
        #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
        speed: f64,
    },
    /// Put into it what was in the accounts before smd came, from a JSON file
    #[command(
        after_help = "The file's form: smd explain E1008. What is there already stays as it is.

Example:
  smd sandbox seed accounts.json"
    )]
    Seed {
        /// The JSON file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Where.
        #[command(flatten)]
        place: SandboxPlace,
    },
    /// Empty it
    Reset {
        /// Where.
        #[command(flatten)]
        place: SandboxPlace,
    },
    /// Say what it holds
    Info {
        /// Where.
        #[command(flatten)]
        place: SandboxPlace,
    },
}

/// `smd explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A code such as E0901; all codes are listed without one
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.to_owned()))
        }
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

fn stack_name(text: &str) -> Result<String, String> {
    match is_identifier(text) {
        true => Ok(text.to_owned()),
        false => Err("letters, digits and `_` are taken, a letter first".to_owned()),
    }
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed > 0.0 => Ok(speed),
        _ => Err("a number above 0 is needed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        super::Cli::command().debug_assert();
    }
}
