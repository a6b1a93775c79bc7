//! What there is to do: durations made from a seed, and the tasks of a run.

use values::Value;

use super::state::{TimelineLab, Work};

/// As much longer takes the one that takes longer.
const STRAGGLER: f64 = 8.0;
/// The most tasks.
const MOST_TASKS: f64 = 2_000.0;
/// The longest mean duration, in milliseconds.
const LONGEST: f64 = 10_000.0;

impl TimelineLab {
    /// What the fields ask for.
    ///
    /// # Errors
    /// A sentence about the first field that cannot be.
    pub(super) fn asked(&self) -> Result<Work, String> {
        let tasks = self.number("tasks", 1.0, MOST_TASKS)? as usize;
        let mean = self.number("milliseconds", 0.0, LONGEST)?;
        let seed = self.number("seed", 0.0, f64::from(u32::MAX))? as u64;
        let serial = self.number("serial", 0.0, 90.0)? / 100.0;
        let mut rest = durations(self.value("spread"), tasks, mean, seed);
        let all: f64 = rest.iter().sum();
        for duration in &mut rest {
            *duration *= 1.0 - serial;
        }
        let fault = match self.value("fault") {
            "none" => None,
            how => {
                let task = self.number("fault-task", 1.0, tasks as f64)? as usize - 1;
                Some((task, how.to_owned()))
            }
        };
        Ok(Work {
            first: all * serial,
            rest,
            fault,
        })
    }
}

impl Work {
    /// All of it, in milliseconds on one core.
    pub(super) fn sum(&self) -> f64 {
        self.first + self.rest.iter().sum::<f64>()
    }

    /// The part that must be done first, from 0 to 1.
    pub(super) fn serial(&self) -> f64 {
        self.first / self.sum().max(f64::MIN_POSITIVE)
    }

    pub(super) fn longest(&self) -> f64 {
        self.rest.iter().copied().fold(0.0, f64::max)
    }

    /// How many tasks must be done first.
    pub(super) fn before(&self) -> u32 {
        u32::from(self.first > 0.0)
    }

    /// How long a task takes on a core of its own. The one that must be done first has the number 0, if there is one.
    pub(super) fn of(&self, task: u32) -> f64 {
        match task.checked_sub(self.before()) {
            None => self.first,
            Some(task) => self.rest.get(task as usize).copied().unwrap_or_default(),
        }
    }

    /// The bounds of the speed-up on so many workers: Amdahl's, and the one that also knows the longest task.
    pub(super) fn bounds(&self, workers: f64) -> (f64, f64) {
        let (sum, rest) = (self.sum(), self.sum() - self.first);
        let share = rest / workers;
        let bound = |time: f64| if time > 0.0 { sum / time } else { 1.0 };
        (
            bound(self.first + share),
            bound(self.first + share.max(self.longest())),
        )
    }

    /// The arguments of the tasks that can be done side by side.
    pub(super) fn items(&self, rate: f64, with_fault: bool) -> Vec<Value> {
        let then = |at: usize| match &self.fault {
            Some((task, how)) if with_fault && *task == at => how,
            _ => "finish",
        };
        let items = self.rest.iter().enumerate();
        items
            .map(|(at, duration)| item(duration * rate, then(at)))
            .collect()
    }
}

/// The arguments of a task that computes so many rounds.
pub(super) fn item(rounds: f64, then: &str) -> Value {
    Value::map([
        ("rounds", Value::Float(rounds.round())),
        ("then", Value::from(then)),
    ])
}

fn durations(spread: &str, tasks: usize, mean: f64, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut chance = move || chance(&mut state);
    let straggler = (chance() * tasks as f64) as usize;
    let part = |at: usize| (at as f64 + 0.5) / tasks as f64;
    let factor = |at: usize, chance: f64| match spread {
        "uneven" => 0.5 + chance,
        "straggler" if at == straggler => STRAGGLER,
        "growing" => 2.0 * part(at),
        "shrinking" => 2.0 - 2.0 * part(at),
        _ => 1.0,
    };
    (0..tasks).map(|at| mean * factor(at, chance())).collect()
}

/// A number from 0 to 1: Steele, Lea and Flood's SplitMix64 (2014).
fn chance(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_durations_and_another_one_others() {
        let of = |seed| durations("uneven", 50, 20.0, seed);
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert!(
            of(1)
                .iter()
                .all(|duration| (10.0..=30.0).contains(duration))
        );
    }

    #[test]
    fn spreads_are_as_they_are_called() {
        let of = |spread| durations(spread, 40, 10.0, 3);
        assert!(
            of("equal")
                .iter()
                .all(|duration| (*duration - 10.0).abs() < 1e-9)
        );
        assert!(of("growing").is_sorted() && of("shrinking").iter().rev().is_sorted());
        let long = of("straggler")
            .into_iter()
            .filter(|duration| (*duration - 80.0).abs() < 1e-9);
        assert_eq!(long.count(), 1);
        let sum: f64 = of("growing").iter().sum();
        assert!((sum - 400.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn a_long_task_bounds_the_speed_up_below_amdahls() {
        let work = Work {
            first: 10.0,
            rest: vec![10.0, 10.0, 10.0, 60.0],
            fault: None,
        };
        let (amdahl, longest) = work.bounds(3.0);
        assert!((amdahl - 100.0 / 40.0).abs() < 1e-9, "{amdahl}");
        assert!((longest - 100.0 / 70.0).abs() < 1e-9, "{longest}");
        assert_eq!(Work::default().bounds(2.0), (1.0, 1.0));
    }
}
