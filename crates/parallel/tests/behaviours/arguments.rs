//! What is asked of a call, and what is refused.

use parallel::{
    Backends, BatchSize, Call, ConfigError, Context, Jobs, OptionsError, Settings, choose,
    effective_n_jobs, n_jobs_from_number, parse_n_jobs,
};

use crate::whole;

fn call(n_jobs: i64) -> Call {
    Call {
        settings: Settings {
            n_jobs: Some(Jobs::Count(n_jobs)),
            ..Settings::default()
        },
        ..Call::default()
    }
}

#[test]
fn b17_nested_parallelism_limit() {
    let backends = Backends::new();
    for top in ["loky", "threading"] {
        let mut context = Context::default()
            .with_backend(top, Some(Jobs::Count(2)), &backends)
            .unwrap();
        let mut ladder = Vec::new();
        for _ in 0..4 {
            // Enough cores that each level may have its two workers.
            let choice = choose(&call(2), &context, &backends, whole(64)).unwrap();
            ladder.push((choice.backend, choice.level));
            context = choice.inner;
        }
        let expected = [
            (top, 0),
            ("threading", 1),
            ("sequential", 2),
            ("sequential", 2),
        ];
        assert_eq!(
            ladder,
            expected.map(|(backend, level)| (backend.to_owned(), level))
        );
    }
}

#[test]
fn b18_thread_bomb_mitigation() {
    let backends = Backends::new();
    for top in ["loky", "threading"] {
        let mut context = Context::default()
            .with_backend(top, Some(Jobs::Count(2)), &backends)
            .unwrap();
        // A task that calls itself with all cores, without end.
        let mut running = 1;
        let error = loop {
            match choose(&call(-1), &context, &backends, whole(8)) {
                Ok(choice) => {
                    running *= choice.workers.get();
                    context = choice.inner;
                }
                Err(error) => break error,
            }
        };
        assert_eq!(error.code(), "nesting-too-deep");
        assert!(running <= 8, "{running} workers at once");
    }
}

#[test]
fn b21_invalid_njobs() {
    let backends = Backends::new();
    let zero = choose(&call(0), &Context::default(), &backends, whole(4));
    assert_eq!(zero.unwrap_err(), ConfigError::Jobs(OptionsError::JobsZero));
    assert_eq!(
        effective_n_jobs(Some(0), whole(4)),
        Err(OptionsError::JobsZero)
    );
    assert_eq!(n_jobs_from_number(0.5), Err(OptionsError::JobsZero));
    for text in ["2.3", "invalid_str", ""] {
        assert_eq!(
            parse_n_jobs(text),
            Err(OptionsError::JobsNotWhole),
            "{text}"
        );
    }
    // joblib: `njobs_converted_to_int`.
    assert_eq!((parse_n_jobs("2"), n_jobs_from_number(2.3)), (Ok(2), Ok(2)));
}

#[test]
fn b22_invalid_batch_size() {
    for number in [0.0, -1.0, 1.42] {
        assert_eq!(BatchSize::from_number(number), Err(OptionsError::BatchSize));
        assert_eq!(
            BatchSize::parse(&number.to_string()),
            Err(OptionsError::BatchSize)
        );
    }
}
