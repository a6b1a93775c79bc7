//! Long contents as files of the origin private file system.
//!
//! A file is written whole under a name that no file had before, and only then is it named by a record of the database; what
//! no record names is removed when the store is next opened. Files are written in workers only: the page has no way to do so
//! at once.

use core::cell::OnceCell;
use std::collections::BTreeSet;

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemReadWriteOptions, FileSystemSyncAccessHandle,
    StorageManager,
};

use crate::lock::{self, Lock};

/// The files of one store.
#[derive(Debug)]
pub(super) struct Files {
    folder: String,
    /// None until it was asked for; then whether it can be had.
    handle: OnceCell<Option<FileSystemDirectoryHandle>>,
}

impl Files {
    /// The files in a folder of this name.
    pub(super) fn new(folder: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            handle: OnceCell::new(),
        }
    }

    /// Whether this worker has met any.
    pub(super) fn are_in_use(&self) -> bool {
        matches!(self.handle.get(), Some(Some(_)))
    }

    /// Keeps what is not yet named from being removed as nobody's, while it is held.
    pub(super) async fn hold(&self) -> Option<Lock> {
        lock::share(&self.lock_name()).await
    }

    /// Writes a new file of these pieces, and gives its name; nothing where that cannot be done, whatever the reason.
    pub(super) async fn write(&self, pieces: &[&Uint8Array]) -> Option<String> {
        let folder = self.folder().await?;
        let name = fresh_name();
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let file: FileSystemFileHandle =
            JsFuture::from(folder.get_file_handle_with_options(&name, &options))
                .await
                .ok()?
                .dyn_into()
                .ok()?;
        let written = write_pieces(&file, pieces).await;
        if written.is_none() {
            self.remove(core::slice::from_ref(&name)).await;
        }
        written.map(|()| name)
    }

    /// The content of a file, if it has just this length.
    pub(super) async fn read(&self, name: &str, length: u64) -> Option<Uint8Array> {
        let folder = self.folder().await?;
        let file: FileSystemFileHandle = JsFuture::from(folder.get_file_handle(name))
            .await
            .ok()?
            .dyn_into()
            .ok()?;
        // The faster way; nobody else may be reading the file then.
        if let Some(handle) = access(&file).await {
            let bytes = read_all(&handle, length);
            handle.close();
            return bytes;
        }
        let file: File = JsFuture::from(file.get_file())
            .await
            .ok()?
            .dyn_into()
            .ok()?;
        if file.size() as u64 != length {
            return None;
        }
        let bytes: ArrayBuffer = JsFuture::from(file.array_buffer())
            .await
            .ok()?
            .dyn_into()
            .ok()?;
        Some(Uint8Array::new(&bytes))
    }

    /// Removes these files. One that is being read just now stays until the store is next opened.
    pub(super) async fn remove(&self, names: &[String]) {
        if names.is_empty() {
            return;
        }
        if let Some(folder) = self.folder().await {
            for name in names {
                let _ = JsFuture::from(folder.remove_entry(name)).await;
            }
        }
    }

    /// The files there are, and a lock that keeps others from writing; nothing if there are none, or somebody is writing.
    pub(super) async fn all(&self) -> Option<(Lock, BTreeSet<String>)> {
        // Made, if it is not there: a worker that ends just then would have its browser report that there is none.
        let folder = self.make_folder().await?;
        let lock = lock::try_alone(&self.lock_name()).await?;
        let mut names = BTreeSet::new();
        let keys = folder.keys();
        while let Ok(next) = keys.next_iterator() {
            let Ok(next) = JsFuture::from(next).await else {
                break;
            };
            let value = Reflect::get(&next, &"value".into()).ok()?;
            let Some(name) = value.as_string() else {
                break;
            };
            names.insert(name);
        }
        (!names.is_empty()).then_some((lock, names))
    }

    fn lock_name(&self) -> String {
        format!("{} files", self.folder)
    }

    async fn folder(&self) -> Option<FileSystemDirectoryHandle> {
        if let Some(known) = self.handle.get() {
            return known.clone();
        }
        let found = self.make_folder().await;
        self.handle.get_or_init(|| found).clone()
    }

    async fn make_folder(&self) -> Option<FileSystemDirectoryHandle> {
        let root = root().await?;
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(true);
        JsFuture::from(root.get_directory_handle_with_options(&self.folder, &options))
            .await
            .ok()?
            .dyn_into()
            .ok()
    }
}

/// Where all files of this site are, if it has any and they can be written here.
async fn root() -> Option<FileSystemDirectoryHandle> {
    let global = js_sys::global();
    let handle = Reflect::get(&global, &"FileSystemSyncAccessHandle".into()).ok()?;
    let navigator = Reflect::get(&global, &"navigator".into()).ok()?;
    let storage = Reflect::get(&navigator, &"storage".into()).ok()?;
    let get = Reflect::get(&storage, &"getDirectory".into()).ok()?;
    if !handle.is_function() || !get.is_function() {
        return None;
    }
    let storage: StorageManager = storage.unchecked_into();
    JsFuture::from(storage.get_directory())
        .await
        .ok()?
        .dyn_into()
        .ok()
}

async fn access(file: &FileSystemFileHandle) -> Option<FileSystemSyncAccessHandle> {
    JsFuture::from(file.create_sync_access_handle())
        .await
        .ok()?
        .dyn_into()
        .ok()
}

async fn write_pieces(file: &FileSystemFileHandle, pieces: &[&Uint8Array]) -> Option<()> {
    let handle = access(file).await?;
    let mut at = 0.0;
    let mut whole = true;
    for piece in pieces {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(at);
        let length = f64::from(piece.byte_length());
        let written = handle.write_with_js_u8_array_and_options(piece, &options);
        // A disk that is full takes a part and says how much.
        whole &= written.is_ok_and(|count| count.to_bits() == length.to_bits());
        at += length;
    }
    whole &= handle.flush().is_ok();
    handle.close();
    whole.then_some(())
}

fn read_all(handle: &FileSystemSyncAccessHandle, length: u64) -> Option<Uint8Array> {
    let size = handle.get_size().ok()?;
    if size as u64 != length {
        return None;
    }
    let bytes = Uint8Array::new_with_length(u32::try_from(length).ok()?);
    let read = handle.read_with_js_u8_array(&bytes).ok()?;
    (read.to_bits() == size.to_bits()).then_some(bytes)
}

/// A name that no file had before.
fn fresh_name() -> String {
    let random = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    let now = js_sys::Date::now() as u64;
    format!("{now:012x}{:08x}{:08x}", random(), random())
}
