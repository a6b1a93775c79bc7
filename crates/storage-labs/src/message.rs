//! Messages with elements within: wherever a translation has them.

use maud::{Markup, html};

/// Stand in a message for its elements: the values that are not text. No writing uses these characters.
pub(crate) const ELEMENTS: [char; 3] = ['\u{E000}', '\u{E001}', '\u{E002}'];

/// The message with these elements where [`ELEMENTS`] stand for them.
pub(crate) fn message(text: &str, elements: &[Markup]) -> Markup {
    let place = |sign: char| ELEMENTS.iter().position(|element| *element == sign);
    html! {
        @for part in text.split_inclusive(&ELEMENTS[..]) {
            @match part.chars().next_back().and_then(place) {
                Some(at) => {
                    (part.trim_end_matches(&ELEMENTS[..]))
                    @if let Some(element) = elements.get(at) { (element) }
                },
                None => { (part) },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_stand_where_the_message_has_them() {
        let [first, second, _] = ELEMENTS;
        let elements = [html! { b { "one" } }, html! { i { "two" } }];
        let told = message(&format!("<{second}{first}, & more."), &elements);
        assert_eq!(told.into_string(), "&lt;<i>two</i><b>one</b>, &amp; more.");
        assert_eq!(message("nothing else", &[]).into_string(), "nothing else");
    }
}
