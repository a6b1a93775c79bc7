//! Remembering results, and answering questions about what is remembered.

use core::time::Duration;
use std::rc::Rc;

use browser::{JsBuffer, Values, sleep};
use memory::{Entry, Freed, Key, Limits, Reference, StoreError, bytes_from_text};
use parallel::Report;
use protocol::{Loose, MemoryAction, MemoryAnswer, MemoryEntry, Position, Reply};
use wasm_bindgen_futures::spawn_local;

use super::runs::duplicate;
use super::{Kernel, KernelMemory, RunKey, error_info, listing};

/// How often what waits to be written is looked at while something does.
const FLUSH_LOOK: Duration = Duration::from_millis(100);

impl Kernel {
    /// Remembers the results of these tasks, if the run remembers at all. A failure is never remembered.
    pub(super) fn remember(self: &Rc<Self>, key: RunKey, reports: &[Report]) {
        let Some(memory) = self.memory() else { return };
        let now = self.clock.now();
        {
            let mut runs = self.runs.borrow_mut();
            let Some(run) = runs.get_mut(&key) else {
                return;
            };
            for report in reports {
                // Whoever waits for a task that failed computes it for himself.
                let Some(flight) = run.flights.remove(&report.task.0) else {
                    continue;
                };
                if let Some(known) = run.results.get(&report.task.0)
                    && let Ok(value) = &known.result
                {
                    // The result goes on to the caller, who is given its buffers; the memory keeps copies.
                    memory.land(flight, duplicate(value), known.duration_ms, now);
                }
            }
        }
        self.write_behind();
    }

    /// Sees to it that what waits to be written is written soon.
    pub(super) fn write_behind(self: &Rc<Self>) {
        let Some(memory) = self.memory() else { return };
        if !memory.has_waiting() || self.is_writing.replace(true) {
            return;
        }
        let kernel = Rc::clone(self);
        spawn_local(async move {
            while memory.has_waiting() {
                sleep(FLUSH_LOOK).await;
                let now = kernel.clock.now();
                if memory.flush_due(now) {
                    memory.flush(now).await;
                }
            }
            kernel.is_writing.set(false);
        });
    }

    pub(super) fn ask_memory(
        self: &Rc<Self>,
        request: u32,
        location: String,
        action: MemoryAction,
        values: &Values,
    ) {
        let Some(memory) = self.memory() else { return };
        let kernel = Rc::clone(self);
        let file = match action {
            MemoryAction::Import => browser::bytes(values).unwrap_or_default(),
            _ => Vec::new(),
        };
        spawn_local(async move {
            let action = match action {
                MemoryAction::Export => {
                    return kernel.export(request, &memory, &location).await;
                }
                MemoryAction::Import => {
                    let answer = kernel.import(&memory, &location, &file).await;
                    return kernel.page.send(&Reply::Memory { request, answer });
                }
                MemoryAction::Entries => {
                    return kernel.list(request, &memory, &location).await;
                }
                MemoryAction::Get { key } => {
                    return kernel.get(request, &memory, &location, &key).await;
                }
                action => action,
            };
            let answer = kernel.answer_about(&memory, &location, action).await;
            kernel.page.send(&Reply::Memory { request, answer });
        });
    }

    /// The answer to a question about a memory that has nothing beside it.
    pub(super) async fn answer_about(
        &self,
        memory: &KernelMemory,
        location: &str,
        action: MemoryAction,
    ) -> MemoryAnswer {
        let now = self.clock.now();
        let answer = match action {
            MemoryAction::Entries => {
                memory
                    .entries(location)
                    .await
                    .map(|entries| MemoryAnswer::Entries {
                        entries: entries
                            .into_iter()
                            .map(|(key, entry)| entry_info(key, entry))
                            .collect(),
                    })
            }
            MemoryAction::Stats => memory
                .stats(location)
                .await
                .map(|stats| MemoryAnswer::Stats {
                    entries: stats.entries as f64,
                    bytes: stats.bytes as f64,
                    duration_ms: stats.duration,
                }),
            MemoryAction::Clear => memory.clear(location, None).await.map(freed_answer),
            MemoryAction::ClearFunction { function } => memory
                .clear(location, Some(&function))
                .await
                .map(freed_answer),
            MemoryAction::ReduceSize {
                bytes_limit,
                items_limit,
                age_limit_seconds,
            } => match limits(bytes_limit, items_limit, age_limit_seconds) {
                Ok(limits) => memory
                    .reduce_size(location, limits, now)
                    .await
                    .map(freed_answer),
                Err(answer) => Ok(answer),
            },
            MemoryAction::KeepWithin {
                bytes_limit,
                items_limit,
                age_limit_seconds,
            } => Ok(match limits(bytes_limit, items_limit, age_limit_seconds) {
                Ok(limits) => {
                    memory.keep_within(location, limits);
                    MemoryAnswer::Done
                }
                Err(answer) => answer,
            }),
            MemoryAction::Delete { key } => match key_of(location, &key) {
                Ok(key) => {
                    let bytes = memory.entries(location).await.ok().and_then(|entries| {
                        let found = entries.into_iter().find(|(other, _)| *other == key);
                        found.map(|(_, entry)| entry.bytes)
                    });
                    let freed = Freed {
                        entries: u64::from(bytes.is_some()),
                        bytes: bytes.unwrap_or_default(),
                    };
                    memory.delete(&[key]).await.map(|()| freed_answer(freed))
                }
                Err(answer) => Ok(answer),
            },
            MemoryAction::Get { .. } | MemoryAction::Export | MemoryAction::Import => Ok(refused(
                "memory-action",
                "This cannot be asked of a memory here.",
            )),
        };
        answer.unwrap_or_else(|error: StoreError| refused(error.code(), &error.to_string()))
    }

