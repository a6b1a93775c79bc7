//! The raw files of an SQLite database in the middle of a transaction.
//!
//! The journal's layout is from <https://www.sqlite.org/fileformat2.html#the_rollback_journal>.

use serde::{Deserialize, Serialize};

use crate::Outcome;

/// What a rollback journal begins with.
const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
/// Beside its page a record of the journal has the page's number and a checksum.
const BESIDE_PAGE: usize = 8;
/// The size of SQLite's pages where the file does not say another.
const USUAL_PAGE: usize = 4096;

/// Compares a database file with what it was before a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparePages {
    /// The file before.
    #[serde(with = "serde_bytes")]
    pub before: Vec<u8>,
    /// The file as it was found.
    #[serde(with = "serde_bytes")]
    pub found: Vec<u8>,
    /// The rollback journal beside it.
    pub journal: Option<Vec<u8>>,
}

/// What the raw files of a database are like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagesCompared {
    /// The size of a page, in bytes.
    pub page_bytes: u32,
    /// For each page of the file that was found, whether it is another than before. Pages that were not there before are.
    pub changed: Vec<bool>,
    /// How many pages the file had before.
    pub before: u32,
    /// The size of the journal in bytes, if there is one.
    pub journal_bytes: Option<u64>,
    /// Pages whose former content the journal holds, as its heads say.
    pub journal_pages: u32,
}

impl ComparePages {
    pub(super) fn run(&self) -> Outcome {
        let page = page_size(&self.before);
        let before: Vec<_> = self.before.chunks(page).collect();
        let changed = self
            .found
            .chunks(page)
            .enumerate()
            .map(|(at, bytes)| before.get(at) != Some(&bytes))
            .collect();
        Outcome::PagesCompared(PagesCompared {
            page_bytes: page as u32,
            changed,
            before: before.len() as u32,
            journal_bytes: self.journal.as_ref().map(|journal| journal.len() as u64),
            journal_pages: self.journal.as_deref().map_or(0, journal_pages),
        })
    }
}

/// The size of the pages, as the head of the file says.
fn page_size(database: &[u8]) -> usize {
    match database.get(16..18) {
        Some([0, 1]) => 65_536,
        Some([high, low]) if usize::from(*high) >= 2 => {
            usize::from(u16::from_be_bytes([*high, *low]))
        }
        _ => USUAL_PAGE,
    }
}

/// How many pages a journal holds. It has a head for each part that was flushed, each at the start of a sector.
fn journal_pages(journal: &[u8]) -> u32 {
    let (mut at, mut pages) = (0_usize, 0_u32);
    while let Some(head) = journal.get(at..at.saturating_add(28))
        && head.starts_with(&MAGIC)
    {
        let number = |from: usize| {
            let bytes: [u8; 4] = head[from..from + 4].try_into().unwrap_or_default();
            u32::from_be_bytes(bytes)
        };
        let (count, sector, page) = (number(8), number(20) as usize, number(24) as usize);
        // The number of a part that was never flushed is not written yet; of one that is damaged it says nothing.
        let records = (count as usize).saturating_mul(page.saturating_add(BESIDE_PAGE));
        let end = at.saturating_add(sector).saturating_add(records);
        if sector == 0 || end > journal.len() {
            break;
        }
        pages += count;
        at = end.next_multiple_of(sector);
    }
    pages
}
