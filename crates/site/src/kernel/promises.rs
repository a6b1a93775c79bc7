//! Work as promises, for the lab that compares ways to hand work over.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use browser::Promises;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use widgets::Input;

use super::Kernel;

/// The workers that do work as promises, by the lab that asked for it; each lab has one at a time.
pub(super) struct PromisesWorkers {
    pub(super) script: String,
    pub(super) module: JsValue,
    of_labs: RefCell<BTreeMap<u32, Promises>>,
}

impl PromisesWorkers {
    pub(super) fn new(script: &str, module: &JsValue) -> Self {
        Self {
            script: script.to_owned(),
            module: module.clone(),
            of_labs: RefCell::default(),
        }
    }
}

impl Kernel {
    pub(super) fn begin_promises(self: &Rc<Self>, lab: u32, count: u32, rounds: u64) {
        let kernel = Rc::clone(self);
        let hear = move |result: Result<f64, String>| {
            let kernel = Rc::clone(&kernel);
            // Not from within the worker's own callback, which ends with the worker.
            spawn_local(async move {
                if kernel.stop_promises(lab) {
                    kernel.update_lab(lab, Input::Promises(result));
                    kernel.show_lab(lab);
                }
            });
        };
        let workers = &self.promises;
        let started = Promises::start(&workers.script, &workers.module, count, rounds, hear);
        match started {
            Ok(worker) => {
                workers.of_labs.borrow_mut().insert(lab, worker);
            }
            Err(why) => {
                let kernel = Rc::clone(self);
                // Not from within the lab's own update.
                spawn_local(async move {
                    kernel.update_lab(lab, Input::Promises(Err(why)));
                    kernel.show_lab(lab);
                });
            }
        }
    }

    /// Ends the worker that does this lab's promises; whether there was one.
    pub(super) fn stop_promises(&self, lab: u32) -> bool {
        self.promises.of_labs.borrow_mut().remove(&lab).is_some()
    }
}
