//! The bench: does jobs, and keeps what they share.

use std::collections::BTreeMap;
use std::rc::Rc;

use formats::Datum;
use values::Value;

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
        let data = Rc::new(source.load(bytes)?);
        self.loaded.insert(
            lab,
            Loaded {
                source: source.clone(),
                data: Rc::clone(&data),
            },
        );
        Ok(data)
    }
}
