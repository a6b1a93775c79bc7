//! What the page and the kernel say to each other; the TypeScript types come from here.
