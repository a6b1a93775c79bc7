//! The lab *cache inspector*, as a visitor works with it, over the real memory.
#![allow(clippy::unwrap_used, clippy::panic)]

use rehearsal::Visit;
use values::Value;

fn visit() -> Visit {
    Visit::new(widgets::create("cache-inspector").unwrap())
}

/// What is read of a piece of HTML.
fn words(html: &str) -> String {
    let parts = html
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text: Vec<_> = parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    text.join(" ")
        .replace("&amp;", "&")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
}

fn between(html: &str, begin: &str, end: &str) -> Option<String> {
    let (_, rest) = html.split_once(begin)?;
    Some(words(rest.split_once(end)?.0))
}

fn status(visit: &Visit) -> String {
    between(&visit.html(), "role=\"status\">", "</p>").unwrap()
}

/// The rows of a table, as they are read.
fn rows(visit: &Visit, table: &str) -> Vec<String> {
    let html = visit.html();
    let Some((_, rest)) = html.split_once(&format!("<table class=\"{table}\">")) else {
        return Vec::new();
    };
    let table = rest.split_once("</table>").unwrap().0;
    table
        .split("<tr")
        .skip(2)
        .map(|row| words(&format!("<tr{row}")))
        .collect()
}

/// The calls that are remembered.
fn remembered(visit: &Visit) -> Vec<String> {
    let rows = rows(visit, "ci-entries");
    let call = |row: &String| {
        row.split_inclusive(')')
            .next()
            .unwrap()
            .replacen(' ', "", 1)
    };
    rows.iter().map(call).collect()
}

fn count(visit: &Visit, name: &str) -> i64 {
    match visit.fact(name) {
        Some(Value::Int(count)) => count,
        other => panic!("{name}: {other:?}"),
    }
}

fn text(visit: &Visit, name: &str) -> String {
    match visit.fact(name) {
        Some(Value::Str(text)) => text,
        other => panic!("{name}: {other:?}"),
    }
}

fn has(visit: &Visit, name: &str) -> bool {
    visit.fact(name) == Some(Value::Bool(true))
}

#[test]
fn a_call_is_computed_once_and_remembered_by_keyword_too() {
    let mut visit = visit();
    visit.press("call");
    assert_eq!(
        status(&visit),
        "Done: computed in 300 ms, and remembered from now on."
    );
    assert_eq!(
        (text(&visit, "cache.answer"), text(&visit, "cache.origin")),
        ("119.0".to_owned(), "computed".to_owned())
    );
    visit.press("call");
    assert_eq!(
        status(&visit),
        "Done: remembered. It came from the kernel’s own memory in 20 µs; computing it took 300 ms."
    );
    visit.press("keyword");
    assert_eq!(text(&visit, "cache.origin"), "memory");
    assert!(visit.html().contains("<code>price(net=100)</code>"));
    visit.press("other");
    assert_eq!(
        (text(&visit, "cache.answer"), text(&visit, "cache.origin")),
        ("120.19".to_owned(), "computed".to_owned())
    );
    assert_eq!(
        (
            count(&visit, "all.calls"),
            count(&visit, "all.hits"),
            count(&visit, "all.computed")
        ),
        (4, 2, 2)
    );
    assert_eq!(
        remembered(&visit),
        [
            "price(pieces=1, note='', net=100)",
            "price(pieces=1, note='', net=101)"
        ]
    );
    let calls = rows(&visit, "ci-calls");
    assert_eq!(calls[0], "price(101) 120.19 computed 300 ms 300 ms");
    assert_eq!(
        calls[1],
        "price(net=100) 119.0 remembered, in the kernel’s memory 20 µs 300 ms"
    );
}

