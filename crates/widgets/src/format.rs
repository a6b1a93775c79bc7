//! Numbers as a person reads them.

use language::{mark, number, t, text};

/// What is counted by [`plural`], for the catalogues.
pub const NOUNS: [[&str; 2]; 19] = [
    [mark!("address"), mark!("addresses")],
    [mark!("block"), mark!("blocks")],
    [mark!("byte"), mark!("bytes")],
    [mark!("character"), mark!("characters")],
    [mark!("core"), mark!("cores")],
    [mark!("file"), mark!("files")],
    [mark!("format"), mark!("formats")],
    [mark!("kind"), mark!("kinds")],
    [mark!("level"), mark!("levels")],
    [mark!("line"), mark!("lines")],
    [mark!("page"), mark!("pages")],
    [mark!("piece"), mark!("pieces")],
    [mark!("record"), mark!("records")],
    [mark!("result"), mark!("results")],
    [mark!("row"), mark!("rows")],
    [mark!("task"), mark!("tasks")],
    [mark!("text"), mark!("texts")],
    [mark!("value"), mark!("values")],
    [mark!("worker"), mark!("workers")],
];

/// A whole number with commas between the thousands, or what the visitor's language has there.
pub fn count(whole: u64) -> String {
    let digits = whole.to_string();
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    number(&written)
}

/// A count with its noun, in the singular or the plural. The noun is one of [`NOUNS`].
pub fn plural(number: u64, noun: &str) -> String {
    let ending = match noun.ends_with('s') {
        _ if number == 1 => "",
        true => "es",
        false => "s",
    };
    format!("{} {}", count(number), text(&format!("{noun}{ending}")))
}

/// A size in bytes, kB or MB (powers of ten).
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => plural(bytes, "byte"),
        1_000..1_000_000 => number(&format!("{:.1} kB", bytes as f64 / 1e3)),
        _ => number(&format!("{:.1} MB", bytes as f64 / 1e6)),
    }
}

/// A time given in milliseconds, with three digits that mean something.
pub fn time(milliseconds: f64) -> String {
    number(&match milliseconds {
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 100.0 => format!("{ms:.1} ms"),
        ms if ms < 10_000.0 => format!("{ms:.0} ms"),
        ms if ms < 120_000.0 => format!("{:.1} s", ms / 1e3),
        ms => format!("{:.1} min", ms / 60e3),
    })
}

/// A time given in milliseconds that may be very short: with two digits, in nanoseconds, microseconds, milliseconds or seconds.
pub fn short_time(milliseconds: f64) -> String {
    let (amount, unit) = match milliseconds.abs() {
        ms if ms < 0.000_995 => (milliseconds * 1e6, "ns"),
        ms if ms < 0.995 => (milliseconds * 1e3, "µs"),
        ms if ms < 995.0 => (milliseconds, "ms"),
        _ => (milliseconds / 1e3, "s"),
    };
    let digits = usize::from(amount.abs() < 9.95 && (amount * 10.0).round() % 10.0 != 0.0);
    number(&format!("{amount:.digits$} {unit}"))
}

/// When and where something was recorded, to stand after "recorded". The recordings say it in English, as
/// `on DATE in BROWSER on N cores`.
pub fn recorded(english: &str) -> String {
    let parts = || {
        let (date, rest) = english.strip_prefix("on ")?.split_once(" in ")?;
        let (browser, cores) = rest.rsplit_once(" on ")?;
        let cores = cores.split_once(" core")?.0.parse().ok()?;
        Some((date, browser, plural(cores, "core")))
    };
    match parts() {
        Some((date, browser, cores)) => {
            t!("on {date} in {browser} on {cores}", date, browser, cores)
        }
        None => english.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_a_person_reads_them() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(12_345_678), "12,345,678");
        assert_eq!(plural(1, "text"), "1 text");
        assert_eq!(plural(2, "text"), "2 texts");
        assert_eq!(plural(123, "address"), "123 addresses");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(5_320_243), "5.3 MB");
        assert_eq!(time(0.125), "0.12 ms");
        assert_eq!(time(310.4), "310 ms");
        assert_eq!(time(12_345.0), "12.3 s");
        assert_eq!(time(180_000.0), "3.0 min");
        assert_eq!(short_time(0.000_12), "120 ns");
        assert_eq!(short_time(0.001), "1 µs");
        assert_eq!(short_time(0.001_26), "1.3 µs");
        assert_eq!(short_time(0.04), "40 µs");
        assert_eq!(short_time(0.999), "1 ms");
        assert_eq!(short_time(61.4), "61 ms");
        assert_eq!(short_time(1_500.0), "1.5 s");
        assert_eq!(short_time(0.0), "0 ns");
    }

    #[test]
    fn when_and_where_something_was_recorded_is_said_in_one_sentence() {
        for said in ["on 2026-11-22 in Chromium 156 on 2 cores", "yesterday"] {
            assert_eq!(recorded(said), said);
        }
    }
}
