//! What the lab asks for about its file: to write it, to open it, to read it after a change.

use experiments::{Append, Excerpt, File, Inspect, Read, WHOLE_BYTES, Write};
use language::{mark, t};
use widgets::{Status, format};

use super::state::{Asked, Bytes, Data, Document, OwnFile, Why};
use crate::lab::Effect;

impl Bytes {
    pub(super) fn write(&mut self) -> Vec<Effect> {
        let Some(source) = self.source() else {
            self.fault(t!("Choose a file of your own first."));
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
        self.status = Status::Working(mark!("Writing the records and reading them back …"));
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

    pub(super) fn choose_file(&mut self, names: &[String], sizes: &[u32]) -> Vec<Effect> {
        let (Some(name), Some(&size)) = (names.first(), sizes.first()) else {
            return Vec::new();
        };
        if self.is_busy() {
            self.fault(t!("A file can be chosen again when this is done."));
            return Vec::new();
        }
        self.serial += 1;
        // The one before cannot be read any more, whatever becomes of this one.
        self.own = None;
        let most = datasets::OWN_LIMITS.bytes as u64;
        let size = u64::from(size);
        if size > most {
            self.fault(t!(
                "“{name}” has {size}; files of up to {most} are opened here. What was shown is untouched.",
                name,
                size = format::size(size),
                most = format::size(most)
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

    pub(super) fn open_own(&mut self) -> Vec<Effect> {
        let Some(own) = &self.own else {
            self.fault(t!("Choose a file of your own first."));
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
        self.status = Status::Working(mark!("Reading your file …"));
        self.ask(Asked::Open(document), Inspect::Read(job))
    }

    /// The file's bytes as they would be if what is typed were read back; or why not.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, String> {
        let Some(shown) = &self.shown else {
            return Err(t!("There is no file yet."));
        };
        if !shown.file.is_whole() {
            return Err(t!(
                "Files of up to {most} can be changed here; this one has {size}.",
                most = format::size(WHOLE_BYTES as u64),
                size = format::size(shown.file.size)
            ));
        }
        match &self.draft {
            Some(draft) => draft.typing.read(&draft.text),
            None => Ok(shown.file.bytes.clone()),
        }
    }

    pub(super) fn read_back(&mut self) -> Vec<Effect> {
        let format = self.shown.as_ref().and_then(|shown| shown.format.clone());
        self.read(Why::Edited, format, Ok)
    }

    pub(super) fn cut(&mut self) -> Vec<Effect> {
        let format = self.shown.as_ref().and_then(|shown| shown.format.clone());
        let of = self.shown.as_ref().map_or(0, |shown| shown.file.size);
        let cut = self.cut as usize;
        self.read(Why::Cut { of }, format, |mut bytes| {
            bytes.truncate(cut);
            Ok(bytes)
        })
    }

    pub(super) fn open_as(&mut self, format: String) -> Vec<Effect> {
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
    pub(super) fn read(
        &mut self,
        why: Why,
        format: Option<String>,
        change: impl FnOnce(Vec<u8>) -> Result<Vec<u8>, String>,
    ) -> Vec<Effect> {
        let bytes = match self.bytes().and_then(change) {
            Ok(bytes) if bytes.len() > WHOLE_BYTES => {
                self.fault(t!(
                    "That would be {size}; files of up to {most} can be changed here. What you typed is kept.",
                    size = format::size(bytes.len() as u64),
                    most = format::size(WHOLE_BYTES as u64)
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

    pub(super) fn read_file(
        &mut self,
        why: Why,
        mut document: Document,
        file: File,
    ) -> Vec<Effect> {
        if why == Why::OtherFormat {
            document.settings.delimiter = Some(self.other_delimiter.clone());
        }
        self.status = Status::Working(mark!("Reading …"));
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

    pub(super) fn append(&mut self, anew: bool) -> Vec<Effect> {
        let Some(shown) = &self.shown else {
            return Vec::new();
        };
        if anew && self.is_edited() {
            self.fault(t!("Writing anew would lose what you changed by hand: undo that first, or append the bytes alone."));
            return Vec::new();
        }
        let Some(format) = shown.format.clone() else {
            self.fault(t!("The format of the file is not known."));
            return Vec::new();
        };
        let job = Append {
            source: shown.source.clone(),
            first: shown.first,
            format,
            settings: shown.settings.clone(),
        };
        self.status = Status::Working(mark!("Writing one record more …"));
        self.ask(Asked::Append { anew }, Inspect::Append(job))
    }
}
