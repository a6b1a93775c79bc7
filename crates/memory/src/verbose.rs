//! The lines that joblib's `Memory` prints, to the byte (joblib 1.6.0: `joblib/memory.py`, `_store_backends.py`,
//! `func_inspect.py`). What joblib logs beside them (`verbose` above 10) holds addresses of objects, and has no equal here.

use values::{Buffer, Skeleton};

use crate::pretty::pretty;
use crate::{Arguments, Entry, Function, Key, Metadata, Milliseconds};

/// Longer arguments are cut.
const MOST_CHARS: usize = 1500;
/// So much is left of these.
const LEFT_CHARS: usize = 700;

/// Before a call is computed, if `verbose` is above 0: three lines or more.
pub fn calling<B: Buffer>(function: &Function, arguments: &Arguments<B>) -> String {
    format!(
        "{}\n[Memory] Calling {}...\n{}",
        "_".repeat(80),
        function.name,
        signature(function, arguments)
    )
}

/// After a call was computed and stored, if `verbose` is above 0.
pub fn called(function: &Function, duration: Milliseconds) -> String {
    underlined(&format!(
        "{} - {}",
        function.short_name(),
        format_time(duration)
    ))
}

/// Before a result is read, if `verbose` is above 1 (of a reference: above 2, and `verbose` here is one less). `since` is the time
/// since the memory was made; of a reference its entry is shown as well.
pub fn loading(
    verbose: u32,
    since: Milliseconds,
    function: &Function,
    key: &Key,
    shelved: Option<&Entry>,
) -> String {
    let mut call = function.short_name().to_owned();
    if let Some(Metadata { input_args, .. }) = shelved.map(Entry::metadata) {
        let arguments: Vec<_> = input_args
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        call = format!("{call}({})", arguments.join(", "));
    }
    let line = format!("[Memory]{: <16}: Loading {call}", format_time(since));
    if verbose < 10 {
        format!("{line}...")
    } else {
        format!("{line} from {}", key.storage_key())
    }
}

/// After a result was read, if `verbose` is above 4.
pub fn loaded(function: &Function, duration: Milliseconds) -> String {
    underlined(&format!(
        "{} cache loaded - {}",
        function.short_name(),
        format_time(duration)
    ))
}

/// Before a result is stored, if `verbose` is above 10.
pub fn persisting(key: &Key) -> String {
    format!("Persisting in {}", key.storage_key())
}

fn underlined(message: &str) -> String {
    let room = 80_usize.saturating_sub(message.chars().count());
    format!("{}{message}", "_".repeat(room))
}

fn format_time(time: Milliseconds) -> String {
    let seconds = time / 1000.0;
    format!("{seconds:.1}s, {:.1}min", seconds / 60.0)
}

/// The call with its arguments, as joblib's `format_signature`.
fn signature<B: Buffer>(function: &Function, arguments: &Arguments<B>) -> String {
    let mut parts = Vec::new();
    let mut previous = 0;
    for value in &arguments.positional {
        let mut part = format_argument(value, &arguments.buffers);
        if previous > 80 {
            part.insert(0, '\n');
        }
        previous = part.chars().count();
        parts.push(part);
    }
    for (name, value) in &arguments.keyword {
        let part = format_argument(value, &arguments.buffers);
        parts.push(format!("{name}={part}"));
    }
    format!("{}({})", function.short_name(), parts.join(", "))
}

fn format_argument<B: Buffer>(value: &Skeleton, buffers: &[B]) -> String {
    let text = pretty(value, buffers);
    if text.chars().count() > MOST_CHARS {
        let mut cut: String = text.chars().take(LEFT_CHARS).collect();
        cut.push_str("...");
        cut
    } else {
        text
    }
}
