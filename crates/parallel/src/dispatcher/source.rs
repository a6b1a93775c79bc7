//! How far the source is read.

/// What was taken from the source.
#[derive(Debug)]
pub(super) struct Source {
    state: State,
    submitted: u32,
}

/// Where the reading of the source stands.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum State {
    Open,
    /// A pull was not answered yet.
    Asked,
    /// The last answer was empty, and nothing happened since.
    Asleep,
    Ended,
    /// There are more tasks than there are numbers for.
    Exhausted,
}

impl Source {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Open,
            submitted: 0,
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
        self.state = if tasks == 0 {
            State::Asleep
        } else {
            State::Open
        };
        Some(first)
    }

    /// Whether the source may be asked for tasks now; if so, it is taken to be asked.
    pub(super) fn ask(&mut self) -> bool {
        let may = self.state == State::Open;
        if may {
            self.state = State::Asked;
        }
        may
    }
}
