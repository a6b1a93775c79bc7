//! The icons and the manifest that make the site installable. There is one drawing, and everything is made from it.

use anyhow::Result;
use serde_json::json;

use super::Site;
use crate::process;

/// The drawing: pieces of work on two lanes, in eighths of its side.
const DRAWING: [Rectangle; 2] = [
    Rectangle {
        left: 0,
        top: 1,
        width: 5,
        height: 2,
        colour: Colour(0x2a, 0x6f, 0x97),
    },
    Rectangle {
        left: 3,
        top: 5,
        width: 5,
        height: 2,
        colour: Colour(0xd9, 0x82, 0x2b),
    },
];
const GRID: usize = 8;
/// What is around the drawing where an icon has to fill its place: the site's paper.
const PAPER: Colour = Colour(0xfb, 0xfb, 0xf9);

/// The colours of the browser's own bars beside the page: light, dark. They are `--paper` in www/styles/page.css.
const THEME: [&str; 2] = ["#fbfbf9", "#14181e"];

/// The file that tells a browser how the site is installed.
const MANIFEST: &str = "manifest.webmanifest";

struct Rectangle {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    colour: Colour,
}

#[derive(Clone, Copy)]
struct Colour(u8, u8, u8);

/// How a drawing lies in its icon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing around it.
    Plain,
    /// On paper, in the middle three fifths: systems may cut off what is outside of a circle of four fifths.
    Maskable,
}

/// Writes icons and manifest.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn place(site: &Site) -> Result<()> {
    let write = |name: &str, content: Vec<u8>| process::write(&site.staging.join(name), content);
    write("icons/icon.svg", svg().into_bytes())?;
    for side in [192, 512] {
        write(&format!("icons/icon-{side}.png"), png(side, Kind::Plain))?;
    }
    write("icons/maskable-512.png", png(512, Kind::Maskable))?;
    write("icons/touch-180.png", png(180, Kind::Maskable))?;
    write("favicon.ico", ico(32))?;
    let icon = |file: &str, sizes: &str, kind: &str, purpose: &str| json!({ "src": format!("icons/{file}"), "sizes": sizes, "type": kind, "purpose": purpose });
    let manifest = json!({
        "name": "Joblet: where data should live, and how work runs in parallel",
        "short_name": "Joblet",
        "description": "Learn where data should live and how work runs in parallel, by running real programs in your own browser tab.",
        "lang": "en",
        "id": "./",
        "start_url": "./",
        "scope": "./",
        "display": "minimal-ui",
        "background_color": THEME[0],
        "theme_color": THEME[0],
        "icons": [
            icon("icon.svg", "any", "image/svg+xml", "any"),
            icon("icon-192.png", "192x192", "image/png", "any"),
            icon("icon-512.png", "512x512", "image/png", "any"),
            icon("maskable-512.png", "512x512", "image/png", "maskable"),
        ],
    });
    let manifest = serde_json::to_string_pretty(&manifest)?;
    write(MANIFEST, manifest.into_bytes())?;
    Ok(())
}

/// What each page says of them in its head.
pub(super) fn links(root: &str) -> String {
    let [light, dark] = THEME;
    [
        format!("<link rel=\"icon\" href=\"{root}favicon.ico\" sizes=\"32x32\">"),
        format!("<link rel=\"icon\" href=\"{root}icons/icon.svg\" type=\"image/svg+xml\">"),
        format!("<link rel=\"apple-touch-icon\" href=\"{root}icons/touch-180.png\">"),
        format!("<link rel=\"manifest\" href=\"{root}{MANIFEST}\">"),
        format!("<meta name=\"theme-color\" media=\"(prefers-color-scheme: light)\" content=\"{light}\">"),
        format!("<meta name=\"theme-color\" media=\"(prefers-color-scheme: dark)\" content=\"{dark}\">"),
    ]
    .join("\n    ")
}

/// The drawing as SVG.
fn svg() -> String {
    let mut shapes = String::new();
    for Rectangle {
        left,
        top,
        width,
        height,
        colour: Colour(red, green, blue),
    } in DRAWING
    {
        shapes.push_str(&format!(
            "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"#{red:02x}{green:02x}{blue:02x}\"/>"
        ));
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {GRID} {GRID}\">{shapes}</svg>\n"
    )
}

