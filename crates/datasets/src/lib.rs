//! Data to store: made from a seed ([`Shape`], [`Registry`], [`Showcase`]), bundled with the site ([`bundled`]), or the visitor's own
//! file ([`own`]).
//!
//! ```
//! use datasets::Shape;
//! let shape = Shape { rows: 3, columns: 4, ..Shape::default() };
//! let made = shape.generate();
//! assert_eq!(made, shape.generate());
//! let table = datasets::as_table(&made).unwrap();
//! assert_eq!((table.records.len(), table.columns.len(), table.depth), (3, 4, 0));
//! ```

mod bundled;
mod own;
mod random;
mod registry;
mod shape;
mod showcase;
mod table;
mod words;

pub use bundled::{DataSet, ReadError, bundled, find, read};
pub use own::{OWN_LIMITS, Own, format_of, own, reading_options, unknown_format};
pub use registry::{Registry, Tables};
pub use shape::{MAX_CELLS, MAX_COLUMNS, MAX_NESTING, MAX_ROWS, MAX_TEXT, MAX_TEXT_LENGTH, Shape};
pub use showcase::Showcase;
pub use table::{Table, as_table};
