//! Composition root: the kernel, which joins the dispatcher, the memory, the pool and the labs.
//!
//! The kernel runs in a worker of its own, one per page. It hears the page ([`protocol::Request`]) and the pool
//! ([`browser::PoolEvent`]), tells each run's dispatcher, and carries out what the dispatcher asks for.
//!
//! Formats and the labs on storage are a module of their own, with a kernel of its own ([`StorageKernel`]): pages that
//! only run work do not load them.

mod collection;
mod examples;
mod kernel;
mod options;
mod storage;

pub use kernel::Kernel;
pub use storage::{StorageKernel, find_experiment};

/// Has this thread speak the language of a packed catalogue; without one, or with one that cannot be read, it is English.
fn speak(texts: Option<String>) {
    let catalogue = texts.and_then(|texts| language::Catalogue::unpacked(&texts).ok());
    language::choose(catalogue);
}

/// Has this worker write so many entries of so many bytes each into this location, one after the other, until it is ended.
pub fn write_entries(location: String, entries: u32, bytes: u32) {
    wasm_bindgen_futures::spawn_local(async move {
        browser::write_entries(location, kernel::WRITER, entries, bytes).await;
    });
}
