//! Who makes a remembered call, and how they are told what becomes of it.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use browser::JsBuffer;
use memory::{Entry, Hit, Origin, Reference, Wanted};
use protocol::{CallAnswer, CallOrigin, ErrorInfo, MemoryEntry, PrintedLine, Reply};
use values::{BundleWriter, Parcel, Value};
use widgets::{Called, Input};

use super::memories::entry_info;
use super::runs::duplicate;
use super::{Kernel, error_info};

/// One call, as the one who made it is told of it.
#[derive(Debug)]
pub(super) struct Caller {
    who: Who,
    /// What was printed since they were last told.
    lines: RefCell<Vec<PrintedLine>>,
}

#[derive(Clone, Debug)]
enum Who {
    /// The page, by its number for the call.
    Page(u32),
    /// A lab, by its number for the call.
    Lab {
        lab: u32,
        number: u32,
        /// When the call was made, in milliseconds since 1970.
        made: f64,
        /// Labs are told once, and not of what is computed anew behind a result.
        is_told: Rc<Cell<bool>>,
    },
}

impl Caller {
    pub(super) fn page(request: u32) -> Self {
        Self {
            who: Who::Page(request),
            lines: RefCell::default(),
        }
    }

    pub(super) fn lab(lab: u32, number: u32, made: f64) -> Self {
        Self {
            who: Who::Lab {
                lab,
                number,
                made,
                is_told: Rc::default(),
            },
            lines: RefCell::default(),
        }
    }

    /// The page's number, if it is the page.
    pub(super) fn request(&self) -> Option<u32> {
        match self.who {
            Who::Page(request) => Some(request),
            Who::Lab { .. } => None,
        }
    }

    /// Prints, as joblib does on its standard output; several lines at once have ends of line between them.
    pub(super) fn print(&self, text: &str) {
        self.lines
            .borrow_mut()
            .extend(text.split('\n').map(|line| PrintedLine {
                stream: "stdout".to_owned(),
                text: line.to_owned(),
            }));
    }
}

/// What is told of a result that was found.
pub(super) trait Told: Wanted<JsBuffer> + 'static {
    /// Whether its result comes with it.
    const HAS_VALUE: bool;
    fn answer(self, entry: MemoryEntry, stale: bool) -> (CallAnswer, Option<Parcel<JsBuffer>>);
}

impl Told for Hit<JsBuffer> {
    const HAS_VALUE: bool = true;

    fn answer(self, entry: MemoryEntry, stale: bool) -> (CallAnswer, Option<Parcel<JsBuffer>>) {
        let origin = match self.origin {
            _ if stale => CallOrigin::Stale,
            Origin::Memory => CallOrigin::Tier,
            Origin::Store => CallOrigin::Store,
            Origin::Flight => CallOrigin::Shared,
        };
        let value = if self.shared {
            duplicate(&self.value)
        } else {
            self.value
        };
        (CallAnswer::Value { origin, entry }, Some(value))
    }
}

impl Told for Reference {
    const HAS_VALUE: bool = false;

    fn answer(self, entry: MemoryEntry, stale: bool) -> (CallAnswer, Option<Parcel<JsBuffer>>) {
        let origin = if stale {
            CallOrigin::Stale
        } else {
            CallOrigin::Store
        };
        (CallAnswer::Shelved { origin, entry }, None)
    }
}

/// The entry of a key, as callers are told of it.
pub(super) fn told_entry(key: &memory::Key, entry: &Entry) -> MemoryEntry {
    entry_info(key.clone(), entry.clone())
}

impl Kernel {
    /// Tells the one who made a call how it goes on.
    pub(super) fn tell_caller(
        self: &Rc<Self>,
        caller: &Caller,
        answer: CallAnswer,
        value: Option<Parcel<JsBuffer>>,
    ) {
        let lines = caller.lines.take();
        let warnings = self.memory().map_or_else(Vec::new, |memory| {
            let warnings = memory.take_warnings();
            warnings.iter().map(ToString::to_string).collect()
        });
        match &caller.who {
            Who::Page(request) => {
                let told = Reply::Called {
                    request: *request,
                    answer,
                    lines,
                    warnings,
                };
                match value {
                    Some(value) => self.send_value(&told, &value),
                    None => self.page.send(&told),
                }
            }
            Who::Lab {
                lab,
                number,
                made,
                is_told,
            } => {
                if is_told.replace(true) {
                    return;
                }
                let (key, origin, computed_ms, result) = outcome(answer, value);
                let told = Called {
                    number: *number,
                    key,
                    origin,
                    result,
                    took_ms: self.clock.now() - made,
                    computed_ms,
                    lines: lines.into_iter().map(|line| line.text).collect(),
                    warnings,
                };
                self.update_lab(*lab, Input::Called(Box::new(told)));
                self.show_lab(*lab);
            }
        }
    }

    /// Tells the page something, with one value beside it.
    pub(super) fn send_value(&self, told: &Reply, value: &Parcel<JsBuffer>) {
        let mut block = BundleWriter::default();
        block.add(0, value.buffers.len(), &value.head);
        self.page.send_block(told, &block.finish(), &value.buffers);
    }
}

type Outcome = (String, Option<CallOrigin>, f64, Result<Value, ErrorInfo>);

/// The key, the origin, how long it took to compute, and the result.
fn outcome(answer: CallAnswer, value: Option<Parcel<JsBuffer>>) -> Outcome {
    let unexpected = || error_info("bad-request", "A lab was answered as a page is.");
    match answer {
        CallAnswer::Value { origin, entry } => {
            let result = match value {
                Some(value) => value
                    .unpack()
                    .map_err(|error| error_info(error.code(), &error.to_string())),
                None => Err(unexpected()),
            };
            (entry.key, Some(origin), entry.duration_ms, result)
        }
        CallAnswer::Shelved { origin, entry } => {
            (entry.key, Some(origin), entry.duration_ms, Ok(Value::Null))
        }
        CallAnswer::Known { known } => (String::new(), None, 0.0, Ok(Value::Bool(known))),
        CallAnswer::Failed { error } => (String::new(), None, 0.0, Err(error)),
        CallAnswer::Compute | CallAnswer::Validate { .. } | CallAnswer::Remembered { .. } => {
            (String::new(), None, 0.0, Err(unexpected()))
        }
    }
}
