//! The named tasks that workers run.
