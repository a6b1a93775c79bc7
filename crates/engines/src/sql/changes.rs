//! What a commit changed in the database file.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

/// Blocks of the database file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// The number of the newest commit that is among these, counted from 1 since the worker was started.
    pub version: u32,
    /// The length of the file, in bytes.
    pub length: f64,
    /// The places of the blocks: byte `place * block_size` of the file and on.
    pub places: Vec<u32>,
    /// The length of each block but the last of the file, in bytes.
    pub block_size: u32,
    /// The content of the blocks, in the same order.
    #[ts(type = "Array<Uint8Array>")]
    pub blocks: Vec<Block>,
}

/// Bytes, which travel as a `Uint8Array`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block(pub Vec<u8>);

impl Serialize for Block {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Block {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BlockVisitor)
    }
}

struct BlockVisitor;

impl Visitor<'_> for BlockVisitor {
    type Value = Block;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Block, E> {
        Ok(Block(bytes.to_vec()))
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Block, E> {
        Ok(Block(bytes))
    }
}
