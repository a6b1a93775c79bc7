//! A small part of Python: programs of a few functions, parsed and computed, so that one can watch what a cache does when
//! they are edited.
//!
//! A program is a text of top-level lines: blank ones, comments, `import time`, constants (`RATE = 0.19`), and functions. The last
//! function is the one that is called; it may call those above it. A function has parameters with or without defaults, `*` for
//! those that are given by name only, lines that assign, and at its end a line that returns. Expressions have numbers, texts, `True`, `False`,
//! `None`, names, `+ - * / // % **`, parentheses, calls of functions above, and of `abs`, `float`, `int`, `len`, `max`, `min`,
//! `round`, `str`, `time.sleep(seconds)` and `open(name).read()`. All of these mean what they mean in Python 3.
//!
//! What it is *not*: there are no branches, loops, lists, methods, classes, f-strings, escapes in texts, or texts over several
//! lines. Whole numbers have 64 bits, where Python's have as many as they need: what does not fit is an error. So are more
//! steps, calls within calls, or longer texts than [`limits`] allow: a program always ends.
//!
//! ```
//! use formula::{Program, Still};
//! use values::Value;
//! let program = Program::parse("def area(width, height=2):\n    return width * height\n").unwrap();
//! let bound = program.bind(&[Value::Int(3)], &[]).unwrap();
//! assert_eq!(program.call(&bound, &mut Still::default()), Ok(Value::Int(6)));
//! ```

mod builtins;
mod error;
mod lines;
mod machine;
mod operators;
mod parse;
mod program;
mod tokens;
mod written;

/// What no program may exceed.
pub mod limits {
    /// The longest program, in bytes.
    pub const SOURCE: usize = 20_000;
    /// How deep parentheses and signs may be nested.
    pub const DEPTH: u32 = 40;
    /// How many steps a call may take: a number, a name, an operation is one each.
    pub const STEPS: u32 = 20_000;
    /// How deep functions may call each other.
    pub const CALLS: u32 = 20;
    /// The longest text, in bytes.
    pub const TEXT: usize = 8_000_000;
    /// The longest sleep, in seconds.
    pub const SLEEP: f64 = 60.0;
}

pub use error::{FormulaError, Kind, Place};
pub use program::{Arguments, Function, Parameter, Program, Still, World};
pub use written::written;