/// The drawing as PNG (<https://www.w3.org/TR/png-3/>): a palette, one byte for each point.
fn png(side: usize, kind: Kind) -> Vec<u8> {
    let margin = if kind == Kind::Maskable { side / 5 } else { 0 };
    let inner = side - 2 * margin;
    let mut rows = Vec::with_capacity(side * (side + 1));
    for y in 0..side {
        // Each row begins with its filter: none.
        rows.push(0);
        rows.extend((0..side).map(|x| point(x, y, margin, inner)));
    }
    let mut palette = vec![PAPER.0, PAPER.1, PAPER.2];
    for Rectangle { colour, .. } in &DRAWING {
        palette.extend([colour.0, colour.1, colour.2]);
    }
    let mut head = Vec::new();
    head.extend((side as u32).to_be_bytes());
    head.extend((side as u32).to_be_bytes());
    // Eight bits for a point, from the palette; the usual compression and filters, not interlaced.
    head.extend([8, 3, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, *b"IHDR", &head);
    chunk(&mut file, *b"PLTE", &palette);
    if kind == Kind::Plain {
        // The paper is not seen.
        chunk(&mut file, *b"tRNS", &[0]);
    }
    let data = miniz_oxide::deflate::compress_to_vec_zlib(&rows, 9);
    chunk(&mut file, *b"IDAT", &data);
    chunk(&mut file, *b"IEND", &[]);
    file
}

/// The number in the palette of the point at (x, y): 0 is the paper, then come the rectangles.
fn point(x: usize, y: usize, margin: usize, inner: usize) -> u8 {
    let inside = |at: usize| (margin..margin + inner).contains(&at);
    if !inside(x) || !inside(y) {
        return 0;
    }
    let (across, down) = ((x - margin) * GRID / inner, (y - margin) * GRID / inner);
    let found = DRAWING.iter().position(|shape| {
        (shape.left..shape.left + shape.width).contains(&across)
            && (shape.top..shape.top + shape.height).contains(&down)
    });
    found.map_or(0, |index| index as u8 + 1)
}

/// A part of a PNG file.
fn chunk(file: &mut Vec<u8>, name: [u8; 4], content: &[u8]) {
    file.extend((content.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(name);
    file.extend(content);
    let sum = checksum(&file[start..]);
    file.extend(sum.to_be_bytes());
}

/// CRC-32 as PNG has it.
fn checksum(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let all = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            let carry = if sum & 1 == 1 { POLYNOMIAL } else { 0 };
            (sum >> 1) ^ carry
        })
    });
    !all
}

/// A PNG in the envelope that browsers look for when a page names no icon.
fn ico(side: u8) -> Vec<u8> {
    const HEAD: u32 = 22;
    let image = png(usize::from(side), Kind::Plain);
    let mut file = vec![0, 0, 1, 0, 1, 0, side, side, 0, 0, 1, 0, 32, 0];
    file.extend((image.len() as u32).to_le_bytes());
    file.extend(HEAD.to_le_bytes());
    file.extend(image);
    file
}

#[cfg(test)]
mod tests {
    use super::{GRID, Kind, THEME, checksum, ico, png, point};

    #[test]
    fn the_checksum_is_that_of_the_specification() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
        // The last part of every PNG file.
        assert!(png(32, Kind::Plain).ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82"));
    }

    #[test]
    fn points_are_those_of_the_drawing() {
        let row = |y| -> Vec<u8> { (0..GRID).map(|x| point(x, y, 0, GRID)).collect() };
        assert_eq!(row(0), [0; GRID]);
        assert_eq!(row(1), [1, 1, 1, 1, 1, 0, 0, 0]);
        assert_eq!(row(6), [0, 0, 0, 2, 2, 2, 2, 2]);
        // A margin of two moves it.
        assert_eq!(point(2, 3, 2, GRID), 1);
        assert_eq!(point(1, 3, 2, GRID), 0);
    }

    #[test]
    fn an_icon_says_where_its_image_is() {
        let file = ico(32);
        assert_eq!(file.get(22..26), Some(&b"\x89PNG"[..]));
        let length = (file.len() - 22) as u32;
        assert_eq!(file.get(14..18), Some(&length.to_le_bytes()[..]));
    }

    #[test]
    fn the_theme_is_the_paper_of_the_style_sheet() {
        let style = include_str!("../../../../www/styles/page.css");
        let paper = format!("--paper: light-dark({}, {});", THEME[0], THEME[1]);
        assert!(style.contains(&paper), "{paper}");
    }
}
