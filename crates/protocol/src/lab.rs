//! Labs: what the visitor does in them, and what they show.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the visitor did in a lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum LabEvent {
    /// A button was pressed.
    Press {
        /// The button's name.
        control: String,
    },
    /// A field has another value.
    Change {
        /// The field's name.
        control: String,
        /// The value.
        value: String,
    },
    /// Files were chosen or dropped; the values that travel along are the files, in this order.
    Files {
        /// Their names.
        names: Vec<String>,
        /// Their sizes in bytes.
        sizes: Vec<u32>,
    },
}

/// A part of a lab that is shown anew when it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Region {
    /// The part's name.
    pub name: String,
    /// Its content.
    pub html: String,
}
