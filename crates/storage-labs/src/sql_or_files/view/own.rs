//! The box for SQL of the visitor's own.

use engines::adapters::sqlite::plan::{Line, words};
use maud::{Markup, html};
use widgets::format;

use super::super::own::SHOWN;
use super::super::state::{SIZES, SqlOrFiles};
use super::super::verdict::time;

pub(super) fn statement(lab: &SqlOrFiles) -> Markup {
    let busy = lab.is_busy();
    let people = lab.own.people();
    html! {
        h2 { "Ask in SQL yourself" }
        p.help {
            "The tables are " code { "people (id, name, city_id, born, height, active)" } " and "
            code { "cities (id, name, country, population)" }
            ", without indexes: make one with " code { "CREATE INDEX" } " and see how the plan changes. What you change stays until you put the tables back."
        }
        div.own {
            label for="sf-sql" { "A statement of SQL" }
            textarea #sf-sql data-change="sql" rows="6" spellcheck="false" autocapitalize="off" autocomplete="off" { (lab.own.text()) }
            div.actions {
                label for="sf-people" { "People" }
                select #sf-people data-change="sql-people" {
                    @for size in SIZES { option value=(size) selected[size == people] { (format::count(u64::from(size))) } }
                }
                button type="button" data-press="sql-run" aria-disabled=[busy.then_some("true")] { "Ask SQLite" }
                button type="button" data-press="stop" aria-disabled=[(!busy).then_some("true")] { "Stop" }
                button type="button" data-press="sql-reset" aria-disabled=[busy.then_some("true")] { "Put the tables back" }
            }
        }
    }
}

pub(super) fn shown(lab: &SqlOrFiles) -> Markup {
    let rowset = match &lab.own.shown {
        None => return html! {},
        Some(Err(error)) => {
            return html! {
                p.notice {
                    "SQLite says: " code { (error.message) }
                    @if let Some(at) = error.position { " (line " (at.line) ", column " (at.column) ")" }
                    " – error " code { (error.extended_code) }
                }
            };
        }
        Some(Ok(rowset)) => rowset,
    };
    html! {
        h3 #sf-own { "What SQLite answered" }
        p.help {
            "In " (time(rowset.milliseconds))
            @if let Some(version) = &lab.version { ", SQLite " (version) }
            @if let Some(changed) = rowset.changed { ": " (format::plural(changed as u64, "row")) " changed" }
            @else if rowset.more { ": the first " (SHOWN) " rows" }
            @else { ": " (format::plural(rowset.rows.len() as u64, "row")) }
            "."
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
            h3 { "Its plan" }
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
                    @if let Some(words) = words(&line.detail) { span.words { (words) } }
                }
            } }
        }
    }
}