#[test]
fn force_computes_what_is_remembered_and_a_check_computes_nothing() {
    let mut visit = visit();
    visit.press("check");
    assert!(
        status(&visit).starts_with("Done: price(100) is not remembered."),
        "{}",
        status(&visit)
    );
    assert_eq!(
        (has(&visit, "cache.known"), visit.fact("cache.calls")),
        (false, None)
    );
    visit.press("call");
    visit.press("force");
    assert!(
        status(&visit).starts_with("Done: computed in 300 ms, whether"),
        "{}",
        status(&visit)
    );
    visit.press("check");
    assert!(has(&visit, "cache.known"));
    assert_eq!(count(&visit, "all.calls"), 2);
}

#[test]
fn an_edit_drops_what_is_remembered_and_a_move_does_not() {
    let mut visit = visit();
    visit.press("call");
    visit.press("other");
    visit.press("move");
    visit.press("call");
    assert!(
        status(&visit).contains("It begins at line 6 now, not at line 5. Its text is the same"),
        "{}",
        status(&visit)
    );
    assert_eq!(
        (text(&visit, "cache.origin"), count(&visit, "cache.gone")),
        ("memory".to_owned(), 0)
    );
    visit.press("edit");
    visit.press("call");
    assert!(
        status(&visit)
            .contains("The function had been edited: what was remembered of its old text is gone"),
        "{}",
        status(&visit)
    );
    assert_eq!(
        (text(&visit, "cache.origin"), count(&visit, "cache.gone")),
        ("computed".to_owned(), 1)
    );
    assert!(
        visit
            .html()
            .contains("price was edited: what was remembered of it is forgotten.")
    );
    assert_eq!(remembered(&visit).len(), 1);
}

#[test]
fn a_constant_that_changed_makes_the_answer_wrong_unless_it_is_watched() {
    let mut visit = visit();
    let source = "RATE = 0.19\n\ndef price(net):\n    return net * (1 + RATE)\n";
    visit.change("source", source);
    visit.press("call");
    visit.change("source", &source.replace("0.19", "0.5"));
    visit.press("call");
    assert!(has(&visit, "cache.is_wrong"));
    assert!(
        status(&visit).contains("This answer is wrong: computed now, it would be 150.0."),
        "{}",
        status(&visit)
    );
    visit.change("watch-uses", "true");
    visit.press("call");
    assert_eq!(
        (text(&visit, "cache.answer"), has(&visit, "cache.is_wrong")),
        ("150.0".to_owned(), false)
    );
    assert_eq!(count(&visit, "all.wrong"), 1);
}

#[test]
fn a_file_that_changed_makes_the_answer_wrong_unless_it_is_watched() {
    let mut visit = visit();
    visit.change(
        "source",
        "def price(net):\n    return net * float(open(\"rate.txt\").read())\n",
    );
    visit.press("call");
    visit.change("file", "0.5");
    visit.press("call");
    assert!(has(&visit, "cache.is_wrong"));
    visit.change("watch-file", "true");
    visit.press("call");
    assert_eq!(
        (text(&visit, "cache.answer"), has(&visit, "cache.is_wrong")),
        ("50.0".to_owned(), false)
    );
    visit.change("file", "0.7");
    visit.press("call");
    assert_eq!(
        (text(&visit, "cache.answer"), text(&visit, "cache.origin")),
        ("70.0".to_owned(), "computed".to_owned())
    );
}

#[test]
fn ignored_arguments_are_no_part_of_the_key_and_unknown_ones_are_refused() {
    let mut visit = visit();
    visit.change("ignore", "note");
    visit.change("arguments", "100, note=\"a\"");
    visit.press("call");
    visit.change("arguments", "100, note=\"b\"");
    visit.press("call");
    assert_eq!(text(&visit, "cache.origin"), "memory");
    visit.change("ignore", "colour");
    visit.press("call");
    assert!(
        status(&visit).starts_with("Not done. `colour` should be ignored, but price("),
        "{}",
        status(&visit)
    );
    assert_eq!(text(&visit, "cache.error"), "ignore-unknown");
}

#[test]
fn another_version_is_another_key() {
    let mut visit = visit();
    visit.press("call");
    visit.change("version", "2");
    visit.press("call");
    assert_eq!(text(&visit, "cache.origin"), "computed");
    assert_eq!(remembered(&visit).len(), 2);
}

