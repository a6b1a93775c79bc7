//! What the lab does with what it hears.

use experiments::{
    Append, Excerpt, Failure, File, Inspect, Inspected, Job, Opened, Outcome, Read, Survive,
    WHOLE_BYTES, Write, Written,
};
use maud::Markup;
use protocol::LabEvent;
use widgets::{Detail, Lab, format};

use super::edit::Typing;
use super::sentences;
use super::state::{
    Aside, Asked, Bytes, Choice, Data, Document, Draft, MOST_RECORDS, OwnFile, PAGE_BYTES, Row,
    Status, Table, Why,
};
use super::view;
use crate::lab::{Effect, Input};

impl Lab for Bytes {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = match input {
            Input::Machine(_) => self.write(),
            Input::Visitor(LabEvent::Press { control }) => self.press(&control),
            Input::Visitor(LabEvent::Change { control, value }) => self.change(&control, value),
            Input::Visitor(LabEvent::Files { names, sizes }) => self.choose_file(&names, &sizes),
            Input::Done(number, outcome) => match self.asked.remove(&number) {
                Some(asked) => self.done(asked, *outcome),
                None => Vec::new(),
            },
        };
        effects.extend(self.next_row());
        effects
    }

    fn view(&self, _detail: Detail) -> Vec<(&'static str, Markup)> {
        view::regions(self)
    }
}

