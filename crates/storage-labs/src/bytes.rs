//! The lab *bytes*: what is really stored.

use datasets::Shape;
use experiments::{Encode, Failure, Job, Outcome, Settings, Source};
use maud::{Markup, html};
use protocol::LabEvent;
use widgets::{Detail, Lab};

use crate::lab::{Effect, Input};

/// The lab's state.
#[derive(Debug, Default)]
pub(crate) struct Bytes {
    format: String,
    shown: Option<Result<Outcome, Failure>>,
}

impl Lab for Bytes {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Visitor(LabEvent::Change { control, value }) if control == "format" => {
                self.format = value;
                Vec::new()
            }
            Input::Visitor(LabEvent::Press { control }) if control == "show" => {
                vec![Effect::Work(
                    1,
                    Box::new(Job::Encode(Encode {
                        source: Source::Generated(Shape::default()),
                        first: 5,
                        format: self.format.clone(),
                        settings: Settings::default(),
                    })),
                )]
            }
            Input::Done(_, outcome) => {
                self.shown = Some(*outcome);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn view(&self, _detail: Detail) -> Vec<(&'static str, Markup)> {
        let settings = html! {
            label for="bytes-format" { "Format" }
            select #bytes-format data-change="format" {
                @for format in formats::all() {
                    option value=(format.name()) selected[format.name() == self.format] { (format.title()) }
                }
            }
            button type="button" data-press="show" { "Show" }
        };
        let shown = html! {
            @match &self.shown {
                Some(Ok(Outcome::Encoded(encoded))) => { pre tabindex="0" { (String::from_utf8_lossy(&encoded.bytes)) } },
                Some(Err(failure)) => { p.status role="status" { (failure) } },
                _ => { p.status role="status" {} },
            }
        };
        vec![("settings", settings), ("shown", shown)]
    }
}
