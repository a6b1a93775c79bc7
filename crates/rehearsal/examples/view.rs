//! The view of the lab *cache inspector* after some presses, as HTML, to look at without a browser:
//! `cargo run -p rehearsal --example view -- call call fill`.

use rehearsal::Visit;

fn main() {
    let Some(lab) = widgets::create("cache-inspector") else {
        return;
    };
    let mut visit = Visit::new(lab);
    for press in std::env::args().skip(1) {
        visit.press(&press);
    }
    println!("{}", visit.html());
}
