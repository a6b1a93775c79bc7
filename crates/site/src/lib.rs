//! Composition root: the kernel and the pool worker, and the only exported bindings.
