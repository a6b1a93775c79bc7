//! Which team of threads works for which run: a team works for one run at a time, and is kept warm for the next of its size.

use core::num::NonZeroUsize;
use std::rc::Rc;

use parallel::Input;

use super::workers::Worker;
use super::{Kernel, RunKey};

impl Kernel {
    /// Why there are no threads here and what to do, if there are none.
    pub(super) fn no_threads(&self) -> Option<&'static str> {
        if !browser::is_isolated() {
            Some(
                "Threads share a memory, which browsers allow to pages that are cross-origin isolated, and this one is not: \
                 serve it with the headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy (docs/deploying.md \
                 says how), or use loky.",
            )
        } else if !self.has_threads {
            Some(
                "This site was built without threads: build it where the compiler’s component rust-src can be had, or use loky.",
            )
        } else {
            None
        }
    }

    pub(super) fn runs_on_threads(&self, key: RunKey) -> bool {
        let runs = self.runs.borrow();
        runs.get(&key).is_some_and(super::run::Run::is_on_threads)
    }

    /// Gives a run a team of threads, if it has none.
    pub(super) fn provide_team(self: &Rc<Self>, key: RunKey) {
        let threads = match self.runs.borrow().get(&key) {
            Some(run) => NonZeroUsize::new(run.n_jobs).unwrap_or(NonZeroUsize::MIN),
            None => return,
        };
        let (mine, idle) = {
            let workers = self.workers.borrow();
            let of = |run: Option<RunKey>| {
                let found = workers.threads_of(run);
                let mut teams = found.filter_map(|id| self.threads.team_of(id));
                teams.next().unwrap_or_default()
            };
            (of(Some(key)), of(None))
        };
        if !mine.is_empty() {
            return;
        }
        if idle.len() == threads.get() {
            for id in idle {
                let given = self.workers.borrow_mut().give(id, key);
                if given.is_some_and(|worker| worker.started) {
                    self.tell(key, Input::WorkerReady(id));
                }
            }
            return;
        }
        // One idle team is enough: threads and their memory are there whether they work or not.
        for id in idle {
            self.end_worker(id);
        }
        for id in self.threads.start(threads, || self.pool.number()) {
            self.workers.borrow_mut().add(id, Worker::thread(key));
        }
    }
}
