//! Data to store: made from a seed ([`Shape`], [`Registry`]), bundled with the site ([`bundled`]), or the visitor's own
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
mod table;
mod words;

pub use bundled::{DataSet, ReadError, bundled, find, read};
pub use own::{Own, own};
pub use registry::{Registry, Tables};
pub use shape::{MAX_CELLS, MAX_COLUMNS, MAX_NESTING, MAX_ROWS, MAX_TEXT, MAX_TEXT_LENGTH, Shape};
pub use table::{Table, as_table};