#[test]
fn an_entry_that_is_too_old_is_computed_anew_or_given_while_it_is() {
    let mut visit = visit();
    visit.press("call");
    visit.press("age-1");
    assert!(
        status(&visit).starts_with("Done: price(pieces=1, note='', net=100) is an hour older."),
        "{}",
        status(&visit)
    );
    visit.press("call");
    assert_ne!(text(&visit, "cache.origin"), "computed");
    visit.change("expires", "60");
    visit.change("stale", "7200");
    visit.press("call");
    assert_eq!(
        (text(&visit, "cache.origin"), count(&visit, "cache.stale")),
        ("stale".to_owned(), 1)
    );
    visit.press("call");
    assert_eq!(text(&visit, "cache.origin"), "memory");
    visit.change("stale", "");
    visit.press("age-1");
    visit.press("call");
    assert_eq!(text(&visit, "cache.origin"), "computed");
}

#[test]
fn a_corrupt_entry_warns_once_and_is_computed_anew() {
    let mut visit = visit();
    visit.press("call");
    visit.press("corrupt-1");
    assert_eq!(text(&visit, "cache.did"), "corrupt");
    visit.press("call");
    assert_eq!(
        (
            text(&visit, "cache.origin"),
            count(&visit, "cache.warnings")
        ),
        ("computed".to_owned(), 1)
    );
    assert!(
        visit.html().contains(
            "A remembered result of price was altered or cut short; it is computed anew."
        )
    );
    visit.press("call");
    assert_eq!(
        (
            text(&visit, "cache.origin"),
            count(&visit, "cache.warnings")
        ),
        ("memory".to_owned(), 0)
    );
}

#[test]
fn an_entry_keeps_its_number_and_is_deleted_by_it() {
    let mut visit = visit();
    visit.press("call");
    visit.press("other");
    visit.press("delete-1");
    assert_eq!(
        status(&visit),
        "Done: price(pieces=1, note='', net=100) is gone. The next call computes it."
    );
    assert!(
        visit.html().contains("data-press=\"delete-2\"")
            && !visit.html().contains("data-press=\"delete-1\"")
    );
    assert_eq!(count(&visit, "cache.freed"), 1);
}

#[test]
fn two_callers_at_once_compute_it_once() {
    let mut visit = visit();
    visit.press("two");
    assert!(status(&visit).starts_with("Done: two callers asked for the same at the same time. One computed it, the other waited"), "{}", status(&visit));
    assert_eq!(
        (
            count(&visit, "cache.computed"),
            count(&visit, "cache.shared")
        ),
        (1, 1)
    );
}

#[test]
fn after_the_page_was_opened_anew_the_store_answers() {
    let mut visit = visit();
    visit.press("call");
    visit.press("reopen");
    visit.press("call");
    assert_eq!(text(&visit, "cache.origin"), "store");
}

#[test]
fn calls_in_a_row_begin_with_nothing() {
    let mut visit = visit();
    visit.press("call");
    visit.press("series");
    // 100, 100.0 and 100 for two pieces are three keys; three more calls are the first one again.
    assert_eq!(
        status(&visit),
        "Done: 6 calls, beginning with nothing remembered. 3 were computed, 3 remembered."
    );
    visit.change("calls", "price(1)\nprice(\"a\", 1.5)\nprice(\"a\", 1.5)");
    visit.press("series");
    assert_eq!(
        (
            count(&visit, "cache.failed"),
            count(&visit, "cache.computed")
        ),
        (2, 1)
    );
    assert!(
        status(&visit).ends_with("2 failed, which is never remembered."),
        "{}",
        status(&visit)
    );
    visit.change("calls", "cost(1)");
    visit.press("series");
    assert_eq!(status(&visit), "Not done. “cost(1)” is no call of price.");
}

