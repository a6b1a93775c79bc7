//! What a lab says of itself, in one line.

use language::{t, text as shown};
use maud::{Markup, Render, html};

/// What a lab says of itself: the content of its one element of the role `status`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Nothing.
    #[default]
    Idle,
    /// What it is doing: a text that is marked for the catalogues where it is written.
    Working(&'static str),
    /// How it went.
    Said {
        /// A sentence.
        text: String,
        /// Whether it did not go as it was asked to.
        fault: bool,
    },
}

impl Status {
    /// It went as it was asked to, or is nothing to worry about.
    pub fn said(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::Said { text, fault: false }
    }

    /// It did not go as it was asked to, and why.
    pub fn fault(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::Said { text, fault: true }
    }
}

impl Render for Status {
    fn render(&self) -> Markup {
        html! {
            @match self {
                Self::Idle => {},
                Self::Working(what) => { (shown(what)) },
                Self::Said { text, fault } => { span.fault[*fault] { @if *fault { strong { (t!("Not done.")) " " } } (text) } },
            }
        }
    }
}
