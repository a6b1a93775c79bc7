//! joblib's digests, recorded by fixtures/joblib.py.

#![allow(clippy::unwrap_used, clippy::panic)]

mod trees;

#[test]
fn recorded_objects_have_joblibs_digests() {
    let lines: Vec<_> = include_str!("fixtures/joblib.txt").lines().collect();
    let faults: Vec<_> = lines
        .iter()
        .filter_map(|line| trees::compare(line).err())
        .collect();
    assert!(
        faults.is_empty(),
        "{} of {}: {:.2000}",
        faults.len(),
        lines.len(),
        faults.join("\n")
    );
    assert!(lines.len() > 1000);
}

mod digests {
    use proptest::prelude::*;
    use values::joblib::{Array, DType, HashError, Object, digest, hash};
    use values::{Parcel, ParcelError, Value};

    fn hex(object: &Object) -> String {
        hash(object).unwrap().to_string()
    }

    #[test]
    fn cycles_have_joblibs_digests() {
        let list = Object::list(vec![]);
        list.push(list.clone());
        assert_eq!(hex(&list), "bab96eade3b79efc64368c1ee6aab991");

        let dict = Object::dict(vec![]);
        dict.insert(Object::str("a"), dict.clone());
        assert_eq!(hex(&dict), "b9426f634e6ed27dc8beda4a0cc5b852");

        let list = Object::list(vec![]);
        let tuple = Object::tuple(vec![list.clone()]);
        list.push(tuple.clone());
        assert_eq!(hex(&tuple), "5e6e337cd10507b8a33cae6fc005dc6b");
        assert_eq!(hex(&list), "18b7e6ba5dc5c47f292ad1e5bd114124");

        let list = Object::list(vec![]);
        let numbers = (1..4).map(Object::int);
        let tuple = Object::tuple([list.clone()].into_iter().chain(numbers).collect());
        list.push(tuple.clone());
        assert_eq!(hex(&tuple), "b5473278a15daf413d746b3770f0e27b");
    }

    fn array(dtype: &str, shape: &[usize], strides: &[isize], memory: Vec<u8>) -> Object {
        Object::array(Array {
            dtype: DType::parse(dtype).unwrap(),
            shape: shape.to_vec(),
            strides: strides.to_vec(),
            memory,
            first: 0,
        })
    }

    #[test]
    fn a_long_array_has_joblibs_digest_whether_its_elements_are_scattered_or_not() {
        let memory: Vec<u8> = (0..100_000)
            .flat_map(|number| f64::from(number).to_le_bytes())
            .collect();
        // joblib.hash(numpy.arange(100_000, dtype="f8"))
        let whole = array("<f8", &[100_000], &[8], memory.clone());
        assert_eq!(hex(&whole), "e96b21fc437f97f2a2807c97af1d9f29");
        // joblib.hash(numpy.arange(100_000, dtype="f8")[::2])
        let every_second = array("<f8", &[50_000], &[16], memory);
        assert_eq!(hex(&every_second), "89faab08c0ffe7b0731b621c05dbc997");
    }

    #[test]
    fn an_array_outside_of_its_memory_is_refused() {
        for (shape, strides) in [
            (vec![3], vec![8]),
            (vec![2], vec![-8]),
            (vec![2], vec![16]),
            (vec![1], vec![]),
            (vec![usize::MAX, 2], vec![8, 8]),
        ] {
            let outside = Object::list(vec![array("<f8", &shape, &strides, vec![0; 16])]);
            assert_eq!(
                hash(&outside),
                Err(HashError::Outside { path: "[0]".into() }),
                "{shape:?}"
            );
        }
    }

