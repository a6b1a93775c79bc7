//! What every lab is.

use maud::{Markup, html};
use std::collections::BTreeMap;

use protocol::{
    BackendInfo, CallMode, CallOrigin, CallRules, ErrorInfo, EventInfo, FunctionInfo, LabEvent,
    MemoryAction, MemoryAnswer, ParallelOptions, ProgressInfo, Region, RunEnd, TaskOutcome,
};
use values::Value;

use crate::cache_inspector::CacheInspector;
use crate::facts::Facts;
use crate::overheads::Overheads;
use crate::timeline_lab::TimelineLab;
use crate::word_frequencies::WordFrequencies;

/// A lab: it hears, asks, and shows.
pub trait Lab {
    /// What it hears of.
    type Input;
    /// What it asks for.
    type Effect;

    /// Takes in what happened, and gives back what it wants done, in order.
    fn update(&mut self, input: Self::Input) -> Vec<Self::Effect>;
    /// What it shows now, in regions; those whose content has not changed, and those that are left out, are left alone
    /// on the page. In a brief view large regions are left out, so that looking at a run does not slow it down.
    fn view(&self, detail: Detail) -> Vec<(&'static str, Markup)>;
    /// What can be said of its last finished run here.
    fn facts(&self) -> &Facts {
        static NONE: Facts = Facts::none();
        &NONE
    }
    /// What the visitor would want to find again on the next visit, in one line, which is empty when there is nothing yet; none
    /// if it keeps nothing.
    fn kept(&self) -> Option<String> {
        None
    }
    /// Whether what is done to it now comes after all that was done before; if not, that has to be waited for.
    fn is_ready(&self) -> bool {
        true
    }
}

/// What a lab hears of, of which some is what the visitor did.
pub trait Heard: Sized {
    /// What the visitor did, as an input.
    fn of_visitor(event: LabEvent) -> Self;
    /// What the visitor did, if it is that.
    fn visitor(&self) -> Option<&LabEvent>;
}

impl Heard for Input {
    fn of_visitor(event: LabEvent) -> Self {
        Self::Visitor(event)
    }

    fn visitor(&self) -> Option<&LabEvent> {
        match self {
            Self::Visitor(event) => Some(event),
            _ => None,
        }
    }
}

/// How much of a lab is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What changes all the time while a run goes on, and is small.
    Brief,
    /// Everything.
    Full,
}

/// A lab about how work runs in parallel.
pub type WorkLab = dyn Lab<Input = Input, Effect = Effect>;

/// What a lab about work hears of.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Where it runs. The first input.
    Machine(Machine),
    /// The visitor did something.
    Visitor(LabEvent),
    /// The bundled collection is there, or could not be read for this reason.
    Collection(Result<Vec<CollectionText>, String>),
    /// The run that was asked for has begun, with this many workers.
    Begun {
        /// How many tasks may run at once.
        workers: u32,
    },
    /// Tasks of the run are done.
    Outcomes(Vec<(TaskOutcome, Option<Value>)>),
    /// Something happened in the run.
    Events(Vec<EventInfo>, ProgressInfo),
    /// The run has ended, or could not begin.
    Ended(RunEnd),
    /// What the lab's memory holds: entries and bytes; or why that is not known.
    Stored(Result<(u64, u64), String>),
    /// The lab's memory was emptied of so many entries and bytes; or why it was not.
    Cleared(Result<(u64, u64), String>),
    /// How many milliseconds the promises took; or why that is not known.
    Promises(Result<f64, String>),
    /// What became of a call.
    Called(Box<Called>),
    /// The answer to a question about the lab's memory.
    Memory(MemoryAnswer),
    /// The fault was injected; or why it could not be.
    Faulted(Result<Faulted, String>),
    /// What time it is, in milliseconds since 1970: comes before each answer about the lab's memory.
    Now(f64),
}

/// What a lab about work asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read the bundled collection.
    LoadCollection,
    /// Begin a run.
    Run(Box<RunRequest>),
    /// Stop the run.
    Stop,
    /// Empty the lab's memory.
    ClearMemory,
    /// Say what the lab's memory holds.
    ReadMemory,
    /// End all workers that work for nobody, so that the next run begins cold.
    EndWorkers,
    /// Await so many async functions together on one thread, each of which computes so many rounds of the task `work`.
    Promises {
        /// How many.
        count: u32,
        /// How much each of them computes.
        rounds: u64,
    },
    /// Call a function through the lab's memory.
    Call(Box<LabCall>),
    /// Ask something about the lab's memory.
    Memory(MemoryAction),
    /// Do the lab's memory some harm.
    Fault(MemoryFault),
}

