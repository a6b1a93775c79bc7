//! An example on its page: all of it can be read without a script, with the lab as it was recorded.

use maud::{PreEscaped, html};

use crate::content::Example;
use crate::example::{self, ExampleError};

/// An example as the page has it before anything is loaded. `lab` is the lab's own HTML; `root` leads to the root of the site.
///
/// # Errors
/// When the kernel would refuse it.
pub fn example(example: &Example, lab: &str, root: &str) -> Result<String, ExampleError> {
    let ready = &example.ready;
    let within = example::page(ready, lab)?;
    let html = html! {
        joblet-lab.example name=(ready.example.lab) data-root=(root) data-example=(example.address) { (PreEscaped(within)) }
    };
    Ok(html.into_string())
}
