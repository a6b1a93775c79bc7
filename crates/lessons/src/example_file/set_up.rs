//! What is done to a lab before the visitor comes, and what solves a task.

use serde::{Deserialize, Serialize};

/// A file of steps: `start/<example>.toml` or `solution/<example>.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The steps, in order.
    #[serde(rename = "do", default)]
    pub steps: Vec<Step>,
}

/// Something a visitor could do: `change = "…", to = "…"` or `press = "…"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenStep", into = "WrittenStep")]
pub enum Step {
    /// A field gets another value.
    Change {
        /// The field's name, as in `data-change`.
        control: String,
        /// The value.
        to: String,
    },
    /// A button is pressed.
    Press {
        /// The button's name, as in `data-press`.
        control: String,
    },
}

/// A step as it is written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    press: Option<String>,
}

impl TryFrom<WrittenStep> for Step {
    type Error = &'static str;

    fn try_from(written: WrittenStep) -> Result<Self, Self::Error> {
        match written {
            WrittenStep {
                change: Some(control),
                to: Some(to),
                press: None,
            } => Ok(Self::Change { control, to }),
            WrittenStep {
                change: None,
                to: None,
                press: Some(control),
            } => Ok(Self::Press { control }),
            _ => Err("a step is either `change` with `to`, or `press`"),
        }
    }
}

impl From<Step> for WrittenStep {
    fn from(step: Step) -> Self {
        match step {
            Step::Change { control, to } => Self {
                change: Some(control),
                to: Some(to),
                press: None,
            },
            Step::Press { control } => Self {
                press: Some(control),
                ..Self::default()
            },
        }
    }
}
