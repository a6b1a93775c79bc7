//! The labs on the page: what they hear, what they ask for, and what of them is shown anew.

use std::collections::VecDeque;
use std::rc::Rc;

use browser::{FileHandle, JsBuffer, Values, files};
use protocol::{ErrorInfo, LabEvent, ParallelOptions, Reply};
use values::{Buffer, OUT_OF_LINE_BYTES, Parcel, Skeleton};
use wasm_bindgen_futures::spawn_local;
use widgets::{
    CollectionText, Detail, Effect, Input, Items, Machine, RunRequest, Shown, TextRef, WorkLab,
};

use super::run::Source;
use super::runs::failed_to_begin;
use super::{Kernel, RunKey, error_info};
use crate::collection::{self, Text};
use crate::examples::{self, Told};

/// While a run goes on everything is shown at most this often, in milliseconds.
const FULL_EVERY: f64 = 600.0;

/// A lab on the page.
pub(super) struct MountedLab {
    lab: Box<WorkLab>,
    name: String,
    root: String,
    shown: Shown,
    told: Told,
    /// When it was put on the page, in milliseconds since 1970.
    pub(super) since: f64,
    /// When it was last shown in full.
    shown_in_full: f64,
    collection: Rc<Vec<Text>>,
    files: Vec<FileHandle>,
}

impl MountedLab {
    /// The name of the memory that keeps this lab's results: the same for every lab of the name, on every page.
    pub(super) fn location(&self) -> String {
        format!("lab-{}", self.name)
    }
}

impl Kernel {
    pub(super) fn mount(
        self: &Rc<Self>,
        id: u32,
        name: String,
        root: String,
        example: Option<String>,
        kept: Option<String>,
        fields: Vec<LabEvent>,
    ) {
        let Some(lab) = widgets::create(&name) else {
            self.page.send(&Reply::Refused {
                error: error_info("unknown-lab", &format!("There is no lab `{name}`.")),
            });
            return;
        };
        let Some(example) = example else {
            self.put(id, lab, &name, root, fields);
            return;
        };
        self.waiting.begin(id);
        let kernel = Rc::clone(self);
        spawn_local(async move {
            let made = examples::read(&root, &example, &name, lab, kept.as_deref()).await;
            let Some(waited) = kernel.waiting.end(id) else {
                return;
            };
            match made {
                Ok(example) => {
                    let fields = examples::own_fields(fields);
                    kernel.put(id, Box::new(example), &name, root, fields);
                }
                Err(why) => {
                    if let Some(lab) = widgets::create(&name) {
                        kernel.put(id, lab, &name, root, fields);
                    }
                    kernel.page.send(&Reply::View {
                        lab: id,
                        regions: vec![examples::refusal(&why)],
                    });
                }
            }
            for (event, files) in waited {
                kernel.visitor_did(id, event, files);
            }
        });
    }

    /// Puts a lab on the page.
    fn put(
        self: &Rc<Self>,
        id: u32,
        lab: Box<WorkLab>,
        name: &str,
        root: String,
        fields: Vec<LabEvent>,
    ) {
        let mounted = MountedLab {
            told: Told::new(lab.as_ref()),
            lab,
            name: name.to_owned(),
            root,
            shown: Shown::default(),
            since: self.clock.now(),
            shown_in_full: self.clock.now(),
            collection: Rc::default(),
            files: Vec::new(),
        };
        self.labs.borrow_mut().insert(id, mounted);
        let storage = self.storage.borrow().clone();
        self.update_lab(
            id,
            Input::Machine(Machine {
                cores: self.cores.get().get() as u32,
                timer_resolution_us: self.timer_resolution_us.get(),
                storage: storage
                    .as_ref()
                    .map(|storage| storage.kind.clone())
                    .unwrap_or_default(),
                storage_why: storage.map(|storage| storage.why).unwrap_or_default(),
                backends: self.backends(),
            }),
        );
        for field in fields {
            self.update_lab(id, Input::Visitor(field));
        }
        self.show_lab(id);
    }

