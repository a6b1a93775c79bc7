//! The bundled collection of texts.

use browser::{JsBuffer, fetch_bytes};
use serde::Deserialize;
use values::Buffer;

/// What the build writes beside the texts.
#[derive(Deserialize)]
struct Manifest {
    files: Vec<ManifestFile>,
}

#[derive(Deserialize)]
struct ManifestFile {
    name: String,
    title: String,
}

/// A text of the collection.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) bytes: JsBuffer,
}

/// As many texts are asked for at once; browsers allow six connections to a host.
const AT_ONCE: usize = 6;

/// Reads the whole collection from the site.
///
/// # Errors
/// A sentence, if anything of it cannot be read.
pub(crate) async fn read(root: &str) -> Result<Vec<Text>, String> {
    let folder = format!("{root}data/addresses/");
    let manifest = fetch_bytes(&format!("{folder}manifest.json"))
        .await
        .map_err(|error| error.to_string())?;
    let manifest: Manifest = serde_json::from_slice(&manifest.to_vec())
        .map_err(|error| format!("The list of the texts is damaged ({error})."))?;
    let mut texts = Vec::with_capacity(manifest.files.len());
    for group in manifest.files.chunks(AT_ONCE) {
        let addresses: Vec<_> = group
            .iter()
            .map(|file| format!("{folder}{}", file.name))
            .collect();
        let read =
            futures_util::future::join_all(addresses.iter().map(|address| fetch_bytes(address)))
                .await;
        for (file, bytes) in group.iter().zip(read) {
            texts.push(Text {
                title: file.title.clone(),
                bytes: bytes.map_err(|error| error.to_string())?,
            });
        }
    }
    Ok(texts)
}
