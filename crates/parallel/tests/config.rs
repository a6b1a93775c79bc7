//! Which backend and how many workers a call gets, against joblib's own choices (fixtures/config.py), and what joblib does not
//! have: backends that cannot be had, an end to nesting, no more workers than asked for.
#![allow(clippy::unwrap_used, clippy::panic)]

use core::num::NonZeroUsize;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parallel::{
    Availability, BackendProperties, Backends, Call, Choice, ConfigError, Context, Current, Jobs,
    MAX_NESTING, OptionsError, Prefer, Require, Settings, Warning, choose, rung,
};
use serde_json::Value;

fn whole(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

fn recording() -> Value {
    serde_json::from_str(include_str!("fixtures/config.json")).unwrap()
}

/// joblib's backends, and two of another kind under the names of the recording.
fn backends() -> Backends {
    let mut backends = Backends::new();
    backends.register(
        BackendProperties::of_threads("my-threads", "MyThreads"),
        false,
    );
    backends.register(
        BackendProperties::of_processes("my-processes", "MyProcesses"),
        false,
    );
    backends
}

fn settings(said: &Value) -> Settings {
    let text = |name: &str| said[name].as_str();
    Settings {
        backend: text("backend").map(str::to_owned),
        n_jobs: said
            .get("n_jobs")
            .map(|jobs| jobs.as_i64().map_or(Jobs::Default, Jobs::Count)),
        verbose: said["verbose"].as_u64().map(|level| level as u32),
        prefer: (said.get("prefer"))
            .map(|_| text("prefer").map_or(Prefer::Any, |text| Prefer::parse(text).unwrap())),
        require: (said.get("require")).map(|_| {
            text("require").map_or(Require::Nothing, |text| Require::parse(text).unwrap())
        }),
    }
}

fn context(said: &Value, backends: &Backends) -> Context {
    let mut context = Context::default();
    for one in said.as_array().unwrap() {
        let settings = settings(&one[1]);
        context = if one[0] == "parallel_backend" {
            let name = settings.backend.unwrap();
            context.with_backend(&name, settings.n_jobs, backends)
        } else {
            context.with(&settings, backends)
        }
        .unwrap();
    }
    context
}

fn call(settings: Settings) -> Call {
    Call {
        settings,
        ..Call::default()
    }
}

#[test]
fn every_recorded_call_gets_what_joblib_gives_it() {
    let recording = recording();
    let cores = whole(recording["cores"].as_u64().unwrap() as usize);
    let backends = backends();
    let mut calls = 0;
    for case in recording["choices"].as_array().unwrap() {
        let context = context(&case["contexts"], &backends);
        let got = choose(&call(settings(&case["call"])), &context, &backends, cores);
        let expected = &case["got"];
        match got {
            Ok(choice) => {
                assert_eq!(expected["error"].as_str(), None, "{case}");
                assert_eq!(expected["class"], choice.class, "{case}");
                assert_eq!(expected["nJobs"], choice.n_jobs, "{case}");
                assert_eq!(expected["workers"], choice.workers.get(), "{case}");
                assert_eq!(expected["level"], choice.level, "{case}");
                assert_eq!(expected["verbose"], choice.verbose, "{case}");
            }
            Err(error) => assert_eq!(expected["error"], error.code(), "{case}"),
        }
        calls += 1;
    }
    assert!(calls >= 600, "{calls} calls");
}

/// joblib: `nested_parallelism_limit`, `nested_parallel_warnings`.
#[test]
fn calls_within_tasks_go_down_the_same_ladder_as_in_every_recorded_run() {
    let recording = recording();
    // So many cores that nothing is held back.
    let cores = whole(1 << 20);
    let backends = Backends::new();
    let (mut rungs, mut loky_in_loky) = (0, 0);
    for case in recording["nests"].as_array().unwrap() {
        let mut context = Context::default();
        let calls = case["calls"].as_array().unwrap();
        for (said, expected) in calls.iter().zip(case["got"].as_array().unwrap()) {
            let choice = choose(&call(settings(said)), &context, &backends, cores).unwrap();
            if expected["class"] == "LokyBackend" && choice.level > 0 {
                // joblib's processes may start processes. Here tasks cannot start workers: the call runs in place and says so.
                assert_eq!(choice.workers.get(), 1, "{case}");
                assert!(
                    (choice.warnings.iter()).any(|w| matches!(w, Warning::WithinTask { .. })),
                    "{case}"
                );
                loky_in_loky += 1;
                break;
            }
            let in_place = choice.workers.get() == 1;
            let class = if in_place {
                "SequentialBackend"
            } else {
                &choice.class
            };
            assert_eq!(expected["class"], class, "{case}");
            assert_eq!(expected["level"], choice.level, "{case}");
            assert_eq!(expected["nJobs"], choice.n_jobs, "{case}");
            assert_eq!(expected["workers"], choice.workers.get(), "{case}");
            context = choice.inner;
            rungs += 1;
        }
    }
    assert!(rungs > 150 && loky_in_loky > 0, "{rungs}, {loky_in_loky}");
}

fn of_backend(name: &str, n_jobs: i64) -> Call {
    call(Settings {
        backend: Some(name.to_owned()),
        n_jobs: Some(Jobs::Count(n_jobs)),
        ..Settings::default()
    })
}

fn chosen(call: &Call, backends: &Backends) -> Choice {
    choose(call, &Context::default(), backends, whole(4)).unwrap()
}

fn without_threads() -> Backends {
    let mut backends = Backends::new();
    let reason = "This page is not isolated. Serve it with the two headers.".to_owned();
    assert!(backends.set_availability("threading", Availability::Missing { reason }));
    backends
}

#[test]
fn multiprocessing_is_loky_under_another_name_and_says_so() {
    let choice = chosen(&of_backend("multiprocessing", 2), &Backends::new());
    assert_eq!(
        (choice.backend.as_str(), choice.class.as_str()),
        ("loky", "MultiprocessingBackend")
    );
    let [warning] = &choice.warnings[..] else {
        panic!("{:?}", choice.warnings);
    };
    assert_eq!(warning.code(), "backend-stands-for");
    assert!(warning.to_string().contains("`multiprocessing`"));
}

/// joblib: `backend_no_multiprocessing`.
#[test]
fn a_backend_that_cannot_be_had_is_an_error_unless_another_is_allowed() {
    let backends = without_threads();
    let wanted = of_backend("threading", 2);
    let error = choose(&wanted, &Context::default(), &backends, whole(4)).unwrap_err();
    assert_eq!(error.code(), "backend-unavailable");
    assert!(
        error
            .to_string()
            .ends_with("Serve it with the two headers.")
    );
    let choice = chosen(
        &Call {
            fallback: true,
            ..wanted
        },
        &backends,
    );
    assert_eq!(
        (choice.backend.as_str(), choice.class.as_str()),
        ("loky", "LokyBackend")
    );
    assert_eq!(choice.warnings.len(), 1);
    let text = choice.warnings[0].to_string();
    assert!(text.contains("`loky` is taken instead") && text.contains("not isolated"));
}

#[test]
fn a_hint_that_cannot_be_followed_is_not_an_error_but_a_requirement_is() {
    let backends = without_threads();
    let prefer = Settings {
        prefer: Some(Prefer::Threads),
        n_jobs: Some(Jobs::Count(2)),
        ..Settings::default()
    };
    assert_eq!(chosen(&call(prefer), &backends).backend, "loky");
    let require = call(Settings {
        require: Some(Require::SharedMemory),
        n_jobs: Some(Jobs::Count(2)),
        ..Settings::default()
    });
    let error = choose(&require, &Context::default(), &backends, whole(4)).unwrap_err();
    assert_eq!(error.code(), "backend-unavailable");
    let allowed = Call {
        fallback: true,
        ..require
    };
    // Only what runs in place shares memory then.
    let choice = chosen(&allowed, &backends);
    assert_eq!(
        (choice.backend.as_str(), choice.workers.get()),
        ("sequential", 1)
    );
}

/// joblib: `invalid_backend`, `invalid_backend_hinting_and_constraints`, `invalid_njobs`.
#[test]
fn every_error_has_a_code_and_a_sentence_that_says_what_is_allowed() {
    let backends = Backends::new();
    let unknown = choose(
        &of_backend("nosuch", 2),
        &Context::default(),
        &backends,
        whole(4),
    );
    let settings = of_backend("nosuch", 2).settings;
    assert_eq!(
        Context::default().with(&settings, &backends).unwrap_err(),
        unknown.clone().unwrap_err()
    );
    let shared = Settings {
        require: Some(Require::SharedMemory),
        ..of_backend("loky", 2).settings
    };
    let both = Settings {
        prefer: Some(Prefer::Processes),
        require: Some(Require::SharedMemory),
        ..Settings::default()
    };
    let error =
        |settings| choose(&call(settings), &Context::default(), &backends, whole(4)).unwrap_err();
    for (error, code, part) in [
        (
            unknown.unwrap_err(),
            "unknown-backend",
            "loky, threading, multiprocessing, sequential",
        ),
        (Prefer::parse("invalid").unwrap_err(), "prefer", "`threads`"),
        (
            Require::parse("invalid").unwrap_err(),
            "require",
            "`sharedmem`",
        ),
        (error(both), "prefer-and-require", "leave out"),
        (error(shared), "no-shared-memory", "`loky`"),
        (
            error(of_backend("loky", 0).settings),
            "n-jobs-zero",
            "from 1",
        ),
        (
            ConfigError::from(OptionsError::JobsZero),
            "n-jobs-zero",
            "n_jobs",
        ),
    ] {
        assert_eq!(error.code(), code);
        let text = error.to_string();
        assert!(text.contains(part) && text.ends_with('.'), "{text}");
    }
}

/// joblib: `backend_context_manager`.
#[test]
fn a_context_holds_within_and_is_restored_after_an_error_and_a_panic() {
    let backends = Backends::new();
    let mut current = Current::default();
    let threads = of_backend("threading", 3).settings;
    let of_current = |current: &Current| {
        let choice = choose(&Call::default(), current.context(), &backends, whole(4)).unwrap();
        (choice.class, choice.n_jobs)
    };
    let outside = ("LokyBackend".to_owned(), 1);
    let result: Result<Result<(), &str>, _> = current.within(&threads, &backends, |current| {
        assert_eq!(of_current(current), ("ThreadingBackend".to_owned(), 3));
        let two = Settings {
            n_jobs: Some(Jobs::Count(2)),
            ..Settings::default()
        };
        let inner = current.within(&two, &backends, |current| of_current(current));
        assert_eq!(inner, Ok(("ThreadingBackend".to_owned(), 2)));
        assert_eq!(of_current(current), ("ThreadingBackend".to_owned(), 3));
        Err("failed")
    });
    assert_eq!(result, Ok(Err("failed")));
    assert_eq!(of_current(&current), outside);
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        current.within(&threads, &backends, |_| panic!("in the middle"))
    }));
    assert!(unwound.is_err());
    assert_eq!(of_current(&current), outside);
    let nosuch = of_backend("nosuch", 1).settings;
    assert!(current.within(&nosuch, &backends, |_| ()).is_err());
    assert_eq!(of_current(&current), outside);
}