    pub(super) fn unmount(self: &Rc<Self>, id: u32) {
        self.waiting.end(id);
        self.stop_promises(id);
        self.cancel(RunKey::Lab(id));
        self.labs.borrow_mut().remove(&id);
    }

    pub(super) fn lab_event(self: &Rc<Self>, id: u32, event: LabEvent, values: &Values) {
        if let Some(event) = self.waiting.keep(id, event, values) {
            self.visitor_did(id, event, files(values));
        }
    }

    fn visitor_did(self: &Rc<Self>, id: u32, event: LabEvent, files: Vec<FileHandle>) {
        if let LabEvent::Files { .. } = event
            && let Some(mounted) = self.labs.borrow_mut().get_mut(&id)
        {
            mounted.files = files;
        }
        self.update_lab(id, Input::Visitor(event));
        self.show_lab(id);
    }

    /// Tells a lab what happened, and does what it asks for.
    pub(super) fn update_lab(self: &Rc<Self>, id: u32, input: Input) {
        let effects = match self.labs.borrow_mut().get_mut(&id) {
            Some(mounted) => mounted.lab.update(input),
            None => return,
        };
        for effect in effects {
            self.do_effect(id, effect);
        }
    }

    /// Sends the page all regions of a lab that have changed.
    pub(super) fn show_lab(&self, id: u32) {
        self.show(id, Detail::Full);
    }

    /// Sends the page what has changed of a lab while a run goes on: now and then everything, otherwise what is small.
    pub(super) fn show_lab_running(&self, id: u32) {
        let now = self.clock.now();
        let due = match self.labs.borrow_mut().get_mut(&id) {
            Some(mounted) => now - mounted.shown_in_full >= FULL_EVERY,
            None => return,
        };
        self.show(id, if due { Detail::Full } else { Detail::Brief });
    }

    fn show(&self, id: u32, detail: Detail) {
        let (regions, kept) = match self.labs.borrow_mut().get_mut(&id) {
            Some(mounted) => {
                if detail == Detail::Full {
                    mounted.shown_in_full = self.clock.now();
                }
                (
                    mounted.shown.changed(mounted.lab.view(detail)),
                    mounted.told.changed(mounted.lab.as_ref()),
                )
            }
            None => return,
        };
        if !regions.is_empty() {
            self.page.send(&Reply::View { lab: id, regions });
        }
        if let Some(record) = kept {
            self.page.send(&Reply::Kept { lab: id, record });
        }
    }

    fn do_effect(self: &Rc<Self>, id: u32, effect: Effect) {
        match effect {
            Effect::LoadCollection => self.load_collection(id),
            Effect::Run(request) => self.begin_lab_run(id, *request),
            Effect::Stop => {
                self.stop_promises(id);
                self.cancel(RunKey::Lab(id));
            }
            Effect::ClearMemory => self.with_memory(id, Input::Cleared, true),
            Effect::ReadMemory => self.with_memory(id, Input::Stored, false),
            Effect::EndWorkers => self.end_idle_workers(),
            Effect::Promises { count, rounds } => self.begin_promises(id, count, rounds),
            Effect::Call(call) => self.lab_call(id, *call),
            Effect::Memory(action) => self.ask_lab_memory(id, action),
            Effect::Fault(fault) => self.harm_lab_memory(id, fault),
        }
    }

    fn load_collection(self: &Rc<Self>, id: u32) {
        let Some(root) = self
            .labs
            .borrow()
            .get(&id)
            .map(|mounted| mounted.root.clone())
        else {
            return;
        };
        // The texts are read for a run; while they are, its workers can start.
        self.warm_up();
        let kernel = Rc::clone(self);
        spawn_local(async move {
            let read = collection::read(&root).await.map(|texts| {
                let listed = texts
                    .iter()
                    .map(|text| CollectionText {
                        title: text.title.clone(),
                        bytes: text.bytes.byte_length() as u64,
                    })
                    .collect();
                if let Some(mounted) = kernel.labs.borrow_mut().get_mut(&id) {
                    mounted.collection = Rc::new(texts);
                }
                listed
            });
            kernel.update_lab(id, Input::Collection(read));
            kernel.show_lab(id);
        });
    }

