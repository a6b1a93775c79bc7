//! Examples around labs: their files, and what the visitor does before these are here.

use core::cell::RefCell;
use std::collections::BTreeMap;

use browser::{FileHandle, Values, fetch_json, files};
use lessons::example::{Example, MOST_BYTES, PREFIX, address};
use lessons::example_file::ReadyExample;
use protocol::{LabEvent, Region};
use widgets::{Heard, Lab};

/// What was heard of labs whose examples are being read.
#[derive(Default)]
pub(crate) struct Waiting(RefCell<BTreeMap<u32, Vec<Waited>>>);

/// What the visitor did meanwhile, with the files that came along.
pub(crate) type Waited = (LabEvent, Vec<FileHandle>);

impl Waiting {
    /// The example of this lab is being read.
    pub(crate) fn begin(&self, lab: u32) {
        self.0.borrow_mut().insert(lab, Vec::new());
    }

    /// Keeps what the visitor did for later; gives it back if nothing is waited for.
    pub(crate) fn keep(&self, lab: u32, event: LabEvent, values: &Values) -> Option<LabEvent> {
        match self.0.borrow_mut().get_mut(&lab) {
            Some(kept) => {
                kept.push((event, files(values)));
                None
            }
            None => Some(event),
        }
    }

    /// It is read, or nobody wants it any more: what was kept, if it was still wanted.
    pub(crate) fn end(&self, lab: u32) -> Option<Vec<Waited>> {
        self.0.borrow_mut().remove(&lab)
    }
}

/// Reads an example and puts it around a lab.
pub(crate) async fn read<L: Lab + ?Sized>(
    root: &str,
    example: &str,
    name: &str,
    lab: Box<L>,
    kept: Option<&str>,
) -> Result<Example<L>, String>
where
    L::Input: Heard,
{
    let address = address(root, example).map_err(|error| error.to_string())?;
    let ready: ReadyExample = fetch_json(&address, MOST_BYTES)
        .await
        .map_err(|error| error.to_string())?;
    let mut example = Example::new(ready, name, lab).map_err(|error| error.to_string())?;
    if let Some(kept) = kept {
        example.resume(kept);
    }
    Ok(example)
}

/// What the page was told last that it is to keep of a lab.
pub(crate) struct Told(Option<String>);

impl Told {
    /// The page knows what the lab begins with: it came from there.
    pub(crate) fn new<L: Lab + ?Sized>(lab: &L) -> Self {
        Self(lab.kept())
    }

    /// What is to be kept now, if that is something else.
    pub(crate) fn changed<L: Lab + ?Sized>(&mut self, lab: &L) -> Option<String> {
        let kept = lab.kept();
        if kept == self.0 {
            return None;
        }
        self.0.clone_from(&kept);
        kept
    }
}

/// Of the page's fields those of an example. The page shows the lab as it was recorded, and the example sets it up as the
/// visitor is to find it: the lab's own fields are not told.
pub(crate) fn own_fields(mut fields: Vec<LabEvent>) -> Vec<LabEvent> {
    fields.retain(
        |field| matches!(field, LabEvent::Change { control, .. } if control.starts_with(PREFIX)),
    );
    fields
}

/// What the page is told when there is no example.
pub(crate) fn refusal(why: &str) -> Region {
    let (name, html) = lessons::example::refusal(why);
    Region {
        name: name.to_owned(),
        html,
    }
}