/// joblib: `register_parallel_backend`, `overwrite_default_backend`.
#[test]
fn a_registered_backend_can_be_asked_for_and_be_the_default() {
    let mut backends = Backends::new();
    let mine = BackendProperties::of_processes("mine", "MyBackend");
    backends.register(mine.clone(), false);
    assert_eq!(chosen(&of_backend("mine", 2), &backends).class, "MyBackend");
    assert_eq!(chosen(&Call::default(), &backends).class, "LokyBackend");
    backends.register(mine.missing("It is away."), true);
    assert_eq!(backends.iter().count(), 5);
    assert_eq!(backends.default_name(), "mine");
    // Nobody asked for it by name, so another will do.
    let choice = chosen(&Call::default(), &backends);
    assert_eq!(choice.backend, "threading");
    assert_eq!(choice.warnings.len(), 1);
}

/// joblib: `thread_bomb_mitigation`.
#[test]
fn a_task_that_calls_itself_without_end_ends_with_an_error() {
    let backends = Backends::new();
    for settings in [
        Settings::default(),
        of_backend("loky", 2).settings,
        of_backend("threading", 8).settings,
    ] {
        let mut context = Context::default();
        let mut running = 1;
        let error = (0..=MAX_NESTING)
            .find_map(|_| {
                let call = call(settings.clone());
                match choose(&call, &context, &backends, whole(4)) {
                    Ok(choice) => {
                        running *= choice.workers.get();
                        context = choice.inner;
                        None
                    }
                    Err(error) => Some(error),
                }
            })
            .unwrap();
        assert_eq!(error, ConfigError::NestingTooDeep);
        assert_eq!(error.code(), "nesting-too-deep");
        assert!(error.to_string().contains("calls itself"));
        assert!(running <= 8, "{running} workers would run at once");
    }
}