#[test]
fn a_full_store_makes_room_and_every_value_arrives() {
    let mut visit = visit();
    visit.press("call");
    visit.press("fill");
    let said = status(&visit);
    assert!(said.contains("8 arrived at their caller"), "{said}");
    assert!(
        said.contains("what was used least recently went, and the write was tried once more"),
        "{said}"
    );
    assert_eq!(count(&visit, "fill.arrived"), 8);
    assert!(count(&visit, "fill.kept") < 8 && count(&visit, "fill.kept") >= 1);
    assert_eq!(count(&visit, "cache.gone"), 1);
    // There is as much room as ever afterwards.
    visit.press("call");
    visit.press("reopen");
    visit.press("call");
    assert_eq!(text(&visit, "cache.origin"), "store");
}

#[test]
fn what_the_buttons_at_the_end_do_is_said_beside_them_too() {
    let mut visit = visit();
    let beside = |visit: &Visit| {
        between(
            &visit.html(),
            "<p class=\"status\" aria-hidden=\"true\">",
            "</p>",
        )
    };
    visit.press("reopen");
    assert_eq!(beside(&visit), Some(status(&visit)));
    visit.change("items-limit", "few");
    visit.press("reduce");
    assert_eq!(beside(&visit), Some(status(&visit)));
    visit.press("call");
    assert_eq!(beside(&visit), None);
}

#[test]
fn a_killed_writer_leaves_whole_entries_and_those_before() {
    let mut visit = visit();
    visit.press("call");
    visit.press("kill");
    assert_eq!(
        (count(&visit, "kill.before"), count(&visit, "kill.unsound")),
        (1, 0)
    );
    assert!(
        status(&visit)
            .ends_with("None is cut short or altered: an entry is written whole or not at all."),
        "{}",
        status(&visit)
    );
    assert_eq!(
        count(&visit, "cache.entries"),
        1 + count(&visit, "kill.written")
    );
}

#[test]
fn a_cache_is_reduced_to_its_limits_and_malformed_ones_change_nothing() {
    let mut visit = visit();
    for _ in 0..3 {
        visit.press("other");
    }
    visit.change("bytes-limit", "12Q");
    visit.press("reduce");
    assert_eq!(
        status(&visit),
        "Not done. `12Q` is not a size. A size is a number and one of the letters K, M or G, such as 50K, 500M or 10G."
    );
    assert_eq!(count(&visit, "cache.entries"), 3);
    visit.change("bytes-limit", "");
    visit.change("items-limit", "few");
    visit.press("reduce");
    assert_eq!(
        status(&visit),
        "Not done. “few” is not a number such as 1.5."
    );
    visit.change("items-limit", "1");
    visit.press("reduce");
    assert_eq!(
        (count(&visit, "cache.freed"), count(&visit, "cache.entries")),
        (2, 1)
    );
    assert_eq!(remembered(&visit), ["price(pieces=1, note='', net=103)"]);
}

#[test]
fn a_function_or_everything_is_forgotten() {
    let mut visit = visit();
    visit.press("call");
    visit.change("source", "def cost(net):\n    return net\n");
    visit.press("call");
    visit.press("forget");
    assert!(
        status(&visit).starts_with("Done: all of cost is forgotten: 1 result"),
        "{}",
        status(&visit)
    );
    assert_eq!(remembered(&visit).len(), 1);
    visit.press("clear");
    assert!(
        status(&visit).starts_with("Done: everything is forgotten: 1 result"),
        "{}",
        status(&visit)
    );
    assert!(visit.html().contains("Nothing is remembered."));
}

#[test]
fn a_failed_call_is_not_remembered_and_says_where_it_failed() {
    let mut visit = visit();
    visit.change("source", "def half(n):\n    return 1 / n\n");
    visit.change("arguments", "0");
    visit.press("call");
    assert_eq!(
        status(&visit),
        "Not done. Line 2, column 14: This divides by zero."
    );
    assert_eq!(
        (count(&visit, "cache.entries"), text(&visit, "cache.error")),
        (0, "formula-arithmetic".to_owned())
    );
    visit.change("source", "def half(n):\n    return n +\n");
    visit.press("call");
    assert!(
        status(&visit).starts_with("Not done. The program cannot be read. Line 2, column 15"),
        "{}",
        status(&visit)
    );
    visit.change("source", "def half(n):\n    return n\n");
    visit.change("arguments", "");
    visit.press("call");
    assert_eq!(status(&visit), "Not done. half() needs the argument n.");
}

