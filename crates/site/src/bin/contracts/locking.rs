//! Locks in the hands of a script.

use std::cell::RefCell;
use std::collections::BTreeMap;

use browser::{Lock, Locks};
use memory::Locks as _;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::shelf::Shelf;

/// The locks of those who share a database.
#[wasm_bindgen]
pub struct Locksmith {
    locks: Locks,
    held: RefCell<BTreeMap<String, Lock>>,
}

#[wasm_bindgen]
impl Locksmith {
    /// The locks of the store.
    pub fn of(shelf: &Shelf) -> Self {
        Self {
            locks: Locks::of_database(&shelf.0),
            held: RefCell::default(),
        }
    }

    /// Whether these are Web Locks, and not leases.
    pub fn are_web_locks(&self) -> bool {
        self.locks.are_web_locks()
    }

    /// Tries to take all of these, and says which it got.
    pub async fn try_lock(&self, names: Vec<String>) -> Vec<String> {
        let locks = self.locks.try_lock(&names).await;
        let mut got = Vec::new();
        for (name, lock) in names.into_iter().zip(locks) {
            if let Some(lock) = lock {
                self.held.borrow_mut().insert(name.clone(), lock);
                got.push(name);
            }
        }
        got
    }

    /// Waits for a lock.
    pub async fn lock(&self, name: String) {
        let lock = self.locks.lock(&name).await;
        self.held.borrow_mut().insert(name, lock);
    }

    /// Gives a lock back.
    pub fn release(&self, name: &str) {
        self.held.borrow_mut().remove(name);
    }
}
