//! The lab *sql-or-files*: one question asked of files and of SQLite, as the data grows.

mod chart;
mod facts;
mod own;
mod run;
mod state;
mod update;
mod verdict;
mod view;

pub(crate) use state::SqlOrFiles;
