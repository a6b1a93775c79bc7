//! The writer of a lab: started, asked, and ended in the middle of its work.

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use browser::{Lock, Writer, WriterEvent, try_lock};
use storage_labs::{Input, WriterEffect, WriterInput};
use wasm_bindgen_futures::spawn_local;

use super::StorageKernel;

/// All tabs of the site write the same files.
const LOCK: &str = "joblet-durability";

/// The writers, by lab.
pub(super) struct Writing {
    script: String,
    writers: RefCell<BTreeMap<u32, Writer>>,
    lock: RefCell<Option<(u32, Lock)>>,
    /// Raised whenever the lock is let go, so that one that comes late is let go at once.
    released: Cell<u32>,
}

impl Writing {
    pub(super) fn new(script: String) -> Self {
        Self {
            script,
            writers: RefCell::default(),
            lock: RefCell::default(),
            released: Cell::new(0),
        }
    }
}

impl StorageKernel {
    pub(super) fn writer_effect(self: &Rc<Self>, lab: u32, effect: WriterEffect) {
        match effect {
            WriterEffect::Hold => self.hold(lab),
            WriterEffect::Release => self.release(lab),
            WriterEffect::Start => self.start_writer(lab),
            WriterEffect::Order(order, bytes) => {
                let failed = match self.writing.writers.borrow().get(&lab) {
                    Some(writer) => writer.order(&order, &bytes).err(),
                    None => None,
                };
                if let Some(why) = failed {
                    self.tell_later(lab, WriterInput::Lost(why));
                }
            }
            WriterEffect::End => {
                self.writing.writers.borrow_mut().remove(&lab);
            }
        }
    }

    /// Ends a lab's writer and lets the other tabs in.
    pub(super) fn stop_writing(&self, lab: u32) {
        self.writing.writers.borrow_mut().remove(&lab);
        self.release(lab);
    }

    fn start_writer(self: &Rc<Self>, lab: u32) {
        let kernel = Rc::clone(self);
        let writer = Writer::start(&self.writing.script, move |event| {
            let input = match event {
                WriterEvent::Said(report, bytes) => WriterInput::Said(report, bytes),
                WriterEvent::Lost(why) => WriterInput::Lost(why),
            };
            kernel.hear_writer(lab, input);
        });
        match writer {
            Ok(writer) => {
                self.writing.writers.borrow_mut().insert(lab, writer);
            }
            Err(why) => self.tell_later(lab, WriterInput::Lost(why)),
        }
    }

    fn hold(self: &Rc<Self>, lab: u32) {
        let released = self.writing.released.get();
        let kernel = Rc::clone(self);
        spawn_local(async move {
            let lock = try_lock(LOCK).await;
            if kernel.writing.released.get() != released {
                return;
            }
            let held = lock.is_some();
            *kernel.writing.lock.borrow_mut() = lock.map(|lock| (lab, lock));
            kernel.hear_writer(lab, WriterInput::Held(held));
        });
    }

    fn release(&self, lab: u32) {
        self.writing.released.set(self.writing.released.get() + 1);
        self.writing
            .lock
            .borrow_mut()
            .take_if(|(holder, _)| *holder == lab);
    }

    /// For what is known while the lab still waits for its effects to be done.
    fn tell_later(self: &Rc<Self>, lab: u32, input: WriterInput) {
        let kernel = Rc::clone(self);
        spawn_local(async move { kernel.hear_writer(lab, input) });
    }

    fn hear_writer(self: &Rc<Self>, lab: u32, input: WriterInput) {
        self.update_lab(lab, Input::Writer(input));
        self.show_lab(lab);
    }
}