/// A call through the lab's memory. A task computes what is not remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct LabCall {
    /// The lab's number for it.
    pub number: u32,
    /// What is called.
    pub function: FunctionInfo,
    /// What the parameters are that may be left out, in their order.
    pub defaults: Vec<Value>,
    /// The arguments by position.
    pub positional: Vec<Value>,
    /// The arguments by name.
    pub keyword: Vec<(String, Value)>,
    /// How the call is remembered.
    pub rules: CallRules,
    /// What is wanted of it.
    pub mode: CallMode,
    /// The task that computes it.
    pub task: String,
    /// What the task is given.
    pub item: Value,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Called {
    /// The lab's number for the call.
    pub number: u32,
    /// The key of the entry, as listed among the entries; empty if the call was refused.
    pub key: String,
    /// Where the result came from; none if there is none.
    pub origin: Option<CallOrigin>,
    /// The result; for a check, whether it is remembered. Or why there is none.
    pub result: Result<Value, ErrorInfo>,
    /// How long the call took, in milliseconds.
    pub took_ms: f64,
    /// How long its result once took to compute, in milliseconds.
    pub computed_ms: f64,
    /// What was printed.
    pub lines: Vec<String>,
    /// What else should be known.
    pub warnings: Vec<String>,
}

/// Harm that is done to a lab's memory, so that one can see what happens then.
#[derive(Clone, Debug, PartialEq)]
pub enum MemoryFault {
    /// Let an entry be as much older.
    Age {
        /// The entry's key.
        key: String,
        /// By how many milliseconds.
        by_ms: f64,
    },
    /// Alter one byte of an entry's result.
    Corrupt {
        /// The entry's key.
        key: String,
    },
    /// Behave as if there were room for so many bytes; or as it is.
    Ration {
        /// How many bytes.
        bytes: Option<f64>,
    },
    /// Empty the kernel's own memory, as if the page had been opened anew. The store stays as it is.
    Reopen,
    /// Let another worker write so many entries, and end it in the middle.
    KillWriter {
        /// How many entries it is to write.
        entries: u32,
        /// The size of each, in bytes.
        bytes: u32,
    },
}

/// What became of a fault.
#[derive(Clone, Debug, PartialEq)]
pub enum Faulted {
    /// The entry is older now.
    Aged,
    /// The entry is altered now.
    Corrupted,
    /// There is as much room as was asked for.
    Rationed,
    /// The kernel's own memory is empty.
    Reopened,
    /// The writer was ended.
    Killed {
        /// How many entries there were before.
        before: u32,
        /// How many of the writer's entries are there.
        written: u32,
        /// How many entries are altered or cut short.
        unsound: u32,
    },
}

/// A run that a lab asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRequest {
    /// How, as the visitor wrote it. The name of the memory is left out: the kernel knows it.
    pub options: ParallelOptions,
    /// Whether results are remembered.
    pub memory: bool,
    /// What to work on.
    pub items: Items,
}

/// What a run works on: the arguments of each of its tasks.
#[derive(Clone, Debug, PartialEq)]
pub enum Items {
    /// Texts, which the kernel reads when they are needed.
    Texts(Vec<TextRef>),
    /// Values.
    Values(Vec<Value>),
}

impl Items {
    /// How many tasks that makes.
    pub fn len(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.len(),
            Self::Values(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A text to work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextRef {
    /// What it is called in the results.
    pub name: String,
    /// Its position in the bundled collection, or among the files that were chosen last.
    pub position: usize,
    /// Whether it is one of the bundled collection.
    pub bundled: bool,
    /// How often the visitor has changed it; each change appends a line.
    pub changes: u32,
}

/// One text of the bundled collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionText {
    /// What it is called.
    pub title: String,
    /// Its size.
    pub bytes: u64,
}

/// Where the lab runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// How many workers "all cores" means.
    pub cores: u32,
    /// The smallest step of the clock, in microseconds.
    pub timer_resolution_us: f64,
    /// Where results are remembered: `"indexeddb"`, `"localstorage"` or `"memory"`.
    pub storage: String,
    /// What that means, in a sentence.
    pub storage_why: String,
    /// The ways to run, and whether each can be had here.
    pub backends: Vec<BackendInfo>,
}

/// The names of the labs about work.
pub const NAMES: [&str; 4] = [
    "word-frequencies",
    "timeline",
    "overheads",
    "cache-inspector",
];

/// A new lab about work of that name.
pub fn create(name: &str) -> Option<Box<WorkLab>> {
    match name {
        "word-frequencies" => Some(Box::new(WordFrequencies::default())),
        "cache-inspector" => Some(Box::new(CacheInspector::default())),
        "overheads" => Some(Box::new(Overheads::default())),
        "timeline" => Some(Box::new(TimelineLab::default())),
        _ => None,
    }
}

/// A lab's regions as one piece, for a page.
pub fn page(regions: &[(&'static str, Markup)]) -> String {
    html! {
        @for (name, content) in regions {
            div data-region=(name) class={ "region region-" (name) } { (content) }
        }
    }
    .into_string()
}

/// What a page shows of a lab, by region.
#[derive(Clone, Debug, Default)]
pub struct Shown(BTreeMap<&'static str, String>);

impl Shown {
    /// Takes in what the lab shows now, and gives back the regions that are not what the page shows.
    pub fn changed(&mut self, view: Vec<(&'static str, Markup)>) -> Vec<Region> {
        let mut changed = Vec::new();
        for (name, content) in view {
            let html = content.into_string();
            if self.0.get(name) != Some(&html) {
                changed.push(Region {
                    name: name.to_owned(),
                    html: html.clone(),
                });
                self.0.insert(name, html);
            }
        }
        changed
    }
}
