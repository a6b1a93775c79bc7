//! The only crate that names the browser: pool of workers, stores, clock, values of JavaScript.