    fn begin_lab_run(self: &Rc<Self>, id: u32, request: RunRequest) {
        let location = self.labs.borrow().get(&id).map(MountedLab::location);
        let options = ParallelOptions {
            memory: location.filter(|_| request.memory),
            ..request.options
        };
        let source = match request.items {
            Items::Texts(texts) => Source::Texts(VecDeque::from(texts)),
            Items::Values(values) => Source::Values(VecDeque::from(values)),
        };
        // Not from within the lab's own update.
        let kernel = Rc::clone(self);
        spawn_local(async move {
            match kernel.prepare(&options, source) {
                Ok(run) => {
                    let workers = run.n_jobs as u32;
                    kernel.begin(RunKey::Lab(id), run);
                    kernel.update_lab(id, Input::Begun { workers });
                }
                Err(error) => kernel.update_lab(id, Input::Ended(failed_to_begin(error))),
            }
            kernel.show_lab(id);
        });
    }

    /// Asks the lab's memory how much it holds, or empties it.
    fn with_memory(
        self: &Rc<Self>,
        id: u32,
        input: fn(Result<(u64, u64), String>) -> Input,
        clear: bool,
    ) {
        let location = self.labs.borrow().get(&id).map(MountedLab::location);
        let (Some(location), Some(memory)) = (location, self.memory()) else {
            return;
        };
        let kernel = Rc::clone(self);
        spawn_local(async move {
            let answer = if clear {
                memory
                    .clear(&location, None)
                    .await
                    .map(|freed| (freed.entries, freed.bytes))
            } else {
                memory
                    .stats(&location)
                    .await
                    .map(|stats| (stats.entries, stats.bytes))
            };
            kernel.update_lab(id, input(answer.map_err(|error| error.to_string())));
            kernel.show_lab(id);
        });
    }

    /// The arguments of `word_frequencies` for a text.
    pub(super) async fn read_text(
        &self,
        id: u32,
        text: &TextRef,
    ) -> Result<Parcel<JsBuffer>, ErrorInfo> {
        let gone = || {
            error_info(
                "text-gone",
                &format!("“{}” is not there any more: choose it again.", text.name),
            )
        };
        let bytes = if text.bundled {
            let collection = self
                .labs
                .borrow()
                .get(&id)
                .map(|mounted| Rc::clone(&mounted.collection));
            collection
                .and_then(|texts| texts.get(text.position).map(|text| text.bytes.duplicate()))
                .ok_or_else(gone)?
        } else {
            let file = self
                .labs
                .borrow()
                .get(&id)
                .and_then(|mounted| mounted.files.get(text.position).cloned());
            file.ok_or_else(gone)?
                .read()
                .await
                .map_err(|error| error_info("file-unreadable", &error.to_string()))?
        };
        Ok(arguments(&text.name, with_changes(bytes, text.changes)))
    }
}

/// The text with as many lines appended as the visitor asked for.
fn with_changes(bytes: JsBuffer, changes: u32) -> JsBuffer {
    if changes == 0 {
        return bytes;
    }
    let mut text = bytes.to_vec();
    for number in 1..=changes {
        text.extend_from_slice(
            format!("\nA line that the visitor added, number {number}.\n").as_bytes(),
        );
    }
    JsBuffer::copy_of(&text)
}

fn arguments(name: &str, bytes: JsBuffer) -> Parcel<JsBuffer> {
    let name = ("name".to_owned(), Skeleton::Str(name.to_owned()));
    let (text, buffers) = if bytes.byte_length() >= OUT_OF_LINE_BYTES {
        (Skeleton::LongBytes(0), vec![bytes])
    } else {
        (Skeleton::Bytes(bytes.to_vec()), Vec::new())
    };
    Parcel::from_skeleton(
        &Skeleton::Map(vec![name, ("text".to_owned(), text)]),
        buffers,
    )
}
