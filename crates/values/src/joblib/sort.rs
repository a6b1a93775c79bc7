//! Python's sort: the order that CPython's `list.sort` gives, also where `<` is no order.
//!
//! joblib sorts the keys of dicts and the elements of sets. Where they hold NaN or sets, `<` is only a partial order, and what
//! comes out depends on which elements are compared. So this compares the very elements that CPython 3.11 and 3.12 compare:
//! runs, binary insertion, galloping merges (Objects/listsort.txt), merged by powersort
//! (<https://doi.org/10.4230/LIPIcs.ESA.2018.63>). For total orders every stable sort gives the same.

/// From this many wins in a row of one side on, a merge gallops.
const LEAST_GALLOP: usize = 7;

/// A stretch in order: where it begins, how long it is, and the depth of the border to the next in the tree of merges.
#[derive(Clone, Copy)]
struct Run {
    begin: usize,
    length: usize,
    power: u32,
}

/// Sorts `items`; `less(a, b)` is Python's `a < b`.
///
/// # Errors
/// The first error of `less`; `items` are then in any order.
pub(super) fn sort<T: Clone, E>(
    items: &mut [T],
    less: impl FnMut(&T, &T) -> Result<bool, E>,
) -> Result<(), E> {
    Sort {
        items,
        less,
        least_gallop: LEAST_GALLOP,
        runs: Vec::new(),
    }
    .run()
}

struct Sort<'a, T, F> {
    items: &'a mut [T],
    less: F,
    least_gallop: usize,
    runs: Vec<Run>,
}

