//! All numbers.

use core::cmp::Ordering;

use language::{mark, t};
use maud::{Markup, html};
use widgets::format;

use super::charts::range;
use super::findings::{Finding, Results, Times, time};
use super::state::{Column, Formats, Sort};

impl Column {
    const ALL: [Self; 7] = [
        Self::Format,
        Self::Size,
        Self::Compressed,
        Self::Write,
        Self::Read,
        Self::One,
        Self::Lost,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Size => "size",
            Self::Compressed => "compressed",
            Self::Write => "write",
            Self::Read => "read",
            Self::One => "one",
            Self::Lost => "lost",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Format => mark!("Format"),
            Self::Size => mark!("Stored"),
            Self::Compressed => mark!("gzip"),
            Self::Write => mark!("Write"),
            Self::Read => mark!("Read"),
            Self::One => mark!("Read one"),
            Self::Lost => mark!("Changed"),
        }
    }

    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    fn number(self, finding: &Finding) -> Option<f64> {
        match self {
            Self::Format => None,
            Self::Size => finding.size.map(|bytes| bytes as f64),
            Self::Compressed => finding.compressed.map(|bytes| bytes as f64),
            Self::Write => finding.write.median(),
            Self::Read => finding.read.median(),
            Self::One => finding.one.median(),
            Self::Lost => finding.lost().map(|changed| changed as f64),
        }
    }
}

pub(super) fn table(lab: &Formats, results: &Results) -> Markup {
    if results.formats.iter().all(|finding| finding.jobs == 0) {
        return html! {};
    }
    html! {
        h3 #fm-numbers { (t!("All numbers")) }
        div.table-frame tabindex="0" role="region" aria-labelledby="fm-numbers" {
            table.fm-table {
                caption { (t!("Times are medians with smallest to largest; below them the first time. Press a heading to sort.")) }
                thead { tr { @for column in Column::ALL { (head(column, lab.sort)) } } }
                tbody { @for finding in sorted(results, lab.sort) { (row(finding)) } }
            }
        }
        div.actions {
            button type="button" data-press="save" aria-disabled=[lab.is_busy().then_some("true")] { (t!("Save these numbers (JSON)")) }
        }
    }
}

fn head(column: Column, sort: Sort) -> Markup {
    let direction = match sort {
        Sort { by, .. } if by != column => "none",
        Sort {
            is_descending: true,
            ..
        } => "descending",
        Sort { .. } => "ascending",
    };
    let arrow = match direction {
        "none" => "",
        "descending" => " ▼",
        _ => " ▲",
    };
    html! {
        th scope="col" aria-sort=(direction) class=[(column != Column::Format).then_some("number")] {
            button.fm-head type="button" data-press={ "sort-" (column.name()) } {
                (language::text(column.title())) span aria-hidden="true" { (arrow) }
            }
        }
    }
}

/// What has no number comes last either way.
fn sorted(results: &Results, sort: Sort) -> Vec<&Finding> {
    let mut findings: Vec<_> = results.formats.iter().collect();
    let directed = |order: Ordering| {
        if sort.is_descending {
            order.reverse()
        } else {
            order
        }
    };
    if sort.by == Column::Format {
        if sort.is_descending {
            findings.reverse();
        }
        return findings;
    }
    findings.sort_by(|a, b| match (sort.by.number(a), sort.by.number(b)) {
        (Some(a), Some(b)) => directed(a.total_cmp(&b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    });
    findings
}

fn row(finding: &Finding) -> Markup {
    let bytes = |bytes: Option<u64>| {
        html! { td.number { (bytes.map_or_else(|| "–".to_owned(), format::size)) } }
    };
    html! {
        tr data-record=(finding.name) {
            th scope="row" { (finding.title) }
            @if let Some(why) = &finding.failed {
                td colspan="6" { span.fault { (why) } }
            } @else {
                (bytes(finding.size))
                (bytes(finding.compressed))
                (times(&finding.write)) (times(&finding.read)) (times(&finding.one))
                td.number { @match finding.lost() {
                    Some(0) => { (t!("nothing")) },
                    Some(lost) => { (format::count(lost)) },
                    None => { "–" },
                } }
            }
        }
    }
}

fn times(times: &Times) -> Markup {
    let Some(spread) = times.spread() else {
        return html! { td.number { "–" } };
    };
    html! {
        td.number {
            @if spread.n > 0 {
                (time(spread.median))
                small { (range(spread.least, spread.most)) }
                small { "n = " (spread.n) }
            }
            @if let Some(first) = times.first {
                small {
                    @if times.is_cold {
                        (t!("first {time}", time = time(first)))
                    } @else {
                        (t!("first {time} (worker already warm)", time = time(first)))
                    }
                }
            }
        }
    }
}
