//! What the fields say.

use super::state::{Formats, LENGTHS, MOST_COLUMNS, Origin, ROWS, names};
use super::transport;
use crate::lab::Effect;

impl Formats {
    /// Takes over what a field says now.
    pub(super) fn change(&mut self, control: &str, value: &str) -> Vec<Effect> {
        if control == "medium" {
            self.medium = transport::find(value).unwrap_or(self.medium);
            return Vec::new();
        }
        if self.is_busy() {
            return Vec::new();
        }
        if let Some(name) = control.strip_prefix("format-") {
            self.choose_format(name, value == "true");
            return Vec::new();
        }
        let some = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        match control {
            "indent" => self.indent = value == "true",
            "protocol" => {
                let protocol = value.parse().ok().filter(|protocol| *protocol <= 5);
                self.protocol = protocol.unwrap_or(self.protocol);
            }
            "rounds" => value.trim().clone_into(&mut self.rounds),
            "budget" => self.budget_s = value.parse().unwrap_or(self.budget_s),
            "guess-smallest" => self.guess.smallest = some(value),
            "guess-fastest" => self.guess.fastest = some(value),
            _ => {
                self.change_data(control, value);
                return self.look();
            }
        }
        Vec::new()
    }

    fn choose_format(&mut self, name: &str, takes_part: bool) {
        if takes_part {
            self.chosen.extend(names().find(|known| *known == name));
            return;
        }
        self.chosen.remove(name);
        for guess in [&mut self.guess.smallest, &mut self.guess.fastest] {
            guess.take_if(|guess| guess == name);
        }
    }

    fn change_data(&mut self, control: &str, value: &str) {
        let number = value.trim().parse::<f64>().unwrap_or_default().max(0.0);
        let step = number as usize;
        let part = (number / 100.0).min(1.0);
        let shape = &mut self.shape;
        match control {
            "origin" => {
                self.origin = match value {
                    "own" => Origin::Own,
                    _ => datasets::find(value)
                        .map_or(Origin::Generated, |set| Origin::Bundled(set.name)),
                };
            }
            "rows" => shape.rows = ROWS[step.min(ROWS.len() - 1)],
            "columns" => shape.columns = step.clamp(1, MOST_COLUMNS),
            "length" => shape.text_length = LENGTHS[step.min(LENGTHS.len() - 1)],
            "repetition" => shape.repetition = part,
            "nesting" => shape.nesting = step.min(datasets::MAX_NESTING),
            "missing" => shape.missing = part,
            "seed" => shape.seed = value.trim().parse().unwrap_or(shape.seed),
            _ => {}
        }
    }
}
