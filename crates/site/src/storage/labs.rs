//! The labs on the page: what they hear, what they ask for, and what of them is shown anew.

use std::rc::Rc;

use browser::{FileHandle, JsBuffer, Values, fetch_bytes, files};
use experiments::{Failure, Source};
use protocol::{LabEvent, Reply};
use storage_labs::{Effect, Input, Machine, StorageLab};
use values::Parcel;
use wasm_bindgen_futures::spawn_local;
use widgets::{Detail, Shown};

use super::StorageKernel;
use super::work::{Asked, PAGE};
use super::workbench::Answer;
use crate::examples::{self, Told};
use crate::kernel::error_info;

/// A lab on the page.
pub(super) struct MountedLab {
    lab: Box<StorageLab>,
    root: String,
    shown: Shown,
    told: Told,
    files: Vec<FileHandle>,
}

impl StorageKernel {
    pub(super) fn mount(
        self: &Rc<Self>,
        id: u32,
        name: String,
        root: String,
        example: Option<String>,
        kept: Option<String>,
        fields: Vec<LabEvent>,
    ) {
        let Some(lab) = storage_labs::create(&name) else {
            self.page.send(&Reply::Refused {
                error: error_info("unknown-lab", &format!("There is no lab `{name}`.")),
            });
            return;
        };
        let Some(example) = example else {
            self.put(id, lab, root, fields);
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
                    kernel.put(id, Box::new(example), root, fields);
                }
                Err(why) => {
                    if let Some(lab) = storage_labs::create(&name) {
                        kernel.put(id, lab, root, fields);
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
    fn put(self: &Rc<Self>, id: u32, lab: Box<StorageLab>, root: String, fields: Vec<LabEvent>) {
        let mounted = MountedLab {
            told: Told::new(lab.as_ref()),
            lab,
            root,
            shown: Shown::default(),
            files: Vec::new(),
        };
        self.labs.borrow_mut().insert(id, mounted);
        let machine = Machine {
            cores: self.cores.get(),
            timer_resolution_us: self.timer_resolution_us.get(),
        };
        self.update_lab(id, Input::Machine(machine));
        for field in fields {
            self.update_lab(id, Input::Visitor(field));
        }
        self.show_lab(id);
    }

    pub(super) fn unmount(self: &Rc<Self>, id: u32) {
        self.waiting.end(id);
        self.stop_work(id);
        self.stop_writing(id);
        self.end_sql(id);
        self.forget_data(id);
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

    /// A job is done: its asker is told.
    pub(super) fn answered(self: &Rc<Self>, lab: u32, number: u32, answer: Answer) {
        if lab == PAGE {
            self.coded(number, answer);
            return;
        }
        if let Some(milliseconds) = answer.milliseconds {
            self.update_lab(lab, Input::Took(number, milliseconds));
        }
        self.update_lab(lab, Input::Done(number, Box::new(answer.outcome)));
        self.show_lab(lab);
    }

    /// The bytes of a lab's data set.
    pub(super) async fn source_bytes(
        &self,
        lab: u32,
        source: &Source,
    ) -> Result<JsBuffer, Failure> {
        let failed = |error: browser::FetchError| Failure::new("unreadable", error.to_string());
        match source {
            Source::Bundled(name) => {
                let set = datasets::find(name).ok_or_else(|| {
                    Failure::new("data-set", format!("There is no data set `{name}`."))
                })?;
                let root = self
                    .labs
                    .borrow()
                    .get(&lab)
                    .map(|mounted| mounted.root.clone());
                let address = format!("{}{}", root.unwrap_or_default(), set.file);
                fetch_bytes(&address).await.map_err(failed)
            }
            _ => {
                let file = self
                    .labs
                    .borrow()
                    .get(&lab)
                    .and_then(|mounted| mounted.files.first().cloned());
                let file = file.ok_or_else(|| {
                    Failure::new(
                        "no-file",
                        "The file is not there any more: choose it again.",
                    )
                })?;
                file.read().await.map_err(failed)
            }
        }
    }

    pub(super) fn update_lab(self: &Rc<Self>, id: u32, input: Input) {
        let effects = match self.labs.borrow_mut().get_mut(&id) {
            Some(mounted) => mounted.lab.update(input),
            None => return,
        };
        for effect in effects {
            self.do_effect(id, effect);
        }
    }

    pub(super) fn show_lab(&self, id: u32) {
        let (regions, kept) = match self.labs.borrow_mut().get_mut(&id) {
            Some(mounted) => (
                mounted.shown.changed(mounted.lab.view(Detail::Full)),
                mounted.told.changed(mounted.lab.as_ref()),
            ),
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
            Effect::Work(number, job) => self.ask(Asked {
                lab: id,
                number,
                job: *job,
                bytes: None,
                value: None,
            }),
            Effect::Sql(number, question) => self.ask_sql(id, number, &question),
            Effect::Writer(effect) => self.writer_effect(id, effect),
            Effect::Stop => {
                self.stop_work(id);
                self.stop_sql(id);
            }
            Effect::Download {
                name,
                media_type,
                bytes,
            } => {
                let reply = Reply::Download {
                    lab: id,
                    name,
                    media_type,
                };
                let bytes = Parcel::from_skeleton(
                    &values::Skeleton::LongBytes(0),
                    vec![JsBuffer::copy_of(&bytes)],
                );
                self.page.send_values(&reply, &[Some(bytes)]);
            }
        }
    }
}
