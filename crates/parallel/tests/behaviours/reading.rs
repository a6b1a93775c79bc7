//! How far ahead the source is read.

use parallel::{Ended, Options};

use crate::simulated::{Happened, Run, millis, seconds};
use crate::{jobs, sized};

fn first(run: &Run, is_it: impl Fn(&Happened) -> bool) -> usize {
    run.story.iter().position(is_it).unwrap()
}

#[test]
fn b02_dispatch_multiprocessing() {
    let run = Run::new(sized(2, 1, 3), (0..6).map(|n| millis(1 + n))).finish();
    assert_eq!(run.story[0], Happened::Produced(0));
    let fourth_produced = first(&run, |happened| *happened == Happened::Produced(3));
    let first_consumed = first(&run, |happened| matches!(happened, Happened::Consumed(_)));
    assert!(first_consumed < fourth_produced);
    assert_eq!(run.yielded().len(), 6);
}

#[test]
fn b03_dispatch_one_job() {
    use Happened::{Consumed, Produced};
    for (batch_size, expected) in [
        (
            1,
            (0..6)
                .flat_map(|n| [Produced(n), Consumed(n)])
                .collect::<Vec<_>>(),
        ),
        (4, {
            let batch = |tasks: core::ops::Range<u32>| {
                tasks.clone().map(Produced).chain(tasks.map(Consumed))
            };
            batch(0..4).chain(batch(4..6)).collect()
        }),
    ] {
        let options = sized(1, batch_size, 2).one_at_a_time();
        let mut run = Run::new(options, (0..6).map(|_| seconds(1))).finish();
        run.story
            .retain(|happened| matches!(happened, Produced(_) | Consumed(_)));
        assert_eq!(run.story, expected);
    }
}

#[test]
fn b23_parallel_with_exhausted_iterator() {
    for n_jobs in [1, 2] {
        let run = Run::new(jobs(n_jobs), core::iter::empty());
        assert_eq!(run.ended, Some(Ended::Completed));
        assert_eq!(run.yielded(), []);
        let all = Options {
            pre_dispatch: parallel::PreDispatch::All,
            ..jobs(n_jobs)
        };
        assert_eq!(
            Run::new(all, core::iter::empty()).ended,
            Some(Ended::Completed)
        );
    }
}
