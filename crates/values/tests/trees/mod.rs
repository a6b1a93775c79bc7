//! Objects of Python, read from the words that fixtures/joblib.py writes.

use values::joblib::{Array, DType, HashError, Object, hash};

/// Compares one line of the script: a digest of joblib, and the object it belongs to.
///
/// # Errors
/// Both digests, and the line.
pub(crate) fn compare(line: &str) -> Result<(), String> {
    let (theirs, words) = line.split_once(' ').unwrap();
    let mut reader = Reader {
        words: words.split(' '),
        known: Vec::new(),
    };
    let object = reader.object();
    assert_eq!(reader.words.next(), None, "{line}");
    let same = match (hash(&object), theirs) {
        (Err(HashError::Unordered { .. }), "refused:TypeError")
        | (Err(HashError::Ambiguous { .. }), "refused:ValueError") => true,
        (Ok(ours), theirs) => ours.to_string() == theirs,
        _ => false,
    };
    if same {
        Ok(())
    } else {
        let ours = hash(&object);
        Err(format!("{ours:?} is not {line}"))
    }
}

struct Reader<'a> {
    words: std::str::Split<'a, char>,
    known: Vec<Option<Object>>,
}

impl Reader<'_> {
    fn object(&mut self) -> Object {
        let word = self.words.next().unwrap();
        let (kind, rest) = word.split_at(1);
        match kind {
            "n" => Object::none(),
            "t" => Object::bool(true),
            "f" => Object::bool(false),
            "i" => Object::int(rest.parse().unwrap()),
            "I" => Object::big_int(bytes(rest)),
            "d" => {
                let number = f64::from_be_bytes(bytes(rest).try_into().unwrap());
                self.remember(Object::float(number))
            }
            "s" => Object::str_with_surrogates(bytes(rest)),
            "b" => Object::bytes(bytes(rest)),
            "l" | "u" => {
                let list = self.remember(match kind {
                    "l" => Object::list(Vec::new()),
                    _ => Object::tuple(Vec::new()),
                });
                for _ in 0..count::<usize>(rest) {
                    list.push(self.object());
                }
                list
            }
            "m" => {
                let dict = self.remember(Object::dict(Vec::new()));
                for _ in 0..count::<usize>(rest) {
                    let key = self.object();
                    dict.insert(key, self.object());
                }
                dict
            }
            "e" | "z" => {
                let place = self.known.len();
                self.known.push(None);
                let items = (0..count::<usize>(rest)).map(|_| self.object()).collect();
                let object = match kind {
                    "e" => Object::set(items),
                    _ => Object::frozen_set(items),
                };
                self.known[place] = Some(object.clone());
                object
            }
            "a" => {
                let [dtype, shape, strides, first, memory] =
                    rest.split(';').collect::<Vec<_>>().try_into().unwrap();
                Object::array(Array {
                    dtype: DType::parse(dtype).unwrap(),
                    shape: numbers(shape),
                    strides: numbers(strides),
                    memory: bytes(memory),
                    first: count(first),
                })
            }
            "y" => Object::dtype(DType::parse(rest).unwrap()),
            "x" => {
                let (dtype, memory) = rest.split_once(';').unwrap();
                let scalar = Object::scalar(DType::parse(dtype).unwrap(), bytes(memory));
                self.remember(scalar)
            }
            "@" => self.known[count::<usize>(rest)].clone().unwrap(),
            "L" => Object::list((0..count(rest)).map(Object::int).collect()),
            "P" => Object::list(
                (0..count(rest))
                    .map(|number| Object::tuple(vec![Object::int(number)]))
                    .collect(),
            ),
            "M" => Object::dict(
                (0..count(rest))
                    .map(|number| (Object::str(&number.to_string()), Object::int(number)))
                    .collect(),
            ),
            "D" => (1..count::<usize>(rest)).fold(Object::list(Vec::new()), |inner, _| {
                Object::list(vec![inner])
            }),
            _ => panic!("{word}"),
        }
    }

    fn remember(&mut self, object: Object) -> Object {
        self.known.push(Some(object.clone()));
        object
    }
}

fn count<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn numbers<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> Vec<T> {
    text.split(',')
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().unwrap())
        .collect()
}

fn bytes(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}
