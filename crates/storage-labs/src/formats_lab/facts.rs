//! What can be said of a measurement.

use widgets::Found;

use super::findings::{Finding, Results};

type Number = fn(&Finding) -> Option<f64>;

/// Those that are ranked, each under the names of its first and its last.
const RANKED: [(&str, &str, Number); 5] = [
    ("smallest", "largest", |finding| {
        finding.size.map(|size| size as f64)
    }),
    ("smallest_gzip", "largest_gzip", |finding| {
        finding.compressed.map(|size| size as f64)
    }),
    ("fastest_write", "slowest_write", |finding| {
        finding.write.median()
    }),
    ("fastest_read", "slowest_read", |finding| {
        finding.read.median()
    }),
    ("fastest_read_one", "slowest_read_one", |finding| {
        finding.one.median()
    }),
];

/// What was found in a measurement that has ended.
pub(super) fn found(results: &Results) -> Found {
    let mut found = Found::default();
    found.count("formats.measured", results.formats.len() as u64);
    if let Some(records) = results.records {
        found.count("formats.records", records);
    }
    for (first, last, number) in RANKED {
        let ranked = results.ranked(number);
        for (name, place) in [(first, ranked.first()), (last, ranked.last())] {
            if let Some((finding, _)) = place {
                found.text(format!("formats.{name}"), finding.name.clone());
            }
        }
    }
    let keeps_all = |finding: &&Finding| finding.failed.is_none() && finding.lost() == Some(0);
    let refuses = |finding: &&Finding| finding.failed.is_some();
    let all = || results.formats.iter();
    found.count("formats.lossless", all().filter(keeps_all).count() as u64);
    found.count("formats.refused", all().filter(refuses).count() as u64);
    let smallest = all().filter_map(|finding| finding.size).min();
    for finding in all() {
        tell(&mut found, finding, results.records, smallest);
    }
    found
}

fn tell(found: &mut Found, finding: &Finding, records: Option<u64>, smallest: Option<u64>) {
    let name = |what: &str| format!("formats.{}.{what}", finding.name);
    found.whether(name("refused"), finding.failed.is_some());
    if finding.failed.is_some() {
        return;
    }
    if let Some(size) = finding.size {
        found.count(name("bytes"), size);
        if let Some(records) = records.filter(|records| *records > 0) {
            found.number(name("bytes_per_record"), size as f64 / records as f64);
        }
        if let Some(smallest) = smallest.filter(|smallest| *smallest > 0) {
            found.number(name("times_smallest"), size as f64 / smallest as f64);
        }
    }
    if let Some(size) = finding.compressed {
        found.count(name("gzip_bytes"), size);
    }
    for (what, times) in [
        ("write_ms", &finding.write),
        ("read_ms", &finding.read),
        ("read_one_ms", &finding.one),
    ] {
        if let Some(median) = times.median() {
            found.number(name(what), median);
        }
    }
    if let Some(losses) = &finding.losses {
        found.count(name("values"), losses.values);
        found.count(name("changed"), losses.changed);
        found.count(name("losses"), losses.changes.len() as u64);
    }
}
