//! How long joblib's digest takes: an int, a dict of 10,000 keys, an array of 8 MB; and, if `JOBLET_PYTHON` names a Python with
//! joblib and NumPy, how long joblib takes, in turns with ours. `cargo run --release -p values --example joblib_digest`

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use values::joblib::{Array, DType, Object, hash};

/// So many rounds, of which the median is told.
const ROUNDS: usize = 15;

/// Answers each line, the name of a case, with the seconds that one digest takes, and the digest.
const PEER: &str = "
import sys, time, joblib, numpy
cases = {'int': (1, 1000), 'dict': ({str(i): i for i in range(10_000)}, 1), 'array': (numpy.arange(1_000_000, dtype='f8'), 1)}
for line in sys.stdin:
    case, times = cases[line.strip()]
    start = time.perf_counter()
    for _ in range(times):
        digest = joblib.hash(case)
    print((time.perf_counter() - start) / times, digest, flush=True)
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dict = (0..10_000).map(|number| (Object::str(&number.to_string()), Object::int(number)));
    let memory = (0..1_000_000).flat_map(|number| f64::from(number).to_le_bytes());
    let cases = [
        ("int", Object::int(1), 1000),
        ("dict", Object::dict(dict.collect()), 1),
        (
            "array",
            Object::array(Array {
                dtype: DType::parse("<f8")?,
                shape: vec![1_000_000],
                strides: vec![8],
                memory: memory.collect(),
                first: 0,
            }),
            1,
        ),
    ];
    let mut peer = match std::env::var("JOBLET_PYTHON") {
        Ok(python) => {
            let mut child = Command::new(python)
                .args(["-c", PEER])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()?;
            let answers = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
            Some((child.stdin.take().ok_or("no input")?, answers))
        }
        Err(_) => None,
    };
    for (name, object, times) in &cases {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let start = Instant::now();
            for _ in 0..*times {
                std::hint::black_box(hash(std::hint::black_box(object))?);
            }
            ours.push(start.elapsed() / *times);
            if let Some((ask, answers)) = &mut peer {
                writeln!(ask, "{name}")?;
                let answer = answers.next().ok_or("joblib ended early")??;
                let (seconds, digest) = answer.split_once(' ').ok_or("no answer")?;
                theirs.push(Duration::from_secs_f64(seconds.parse()?));
                if digest != hash(object)?.to_string() {
                    return Err(format!("{name}: joblib's digest is {digest}").into());
                }
            }
        }
        let ours = median(ours);
        match median(theirs) {
            Duration::ZERO => println!("{name}: {ours:.1?}"),
            theirs => println!(
                "{name}: {ours:.1?}, joblib {theirs:.1?}, ratio {:.3}",
                ours.as_secs_f64() / theirs.as_secs_f64()
            ),
        }
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