#[test]
fn no_more_workers_run_at_once_than_there_are_cores_or_were_asked_for_outside() {
    let backends = Backends::new();
    for (cores, outer, inner, given) in [
        (8, 2, 4, 4),
        (8, 2, 8, 4),
        (8, 3, 8, 2),
        (4, 4, 4, 1),
        (2, 8, 2, 1),
        (8, 1, 8, 8),
    ] {
        let choose = |n_jobs, context: &Context| {
            choose(
                &of_backend("threading", n_jobs),
                context,
                &backends,
                whole(cores),
            )
            .unwrap()
        };
        let around = choose(outer, &Context::default());
        let within = choose(inner, &around.inner);
        assert_eq!(within.workers.get(), given, "{cores} {outer} {inner}");
        let held_back = within.workers.get() < inner as usize;
        let fewer = |w: &Warning| w.code() == "fewer-workers";
        assert_eq!(within.warnings.iter().any(fewer), held_back);
        let deepest = choose(2, &within.inner);
        let all = around.workers.get() * within.workers.get() * deepest.workers.get();
        assert!(all <= cores.max(outer as usize), "{all} run at once");
    }
    assert_eq!((rung(0).backend, rung(0).level), ("threading", 1));
    assert_eq!((rung(1).backend, rung(1).level), ("sequential", 2));
}

#[test]
fn a_timeout_without_workers_is_one_warning() {
    let backends = Backends::new();
    let with_timeout = |name, n_jobs| {
        let call = Call {
            timeout: Some(Duration::from_secs(1)),
            ..of_backend(name, n_jobs)
        };
        chosen(&call, &backends).warnings
    };
    for (name, n_jobs) in [("sequential", 2), ("loky", 1), ("threading", 1)] {
        let [Warning::TimeoutNotKept { timeout }] = with_timeout(name, n_jobs)[..] else {
            panic!("not one warning for {name} with n_jobs={n_jobs}");
        };
        assert_eq!(timeout, Duration::from_secs(1));
    }
    assert_eq!(with_timeout("loky", 2), []);
}
