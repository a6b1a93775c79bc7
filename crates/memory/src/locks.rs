//! The port to whatever keeps callers, workers and tabs from doing the same thing at once.

/// Locks by name, among all that share a store. A lock is held until it is dropped, or until its holder is gone.
#[allow(async_fn_in_trait, reason = "everything runs on one thread")]
pub trait Locks {
    /// A lock that is held.
    type Lock;

    /// Takes each of these locks that is free now; `None` where somebody else has it. In the order of the names.
    async fn try_lock(&self, names: &[String]) -> Vec<Option<Self::Lock>>;

    /// Waits for a lock, and takes it.
    async fn lock(&self, name: &str) -> Self::Lock;

    /// Whether nobody else has shared the store since this began. Once somebody has, never again. While it is so, nothing that
    /// was found out about the store has been changed by somebody else.
    fn is_alone(&self) -> bool {
        false
    }
}

/// Locks of a store that nobody else shares: everybody gets every lock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlocked;

impl Locks for Unlocked {
    type Lock = ();

    async fn try_lock(&self, names: &[String]) -> Vec<Option<()>> {
        names.iter().map(|_| Some(())).collect()
    }

    async fn lock(&self, _: &str) {}
}
