//! How far the source is read ahead.

use core::num::NonZeroUsize;

use crate::{BatchSize, Options, PreDispatch};

/// How many tasks at a time a source is asked for that is to be read at once.
const ALL_AT_ONCE: usize = 1024;

/// What was taken from the source, and how much more may be.
#[derive(Debug)]
pub(super) struct Source {
    state: State,
    submitted: u32,
    n_jobs: usize,
    window: Option<Window>,
}

/// Where the reading of the source stands.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum State {
    Open,
    /// The last answer had fewer tasks than were asked for, so the end may be near.
    Short,
    /// A pull for this many tasks was not answered yet.
    Asked(usize),
    /// The last answer was empty, and nothing happened since.
    Asleep,
    Ended,
    /// There are more tasks than there are numbers for.
    Exhausted,
}

/// The window of `pre_dispatch`, in tasks produced and not done.
///
/// joblib takes `tasks` from the source, cuts them into batches, and from then on replaces each batch that ends by one of
/// the size current then. So the window is `tasks` at first, and once a batch has ended, as many batches as they made.
#[derive(Debug)]
struct Window {
    tasks: usize,
    batches: usize,
    opened: bool,
}

impl Source {
    pub(super) fn new(options: &Options) -> Self {
        let n_jobs = options.n_jobs.get();
        let window = match options.pre_dispatch {
            PreDispatch::All => None,
            PreDispatch::Tasks(tasks) => {
                let tasks = tasks.get();
                let first = match options.batch_size {
                    BatchSize::Auto => 1,
                    BatchSize::Fixed(size) => NonZeroUsize::get(size).min(tasks / n_jobs).max(1),
                };
                Some(Window {
                    tasks,
                    batches: tasks.div_ceil(first),
                    opened: false,
                })
            }
        };
        Self {
            state: State::Open,
            submitted: 0,
            n_jobs,
            window,
        }
    }

    pub(super) fn submitted(&self) -> usize {
        self.submitted as usize
    }

    pub(super) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Whether the source had more tasks than there are numbers for.
    pub(super) fn is_exhausted(&self) -> bool {
        self.state == State::Exhausted
    }

    pub(super) fn wake(&mut self) {
        if self.state == State::Asleep {
            self.state = State::Open;
        }
    }

    pub(super) fn end(&mut self) {
        self.state = State::Ended;
    }

    pub(super) fn batch_ended(&mut self) {
        if let Some(window) = &mut self.window {
            window.opened = true;
        }
    }

    /// Takes note of this many tasks from the source, and returns the number of the first.
    pub(super) fn take(&mut self, tasks: usize) -> Option<u32> {
        if self.state == State::Ended {
            return None;
        }
        let first = self.submitted;
        let Some(submitted) = u32::try_from(tasks)
            .ok()
            .and_then(|tasks| first.checked_add(tasks))
        else {
            self.state = State::Exhausted;
            return None;
        };
        self.submitted = submitted;
        self.state = match self.state {
            _ if tasks == 0 => State::Asleep,
            State::Asked(most) if tasks < most => State::Short,
            _ => State::Open,
        };
        Some(first)
    }

    /// How many tasks to ask the source for now, if any.
    pub(super) fn pull(&mut self, batch_size: usize, done: usize) -> Option<usize> {
        if !matches!(self.state, State::Open | State::Short) {
            return None;
        }
        // joblib takes a batch for each worker at a time.
        let big_batch = batch_size.saturating_mul(self.n_jobs);
        let most = match &self.window {
            None => big_batch.max(ALL_AT_ONCE),
            Some(window) => {
                let limit = window.limit(batch_size);
                let room = limit.saturating_sub(self.submitted() - done);
                // Room for a whole batch, so that large batches do not make for many small pulls; but the end of the
                // source must become known before its last tasks are cut into batches.
                let least = if self.state == State::Short {
                    1
                } else {
                    batch_size.min(limit)
                };
                if room < least {
                    return None;
                }
                // All of the room at once: where results are looked up in a memory, one question for many is far cheaper
                // than many for one.
                room
            }
        };
        self.state = State::Asked(most);
        Some(most)
    }
}

impl Window {
    fn limit(&self, batch_size: usize) -> usize {
        if self.opened {
            self.tasks.max(self.batches.saturating_mul(batch_size))
        } else {
            self.tasks
        }
    }
}
