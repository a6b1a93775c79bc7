//! Remembering the results of pure calls: keys, entries, validity, and the port of the stores.
