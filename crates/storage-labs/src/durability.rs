//! The lab *durability*: what is left of a write that was killed.

use maud::{Markup, html};
use widgets::{Detail, Lab};

use crate::lab::{Effect, Input};

/// The lab's state.
#[derive(Debug, Default)]
pub(crate) struct Durability {}

impl Lab for Durability {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, _input: Input) -> Vec<Effect> {
        Vec::new()
    }

    fn view(&self, _detail: Detail) -> Vec<(&'static str, Markup)> {
        vec![("status", html! { p.status role="status" {} })]
    }
}
