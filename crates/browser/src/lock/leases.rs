//! Locks where the browser has no Web Locks: leases in the object store `claims`. A lease that is not renewed in time is
//! anybody's, so that a worker that was ended keeps nobody waiting for long.

use core::cell::RefCell;
use core::time::Duration;
use std::collections::BTreeSet;
use std::rc::{Rc, Weak};

use wasm_bindgen_futures::spawn_local;

use crate::stores::Connection;
use crate::{Clock, sleep};

/// A lease lasts this long unless it is renewed.
const LASTS: Duration = Duration::from_secs(6);
/// It is renewed this often. A timer of a page in the background fires once in a second at least.
const RENEWED: Duration = Duration::from_secs(2);
/// Who waits for one looks this often.
const LOOK: Duration = Duration::from_millis(50);

/// The leases of one worker.
#[derive(Debug)]
pub(super) struct Leases(Rc<Holder>);

#[derive(Debug)]
struct Holder {
    connection: Connection,
    clock: Clock,
    /// What tells this worker's leases from others'.
    owner: String,
    held: RefCell<BTreeSet<String>>,
}

/// A lease that this worker has.
#[derive(Debug)]
pub(super) struct Lease {
    /// None if there was no database to write it into.
    held: Option<(Rc<Holder>, String)>,
}

impl Leases {
    /// Leases in this database.
    pub(super) fn new(connection: Connection) -> Self {
        let random = js_sys::Math::random().to_bits();
        Self(Rc::new(Holder {
            connection,
            clock: Clock::default(),
            owner: format!("{random:016x}{:016x}", js_sys::Math::random().to_bits()),
            held: RefCell::default(),
        }))
    }

    /// Takes those of these leases that nobody has.
    pub(super) async fn try_take(&self, names: &[String]) -> Vec<Option<Lease>> {
        let holder = &self.0;
        // What this worker has itself is taken, too.
        let mine: Vec<_> = {
            let held = holder.held.borrow();
            names.iter().map(|name| held.contains(name)).collect()
        };
        let now = holder.clock.now();
        let until = now + LASTS.as_secs_f64() * 1000.0;
        let taken = holder
            .connection
            .claim(names, &holder.owner, now, until)
            .await;
        let Ok(taken) = taken else {
            // Without a database nobody can be kept away.
            return names.iter().map(|_| Some(Lease { held: None })).collect();
        };
        let was_idle = holder.held.borrow().is_empty();
        let leases: Vec<_> = names
            .iter()
            .zip(taken.into_iter().zip(mine))
            .map(|(name, (taken, mine))| {
                (taken && !mine).then(|| {
                    holder.held.borrow_mut().insert(name.clone());
                    Lease {
                        held: Some((Rc::clone(holder), name.clone())),
                    }
                })
            })
            .collect();
        if was_idle && !holder.held.borrow().is_empty() {
            spawn_local(renew(Rc::downgrade(holder)));
        }
        leases
    }

    /// Waits for a lease, and takes it.
    pub(super) async fn take(&self, name: &str) -> Lease {
        let name = [name.to_owned()];
        loop {
            if let Some(lease) = self.try_take(&name).await.pop().flatten() {
                return lease;
            }
            sleep(LOOK).await;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some((holder, name)) = self.held.take() {
            holder.held.borrow_mut().remove(&name);
            spawn_local(async move {
                // If it cannot be given back, it runs out.
                let names = [name];
                let _ = holder.connection.unclaim(&names, &holder.owner).await;
            });
        }
    }
}

/// Renews what is held, for as long as anything is.
async fn renew(holder: Weak<Holder>) {
    loop {
        sleep(RENEWED).await;
        let Some(holder) = holder.upgrade() else {
            return;
        };
        let names: Vec<_> = holder.held.borrow().iter().cloned().collect();
        if names.is_empty() {
            return;
        }
        let now = holder.clock.now();
        let until = now + LASTS.as_secs_f64() * 1000.0;
        let _ = holder
            .connection
            .claim(&names, &holder.owner, now, until)
            .await;
    }
}
