//! Being the only one who has the store open: then locks need not leave this worker, and nothing changes behind its back.
//!
//! The first to open a database takes the lock `NAME` and is alone while it has it. Whoever comes later finds the lock taken,
//! says so on a channel of the same name, and waits until it can share the lock. The first, when it hears that, takes real
//! locks for all that it holds, and only then gives the lock up.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::time::Duration;
use std::collections::HashMap;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::FutureExt;
use futures_util::future::{Shared, join_all, select};
use js_sys::Function;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{BroadcastChannel, MessageEvent};

use super::{Lock, share, try_alone, try_lock};
use crate::timer::sleep;

/// Whoever was first and does not answer for so long is frozen, and does nothing that has to be waited for.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// A lock that is known in this worker only; and the real one, once somebody else has come.
type Held = HashMap<String, Option<Lock>>;
type OnMessage = Closure<dyn FnMut(MessageEvent)>;

/// Whether this worker is the only one; and the locks it holds as such.
#[derive(Clone)]
pub(super) struct Alone(Rc<State>);

struct State {
    is_alone: Cell<bool>,
    /// Whether somebody else has said that they are there.
    somebody_came: Cell<bool>,
    held: RefCell<Held>,
    /// What keeps others from being alone, or says that one shares with them.
    presence: RefCell<Option<Lock>>,
    channel: Option<BroadcastChannel>,
    on_message: RefCell<Option<OnMessage>>,
    settled: Shared<oneshot::Receiver<()>>,
}

impl fmt::Debug for Alone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alone")
            .field("is_alone", &self.0.is_alone)
            .finish_non_exhaustive()
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.set_onmessage(None);
            channel.close();
        }
    }
}

/// A lock that only this worker knows of, until somebody else comes.
#[derive(Debug)]
pub(super) struct OwnLock {
    name: String,
    alone: Alone,
}

impl Drop for OwnLock {
    fn drop(&mut self) {
        // The real one, if there is one by now, goes with it.
        drop(self.alone.0.held.borrow_mut().remove(&self.name));
    }
}

impl Alone {
    /// Begins to find out whether this worker is alone with what has this name.
    pub(super) fn begin(name: &str) -> Self {
        let (told, settled) = oneshot::channel();
        let channel = BroadcastChannel::new(name).ok();
        let alone = Self(Rc::new(State {
            is_alone: Cell::new(false),
            somebody_came: Cell::new(false),
            held: RefCell::default(),
            presence: RefCell::default(),
            channel,
            on_message: RefCell::default(),
            settled: settled.shared(),
        }));
        alone.listen(name);
        let (state, name) = (alone.clone(), name.to_owned());
        spawn_local(async move {
            state.settle(name).await;
            let _ = told.send(());
        });
        alone
    }

    /// Hears of others, from before there is anything to give up.
    fn listen(&self, name: &str) {
        let Some(channel) = &self.0.channel else {
            return;
        };
        let (weak, name) = (Rc::downgrade(&self.0), name.to_owned());
        let heard = OnMessage::new(move |_| {
            if let Some(state) = weak.upgrade() {
                state.somebody_came.set(true);
                Self(state).make_room(name.clone());
            }
        });
        let handler: &Function = heard.as_ref().unchecked_ref();
        channel.set_onmessage(Some(handler));
        *self.0.on_message.borrow_mut() = Some(heard);
    }

    async fn settle(&self, name: String) {
        // Who cannot be told of others is never alone.
        let Some(channel) = &self.0.channel else {
            return;
        };
        if let Some(lock) = try_alone(&name).await {
            *self.0.presence.borrow_mut() = Some(lock);
            self.0.is_alone.set(true);
            if self.0.somebody_came.get() {
                self.make_room(name);
            }
            return;
        }
        let _ = channel.post_message(&JsValue::TRUE);
        let (told, shares) = oneshot::channel();
        let state = self.clone();
        spawn_local(async move {
            let lock = share(&name).await;
            *state.0.presence.borrow_mut() = lock;
            // Whoever waited may have gone on.
            let _ = told.send(());
        });
        select(shares, core::pin::pin!(sleep(ANSWERS_WITHIN))).await;
    }

    /// From now on every lock is a real one; those that are held become so before the other one goes on.
    fn make_room(&self, name: String) {
        if !self.0.is_alone.replace(false) {
            return;
        }
        let names: Vec<String> = self.0.held.borrow().keys().cloned().collect();
        let alone = self.clone();
        spawn_local(async move {
            let locks = join_all(names.iter().map(|name| try_lock(name))).await;
            for (name, lock) in names.iter().zip(locks) {
                if let Some(held) = alone.0.held.borrow_mut().get_mut(name) {
                    *held = lock;
                }
            }
            drop(alone.0.presence.borrow_mut().take());
            let lock = share(&name).await;
            *alone.0.presence.borrow_mut() = lock;
        });
    }

    pub(super) fn is_alone(&self) -> bool {
        self.0.is_alone.get()
    }

    /// Waits until it is known whether this worker is alone.
    pub(super) async fn settled(&self) {
        if !self.is_alone() {
            // Whoever would have told may be gone, and this with it.
            let _ = self.0.settled.clone().await;
        }
    }

    /// Takes a lock in this worker, while it is alone; `Err` if it is not.
    pub(super) fn try_own(&self, name: &str) -> Result<Option<OwnLock>, ()> {
        if !self.is_alone() {
            return Err(());
        }
        let mut held = self.0.held.borrow_mut();
        if held.contains_key(name) {
            return Ok(None);
        }
        held.insert(name.to_owned(), None);
        Ok(Some(OwnLock {
            name: name.to_owned(),
            alone: self.clone(),
        }))
    }

    /// Makes a lock that is held here a real one, so that it can be waited for.
    pub(super) async fn make_real(&self, name: &str) {
        let is_own = matches!(self.0.held.borrow().get(name), Some(None));
        if is_own {
            let lock = try_lock(name).await;
            if let Some(held @ None) = self.0.held.borrow_mut().get_mut(name) {
                *held = lock;
            }
        }
    }
}