impl<T: Clone, E, F: FnMut(&T, &T) -> Result<bool, E>> Sort<'_, T, F> {
    fn run(&mut self) -> Result<(), E> {
        let all = self.items.len();
        if all < 2 {
            return Ok(());
        }
        let least = least_run(all);
        let mut begin = 0;
        while begin < all {
            let mut length = self.count_run(begin)?;
            if length < least {
                let forced = least.min(all - begin);
                self.insert(begin, begin + forced, begin + length)?;
                length = forced;
            }
            self.found(length)?;
            self.runs.push(Run {
                begin,
                length,
                power: 0,
            });
            begin += length;
        }
        while self.runs.len() > 1 {
            let mut at = self.runs.len() - 2;
            if at > 0 && self.runs[at - 1].length < self.runs[at + 1].length {
                at -= 1;
            }
            self.merge_at(at)?;
        }
        Ok(())
    }

    fn less(&mut self, left: usize, right: usize) -> Result<bool, E> {
        (self.less)(&self.items[left], &self.items[right])
    }

    /// The length of the run that begins here; one that strictly descends is turned round.
    fn count_run(&mut self, begin: usize) -> Result<usize, E> {
        let all = self.items.len();
        if begin + 1 == all {
            return Ok(1);
        }
        let descending = self.less(begin + 1, begin)?;
        let mut end = begin + 2;
        while end < all && self.less(end, end - 1)? == descending {
            end += 1;
        }
        if descending {
            self.items[begin..end].reverse();
        }
        Ok(end - begin)
    }

    /// Binary insertion of `from..end` into the run `begin..from`.
    fn insert(&mut self, begin: usize, end: usize, from: usize) -> Result<(), E> {
        for pivot in from.max(begin + 1)..end {
            let (mut low, mut high) = (begin, pivot);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.less(pivot, middle)? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.items[low..=pivot].rotate_right(1);
        }
        Ok(())
    }

    /// Merges what has to be merged before a run of `length` is put on top.
    fn found(&mut self, length: usize) -> Result<(), E> {
        let Some(last) = self.runs.last() else {
            return Ok(());
        };
        let power = power(last.begin, last.length, length, self.items.len());
        while self.runs.len() > 1 && self.runs[self.runs.len() - 2].power > power {
            self.merge_at(self.runs.len() - 2)?;
        }
        if let Some(last) = self.runs.last_mut() {
            last.power = power;
        }
        Ok(())
    }

    fn merge_at(&mut self, at: usize) -> Result<(), E> {
        let (left, right) = (self.runs[at], self.runs[at + 1]);
        self.runs[at].length += right.length;
        self.runs.remove(at + 1);

        let right_items = &self.items[right.begin..right.begin + right.length];
        let left_items = &self.items[left.begin..right.begin];
        let skipped = gallop_right(&mut self.less, &right_items[0], left_items, 0)?;
        let left_items = &left_items[skipped..];
        let Some(last) = left_items.last() else {
            return Ok(());
        };
        let kept = gallop_left(&mut self.less, last, right_items, right_items.len() - 1)?;
        if kept == 0 {
            return Ok(());
        }
        let (left_count, begin) = (left_items.len(), left.begin + skipped);
        if left_count <= kept {
            self.merge_low(begin, left_count, kept)
        } else {
            self.merge_high(begin, left_count, kept)
        }
    }

    /// Merges from the front; the left run, the shorter one, is set aside.
    fn merge_low(&mut self, begin: usize, left_count: usize, right_count: usize) -> Result<(), E> {
        let left = self.items[begin..begin + left_count].to_vec();
        // Where the next goes, the first left of the left run, the first left of the right run.
        let (mut to, mut l, mut r) = (begin, 0, begin + left_count);
        let end = r + right_count;
        self.items[to] = self.items[r].clone();
        to += 1;
        r += 1;
        'merge: while r < end && l + 1 < left_count {
            let (mut left_wins, mut right_wins) = (0, 0);
            loop {
                if (self.less)(&self.items[r], &left[l])? {
                    self.items[to] = self.items[r].clone();
                    to += 1;
                    r += 1;
                    right_wins += 1;
                    left_wins = 0;
                    if r == end {
                        break 'merge;
                    }
                    if right_wins >= self.least_gallop {
                        break;
                    }
                } else {
                    self.items[to] = left[l].clone();
                    to += 1;
                    l += 1;
                    left_wins += 1;
                    right_wins = 0;
                    if l + 1 == left_count {
                        break 'merge;
                    }
                    if left_wins >= self.least_gallop {
                        break;
                    }
                }
            }
            self.least_gallop += 1;
            loop {
                if self.least_gallop > 1 {
                    self.least_gallop -= 1;
                }
                left_wins = gallop_right(&mut self.less, &self.items[r], &left[l..], 0)?;
                self.items[to..to + left_wins].clone_from_slice(&left[l..l + left_wins]);
                to += left_wins;
                l += left_wins;
                // An order that contradicts itself can use up the whole left run here.
                if l + 1 >= left_count {
                    break 'merge;
                }
                self.items[to] = self.items[r].clone();
                to += 1;
                r += 1;
                if r == end {
                    break 'merge;
                }
                right_wins = gallop_left(&mut self.less, &left[l], &self.items[r..end], 0)?;
                for _ in 0..right_wins {
                    self.items[to] = self.items[r].clone();
                    to += 1;
                    r += 1;
                }
                if r == end {
                    break 'merge;
                }
                self.items[to] = left[l].clone();
                to += 1;
                l += 1;
                if l + 1 == left_count {
                    break 'merge;
                }
                if left_wins < LEAST_GALLOP && right_wins < LEAST_GALLOP {
                    break;
                }
            }
            self.least_gallop += 1;
        }
        if l + 1 == left_count {
            // The last of the left run belongs behind everything.
            while r < end {
                self.items[to] = self.items[r].clone();
                to += 1;
                r += 1;
            }
        }
        self.items[to..to + left_count - l].clone_from_slice(&left[l..]);
        Ok(())
    }

    /// Merges from the back; the right run, the shorter one, is set aside.
    fn merge_high(&mut self, begin: usize, left_count: usize, right_count: usize) -> Result<(), E> {
        let middle = begin + left_count;
        let right = self.items[middle..middle + right_count].to_vec();
        // Ends: of what is still to be filled, of what is left of the left run, and of the right run.
        let (mut to, mut l, mut r) = (middle + right_count, middle, right_count);
        to -= 1;
        l -= 1;
        self.items[to] = self.items[l].clone();
        'merge: while l > begin && r > 1 {
            let (mut left_wins, mut right_wins) = (0, 0);
            loop {
                to -= 1;
                if (self.less)(&right[r - 1], &self.items[l - 1])? {
                    l -= 1;
                    self.items[to] = self.items[l].clone();
                    left_wins += 1;
                    right_wins = 0;
                    if l == begin {
                        break 'merge;
                    }
                    if left_wins >= self.least_gallop {
                        break;
                    }
                } else {
                    r -= 1;
                    self.items[to] = right[r].clone();
                    right_wins += 1;
                    left_wins = 0;
                    if r == 1 {
                        break 'merge;
                    }
                    if right_wins >= self.least_gallop {
                        break;
                    }
                }
            }
            self.least_gallop += 1;
            loop {
                if self.least_gallop > 1 {
                    self.least_gallop -= 1;
                }
                let count = l - begin;
                let kept = gallop_right(
                    &mut self.less,
                    &right[r - 1],
                    &self.items[begin..l],
                    count - 1,
                )?;
                left_wins = count - kept;
                for _ in 0..left_wins {
                    to -= 1;
                    l -= 1;
                    self.items[to] = self.items[l].clone();
                }
                if l == begin {
                    break 'merge;
                }
                to -= 1;
                r -= 1;
                self.items[to] = right[r].clone();
                if r == 1 {
                    break 'merge;
                }
                let kept = gallop_left(&mut self.less, &self.items[l - 1], &right[..r], r - 1)?;
                right_wins = r - kept;
                self.items[to - right_wins..to].clone_from_slice(&right[kept..r]);
                to -= right_wins;
                r = kept;
                if r <= 1 {
                    break 'merge;
                }
                to -= 1;
                l -= 1;
                self.items[to] = self.items[l].clone();
                if l == begin {
                    break 'merge;
                }
                if left_wins < LEAST_GALLOP && right_wins < LEAST_GALLOP {
                    break;
                }
            }
            self.least_gallop += 1;
        }
        if r == 1 {
            // The first of the right run belongs in front of everything.
            while l > begin {
                to -= 1;
                l -= 1;
                self.items[to] = self.items[l].clone();
            }
        }
        self.items[to - r..to].clone_from_slice(&right[..r]);
        Ok(())
    }
}

