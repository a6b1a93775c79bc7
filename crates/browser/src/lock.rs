//! Keeping the other tabs of this site away from something for a while.

use core::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request, catch)]
    fn request_lock(name: &str, options: &Object, granted: &Function) -> Result<Promise, JsValue>;
}

/// A lock that this worker has, until it is dropped or the worker is gone.
#[derive(Debug)]
pub struct Lock {
    release: Option<Function>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Takes the lock of that name, or gives nothing if somebody else has it. Where the browser has no locks, everybody gets
/// one.
pub async fn try_lock(name: &str) -> Option<Lock> {
    request(name, true).await
}

/// Web Locks as the port of the memory: held among all workers and tabs of this site.
#[cfg(feature = "kernel")]
#[derive(Debug, Default)]
pub struct WebLocks;

#[cfg(feature = "kernel")]
impl memory::Locks for WebLocks {
    type Lock = Lock;

    async fn try_lock(&self, names: &[String]) -> Vec<Option<Lock>> {
        futures_util::future::join_all(names.iter().map(|name| request(name, true))).await
    }

    async fn lock(&self, name: &str) -> Lock {
        request(name, false).await.unwrap_or(Lock { release: None })
    }
}

async fn request(name: &str, if_available: bool) -> Option<Lock> {
    let (told, hears) = oneshot::channel();
    let told = RefCell::new(Some(told));
    let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        let release: Rc<RefCell<Option<Function>>> = Rc::default();
        let kept = Rc::clone(&release);
        // The lock is held until this promise is kept.
        let held = Promise::new(&mut |resolve, _| *kept.borrow_mut() = Some(resolve));
        let (answer, result) = if lock.is_null() {
            (None, JsValue::UNDEFINED)
        } else {
            let release = release.take();
            (Some(Lock { release }), held.into())
        };
        if let Some(told) = told.take() {
            let _ = told.send(answer);
        }
        result
    });
    let everybody = Some(Lock { release: None });
    let options = Object::new();
    let asked = Reflect::set(&options, &"ifAvailable".into(), &if_available.into())
        .and_then(|_| request_lock(name, &options, granted.unchecked_ref()));
    match asked {
        Ok(_) => hears.await.unwrap_or(everybody),
        Err(_) => everybody,
    }
}
