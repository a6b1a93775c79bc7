//! Reading and checking what an author wrote about an example, and making it ready for a page.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{
    Answer, ExampleFile, HINTS, Html, Markdown, Prediction, SetUp, Step, Task, WhyQuestion,
};
use crate::markdown::{self, Rendered, Shape, Text};
use crate::source::{Source, locate};
use crate::{Fault, Problem};

/// An example made ready, with what has to be checked about it later.
pub(crate) struct Read {
    pub(crate) example: ExampleFile<Html>,
    /// What its texts became, for links and words.
    pub(crate) texts: Vec<Rendered>,
}

/// Reads an example that will be on the page `address`.
///
/// # Errors
/// What is wrong with it, all at once where the file can be understood.
pub(crate) fn example(
    source: Source<'_>,
    address: &str,
    labs: &[&str],
) -> Result<Read, Vec<Fault>> {
    let table = DeTable::parse(source.text).map_err(|error| vec![source.toml(0, &error)])?;
    let written: ExampleFile =
        toml::from_str(source.text).map_err(|error| vec![source.toml(0, &error)])?;
    let mut faults: Vec<Fault> = problems(&written, labs)
        .into_iter()
        .map(|(path, problem)| source.fault(locate(&table, path), problem))
        .collect();
    let mut reader = Reader {
        source,
        table: &table,
        address,
        texts: Vec::new(),
        faults: Vec::new(),
    };
    let example = reader.example(written);
    faults.append(&mut reader.faults);
    for text in &mut reader.texts {
        faults.append(&mut text.faults);
    }
    if faults.is_empty() {
        Ok(Read {
            example,
            texts: reader.texts,
        })
    } else {
        Err(faults)
    }
}

/// What is wrong with an example that was understood: where, and what.
fn problems(example: &ExampleFile, labs: &[&str]) -> Vec<(&'static str, Problem)> {
    let ExampleFile {
        lab,
        run,
        task,
        why,
        ..
    } = example;
    let right = why.answers.iter().filter(|answer| answer.right).count();
    let found = [
        (!labs.contains(&lab.as_str())).then(|| ("lab", Problem::UnknownLab(lab.clone()))),
        run.is_empty().then_some(("run", Problem::NoRun)),
        (task.hints.len() != HINTS).then_some(("task.hints", Problem::HintCount(task.hints.len()))),
        task.checks
            .is_empty()
            .then_some(("task.check", Problem::NoCheck)),
        (why.answers.len() < 2).then_some(("why.answers", Problem::AnswerCount(why.answers.len()))),
        (right != 1).then_some(("why.answers", Problem::RightAnswers(right))),
    ];
    found.into_iter().flatten().collect()
}

/// Texts of one example being rendered.
struct Reader<'a> {
    source: Source<'a>,
    table: &'a Spanned<DeTable<'a>>,
    address: &'a str,
    texts: Vec<Rendered>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn example(&mut self, written: ExampleFile) -> ExampleFile<Html> {
        let ExampleFile {
            goal,
            lab,
            run,
            prediction,
            task,
            why,
        } = written;
        ExampleFile {
            goal: self.inline("goal", &goal),
            lab,
            run,
            prediction: Prediction {
                question: self.inline("prediction.question", &prediction.question),
                guess: prediction.guess,
                why: self.block("prediction.why", &prediction.why),
            },
            task: Task {
                text: self.block("task.text", &task.text),
                hints: self.each("task.hints", &task.hints),
                solution: self.block("task.solution", &task.solution),
                checks: task.checks,
            },
            why: WhyQuestion {
                question: self.inline("why.question", &why.question),
                answers: why
                    .answers
                    .iter()
                    .enumerate()
                    .map(|(index, answer)| self.answer(index, answer))
                    .collect(),
            },
        }
    }

    fn each(&mut self, path: &str, texts: &[Markdown]) -> Vec<Html> {
        let numbered = texts.iter().enumerate();
        numbered
            .map(|(index, text)| self.block(&format!("{path}.{index}"), text))
            .collect()
    }

    fn answer(&mut self, index: usize, answer: &Answer) -> Answer<Html> {
        Answer {
            text: self.inline(&format!("why.answers.{index}.text"), &answer.text),
            right: answer.right,
            explanation: self.block(
                &format!("why.answers.{index}.explanation"),
                &answer.explanation,
            ),
        }
    }

    fn inline(&mut self, path: &str, text: &Markdown) -> Html {
        self.text(path, text, Shape::Inline)
    }

    fn block(&mut self, path: &str, text: &Markdown) -> Html {
        self.text(path, text, Shape::Block)
    }

    fn text(&mut self, path: &str, Markdown(markdown): &Markdown, shape: Shape) -> Html {
        let from = locate(self.table, path);
        if markdown.trim().is_empty() {
            let problem = Problem::Empty(path.to_owned());
            self.faults.push(self.source.fault(from, problem));
            return Html::default();
        }
        let rendered = markdown::render(&Text {
            source: self.source,
            markdown,
            from,
            verbatim: false,
            address: self.address,
            shape,
        });
        let html = markdown::fragment(&rendered, shape).unwrap_or_else(|| {
            self.faults
                .push(self.source.fault(from, Problem::NotInline));
            String::new()
        });
        self.texts.push(rendered);
        Html(html)
    }
}

/// Reads a file of steps; `start` ones only change things.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn steps(source: Source<'_>, start: bool) -> Result<Vec<Step>, Vec<Fault>> {
    let whole = toml::from_str::<SetUp>(source.text);
    let steps = match whole {
        Ok(SetUp { steps }) => steps,
        Err(error) => return Err(vec![wrong_step(source, &error)]),
    };
    if !start {
        return Ok(steps);
    }
    let table = DeTable::parse(source.text).map_err(|error| vec![source.toml(0, &error)])?;
    let pressed = steps.iter().enumerate();
    let faults: Vec<Fault> = pressed
        .filter(|(_, step)| matches!(step, Step::Press { .. }))
        .map(|(index, _)| locate(&table, &format!("do.{index}")))
        .map(|place| source.fault(place, Problem::StartPresses))
        .collect();
    if faults.is_empty() {
        Ok(steps)
    } else {
        Err(faults)
    }
}

/// The fault of a file of steps. The parser knows the place of an unknown key, but of a step only that of the first one.
fn wrong_step(source: Source<'_>, error: &toml::de::Error) -> Fault {
    let Ok(table) = DeTable::parse(source.text) else {
        return source.toml(0, error);
    };
    let Some(DeValue::Array(steps)) = table.get_ref().get("do").map(Spanned::get_ref) else {
        return source.toml(0, error);
    };
    for step in steps {
        if let Err(error) = Step::deserialize(step.clone().into_deserializer()) {
            let offset = error
                .span()
                .map_or(step.span().start, |span| span.start.max(step.span().start));
            return source.fault(offset, Problem::Toml(error.message().to_owned()));
        }
    }
    source.toml(0, error)
}
