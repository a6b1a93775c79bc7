//! Taking tasks from a run's source, and looking up which of them are already known.

use std::rc::Rc;

use browser::{Values, pause, to_parcel};
use memory::{Key, Lookup};
use parallel::{Input, Produced};
use protocol::{ErrorInfo, Reply};
use values::{Buffer, Digester, Parcel};
use wasm_bindgen_futures::spawn_local;

use super::run::{Source, TaskResult};
use super::{Kernel, RunKey, error_info};

/// After so many bytes of arguments the kernel listens to the page again before it digests more.
const DIGEST_AT_ONCE: usize = 8 << 20;

type Arguments = Result<Parcel<browser::JsBuffer>, ErrorInfo>;

impl Kernel {
    pub(super) fn pull(self: &Rc<Self>, key: RunKey, count: usize) {
        let (texts, serial) = match self.runs.borrow_mut().get_mut(&key) {
            Some(run) => match &mut run.source {
                Source::Page => (None, run.serial),
                Source::Texts(texts) => {
                    let some: Vec<_> = texts.drain(..count.min(texts.len())).collect();
                    (Some((some, texts.is_empty())), run.serial)
                }
            },
            None => return,
        };
        match (texts, key) {
            (Some((texts, ended)), RunKey::Lab(lab)) => {
                let kernel = Rc::clone(self);
                spawn_local(async move {
                    let mut arguments = Vec::with_capacity(texts.len());
                    for text in texts {
                        arguments.push(kernel.read_text(lab, &text).await);
                    }
                    kernel.produced(key, serial, arguments, ended).await;
                });
            }
            (_, RunKey::Page(run)) => self.page.send(&Reply::NeedItems {
                run,
                count: u32::try_from(count).unwrap_or(u32::MAX),
            }),
            (None, RunKey::Lab(_)) => {}
        }
    }

    pub(super) fn items_arrived(self: &Rc<Self>, run: u32, values: &Values, ended: bool) {
        let key = RunKey::Page(run);
        let (first, serial) = match self.runs.borrow().get(&key) {
            Some(run) => (run.taken, run.serial),
            None => return,
        };
        let arguments: Vec<Arguments> = values
            .iter()
            .zip(first..)
            .map(|(value, number)| {
                to_parcel(value, &format!("items[{number}]")).map_err(|error| ErrorInfo {
                    task: Some(number),
                    ..error_info("untransferable", &error.to_string())
                })
            })
            .collect();
        let kernel = Rc::clone(self);
        spawn_local(async move { kernel.produced(key, serial, arguments, ended).await });
    }

    /// Hands tasks to the dispatcher: those whose result is remembered as done, the others to be computed.
    async fn produced(
        self: &Rc<Self>,
        key: RunKey,
        serial: u64,
        arguments: Vec<Arguments>,
        ended: bool,
    ) {
        let (task, version, location, first) = match self
            .runs
            .borrow()
            .get(&key)
            .filter(|run| run.serial == serial)
        {
            Some(run) => (
                run.task.clone(),
                run.version,
                run.location.clone(),
                run.taken,
            ),
            None => return,
        };
        let mut known = Vec::new();
        if let (Some(location), Some(memory)) = (location, self.memory()) {
            let keys = keys(&arguments, &location, &task, version).await;
            let asked: Vec<_> = keys.iter().flatten().cloned().collect();
            let mut found = memory.lookup(&asked, self.clock.now()).await.into_iter();
            for key in keys {
                let lookup = if key.is_some() { found.next() } else { None };
                known.push((key, lookup));
            }
        }
        known.resize_with(arguments.len(), || (None, None));
        let produced: Vec<_> = {
            let mut runs = self.runs.borrow_mut();
            // The run may have been stopped, and another begun, while the memory was asked.
            let Some(run) = runs
                .get_mut(&key)
                .filter(|run| run.serial == serial && !run.ended)
            else {
                return;
            };
            run.taken += arguments.len() as u32;
            (first..)
                .zip(arguments.into_iter().zip(known))
                .map(|(number, (arguments, (key, lookup)))| {
                    let (produced, result) = match (arguments, lookup) {
                        (Err(error), _) => (Produced::Unreadable, Some((Err(error), 0.0))),
                        (Ok(_), Some(Lookup::Hit(value, entry))) => {
                            (Produced::Cached, Some((Ok(value), entry.duration)))
                        }
                        (Ok(arguments), _) => {
                            run.arguments.insert(number, arguments);
                            run.keys.extend(key.map(|key| (number, key)));
                            run.to_compute += 1;
                            (Produced::Pending, None)
                        }
                    };
                    if let Some((result, duration_ms)) = result {
                        run.results.insert(
                            number,
                            TaskResult {
                                result,
                                duration_ms,
                            },
                        );
                    }
                    produced
                })
                .collect()
        };
        if ended {
            // In this order the dispatcher knows that these are the last before it cuts batches.
            self.tell(key, Input::Produced(produced));
            self.tell(key, Input::SourceEnded);
        } else {
            self.tell(key, Input::Produced(produced));
        }
        self.provide_workers(key);
        self.pump(key);
    }
}

/// The keys of calls with these arguments. Long arguments are digested with pauses, so that the kernel still hears the
/// page.
async fn keys(
    arguments: &[Arguments],
    location: &str,
    task: &str,
    version: u32,
) -> Vec<Option<Key>> {
    let mut keys = Vec::with_capacity(arguments.len());
    let mut bytes = 0;
    for arguments in arguments {
        let Ok(parcel) = arguments else {
            keys.push(None);
            continue;
        };
        let mut digester: Digester = Key::digester(task, version);
        parcel.digest_into(&mut digester);
        bytes += parcel
            .buffers
            .iter()
            .map(Buffer::byte_length)
            .sum::<usize>();
        if bytes >= DIGEST_AT_ONCE {
            bytes = 0;
            pause().await;
        }
        keys.push(Some(Key::from_digester(location, task, &digester)));
    }
    keys
}