    async fn list(&self, request: u32, memory: &KernelMemory, location: &str) {
        match memory.entries(location).await {
            Ok(entries) => {
                let (block, texts, functions) = listing::write(&entries);
                let answer = MemoryAnswer::Listed {
                    count: entries.len() as u32,
                    functions,
                };
                let texts = JsBuffer::copy_of(&texts);
                let told = Reply::Memory { request, answer };
                self.page.send_block(&told, &block, &[texts]);
            }
            Err(error) => self.page.send(&Reply::Memory {
                request,
                answer: refused(error.code(), &error.to_string()),
            }),
        }
    }

    async fn export(&self, request: u32, memory: &KernelMemory, location: &str) {
        let mut file = Vec::new();
        let mut take = |piece: &[u8]| file.extend_from_slice(piece);
        let now = self.clock.now();
        match memory.export_to(location, now, &mut take).await {
            Ok(entries) => {
                let entries = entries as f64;
                let answer = MemoryAnswer::Exported { entries };
                let told = Reply::Memory { request, answer };
                self.page.send_block(&told, &file, &[]);
            }
            Err(error) => self.page.send(&Reply::Memory {
                request,
                answer: refused(error.code(), &error.to_string()),
            }),
        }
    }

    async fn import(&self, memory: &KernelMemory, location: &str, file: &[u8]) -> MemoryAnswer {
        let now = self.clock.now();
        match memory.import(location, file, JsBuffer::copy_of, now).await {
            Ok(imported) => MemoryAnswer::Imported {
                entries: imported.entries as f64,
                bytes: imported.bytes as f64,
                older: imported.older as f64,
                other_source: imported.other_source as f64,
            },
            Err(error) => {
                let mut info = error_info(error.code(), &error.to_string());
                info.position = error.position().map(|offset| Position {
                    offset: u32::try_from(offset).unwrap_or(u32::MAX),
                    line: None,
                    column: None,
                });
                MemoryAnswer::Failed { error: info }
            }
        }
    }

    async fn get(&self, request: u32, memory: &KernelMemory, location: &str, key: &str) {
        let answer = match key_of(location, key) {
            Ok(key) => {
                let reference = Reference {
                    key,
                    entry: Entry::default(),
                };
                match memory.get(&reference, self.clock.now()).await {
                    Ok(hit) => {
                        let told = Reply::Memory {
                            request,
                            answer: MemoryAnswer::Value,
                        };
                        let value = if hit.shared {
                            duplicate(&hit.value)
                        } else {
                            hit.value
                        };
                        return self.send_value(&told, &value);
                    }
                    Err(error) => refused(error.code(), &error.to_string()),
                }
            }
            Err(answer) => answer,
        };
        self.page.send(&Reply::Memory { request, answer });
    }
}

/// The key of that text, if it is one of this location.
fn key_of(location: &str, text: &str) -> Result<Key, MemoryAnswer> {
    Key::from_storage_key(text)
        .filter(|key| key.location == location)
        .ok_or_else(|| {
            refused(
                "memory-key",
                &format!("`{text}` is not the key of an entry of `{location}`."),
            )
        })
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

/// An entry as the page is told of it.
pub(super) fn entry_info(key: Key, entry: Entry) -> MemoryEntry {
    MemoryEntry {
        key: key.storage_key(),
        task: key.function.clone(),
        function: key.function,
        arguments: entry.arguments,
        created: entry.created,
        last_used: entry.last_used,
        duration_ms: entry.duration,
        bytes: entry.bytes as f64,
        hits: entry.hits,
    }
}

fn limits(
    bytes: Option<Loose>,
    items: Option<f64>,
    age_seconds: Option<f64>,
) -> Result<Limits, MemoryAnswer> {
    let bytes = match bytes {
        Some(Loose::Text(text)) => Some(
            bytes_from_text(&text).map_err(|error| refused("memory-limit", &error.to_string()))?
                as f64,
        ),
        Some(Loose::Number(number)) => Some(number),
        None => None,
    };
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
