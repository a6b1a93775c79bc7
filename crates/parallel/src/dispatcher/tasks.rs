//! Many tasks in little room.

use core::ops::Range;
use std::collections::VecDeque;

use crate::TaskId;

/// Tasks in the order in which they are to run, kept as ranges of numbers: they come from the source one after the other, so
/// a batch of thousands is mostly one range, and one range needs no memory of its own.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Tasks {
    /// Empty only if there are no tasks.
    first: Range<u32>,
    /// None of them is empty.
    more: VecDeque<Range<u32>>,
    len: usize,
}

impl Tasks {
    pub(super) fn one(task: TaskId) -> Self {
        let mut tasks = Self::default();
        tasks.push(task);
        tasks
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn first(&self) -> Option<TaskId> {
        (!self.is_empty()).then_some(TaskId(self.first.start))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = TaskId> + '_ {
        let more = self.more.iter().flat_map(Range::clone);
        self.first.clone().chain(more).map(TaskId)
    }

    /// As [`Output::Send`](crate::Output::Send) has them.
    pub(super) fn to_vec(&self) -> Vec<TaskId> {
        let mut all = Vec::with_capacity(self.len);
        all.extend(self.iter());
        all
    }

    pub(super) fn push(&mut self, task: TaskId) {
        // The source never gives out the last number, so there is always one after.
        self.push_range(task.0..task.0.saturating_add(1));
    }

    fn push_range(&mut self, range: Range<u32>) {
        self.len += range.len();
        let last = match self.more.back_mut() {
            Some(last) => last,
            None if self.first.is_empty() => {
                self.first = range;
                return;
            }
            None => &mut self.first,
        };
        if last.end == range.start {
            last.end = range.end;
        } else {
            self.more.push_back(range);
        }
    }

    pub(super) fn pop(&mut self) -> Option<TaskId> {
        let task = self.first.next()?;
        self.len -= 1;
        if self.first.is_empty() {
            self.first = self.more.pop_front().unwrap_or_default();
        }
        Some(TaskId(task))
    }

    /// Takes up to so many tasks from the front.
    pub(super) fn take(&mut self, most: usize) -> Self {
        let mut taken = Self::default();
        while taken.len < most && !self.is_empty() {
            let here = self.first.len().min(most - taken.len);
            // A range of u32 is never longer than fits.
            let middle = self.first.start.saturating_add(here as u32);
            taken.push_range(self.first.start..middle);
            self.len -= here;
            self.first.start = middle;
            if self.first.is_empty() {
                self.first = self.more.pop_front().unwrap_or_default();
            }
        }
        taken
    }

    pub(super) fn contains(&self, task: TaskId) -> bool {
        self.first.contains(&task.0) || self.more.iter().any(|range| range.contains(&task.0))
    }

    /// Removes a task, if it is here.
    pub(super) fn remove(&mut self, task: TaskId) -> bool {
        if !self.contains(task) {
            return false;
        }
        let before = core::mem::take(self);
        for other in before.iter().filter(|&other| other != task) {
            self.push(other);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks(numbers: &[u32]) -> Tasks {
        let mut tasks = Tasks::default();
        for &number in numbers {
            tasks.push(TaskId(number));
        }
        tasks
    }

    fn numbers(tasks: &Tasks) -> Vec<u32> {
        tasks.to_vec().iter().map(|task| task.0).collect()
    }

    #[test]
    fn they_keep_their_order_and_number_whatever_is_taken_or_removed() {
        let all = [3, 4, 5, 9, 10, 1, 20];
        for most in 0..9 {
            let mut rest = tasks(&all);
            let taken = rest.take(most);
            let split = most.min(all.len());
            assert_eq!(numbers(&taken), all[..split]);
            assert_eq!(numbers(&rest), all[split..]);
            assert_eq!((taken.len(), rest.len()), (split, all.len() - split));
        }
        for removed in 0..22 {
            let mut rest = tasks(&all);
            assert_eq!(rest.remove(TaskId(removed)), all.contains(&removed));
            let expected: Vec<_> = all.into_iter().filter(|&n| n != removed).collect();
            assert_eq!(
                (numbers(&rest), rest.len()),
                (expected.clone(), expected.len())
            );
        }
        let mut rest = tasks(&all);
        let popped: Vec<_> = core::iter::from_fn(|| rest.pop())
            .map(|task| task.0)
            .collect();
        assert_eq!(popped, all);
        assert!(rest.is_empty() && rest.first().is_none());
    }

    #[test]
    fn neighbours_are_one_range() {
        let run = tasks(&[0, 1, 2, 3]);
        assert!(run.more.is_empty());
        assert_eq!(tasks(&[0, 1, 5]).more.len(), 1);
    }
}