/// Where `key` belongs in `run`, in front of its equals; the search begins at `hint`.
fn gallop_left<T, E>(
    less: &mut impl FnMut(&T, &T) -> Result<bool, E>,
    key: &T,
    run: &[T],
    hint: usize,
) -> Result<usize, E> {
    gallop(run, hint, |item| less(item, key))
}

/// Where `key` belongs in `run`, behind its equals; the search begins at `hint`.
fn gallop_right<T, E>(
    less: &mut impl FnMut(&T, &T) -> Result<bool, E>,
    key: &T,
    run: &[T],
    hint: usize,
) -> Result<usize, E> {
    gallop(run, hint, |item| Ok(!less(key, item)?))
}

/// The first place whose item does not come `before`, found in steps that double, starting at `hint`, and then by halving.
fn gallop<T, E>(
    run: &[T],
    hint: usize,
    mut before: impl FnMut(&T) -> Result<bool, E>,
) -> Result<usize, E> {
    let (mut last, mut step) = (0, 1);
    // The place is in low..=high.
    let (mut low, mut high);
    if before(&run[hint])? {
        let most = run.len() - hint;
        while step < most && before(&run[hint + step])? {
            last = step;
            step = 2 * step + 1;
        }
        low = hint + last + 1;
        high = hint + step.min(most);
    } else {
        let most = hint + 1;
        while step < most && !before(&run[hint - step])? {
            last = step;
            step = 2 * step + 1;
        }
        low = hint + 1 - step.min(most);
        high = hint - last;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if before(&run[middle])? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// The least length of a run: between 32 and 64, so that there are a power of two of runs, or a few less.
fn least_run(mut all: usize) -> usize {
    let mut rest = 0;
    while all >= 64 {
        rest |= all & 1;
        all >>= 1;
    }
    all + rest
}

/// The depth of the border between two neighbouring runs in the tree of merges: the first binary digit in which their middles
/// differ, as parts of the whole.
fn power(begin: usize, left: usize, right: usize, all: usize) -> u32 {
    let mut a = 2 * begin + left;
    let mut b = a + left + right;
    let mut power = 1;
    loop {
        if a >= all {
            a -= all;
            b -= all;
        } else if b >= all {
            return power;
        }
        a <<= 1;
        b <<= 1;
        power += 1;
    }
}
