//! What runs where and when: a dispatcher without threads and without input or output.