impl Bytes {
    fn ask(&mut self, asked: Asked, job: Inspect) -> Vec<Effect> {
        self.last += 1;
        self.asked.insert(self.last, asked);
        vec![Effect::Work(self.last, Box::new(Job::Inspect(job)))]
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
                Err(_) => self.fault("The seed is a whole number from 0."),
            },
            "format" if formats::find(&value).is_some() => choice.format = value,
            "delimiter" if value.len() == 1 => choice.delimiter = value,
            "protocol" => choice.protocol = value.parse().unwrap_or(4).min(5),
            "typed" => self.type_in(value),
            "typing" => self.change_typing(&value),
            "cut" => self.cut = value.parse().unwrap_or(self.cut),
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
                "Choose a file of your own, or drop it below."
            } else {
                "Your file is chosen: press “Show my file as it is”, or “Write the file” for its first records."
            });
            return Vec::new();
        }
        if self.is_edited() || is_opened && self.choice.data == Data::Own {
            self.say(
                "The file below stays as it is. Press “Write the file” to have it written as you have now chosen.",
            );
            return Vec::new();
        }
        self.write()
    }

    fn write(&mut self) -> Vec<Effect> {
        let Some(source) = self.source() else {
            self.fault("Choose a file of your own first.");
            return Vec::new();
        };
        // As a slider moves: only the last of its places is of interest.
        if self
            .asked
            .values()
            .any(|asked| matches!(asked, Asked::Write(_)))
        {
            self.again = true;
            return Vec::new();
        }
        if self.is_busy() {
            return Vec::new();
        }
        self.plan.clear();
        self.status = Status::Working("Writing the records and reading them back …");
        let choice = &self.choice;
        let format = choice.format.clone();
        let end = formats::find(&format).and_then(|format| format.extensions().first());
        let document = Document {
            source: source.clone(),
            first: choice.records,
            is_opened: false,
            name: format!("records.{}", end.unwrap_or(&"bin")),
            format: Some(format.clone()),
            settings: choice.settings(),
            file: Excerpt::default(),
            remarks: Vec::new(),
            reading: experiments::Reading::default(),
        };
        let job = Write {
            source,
            first: choice.records,
            format,
            settings: choice.settings(),
        };
        self.ask(Asked::Write(document), Inspect::Write(job))
    }

    fn choose_file(&mut self, names: &[String], sizes: &[u32]) -> Vec<Effect> {
        let (Some(name), Some(&size)) = (names.first(), sizes.first()) else {
            return Vec::new();
        };
        if self.is_busy() {
            self.fault("A file can be chosen again when this is done.");
            return Vec::new();
        }
        self.serial += 1;
        // The one before cannot be read any more, whatever becomes of this one.
        self.own = None;
        let most = datasets::OWN_LIMITS.bytes as u64;
        let size = u64::from(size);
        if size > most {
            self.fault(format!(
                "“{name}” has {}; files of up to {} are opened here. What was shown is untouched.",
                format::size(size),
                format::size(most)
            ));
            return Vec::new();
        }
        self.own = Some(OwnFile {
            serial: self.serial,
            name: name.clone(),
            size,
        });
        self.choice.data = Data::Own;
        self.open_own()
    }

    fn open_own(&mut self) -> Vec<Effect> {
        let Some(own) = &self.own else {
            self.fault("Choose a file of your own first.");
            return Vec::new();
        };
        let document = Document {
            source: own.source(),
            first: u32::MAX,
            is_opened: true,
            name: own.name.clone(),
            format: None,
            settings: experiments::Settings::default(),
            file: Excerpt::default(),
            remarks: Vec::new(),
            reading: experiments::Reading::default(),
        };
        let job = Read {
            file: File::Own(own.source()),
            format: None,
            settings: experiments::Settings::default(),
            original: None,
        };
        self.plan.clear();
        self.status = Status::Working("Reading your file …");
        self.ask(Asked::Open(document), Inspect::Read(job))
    }

    /// The file's bytes as they would be if what is typed were read back; or why not.
    fn bytes(&self) -> Result<Vec<u8>, String> {
        let Some(shown) = &self.shown else {
            return Err("There is no file yet.".to_owned());
        };
        if !shown.file.is_whole() {
            return Err(format!(
                "Files of up to {} can be changed here; this one has {}.",
                format::size(WHOLE_BYTES as u64),
                format::size(shown.file.size)
            ));
        }
        match &self.draft {
            Some(draft) => draft.typing.read(&draft.text),
            None => Ok(shown.file.bytes.clone()),
        }
    }

    fn read_back(&mut self) -> Vec<Effect> {
        let format = self.shown.as_ref().and_then(|shown| shown.format.clone());
        self.read(Why::Edited, format, Ok)
    }

    fn cut(&mut self) -> Vec<Effect> {
        let format = self.shown.as_ref().and_then(|shown| shown.format.clone());
        let of = self.shown.as_ref().map_or(0, |shown| shown.file.size);
        let cut = self.cut as usize;
        self.read(Why::Cut { of }, format, |mut bytes| {
            bytes.truncate(cut);
            Ok(bytes)
        })
    }

    fn open_as(&mut self, format: String) -> Vec<Effect> {
        let Some(shown) = self.shown.as_ref().filter(|shown| !shown.file.is_whole()) else {
            return self.read(Why::OtherFormat, Some(format), Ok);
        };
        if !shown.is_opened {
            self.fault("Of a file as large as this, written here, nothing more can be tried.");
            return Vec::new();
        }
        let file = File::Own(shown.source.clone());
        let mut document = shown.clone();
        document.format = Some(format);
        self.read_file(Why::OtherFormat, document, file)
    }

    /// Has the file's bytes read after a change.
    fn read(
        &mut self,
        why: Why,
        format: Option<String>,
        change: impl FnOnce(Vec<u8>) -> Result<Vec<u8>, String>,
    ) -> Vec<Effect> {
        let bytes = match self.bytes().and_then(change) {
            Ok(bytes) if bytes.len() > WHOLE_BYTES => {
                self.fault(format!(
                    "That would be {}; files of up to {} can be changed here. What you typed is kept.",
                    format::size(bytes.len() as u64),
                    format::size(WHOLE_BYTES as u64)
                ));
                return Vec::new();
            }
            Ok(bytes) => bytes,
            Err(why) => {
                self.fault(why);
                return Vec::new();
            }
        };
        let Some(shown) = &self.shown else {
            return Vec::new();
        };
        let mut document = shown.clone();
        document.format = format;
        document.file = Excerpt {
            size: bytes.len() as u64,
            start: 0,
            bytes: bytes.clone(),
        };
        self.read_file(why, document, File::Bytes(bytes))
    }

    fn read_file(&mut self, why: Why, mut document: Document, file: File) -> Vec<Effect> {
        if why == Why::OtherFormat {
            document.settings.delimiter = Some(self.other_delimiter.clone());
        }
        self.status = Status::Working("Reading …");
        self.plan.clear();
        let job = Read {
            file,
            format: document.format.clone(),
            settings: document.settings.clone(),
            original: self.original.as_ref().and_then(Document::original),
        };
        let draft = self.draft.clone();
        self.ask(Asked::Read(why, document, draft), Inspect::Read(job))
    }

    fn append(&mut self, anew: bool) -> Vec<Effect> {
        let Some(shown) = &self.shown else {
            return Vec::new();
        };
        if anew && self.is_edited() {
            self.fault("Writing anew would lose what you changed by hand: undo that first, or append the bytes alone.");
            return Vec::new();
        }
        let Some(format) = shown.format.clone() else {
            self.fault("The format of the file is not known.");
            return Vec::new();
        };
        let job = Append {
            source: shown.source.clone(),
            first: shown.first,
            format,
            settings: shown.settings.clone(),
        };
        self.status = Status::Working("Writing one record more …");
        self.ask(Asked::Append { anew }, Inspect::Append(job))
    }

    fn done(&mut self, asked: Asked, outcome: Result<Outcome, Failure>) -> Vec<Effect> {
        let outcome = outcome.map(|outcome| match outcome {
            Outcome::Inspected(inspected) => Some(*inspected),
            _ => None,
        });
        match (asked, outcome) {
            (Asked::SurvivalRow(at), outcome) => {
                fill(&mut self.survival, at, outcome, |found| match found {
                    Inspected::Survival(found) => Some(found),
                    _ => None,
                });
            }
            (Asked::AppendedRow(at), outcome) => {
                fill(&mut self.appended, at, outcome, |found| match found {
                    Inspected::Appended(found) => Some(found),
                    _ => None,
                });
            }
            (Asked::OthersRow(at), outcome) => {
                fill(&mut self.others, at, outcome, |found| match found {
                    Inspected::Read(mut found) => {
                        found.file.bytes.clear();
                        Some(found)
                    }
                    _ => None,
                });
            }
            (Asked::Write(_), _) if self.again => {
                self.again = false;
                return self.write();
            }
            (Asked::Write(document), Ok(Some(Inspected::Written(written)))) => {
                self.written(document, written);
            }
            (Asked::Open(document), Ok(Some(Inspected::Read(opened)))) => {
                self.opened(document, opened);
            }
            (Asked::Read(why, document, draft), Ok(Some(Inspected::Read(opened)))) => {
                self.was_read(why, document, draft.as_ref(), opened);
            }
            (Asked::Append { anew }, Ok(Some(Inspected::Appended(found)))) => {
                let format = self.shown.as_ref().and_then(|shown| shown.format.clone());
                let too_large = || "The file would be too large to be changed here.".to_owned();
                return if anew {
                    let changed = found.changed;
                    let why = Why::Anew { changed };
                    self.read(why, format, |_| found.anew.ok_or_else(too_large))
                } else {
                    let record = found.record.unwrap_or_default();
                    let bytes = record.len() as u64;
                    self.read(Why::Appended { bytes }, format, |old| {
                        Ok([old, record].concat())
                    })
                };
            }
            (_, Err(failure)) => self.fault(sentences::failure(&failure)),
            (_, Ok(_)) => self.fault("The workbench answered something else."),
        }
        Vec::new()
    }

    fn written(&mut self, mut document: Document, written: Written) {
        document.file = written.file;
        document.remarks = written.remarks;
        document.reading = written.reading;
        self.replace(document);
        // The page shows the first file before there is one here: what is typed by then is typed into that.
        if let Some(early) = self.early.take()
            && self.choice == Choice::default()
        {
            self.type_in(early);
        }
        self.status = sentences::written(self.shown.as_ref(), written.records);
        self.plan_survival();
        self.plan_appended();
        self.plan_others();
    }

    fn opened(&mut self, mut document: Document, opened: Opened) {
        document.format = opened.format;
        document.settings.delimiter = Some(opened.delimiter);
        document.file = opened.file;
        document.reading = opened.reading;
        self.replace(document);
        self.status = sentences::opened(self.shown.as_ref());
        (self.survival, self.appended, self.others) = Default::default();
        if self.has_whole() {
            self.plan_others();
        }
    }

    fn was_read(
        &mut self,
        why: Why,
        mut document: Document,
        draft: Option<&Draft>,
        opened: Opened,
    ) {
        document.reading = opened.reading;
        if !document.file.is_whole() {
            document.file = opened.file;
        }
        if self.draft.as_ref() == draft {
            self.draft = None;
        }
        self.status = sentences::read(why, &document);
        self.shown = Some(document);
        self.look();
        if self.has_whole() {
            self.plan_others();
        } else {
            self.others = Table::default();
        }
    }

    /// Another file takes the place of the one shown. What the visitor had changed is set aside.
    fn replace(&mut self, document: Document) {
        if self.is_edited()
            && let (Some(shown), Some(original)) = (self.shown.take(), self.original.take())
        {
            self.aside = Some(Aside {
                shown,
                original,
                draft: self.draft.take(),
            });
        }
        self.draft = None;
        self.original = Some(document.clone());
        self.shown = Some(document);
        self.look();
    }

    /// Looks at the file anew: at its error, if it has one, else at its start.
    fn look(&mut self) {
        let Some(shown) = &self.shown else { return };
        self.chosen = None;
        self.cut = shown.file.size / 2;
        let error = shown
            .reading
            .failure
            .as_ref()
            .and_then(|failure| failure.place);
        let error = error.map_or(0, |place| place.offset.saturating_sub(shown.file.start));
        self.page =
            error.min((shown.file.bytes.len() as u64).saturating_sub(1)) / PAGE_BYTES * PAGE_BYTES;
    }

    fn undo(&mut self) {
        let (Some(original), true) = (self.original.clone(), self.is_changed()) else {
            return;
        };
        let edited = self.is_edited();
        self.replace(original);
        self.say(if edited {
            "The file is as it was. Your changes are set aside: “Bring my changes back”."
        } else {
            "The file is read as it was."
        });
        self.plan_others();
    }

    fn bring_back(&mut self) {
        let Some(aside) = self.aside.take() else {
            return;
        };
        self.replace(aside.original.clone());
        self.original = Some(aside.original);
        self.shown = Some(aside.shown);
        self.draft = aside.draft;
        self.look();
        self.say("Your changes are back.");
        self.plan_others();
    }

    fn type_in(&mut self, text: String) {
        if self.shown.is_none() {
            self.early = Some(text);
        } else if self.typed() != text {
            let typing = self.typing();
            self.draft = Some(Draft { typing, text });
            let is_same = self.bytes().is_ok_and(|bytes| {
                self.shown
                    .as_ref()
                    .is_some_and(|shown| shown.file.bytes == bytes)
            });
            if is_same {
                self.draft = None;
            }
        }
    }

    fn change_typing(&mut self, value: &str) {
        let typing = if value == "hex" {
            Typing::Hex
        } else {
            Typing::Text
        };
        let Some(draft) = &self.draft else {
            self.typing = typing;
            return;
        };
        if draft.typing == typing {
            return;
        }
        match draft
            .typing
            .read(&draft.text)
            .map(|bytes| typing.show(&bytes))
        {
            Ok(Some(text)) => {
                self.draft = Some(Draft { typing, text });
                self.typing = typing;
            }
            Ok(None) => self.fault(
                "What you typed is no text in UTF-8: it can be typed as hex only. Nothing is lost.",
            ),
            Err(why) => self.fault(format!("{why} Nothing is lost.")),
        }
    }

    fn choose_record(&mut self, record: Option<u64>) {
        if record == self.chosen {
            self.chosen = None;
            return;
        }
        self.chosen = record;
        let Some(shown) = &self.shown else { return };
        let span = shown
            .reading
            .spans
            .iter()
            .find(|span| Some(span.record) == record);
        if let (Some(span), Some(record)) = (span, record) {
            self.page = span.start.saturating_sub(shown.file.start) / PAGE_BYTES * PAGE_BYTES;
            self.status = sentences::record(record, span, shown.file.size);
        }
    }

    fn download(&mut self) -> Vec<Effect> {
        let (Some(shown), bytes) = (&self.shown, self.bytes()) else {
            return Vec::new();
        };
        match bytes {
            Ok(bytes) => vec![Effect::Download {
                name: shown.name.clone(),
                media_type: shown
                    .format()
                    .map_or("application/octet-stream", formats::Format::media_type)
                    .to_owned(),
                bytes,
            }],
            Err(why) => {
                self.fault(why);
                Vec::new()
            }
        }
    }

    fn stop(&mut self) -> Vec<Effect> {
        if self.asked.is_empty() && self.plan.is_empty() {
            return Vec::new();
        }
        if self.is_busy() {
            self.say("Stopped. The file is as it was.");
        } else {
            self.say("Stopped.");
        }
        self.again = false;
        self.asked.clear();
        self.plan.clear();
        stop_rows(&mut self.survival);
        stop_rows(&mut self.appended);
        stop_rows(&mut self.others);
        vec![Effect::Stop]
    }

    fn plan_survival(&mut self) {
        self.survival = self.table();
        self.plan
            .retain(|asked| !matches!(asked, Asked::SurvivalRow(_)));
        self.plan
            .extend((0..self.survival.rows.len()).map(Asked::SurvivalRow));
    }

    fn plan_appended(&mut self) {
        self.appended = self.table();
        self.plan
            .retain(|asked| !matches!(asked, Asked::AppendedRow(_)));
        self.plan
            .extend((0..self.appended.rows.len()).map(Asked::AppendedRow));
    }

    fn plan_others(&mut self) {
        let can_be_read = |shown: &Document| shown.file.is_whole() || shown.is_opened;
        if !self.shown.as_ref().is_some_and(can_be_read) {
            self.others = Table::default();
            return;
        }
        self.others = self.table();
        self.plan
            .retain(|asked| !matches!(asked, Asked::OthersRow(_)));
        self.plan
            .extend((0..self.others.rows.len()).map(Asked::OthersRow));
    }

    /// A table in which nothing is found yet.
    fn table<T>(&self) -> Table<T> {
        let Some(shown) = &self.shown else {
            return Table::default();
        };
        Table {
            of: sentences::of(shown),
            rows: formats::all().iter().map(|_| Row::Waiting).collect(),
        }
    }

    /// Asks for the next row of a table, if nothing else is being done.
    fn next_row(&mut self) -> Vec<Effect> {
        if !self.asked.is_empty() {
            return Vec::new();
        }
        let (Some(asked), Some(shown)) = (self.plan.pop_front(), &self.shown) else {
            return Vec::new();
        };
        let name = |at: usize| {
            formats::all()
                .get(at)
                .map_or("", |format| format.name())
                .to_owned()
        };
        let (source, first) = (shown.source.clone(), shown.first);
        let settings = super::state::Choice::settings(&self.choice);
        let job = match asked {
            Asked::SurvivalRow(at) => Inspect::Survive(Survive {
                source,
                first,
                format: name(at),
                settings,
            }),
            Asked::AppendedRow(at) => Inspect::Append(Append {
                source,
                first,
                format: name(at),
                settings,
            }),
            Asked::OthersRow(at) => Inspect::Read(Read {
                file: if shown.file.is_whole() {
                    File::Bytes(shown.file.bytes.clone())
                } else {
                    File::Own(source)
                },
                format: Some(name(at)),
                settings: shown.settings.clone(),
                original: shown.original(),
            }),
            _ => return Vec::new(),
        };
        self.ask(asked, job)
    }

    fn say(&mut self, text: impl Into<String>) {
        self.status = Status::Said {
            text: text.into(),
            fault: false,
        };
    }

    fn fault(&mut self, text: impl Into<String>) {
        self.status = Status::Said {
            text: text.into(),
            fault: true,
        };
    }
}

fn fill<T>(
    table: &mut Table<T>,
    at: usize,
    outcome: Result<Option<Inspected>, Failure>,
    of: impl FnOnce(Inspected) -> Option<T>,
) {
    let unexpected = || Failure::new("unexpected", "The workbench answered something else.");
    let found = outcome.and_then(|found| found.and_then(of).ok_or_else(unexpected));
    if let Some(row) = table.rows.get_mut(at) {
        *row = Row::Done(found);
    }
}

fn stop_rows<T>(table: &mut Table<T>) {
    for row in &mut table.rows {
        if matches!(row, Row::Waiting) {
            *row = Row::Stopped;
        }
    }
}