    #[test]
    fn what_has_no_digest_is_named_with_its_path() {
        let function = || Object::refused("a function");
        let inner = Object::list(vec![Object::none(), Object::tuple(vec![function()])]);
        let outer = Object::dict(vec![
            (Object::str("a"), Object::int(1)),
            (Object::str("x"), inner.clone()),
        ]);
        let error = hash(&outer).unwrap_err();
        assert_eq!(error.code(), "hash-refused");
        assert_eq!(error.path(), "['x'][1][0]");
        assert_eq!(
            error.within("data").to_string(),
            "data['x'][1][0] is a function, which has no digest."
        );
        assert_eq!(
            hash(&function()).unwrap_err().to_string(),
            "The value is a function, which has no digest."
        );

        // The same by the keys' digests, where the keys have no order.
        let mixed = Object::dict(vec![
            (Object::int(3), Object::int(1)),
            (Object::str("x"), inner),
        ]);
        assert_eq!(hash(&mixed).unwrap_err().path(), "['x'][1][0]");

        let within_a_set = Object::list(vec![Object::set(vec![function()])]);
        assert_eq!(hash(&within_a_set).unwrap_err().path(), "[0][*]");
    }

    #[test]
    fn tuples_too_deep_to_be_compared_are_refused() {
        let deep =
            |number| (0..2000).fold(Object::int(number), |inner, _| Object::tuple(vec![inner]));
        let error = hash(&Object::set(vec![deep(1), deep(2)])).unwrap_err();
        assert_eq!(error.code(), "hash-too-deep");
    }

    #[test]
    fn dtypes_that_cannot_be_hashed_are_refused() {
        for name in [
            "",
            "<",
            "f8",
            "<f3",
            "|f8",
            "<i1",
            "|O",
            "<M8[x]",
            "<M8[ns",
            "<f8[ns]",
            "<S5",
            "|U5",
            "é",
            "<é8",
            "|V99999999999999999999",
        ] {
            let error = DType::parse(name).unwrap_err();
            assert_eq!(error.code(), "hash-dtype");
            assert!(error.to_string().contains(name));
        }
    }

    #[test]
    fn what_joblib_tells_apart_has_different_digests() {
        let list = |items| Object::list(items);
        let numbers = || list(vec![Object::int(1)]);
        let twice = numbers();
        let zeros =
            |dtype, shape: &[usize], strides: &[isize]| array(dtype, shape, strides, vec![0; 64]);
        for (left, right) in [
            (Object::int(1), Object::float(1.0)),
            (Object::int(1), Object::bool(true)),
            (Object::float(0.0), Object::float(-0.0)),
            (Object::str("a"), Object::bytes(b"a".to_vec())),
            (Object::str("\u{e9}"), Object::str("e\u{301}")),
            (numbers(), Object::tuple(vec![Object::int(1)])),
            (
                Object::set(vec![Object::int(1)]),
                Object::frozen_set(vec![Object::int(1)]),
            ),
            (
                list(vec![twice.clone(), twice]),
                list(vec![numbers(), numbers()]),
            ),
            (zeros("<f4", &[4], &[4]), zeros("<f8", &[4], &[8])),
            (
                zeros("<f8", &[2, 3], &[24, 8]),
                zeros("<f8", &[2, 3], &[8, 16]),
            ),
            (zeros("<f8", &[4], &[8]), zeros("<f8", &[2, 2], &[16, 8])),
        ] {
            assert_ne!(hex(&left), hex(&right), "{left:?}, {right:?}");
        }
    }

    #[test]
    fn a_contiguous_slice_has_the_digest_of_its_copy() {
        let slice = Array {
            dtype: DType::parse("<i2").unwrap(),
            shape: vec![3],
            strides: vec![2],
            memory: (0..20).collect(),
            first: 4,
        };
        let copy = Array {
            memory: (4..10).collect(),
            first: 0,
            ..slice.clone()
        };
        assert_eq!(hex(&Object::array(slice)), hex(&Object::array(copy)));
    }

