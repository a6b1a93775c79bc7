//! The order in which results are yielded.

use std::collections::VecDeque;

use crate::{Order, Outcome, Output, TaskId};

/// Yields outcomes in the order wanted. Only outcomes that wait for their turn are kept.
#[derive(Debug)]
pub(super) struct Yields {
    order: Order,
    /// The task whose turn it is.
    next: u32,
    /// The outcomes from `next` on, as far as any is known.
    waiting: VecDeque<Option<Outcome>>,
}

impl Yields {
    pub(super) fn new(order: Order) -> Self {
        Self {
            order,
            next: 0,
            waiting: VecDeque::new(),
        }
    }

    /// Takes note of an outcome, once per task, and yields what is due.
    pub(super) fn settle(
        &mut self,
        task: TaskId,
        outcome: Outcome,
        outputs: &mut VecDeque<Output>,
    ) {
        if self.order == Order::Completion {
            outputs.push_back(Output::Yield { task, outcome });
            return;
        }
        // Mostly it is this one's turn, and nothing waits.
        if task.0 == self.next && self.waiting.is_empty() {
            outputs.push_back(Output::Yield { task, outcome });
            self.next += 1;
            return;
        }
        let place = task.0.saturating_sub(self.next) as usize;
        if place >= self.waiting.len() {
            self.waiting.resize(place + 1, None);
        }
        if let Some(slot) = self.waiting.get_mut(place) {
            *slot = Some(outcome);
        }
        while let Some(&Some(outcome)) = self.waiting.front() {
            outputs.push_back(Output::Yield {
                task: TaskId(self.next),
                outcome,
            });
            self.waiting.pop_front();
            self.next += 1;
        }
    }
}
