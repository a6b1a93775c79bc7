//! The box for SQL of the visitor's own.

use engines::adapters::sqlite::plan::Line;
use language::t;
use maud::{Markup, html};
use widgets::format;

use super::super::own::SHOWN;
use super::super::state::{SIZES, SqlOrFiles};
use super::super::verdict::time;
use super::told;
use crate::message::{ELEMENTS, message};

pub(super) fn statement(lab: &SqlOrFiles) -> Markup {
    let busy = lab.is_busy();
    let people = lab.own.people();
    html! {
        h2 { (t!("Ask in SQL yourself")) }
        p.help {
            (message(
                &t!("The tables are {people} and {cities}, without indexes: make one with {statement} and see how the plan changes. What you change stays until you put the tables back.", people = ELEMENTS[0], cities = ELEMENTS[1], statement = ELEMENTS[2]),
                &[
                    html! { code { "people (id, name, city_id, born, height, active)" } },
                    html! { code { "cities (id, name, country, population)" } },
                    html! { code { "CREATE INDEX" } },
                ],
            ))
        }
        div.own {
            label for="sf-sql" { (t!("A statement of SQL")) }
            textarea #sf-sql data-change="sql" rows="6" spellcheck="false" autocapitalize="off" autocomplete="off" { (lab.own.text()) }
            div.actions {
                label for="sf-people" { (t!("People")) }
                select #sf-people data-change="sql-people" {
                    @for size in SIZES { option value=(size) selected[size == people] { (format::count(u64::from(size))) } }
                }
                button type="button" data-press="sql-run" aria-disabled=[busy.then_some("true")] { (t!("Ask SQLite")) }
                button type="button" data-press="stop" aria-disabled=[(!busy).then_some("true")] { (t!("Stop")) }
                button type="button" data-press="sql-reset" aria-disabled=[busy.then_some("true")] { (t!("Put the tables back")) }
            }
        }
    }
}

pub(super) fn shown(lab: &SqlOrFiles) -> Markup {
    let rowset = match &lab.own.shown {
        None => return html! {},
        Some(Err(error)) => {
            let (words, code) = (ELEMENTS[0], ELEMENTS[1]);
            let told = match error.position {
                Some(at) => t!(
                    "SQLite says: {words} (line {line}, column {column}) – error {code}",
                    words,
                    line = at.line,
                    column = at.column,
                    code
                ),
                None => t!("SQLite says: {words} – error {code}", words, code),
            };
            return html! {
                p.notice {
                    (message(&told, &[html! { code { (error.message) } }, html! { code { (error.extended_code) } }]))
                }
            };
        }
        Some(Ok(rowset)) => rowset,
    };
    let rows = match rowset.changed {
        Some(changed) => t!(
            "{rows} changed",
            rows = format::plural(changed as u64, "row")
        ),
        None if rowset.more => t!("the first {shown} rows", shown = SHOWN),
        None => format::plural(rowset.rows.len() as u64, "row"),
    };
    html! {
        h3 #sf-own { (t!("What SQLite answered")) }
        p.help {
            @match &lab.version {
                Some(version) => { (t!("In {time}, SQLite {version}: {rows}.", time = time(rowset.milliseconds), version, rows)) },
                None => { (t!("In {time}: {rows}.", time = time(rowset.milliseconds), rows)) },
            }
        }
        @if !rowset.columns.is_empty() {
            div.table-frame tabindex="0" role="region" aria-labelledby="sf-own" {
                table {
                    thead { tr { @for column in &rowset.columns { th scope="col" { (column) } } } }
                    tbody { @for row in &rowset.rows { tr { @for cell in row { td { (cell) } } } } }
                }
            }
        }
        @if !rowset.plan.is_empty() {
            h3 { (t!("Its plan")) }
            (plan_lines(&rowset.plan))
        }
    }
}

/// A plan as an indented tree, each line with what it means.
pub(super) fn plan_lines(plan: &[Line]) -> Markup {
    html! {
        @if !plan.is_empty() {
            ul.plan { @for line in plan {
                li class={ "deep-" (line.depth.min(6)) } {
                    code { (line.detail) }
                    @if let Some(words) = told::plan(&line.detail) { span.words { (words) } }
                }
            } }
        }
    }
}
