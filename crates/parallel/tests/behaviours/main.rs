//! What joblib's own tests of `Parallel` ask for (shared reference, section 4, 1 to 25), on a simulated clock. Each test bears
//! the name of joblib's (`joblib/test/test_parallel.py`, 1.6.0) behind its number. A few are about real workers, and belong where
//! these are:
//!
//! | behaviour | where |
//! |---|---|
//! | 14 `parallel_as_context_manager`: a pool is shared within a block and freed after it | tests/browser |
//! | 15 `loky_reuse_workers`: workers are used again by the next call | tests/browser |
//! | 16 `initializer_not_reused`: other arguments of the initializer, other workers | tests/browser |
//! | 19 `globals_update_at_each_parallel_call`: a task is a name and its arguments, so what it captures is among these | tests/browser |
//! | 20 `parallel_with_unpicklable_functions_in_args`: what cannot cross to a worker is named | tests/browser |
#![allow(clippy::unwrap_used, clippy::panic)]

mod arguments;
mod errors;
mod order;
mod printing;
mod reading;
mod simulated;

use core::num::NonZeroUsize;

use parallel::{BatchSize, Options, Order, PreDispatch};

fn whole(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

/// The engine's options for so many workers: one is a plain loop, as in joblib.
fn jobs(n_jobs: usize) -> Options {
    let options = Options::new(whole(n_jobs));
    if n_jobs == 1 {
        options.one_at_a_time()
    } else {
        options
    }
}

fn unordered(options: Options) -> Options {
    Options {
        order: Order::Completion,
        ..options
    }
}

/// Batches of so many tasks, so many tasks ahead.
fn sized(n_jobs: usize, batch_size: usize, pre_dispatch: usize) -> Options {
    Options {
        batch_size: BatchSize::Fixed(whole(batch_size)),
        pre_dispatch: PreDispatch::Tasks(whole(pre_dispatch)),
        ..Options::new(whole(n_jobs))
    }
}