#[test]
fn what_joblib_would_print_is_shown() {
    let mut visit = visit();
    visit.press("call");
    visit.press("call");
    let printed = between(
        &visit.html(),
        "<pre class=\"ci-printed\" tabindex=\"0\">",
        "</pre>",
    )
    .unwrap();
    assert!(
        printed.contains("[Memory] Calling price...\nprice(100)"),
        "{printed}"
    );
    assert!(printed.contains("price - 0.3s, 0.0min"), "{printed}");
    assert!(printed.contains(": Loading price..."), "{printed}");
    visit.change("verbose", "0");
    visit.press("clear");
    visit.press("call");
    assert_eq!(
        between(&visit.html(), "price - 0.3s", "</pre>")
            .unwrap()
            .matches("Calling")
            .count(),
        0
    );
}

#[test]
fn between_calls_constants_and_the_file_change_and_time_passes() {
    let mut visit = visit();
    visit.change("source", "RATE = 0.19\n\ndef price(net):\n    return net * RATE * float(open(\"rate.txt\").read())\n");
    visit.change("file", "1");
    visit.change("calls", "price(100)\nRATE = 0.25\nprice(100)\nopen(\"rate.txt\", \"w\").write(\"2\")\nprice(200)\nprice(100)");
    visit.press("series");
    assert_eq!(
        (
            count(&visit, "cache.computed"),
            count(&visit, "cache.wrong")
        ),
        (2, 2)
    );
    visit.change("watch-uses", "true");
    visit.press("series");
    assert_eq!(
        (
            count(&visit, "cache.computed"),
            count(&visit, "cache.wrong")
        ),
        (3, 1)
    );
    visit.change("watch-file", "true");
    visit.press("series");
    assert_eq!(
        (
            count(&visit, "cache.computed"),
            count(&visit, "cache.wrong")
        ),
        (4, 0)
    );
    // The program and the file are as they were before.
    assert!(visit.html().contains("RATE = 0.19"));
    visit.change("expires", "3600");
    visit.change(
        "calls",
        "price(1)\ntime.sleep(1800)\nprice(1)\ntime.sleep(1800)\nprice(1)\nprice(1)",
    );
    visit.press("series");
    assert_eq!(
        (count(&visit, "cache.computed"), count(&visit, "cache.hits")),
        (2, 2)
    );
    for wrong in [
        "OTHER = 2",
        "time.sleep(\"a\")",
        "open(\"rate.txt\", \"w\").write(1)",
        "RATE == 2",
    ] {
        visit.change("calls", wrong);
        visit.press("series");
        assert!(
            status(&visit).starts_with("Not done."),
            "{wrong}: {}",
            status(&visit)
        );
    }
}

const HALF: &str = "def half(n):
    return n / 2
";

