//! The bench: does jobs, and keeps what they share.

use std::collections::BTreeMap;
use std::rc::Rc;

use formats::Datum;
use values::Value;

use crate::jobs::Measuring;
use crate::jobs::ask::Kept;
use crate::{Failure, Job, Outcome, Source};

/// What travels beside a job.
#[derive(Clone, Debug, Default)]
pub struct Material {
    /// The bytes of its source, or those that are to be read.
    pub bytes: Option<Vec<u8>>,
    /// The value that is to be written.
    pub value: Option<Value>,
}

/// Does jobs, one after the other.
///
/// Of each lab it keeps the data set that was used last, so that its bytes need to be given only once.
#[derive(Debug, Default)]
pub struct Bench {
    loaded: BTreeMap<u32, Loaded>,
    /// The bytes of each lab's file, if they were looked at.
    files: BTreeMap<u32, (Source, Rc<Vec<u8>>)>,
    pub(crate) measuring: BTreeMap<u32, Measuring>,
    /// The files that questions were asked of last.
    pub(crate) kept: Option<Kept>,
}

#[derive(Debug)]
struct Loaded {
    source: Source,
    data: Rc<Datum>,
}

/// The time, in milliseconds from any origin.
pub type Now<'a> = &'a dyn Fn() -> f64;

impl Bench {
    /// Does a job for a lab. What is not plain data (a value that was read) comes beside the outcome.
    ///
    /// # Errors
    /// As the job says.
    pub fn run(
        &mut self,
        lab: u32,
        job: Job,
        material: Material,
        now: Now<'_>,
    ) -> Result<(Outcome, Option<Value>), Failure> {
        job.run(self, lab, material, now)
    }

    /// The data of a source: what is kept of it, or made or read now.
    ///
    /// # Errors
    /// As [`Source::load`].
    pub(crate) fn data(
        &mut self,
        lab: u32,
        source: &Source,
        bytes: Option<&[u8]>,
    ) -> Result<Rc<Datum>, Failure> {
        if let Some(loaded) = self.loaded.get(&lab)
            && loaded.source == *source
        {
            return Ok(Rc::clone(&loaded.data));
        }
        // The former first: two large data sets may not fit.
        self.loaded.remove(&lab);
        let kept = self.files.get(&lab).filter(|(of, _)| of == source);
        let kept = kept.map(|(_, bytes)| Rc::clone(bytes));
        let kept = kept.as_ref().map(|bytes| bytes.as_slice());
        let data = Rc::new(source.load(bytes.or(kept))?);
        self.loaded.insert(
            lab,
            Loaded {
                source: source.clone(),
                data: Rc::clone(&data),
            },
        );
        Ok(data)
    }

    /// The bytes of a lab's file: those given, which are kept, or those that were kept.
    ///
    /// # Errors
    /// `"no-bytes"` if there are none.
    pub(crate) fn file(
        &mut self,
        lab: u32,
        source: &Source,
        bytes: Option<Vec<u8>>,
    ) -> Result<Rc<Vec<u8>>, Failure> {
        if let Some(bytes) = bytes {
            self.files.insert(lab, (source.clone(), Rc::new(bytes)));
        }
        match self.files.get(&lab) {
            Some((of, bytes)) if of == source => Ok(Rc::clone(bytes)),
            _ => Err(Failure::new(
                "no-bytes",
                "The bytes of the file are not there.",
            )),
        }
    }
}
