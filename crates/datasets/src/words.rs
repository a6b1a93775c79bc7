//! Invented words and texts, made of syllables, so that they hold more chance per letter than a list of words would.

use crate::random::Random;

/// Where words begin.
const FIRST: [&str; 32] = [
    "Al", "Ba", "Be", "Bri", "Ca", "Co", "Da", "Du", "El", "Fa", "Fio", "Ga", "Gre", "Ha", "Il",
    "Jo", "Ka", "Lu", "Ma", "Mé", "Na", "No", "Ö", "Pa", "Ro", "Sa", "Ste", "Ta", "Tho", "Vi",
    "Wil", "Za",
];

/// How they go on.
const NEXT: [&str; 64] = [
    "ba", "be", "bo", "ca", "ce", "chi", "co", "da", "de", "di", "do", "dra", "fe", "fi", "ga",
    "ge", "gi", "go", "ha", "ja", "ka", "ke", "ki", "la", "le", "li", "lo", "lu", "ma", "me", "mi",
    "mo", "na", "ne", "ni", "no", "nu", "pa", "pe", "pi", "po", "ra", "re", "ri", "ro", "ru", "sa",
    "se", "si", "so", "sta", "ta", "te", "ti", "to", "tri", "tu", "va", "ve", "vi", "vo", "za",
    "ñe", "zü",
];

/// How they may end.
const LAST: [&str; 8] = ["", "n", "r", "s", "l", "th", "nd", "ck"];

/// A text of exactly so many characters: invented words, the last one cut off.
pub(crate) fn text(random: &mut Random, length: usize) -> String {
    let mut text = String::with_capacity(length + 8);
    let mut characters = 0;
    while characters < length {
        if characters > 0 {
            text.push(' ');
            characters += 1;
        }
        let before = text.len();
        word(random, &mut text);
        characters += text[before..].chars().count();
    }
    while characters > length {
        text.pop();
        characters -= 1;
    }
    // A blank at the end would be lost in some formats, which is another matter than how long texts are.
    if text.ends_with(' ') {
        text.pop();
        text.push('a');
    }
    text
}

fn word(random: &mut Random, text: &mut String) {
    text.push_str(random.of(&FIRST));
    for _ in 0..=random.below(3) {
        text.push_str(random.of(&NEXT));
    }
    text.push_str(random.of(&LAST));
}

/// Invented words for a name.
pub(crate) fn name(random: &mut Random) -> String {
    let mut name = String::with_capacity(16);
    word(random, &mut name);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_long_as_asked_for() {
        for length in 0..60 {
            let made = text(&mut Random::at(1, length, 2), length as usize);
            assert_eq!(made.chars().count() as u64, length, "{made}");
            assert_eq!(made.trim(), made);
        }
    }
}