#[test]
fn between_calls_a_function_is_written_anew() {
    let mut visit = visit();
    visit.change("source", HALF);
    visit.change(
        "calls",
        "half(3)\ndef half(n):\n    # as before\n    return n / 2\nhalf(3)\nhalf(3)\ndef half(n):\n    return n / 2\nhalf(3)",
    );
    for _ in 0..2 {
        visit.press("series");
        assert_eq!(
            (count(&visit, "cache.computed"), count(&visit, "cache.hits")),
            (3, 1)
        );
    }
    // A function that it uses is no part of the key.
    visit.change(
        "source",
        "def tax(n):\n    return n * 2\n\n\ndef gross(n):\n    return n + tax(n)\n",
    );
    visit.change(
        "calls",
        "gross(3)\ndef tax(n):\n    return n * 3\n\ngross(3)",
    );
    visit.press("series");
    assert_eq!(
        (
            count(&visit, "cache.computed"),
            count(&visit, "cache.wrong")
        ),
        (1, 1)
    );
    assert!(
        status(&visit)
            .ends_with("Wrong answers: 1. Something had changed that is no part of the key."),
        "{}",
        status(&visit)
    );
    visit.change("watch-uses", "true");
    visit.press("series");
    assert_eq!(
        (
            count(&visit, "cache.computed"),
            count(&visit, "cache.wrong")
        ),
        (2, 0)
    );
    for wrong in [
        "def other(n):\n    return 1",
        "def gross(n):\n    return",
        "def gross",
        "gross(1",
    ] {
        visit.change("calls", wrong);
        visit.press("series");
        assert!(
            status(&visit).starts_with("Not done."),
            "{wrong}: {}",
            status(&visit)
        );
    }
}

#[test]
fn between_calls_results_are_removed_as_by_joblib() {
    let mut visit = visit();
    visit.change("source", HALF);
    let calls = |limit: &str| {
        format!("half(1)\nhalf(2)\nhalf(3)\nhalf(1)\n{limit}\ntime.sleep(60)\nhalf(1)\nhalf(3)")
    };
    for (limit, computed) in [
        ("memory.reduce_size(items_limit=2)", 3),
        ("memory.reduce_size(None, 1)", 4),
        ("memory.reduce_size(bytes_limit=0)", 5),
        ("memory.reduce_size(bytes_limit=\"1K\")", 3),
        ("memory.clear()", 5),
        ("half.clear()", 5),
    ] {
        visit.change("calls", &calls(limit));
        visit.press("series");
        assert_eq!(count(&visit, "cache.computed"), computed, "{limit}");
    }
    visit.change("calls", &calls("memory.reduce_size(items_limit=2)"));
    visit.press("series");
    assert_eq!(count(&visit, "cache.freed"), 1);
    assert!(
        status(&visit).ends_with("Removed in between: 1 result, 9 bytes."),
        "{}",
        status(&visit)
    );
    visit.change("calls", &calls("memory.reduce_size(\"12Q\")"));
    visit.press("series");
    assert!(
        status(&visit).starts_with("Not done. `12Q` is not a size."),
        "{}",
        status(&visit)
    );
    assert_eq!(count(&visit, "cache.calls"), 4);
    for wrong in [
        "memory.reduce_size(items=2)",
        "memory.reduce_size(items_limit=\"a\")",
        "memory.reduce_size(1, 2, 3)",
    ] {
        visit.change("calls", &calls(wrong));
        visit.press("series");
        assert!(
            status(&visit).contains("is no call of half"),
            "{wrong}: {}",
            status(&visit)
        );
    }
}

#[test]
fn several_callers_at_once_compute_each_call_once() {
    let mut visit = visit();
    visit.change("calls", "price(1)\nprice(2)\nprice(1)");
    visit.change("callers", "4");
    visit.press("series");
    assert_eq!(
        (
            count(&visit, "cache.calls"),
            count(&visit, "cache.computed"),
            count(&visit, "cache.shared")
        ),
        (12, 2, 6)
    );
    assert!(
        status(&visit).ends_with("Waited for somebody who was computing the same: 6."),
        "{}",
        status(&visit)
    );
}

#[test]
fn a_file_that_was_written_again_has_changed_even_if_its_text_has_not() {
    let mut visit = visit();
    visit.change(
        "source",
        "def price(net):\n    return net * float(open(\"rate.txt\").read())\n",
    );
    visit.change("watch-file", "true");
    visit.change(
        "calls",
        "price(1)\nprice(1)\nopen(\"rate.txt\", \"w\").write(\"0.19\")\nprice(1)\nprice(1)",
    );
    visit.press("series");
    assert_eq!(count(&visit, "cache.computed"), 2);
    assert!(
        visit
            .html()
            .contains("<span class=\"ci-set\">the file’s last change counts</span>")
    );
}
