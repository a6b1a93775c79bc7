//! What the visitor can set, as a table.

use language::{mark, t, text};
use maud::{Markup, html};

use super::state::TimelineLab;

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number, written.
    Number,
    /// Something else that is written.
    Text,
    /// A percentage on a slider, up to this.
    Percent(u32),
    /// One of these: value and words.
    Choice(&'static [(&'static str, &'static str)]),
    /// One of the machine's ways to run.
    Backend,
}

/// A field.
pub(super) struct Field {
    pub(super) name: &'static str,
    label: &'static str,
    kind: Kind,
    /// What it says at first.
    first: &'static str,
    help: &'static str,
}

const fn field(
    name: &'static str,
    label: &'static str,
    kind: Kind,
    first: &'static str,
    help: &'static str,
) -> Field {
    Field {
        name,
        label,
        kind,
        first,
        help,
    }
}

/// All fields.
pub(super) const FIELDS: [Field; 14] = [
    field("tasks", mark!("Tasks"), Kind::Number, "24", ""),
    field(
        "milliseconds",
        mark!("Milliseconds each"),
        Kind::Number,
        "20",
        mark!("on one core of its own"),
    ),
    field(
        "spread",
        mark!("Durations"),
        Kind::Choice(&[
            ("equal", mark!("all equal")),
            ("uneven", mark!("uneven: 0.5 to 1.5 ×")),
            ("straggler", mark!("one takes 8 ×")),
            ("growing", mark!("growing")),
            ("shrinking", mark!("shrinking")),
        ]),
        "uneven",
        "",
    ),
    field(
        "seed",
        mark!("Seed"),
        Kind::Number,
        "1",
        mark!("the same number, the same durations"),
    ),
    field(
        "serial",
        mark!("Part that must be done first"),
        Kind::Percent(90),
        "0",
        mark!("of all work, by one worker"),
    ),
    field("workers", mark!("Workers"), Kind::Text, "-1", ""),
    field("backend", mark!("Backend"), Kind::Backend, "loky", ""),
    field(
        "batch-size",
        mark!("Tasks in a batch"),
        Kind::Choice(&[
            ("auto", mark!("auto")),
            ("1", "1"),
            ("2", "2"),
            ("4", "4"),
            ("8", "8"),
            ("16", "16"),
            ("32", "32"),
        ]),
        "auto",
        "",
    ),
    field(
        "pre-dispatch",
        mark!("Tasks taken ahead"),
        Kind::Text,
        "2*n_jobs",
        mark!("a number, all, or arithmetic in n_jobs"),
    ),
    field(
        "fault",
        mark!("One task"),
        Kind::Choice(&[
            ("none", mark!("– all go well")),
            ("fail", mark!("fails")),
            ("trap", mark!("traps its worker")),
            ("end", mark!("ends its worker without a word")),
            ("hang", mark!("hangs: it never ends")),
        ]),
        "none",
        "",
    ),
    field("fault-task", mark!("Which task"), Kind::Number, "7", ""),
    field(
        "on-error",
        mark!("An error"),
        Kind::Choice(&[
            ("raise", mark!("ends the run")),
            ("collect", mark!("stands in its task’s place")),
        ]),
        "raise",
        "",
    ),
    field(
        "timeout",
        mark!("Time limit for a task"),
        Kind::Number,
        "",
        mark!("seconds; empty: none"),
    ),
    field(
        "on-timeout",
        mark!("A task that takes longer"),
        Kind::Choice(&[
            ("raise", mark!("ends the run")),
            ("skip", mark!("is given up, the run goes on")),
        ]),
        "raise",
        "",
    ),
];

/// What stands together: title, and the first field.
const GROUPS: [(&str, usize, usize); 3] = [
    (mark!("The work"), 0, 5),
    (mark!("How to run it"), 5, 9),
    (mark!("What goes wrong"), 9, 14),
];

/// The ways to run before the machine is known.
const BACKENDS: [&str; 4] = ["loky", "threading", "multiprocessing", "sequential"];

impl TimelineLab {
    /// What a field says.
    pub(super) fn value(&self, name: &str) -> &str {
        let set = self.values.get(name).map(String::as_str);
        let first = || {
            FIELDS
                .iter()
                .find(|field| field.name == name)
                .map(|field| field.first)
        };
        set.or_else(first).unwrap_or_default()
    }

    /// Takes over what a field says, if it can say that.
    pub(super) fn change(&mut self, name: &str, value: &str) {
        let Some(field) = FIELDS.iter().find(|field| field.name == name) else {
            return;
        };
        let can_be = match field.kind {
            Kind::Choice(choices) => choices.iter().any(|(choice, _)| *choice == value),
            Kind::Percent(most) => value.parse().is_ok_and(|percent: u32| percent <= most),
            _ => true,
        };
        if can_be {
            self.values.insert(field.name, value.trim().to_owned());
        }
    }

    /// A number in a field.
    ///
    /// # Errors
    /// A sentence that says what it must be.
    pub(super) fn number(&self, name: &str, least: f64, most: f64) -> Result<f64, String> {
        let number = self.value(name).parse().ok();
        let is_one = |number: &f64| (least..=most).contains(number);
        number.filter(is_one).ok_or_else(|| {
            let label = FIELDS
                .iter()
                .find(|field| field.name == name)
                .map_or("", |field| field.label);
            t!(
                "{field}: a number from {least} to {most}.",
                field = text(label),
                least,
                most = crate::format::count(most as u64)
            )
        })
    }

    /// All fields.
    pub(super) fn fields(&self) -> Markup {
        html! {
            @for (title, from, to) in GROUPS {
                fieldset.settings.tl-fields {
                    legend { (text(title)) }
                    @for field in &FIELDS[from..to] {
                        div.field {
                            label for={ "tl-" (field.name) } { (text(field.label)) }
                            (self.control(field))
                            @if !field.help.is_empty() {
                                span.help id={ "tl-" (field.name) "-help" } { (text(field.help)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn control(&self, field: &Field) -> Markup {
        let id = format!("tl-{}", field.name);
        let name = field.name;
        let value = self.value(name);
        let help = (!field.help.is_empty()).then(|| format!("{id}-help"));
        match field.kind {
            Kind::Choice(choices) => html! {
                select id=(id) data-change=(name) {
                    @for (choice, words) in choices {
                        option value=(choice) selected[*choice == value] { (text(words)) }
                    }
                }
            },
            Kind::Backend => html! {
                select id=(id) data-change=(name) aria-describedby="tl-backends" {
                    @if self.machine.backends.is_empty() {
                        @for name in BACKENDS { option value=(name) selected[name == value] { (name) } }
                    }
                    @for backend in &self.machine.backends {
                        option value=(backend.name) selected[backend.name == value] disabled[!backend.available] {
                            (backend.name)
                            @if !backend.available { " – " (t!("not here")) }
                        }
                    }
                }
            },
            Kind::Percent(most) => html! {
                input id=(id) type="range" min="0" max=(most) step="5" value=(value) data-change=(name)
                    aria-valuetext={ (value) " %" } aria-describedby=[help];
                output for=(id) { (value) " %" }
            },
            Kind::Number | Kind::Text => html! {
                input id=(id) type="text" inputmode=[(field.kind == Kind::Number).then_some("decimal")] size="8" autocomplete="off"
                    spellcheck="false" data-change=(name) value=(value) aria-describedby=[help];
            },
        }
    }
}
