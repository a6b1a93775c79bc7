//! localStorage, which only the page can reach, on behalf of the kernel.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the kernel asks of the page's localStorage. Keys are the kernel's own; the page adds a prefix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum LocalStorageQuestion {
    /// The texts of these keys.
    Get {
        /// The keys.
        keys: Vec<String>,
    },
    /// Write all of these, or none.
    Set {
        /// Keys and texts.
        entries: Vec<(String, String)>,
    },
    /// Remove these.
    Remove {
        /// The keys.
        keys: Vec<String>,
    },
    /// All keys that begin so.
    Keys {
        /// What they begin with.
        prefix: String,
    },
}

/// The page's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum LocalStorageAnswer {
    /// To `get`: the texts in the order of the keys, nothing where there is none. To `keys`: the keys.
    Texts {
        /// The texts.
        texts: Vec<Option<String>>,
    },
    /// To `set` and `remove`.
    Done,
    /// There is no room.
    Full {
        /// The browser's words.
        why: String,
    },
    /// It failed.
    Failed {
        /// The browser's words.
        why: String,
    },
}