    #[test]
    fn long_parts_are_read_and_a_missing_one_is_named() {
        let value = Value::List(vec![
            Value::Str("x".repeat(5000)),
            Value::Bytes(vec![120; 5000]),
        ]);
        let mut parcel = Parcel::pack(value.clone());
        assert_eq!(parcel.joblib_digest(), Ok(digest(&value).unwrap()));
        parcel.buffers.pop();
        assert_eq!(parcel.joblib_digest(), Err(ParcelError::MissingBuffer(1)));
    }

    #[test]
    fn names_that_occur_twice_never_panic() {
        let twice = Value::map([("a", Value::Null), ("a", Value::Int(1)), ("b", Value::Null)]);
        assert_eq!(digest(&twice).unwrap_err().code(), "hash-unordered");
        assert_eq!(
            Parcel::pack(twice).joblib_digest(),
            Err(ParcelError::NoDigest)
        );
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_map(Value::Float),
            ".{0,20}".prop_map(Value::Str),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
            (4090_usize..4100).prop_map(|n| Value::Bytes(vec![1; n])),
            (4090_usize..4100).prop_map(|n| Value::Str("é".repeat(n / 2))),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                proptest::collection::btree_map("[a-z]{1,6}", inner, 0..6)
                    .prop_map(|entries| Value::Map(entries.into_iter().collect())),
            ]
        })
    }

    fn object(value: &Value) -> Object {
        match value {
            Value::Null => Object::none(),
            Value::Bool(truth) => Object::bool(*truth),
            Value::Int(number) => Object::big_int(i128::from(*number).to_le_bytes().to_vec()),
            Value::Float(number) => Object::float(*number),
            Value::Str(text) => Object::str(text),
            Value::Bytes(bytes) => Object::bytes(bytes.clone()),
            Value::List(items) => Object::list(items.iter().map(object).collect()),
            Value::Map(entries) => Object::dict(
                entries
                    .iter()
                    .map(|(name, value)| (Object::str(name), object(value)))
                    .collect(),
            ),
        }
    }

    /// The value with all maps in the opposite order.
    fn turned(value: &Value) -> Value {
        match value {
            Value::List(items) => Value::List(items.iter().map(turned).collect()),
            Value::Map(entries) => {
                let entries = entries.iter().rev();
                Value::Map(
                    entries
                        .map(|(name, value)| (name.clone(), turned(value)))
                        .collect(),
                )
            }
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn a_value_its_parcel_and_the_object_of_python_have_one_digest(value in any_value()) {
            let ours = digest(&value).unwrap();
            prop_assert_eq!(Parcel::pack(value.clone()).joblib_digest(), Ok(ours));
            prop_assert_eq!(hash(&object(&value)), Ok(ours));
        }

        #[test]
        fn the_order_of_a_map_does_not_matter(value in any_value()) {
            prop_assert_eq!(digest(&turned(&value)), digest(&value));
        }

        #[test]
        fn different_values_have_different_digests(left in any_value(), right in any_value()) {
            // By their text, in which floats of the same bits are equal: NaN too.
            if format!("{left:?}") != format!("{right:?}") && left != turned(&right) {
                prop_assert_ne!(digest(&left), digest(&right));
            }
        }

        #[test]
        fn the_order_of_a_set_does_not_matter(numbers: std::collections::BTreeSet<i64>, texts: std::collections::BTreeSet<String>) {
            let elements: Vec<_> = numbers.iter().map(|number| Object::int(*number))
                .chain(texts.iter().map(|text| Object::str(text)))
                .collect();
            let turned = elements.iter().rev().cloned().collect();
            prop_assert_eq!(hash(&Object::set(elements)), hash(&Object::set(turned)));
        }

        #[test]
        fn altered_heads_never_panic(value in any_value(), at in any::<prop::sample::Index>(), byte: u8) {
            let mut parcel = Parcel::pack(value);
            let at = at.index(parcel.head.len());
            parcel.head[at] = byte;
            let _ = parcel.joblib_digest();
        }
    }
}
