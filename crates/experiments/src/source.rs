//! Where the data of an experiment comes from.

use datasets::{Registry, Shape, Showcase};
use formats::Datum;
use serde::{Deserialize, Serialize};

use crate::Failure;

/// Where the data of an experiment comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// Made from a seed.
    Generated(Shape),
    /// A few records in which formats differ, made from a seed.
    Showcase(Showcase),
    /// A real data set that the site brings along, by its name.
    Bundled(String),
    /// The people of a registry, made from a seed; their cities are another table.
    People(Registry),
    /// A file of the visitor's.
    Own {
        /// Raised with every file that is chosen, so that two of the same name are two.
        serial: u32,
        /// The file's name.
        name: String,
    },
}

impl Source {
    /// Whether the bytes have to be given along with the first job.
    pub const fn needs_bytes(&self) -> bool {
        matches!(self, Self::Bundled(_) | Self::Own { .. })
    }

    /// Makes the data, or reads it from the bytes.
    ///
    /// # Errors
    /// If bytes are needed and are not there or cannot be read; if there is no data set of that name.
    pub(crate) fn load(&self, bytes: Option<&[u8]>) -> Result<Datum, Failure> {
        let missing = || Failure::new("no-bytes", "The bytes of the data are not there.");
        match self {
            Self::Generated(shape) => Ok(shape.generate()),
            Self::Showcase(showcase) => Ok(showcase.generate()),
            Self::People(registry) => Ok(registry.generate().people),
            Self::Bundled(name) => datasets::read(name, bytes.ok_or_else(missing)?)
                .map_err(|error| Failure::new("data-set", error.to_string())),
            Self::Own { name, .. } => Ok(datasets::own(name, bytes.ok_or_else(missing)?)?.datum),
        }
    }
}
