//! What the lab does with what it hears.

use experiments::{Inspect, Job};
use language::t;
use maud::Markup;
use protocol::LabEvent;
use widgets::{Detail, Facts, Lab, Status};

use super::state::{Asked, Bytes, Choice, Data, MOST_RECORDS, PAGE_BYTES};
use super::view;
use crate::lab::{Effect, Input};

impl Lab for Bytes {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = match input {
            Input::Machine(_) => self.write(),
            Input::Visitor(event) if self.is_early(&event) => {
                self.early.push_back(event);
                Vec::new()
            }
            Input::Visitor(event) => self.visitor(event),
            Input::Done(number, outcome) => match self.asked.remove(&number) {
                Some(asked) => self.done(asked, *outcome),
                None => Vec::new(),
            },
            Input::Took(..) | Input::Writer(_) | Input::Sql(..) => Vec::new(),
        };
        while !self.is_busy()
            && let Some(event) = self.early.pop_front()
        {
            effects.extend(self.visitor(event));
        }
        effects.extend(self.next_row());
        self.is_settled |= self.shown.is_some() && self.asked.is_empty();
        effects
    }

    fn view(&self, _detail: Detail) -> Vec<(&'static str, Markup)> {
        view::regions(self)
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn is_ready(&self) -> bool {
        self.early.is_empty() && !self.is_busy()
    }
}

impl Bytes {
    /// Whether this has to wait. The page shows the first file before there is one here, and the visitor can do something
    /// to it: that is done as soon as there is.
    fn is_early(&self, event: &LabEvent) -> bool {
        let is_stop = matches!(event, LabEvent::Press { control } if control == "stop");
        let waits = !self.early.is_empty() || self.shown.is_none() && self.is_busy();
        waits && !is_stop
    }

    fn visitor(&mut self, event: LabEvent) -> Vec<Effect> {
        match event {
            LabEvent::Press { control } => {
                self.is_settled = true;
                self.press(&control)
            }
            LabEvent::Change { control, value } => self.change(&control, value),
            LabEvent::Files { names, sizes } => self.choose_file(&names, &sizes),
        }
    }

    fn press(&mut self, control: &str) -> Vec<Effect> {
        if let Some(record) = control.strip_prefix("record-") {
            self.choose_record(record.parse().ok());
            return Vec::new();
        }
        match control {
            "stop" => return self.stop(),
            "earlier" => self.page = self.page.saturating_sub(PAGE_BYTES),
            "later" => self.page += PAGE_BYTES,
            "download" => return self.download(),
            "survival" => self.plan_survival(),
            "appended" => self.plan_appended(),
            "others" => self.plan_others(),
            _ if self.is_busy() => {}
            "write" => return self.write(),
            "open-own" => return self.open_own(),
            "read-back" => return self.read_back(),
            "undo" => self.undo(),
            "bring-back" => self.bring_back(),
            "cut" => return self.cut(),
            "append" => return self.append(false),
            "anew" => return self.append(true),
            "open-as" => {
                let other = self.other.clone();
                return self.open_as(other);
            }
            _ => {
                if let Some(format) = control.strip_prefix("open-as-") {
                    return self.open_as(format.to_owned());
                }
            }
        }
        Vec::new()
    }

    fn change(&mut self, control: &str, value: String) -> Vec<Effect> {
        let before = self.choice.clone();
        let choice = &mut self.choice;
        match control {
            "data" => {
                choice.data = match value.as_str() {
                    "own" => Data::Own,
                    name if datasets::find(name).is_some() => Data::Bundled(value),
                    _ => Data::Showcase,
                }
            }
            "records" => choice.records = value.parse().unwrap_or(5).clamp(1, MOST_RECORDS),
            "nested" => choice.nested = value == "true",
            "seed" => match value.trim().parse() {
                Ok(seed) => choice.seed = seed,
                Err(_) => self.fault(t!("The seed is a whole number from 0.")),
            },
            "format" if formats::find(&value).is_some() => choice.format = value,
            "delimiter" if value.len() == 1 => choice.delimiter = value,
            "protocol" => choice.protocol = value.parse().unwrap_or(4).min(5),
            "typed" => self.type_in(value),
            "typing" => self.change_typing(&value),
            "cut" => {
                let size = self.shown.as_ref().map_or(0, |shown| shown.file.size);
                self.cut = value.parse().unwrap_or(self.cut).min(size);
            }
            "other" => self.other = value,
            "other-delimiter" if value.len() == 1 => self.other_delimiter = value,
            _ => {}
        }
        self.choice_changed(&before)
    }

    /// The file is written anew, unless something of the visitor's is in its place.
    fn choice_changed(&mut self, before: &Choice) -> Vec<Effect> {
        if *before == self.choice {
            return Vec::new();
        }
        let is_opened = self.shown.as_ref().is_some_and(|shown| shown.is_opened);
        if self.choice.data == Data::Own && (self.own.is_none() || before.data != Data::Own) {
            self.say(if self.own.is_none() {
                t!("Choose a file of your own, or drop it below.")
            } else {
                t!("Your file is chosen: press “Show my file as it is”, or “Write the file” for its first records.")
            });
            return Vec::new();
        }
        if self.is_edited() || is_opened && self.choice.data == Data::Own {
            self.say(t!(
                "The file below stays as it is. Press “Write the file” to have it written as you have now chosen."
            ));
            return Vec::new();
        }
        self.write()
    }

    pub(super) fn ask(&mut self, asked: Asked, job: Inspect) -> Vec<Effect> {
        self.last += 1;
        self.asked.insert(self.last, asked);
        vec![Effect::Work(self.last, Box::new(Job::Inspect(job)))]
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.status = Status::said(text);
    }

    pub(super) fn fault(&mut self, text: impl Into<String>) {
        self.status = Status::fault(text);
    }
}
