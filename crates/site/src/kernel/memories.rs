//! Remembering results, and answering questions about what is remembered.

use core::time::Duration;
use std::rc::Rc;

use browser::sleep;
use memory::{Entry, Freed, Key, Limits, StoreError};
use parallel::Report;
use protocol::{MemoryAction, MemoryAnswer, MemoryEntry, Reply};
use wasm_bindgen_futures::spawn_local;

use super::{Kernel, RunKey, error_info};

/// How often what waits to be written is looked at while a run goes on.
const FLUSH_LOOK: Duration = Duration::from_millis(100);

impl Kernel {
    /// Remembers the results of these tasks, if the run remembers at all. A failure is never remembered.
    pub(super) fn remember(self: &Rc<Self>, key: RunKey, reports: &[Report]) {
        let Some(memory) = self.memory() else { return };
        let now = self.clock.now();
        let was_waiting = memory.has_waiting();
        {
            let mut runs = self.runs.borrow_mut();
            let Some(run) = runs.get_mut(&key) else {
                return;
            };
            for report in reports.iter().filter(|report| !report.failed) {
                let Some(call) = run.keys.remove(&report.task.0) else {
                    continue;
                };
                if let Some(known) = run.results.get(&report.task.0)
                    && let Ok(value) = &known.result
                {
                    // The result goes on to the caller, who is given its buffers; the memory keeps copies.
                    let value = values::Parcel {
                        head: value.head.clone(),
                        buffers: value
                            .buffers
                            .iter()
                            .map(browser::JsBuffer::duplicate)
                            .collect(),
                    };
                    memory.remember(call, value, known.duration_ms, now);
                }
            }
        }
        if memory.has_waiting() && !was_waiting {
            let clock = self.clock.clone();
            spawn_local(async move {
                while memory.has_waiting() {
                    sleep(FLUSH_LOOK).await;
                    if memory.flush_due(clock.now()) {
                        memory.flush().await;
                    }
                }
            });
        }
    }

    pub(super) fn ask_memory(
        self: &Rc<Self>,
        request: u32,
        location: String,
        action: MemoryAction,
    ) {
        let Some(memory) = self.memory() else { return };
        let kernel = Rc::clone(self);
        spawn_local(async move {
            let now = kernel.clock.now();
            let answer = match action {
                MemoryAction::Entries => memory.entries(&location).await.map(entries_answer),
                MemoryAction::Stats => {
                    memory
                        .stats(&location)
                        .await
                        .map(|stats| MemoryAnswer::Stats {
                            entries: stats.entries as f64,
                            bytes: stats.bytes as f64,
                            duration_ms: stats.duration,
                        })
                }
                MemoryAction::Clear => memory.clear(&location).await.map(freed_answer),
                MemoryAction::ReduceSize {
                    bytes_limit,
                    items_limit,
                    age_limit_seconds,
                } => match limits(number(bytes_limit), items_limit, age_limit_seconds) {
                    Ok(limits) => memory
                        .reduce_size(&location, limits, now)
                        .await
                        .map(freed_answer),
                    Err(answer) => Ok(answer),
                },
                MemoryAction::ClearFunction { .. }
                | MemoryAction::Export
                | MemoryAction::Import => Ok(refused("memory-action", "This is not done yet.")),
                MemoryAction::Delete { key } => {
                    match Key::from_storage_key(&key).filter(|key| key.location == location) {
                        Some(key) => {
                            let bytes = memory.entries(&location).await.ok().and_then(|entries| {
                                entries
                                    .iter()
                                    .find(|(other, _)| *other == key)
                                    .map(|(_, entry)| entry.bytes)
                            });
                            let freed = Freed {
                                entries: u64::from(bytes.is_some()),
                                bytes: bytes.unwrap_or_default(),
                            };
                            memory.delete(&[key]).await.map(|()| freed_answer(freed))
                        }
                        None => Ok(refused(
                            "memory-key",
                            &format!("`{key}` is not the key of an entry of `{location}`."),
                        )),
                    }
                }
            };
            let answer = answer
                .unwrap_or_else(|error: StoreError| refused(error.code(), &error.to_string()));
            kernel.page.send(&Reply::Memory { request, answer });
        });
    }
}

fn refused(code: &str, message: &str) -> MemoryAnswer {
    MemoryAnswer::Failed {
        error: error_info(code, message),
    }
}

fn freed_answer(freed: Freed) -> MemoryAnswer {
    MemoryAnswer::Freed {
        entries: freed.entries as f64,
        bytes: freed.bytes as f64,
    }
}

fn entries_answer(entries: Vec<(Key, Entry)>) -> MemoryAnswer {
    MemoryAnswer::Entries {
        entries: entries
            .into_iter()
            .map(|(key, entry)| MemoryEntry {
                key: key.storage_key(),
                task: key.function.clone(),
                function: key.function,
                arguments: entry.arguments,
                hits: entry.hits,
                created: entry.created,
                last_used: entry.last_used,
                duration_ms: entry.duration,
                bytes: entry.bytes as f64,
            })
            .collect(),
    }
}

fn limits(
    bytes: Option<f64>,
    items: Option<f64>,
    age_seconds: Option<f64>,
) -> Result<Limits, MemoryAnswer> {
    for (name, limit) in [
        ("bytesLimit", bytes),
        ("itemsLimit", items),
        ("ageLimitSeconds", age_seconds),
    ] {
        if limit.is_some_and(|limit| limit < 0.0 || limit.is_nan()) {
            return Err(refused(
                "memory-limit",
                &format!("{name} must be a number from 0."),
            ));
        }
    }
    Ok(Limits {
        bytes: bytes.map(|bytes| bytes as u64),
        items: items.map(|items| items as u64),
        age: age_seconds.map(|seconds| seconds * 1000.0),
    })
}

/// The number, if it is one; a text comes with joblib's units, which the memory reads.
fn number(given: Option<protocol::Loose>) -> Option<f64> {
    match given {
        Some(protocol::Loose::Number(number)) => Some(number),
        _ => None,
    }
}
