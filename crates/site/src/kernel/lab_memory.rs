//! What the labs do with their memory: calls, questions, and harm.

use std::rc::Rc;

use browser::{EntryWriter, EntryWriterEvent, JsBuffer};
use futures_channel::mpsc;
use futures_util::StreamExt;
use memory::{Key, Store, Stored};
use protocol::MemoryAction;
use values::{Parcel, Value};
use wasm_bindgen_futures::spawn_local;
use widgets::{Faulted, Input, LabCall, MemoryFault};

use super::callers::Caller;
use super::calls::{Asked, By, Known};
use super::labs::MountedLab;
use super::produce::to_buffers;
use super::{Kernel, KernelMemory};

/// The function under which the writer that is ended writes.
pub(crate) const WRITER: &str = "writer";

fn parcel(value: Value) -> Parcel<JsBuffer> {
    to_buffers(Parcel::pack(value))
}

impl Kernel {
    fn lab_location(&self, id: u32) -> Option<String> {
        self.labs.borrow().get(&id).map(MountedLab::location)
    }

    /// Makes a call for a lab, which hears of its result.
    pub(super) fn lab_call(self: &Rc<Self>, id: u32, call: LabCall) {
        let lab = self.labs.borrow();
        let Some((location, since)) = lab.get(&id).map(|lab| (lab.location(), lab.since)) else {
            return;
        };
        drop(lab);
        let by = By::LabTask {
            task: call.task,
            item: parcel(call.item),
        };
        let defaults = call.defaults.into_iter().map(parcel).collect();
        let known = Known {
            since,
            ..self.known(location, call.function, &call.rules, by, defaults)
        };
        let named = Value::Map(call.keyword);
        let arguments = parcel(Value::List(vec![Value::List(call.positional), named]));
        self.begin_call(Asked {
            caller: Caller::lab(id, call.number, self.clock.now()),
            known: Rc::new(known),
            mode: call.mode,
            arguments,
            files: Vec::new(),
        });
    }

    /// Answers a lab's question about its memory.
    pub(super) fn ask_lab_memory(self: &Rc<Self>, id: u32, action: MemoryAction) {
        let (Some(location), Some(memory)) = (self.lab_location(id), self.memory()) else {
            return;
        };
        let kernel = Rc::clone(self);
        spawn_local(async move {
            // What a lab shows is what is stored.
            memory.flush(kernel.clock.now()).await;
            let answer = kernel.answer_about(&memory, &location, action).await;
            kernel.update_lab(id, Input::Now(kernel.clock.now()));
            kernel.update_lab(id, Input::Memory(answer));
            kernel.show_lab(id);
        });
    }

    /// Does a lab's memory some harm.
    pub(super) fn harm_lab_memory(self: &Rc<Self>, id: u32, fault: MemoryFault) {
        let (Some(location), Some(memory)) = (self.lab_location(id), self.memory()) else {
            return;
        };
        let kernel = Rc::clone(self);
        spawn_local(async move {
            // What is to be harmed has to be there.
            memory.flush(kernel.clock.now()).await;
            let done = kernel.harm(&memory, &location, fault).await;
            kernel.update_lab(id, Input::Faulted(done));
            kernel.show_lab(id);
        });
    }

    async fn harm(
        self: &Rc<Self>,
        memory: &KernelMemory,
        location: &str,
        fault: MemoryFault,
    ) -> Result<Faulted, String> {
        match fault {
            MemoryFault::Age { key, by_ms } => {
                let mut stored = read(memory, location, &key).await?;
                stored.entry.created -= by_ms;
                stored.entry.last_used -= by_ms;
                replace(memory, stored).await?;
                Ok(Faulted::Aged)
            }
            MemoryFault::Corrupt { key } => {
                let mut stored = read(memory, location, &key).await?;
                let last = stored.value.head.last_mut();
                *last.ok_or("This result has no bytes to alter.")? ^= 1;
                replace(memory, stored).await?;
                Ok(Faulted::Corrupted)
            }
            MemoryFault::Ration { bytes } => {
                let room = bytes.map(|bytes| bytes as u64);
                memory.store().set_room(location, room);
                Ok(Faulted::Rationed)
            }
            MemoryFault::Reopen => {
                memory.forget(location, None);
                Ok(Faulted::Reopened)
            }
            MemoryFault::KillWriter { entries, bytes } => {
                self.kill_writer(memory, location, entries, bytes).await
            }
        }
    }

    /// Has another worker write entries, and ends it in the middle.
    async fn kill_writer(
        self: &Rc<Self>,
        memory: &KernelMemory,
        location: &str,
        entries: u32,
        bytes: u32,
    ) -> Result<Faulted, String> {
        let store = memory.store();
        store
            .clear(location, Some(WRITER))
            .await
            .map_err(|error| error.to_string())?;
        let all = store.entries(location).await;
        let before = all.map_err(|error| error.to_string())?.len();
        let (told, mut hears) = mpsc::unbounded();
        let writer = EntryWriter::start(
            &self.promises.script,
            &self.promises.module,
            location,
            entries,
            bytes,
            move |event| {
                let _ = told.unbounded_send(event);
            },
        )?;
        loop {
            match hears.next().await {
                Some(EntryWriterEvent::Wrote(written)) if written >= entries / 3 => break,
                Some(EntryWriterEvent::Wrote(_)) => {}
                Some(EntryWriterEvent::Lost(why)) => return Err(why),
                None => return Err("The writer is gone.".to_owned()),
            }
        }
        drop(writer);
        let all = store.entries(location).await;
        let all = all.map_err(|error| error.to_string())?;
        let keys: Vec<Key> = all.into_iter().map(|(key, _)| key).collect();
        let found = store.get(&keys).await.map_err(|error| error.to_string())?;
        let unsound = found.iter().flatten().filter(|stored| !stored.is_sound());
        let of_writer = keys.iter().filter(|key| key.function == WRITER);
        Ok(Faulted::Killed {
            before: before as u32,
            written: of_writer.count() as u32,
            unsound: unsound.count() as u32,
        })
    }
}

async fn read(
    memory: &KernelMemory,
    location: &str,
    key: &str,
) -> Result<Stored<JsBuffer>, String> {
    let key = Key::from_storage_key(key)
        .filter(|key| key.location == location)
        .ok_or("This is no key of an entry.")?;
    let found = memory.store().get(&[key]).await;
    let found = found.map_err(|error| error.to_string())?.pop().flatten();
    found.ok_or_else(|| "There is no such entry.".to_owned())
}

async fn replace(memory: &KernelMemory, stored: Stored<JsBuffer>) -> Result<(), String> {
    let key = stored.key.clone();
    memory
        .store()
        .put(&[stored])
        .await
        .map_err(|error| error.to_string())?;
    memory.forget(&key.location.clone(), Some(&[key]));
    Ok(())
}
