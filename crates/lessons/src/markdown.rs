//! Markdown becomes HTML: headings with ids, notes with numbers, tables in frames, links followed.

mod notes;
mod table;

use std::collections::BTreeSet;
use std::ops::Range;

use maud::html;
use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};

use crate::address::{Link, Target, understand};
use crate::source::Source;
use crate::{Fault, Problem};
use notes::Notes;

/// A part of a page, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// HTML.
    Html(String),
    /// The place of an example: its name.
    Example(String),
}

/// A heading, for the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// From 2.
    pub level: u8,
    /// Where links lead.
    pub id: String,
    /// Its words.
    pub text: String,
}

/// What a text became.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// The text.
    pub(crate) pieces: Vec<Piece>,
    /// The notes below it; empty when there are none.
    pub(crate) notes: String,
    pub(crate) outline: Vec<Heading>,
    /// Its words alone, for the search.
    pub(crate) words: String,
    /// Links into the site: where they are in the file, as they are written, and where they lead.
    pub(crate) links: Vec<(usize, String, Target)>,
    /// The images that it shows: where, and the file's name.
    pub(crate) images: Vec<(usize, String)>,
    /// Examples and where they are in the file.
    pub(crate) examples: Vec<(usize, String)>,
    pub(crate) faults: Vec<Fault>,
}

/// What a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A page, or what stands at the head of one: everything.
    Page,
    /// Paragraphs, lists, tables: no headings, notes, examples.
    Block,
    /// A few words.
    Inline,
}

/// What is rendered, and for which page.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) source: Source<'a>,
    /// The Markdown.
    pub(crate) markdown: &'a str,
    /// Where it begins in the file.
    pub(crate) from: usize,
    /// Whether places in it are places in the file, `from` bytes later; else they are told as `from`.
    pub(crate) verbatim: bool,
    /// The page that it will be on, from the root of the site.
    pub(crate) address: &'a str,
    pub(crate) shape: Shape,
}

/// Renders a text.
pub(crate) fn render(text: &Text<'_>) -> Rendered {
    let mut options = Options::ENABLE_TABLES;
    if text.shape == Shape::Page {
        options |= Options::ENABLE_FOOTNOTES | Options::ENABLE_HEADING_ATTRIBUTES;
    }
    let parser = Parser::new_ext(text.markdown, options).into_offset_iter();
    let mut writer = Writer {
        text,
        out: Vec::new(),
        outer: Vec::new(),
        depth: 0,
        code: false,
        ids: BTreeSet::new(),
        tables: BTreeSet::new(),
        notes: Notes::default(),
        done: Rendered::default(),
    };
    let mut events = TextMergeWithOffset::new(parser);
    while let Some((event, range)) = events.next() {
        writer.event(event, range, &mut events);
    }
    writer.finish()
}

/// HTML being written.
struct Writer<'a, 't> {
    text: &'t Text<'a>,
    out: Vec<Event<'a>>,
    /// What was being written when a note began.
    outer: Vec<Event<'a>>,
    /// How many blocks are open.
    depth: usize,
    /// Whether this is a block of code.
    code: bool,
    ids: BTreeSet<String>,
    /// What tables are called.
    tables: BTreeSet<String>,
    notes: Notes,
    done: Rendered,
}

impl<'a> Writer<'a, '_> {
    /// Takes one event, and those that belong to it.
    fn event(
        &mut self,
        event: Event<'a>,
        range: Range<usize>,
        rest: &mut dyn Iterator<Item = (Event<'a>, Range<usize>)>,
    ) {
        let start = range.start;
        match event {
            Event::Start(Tag::Paragraph)
                if self.depth == 0 && example(&self.text.markdown[range.clone()]).is_some() =>
            {
                until(rest, TagEnd::Paragraph);
                self.example(start, &self.text.markdown[range]);
            }
            Event::Start(Tag::Heading { level, id, .. }) => self.heading(start, level, id, rest),
            Event::Start(Tag::Image { dest_url, .. }) => self.image(start, &dest_url, rest),
            Event::Start(Tag::Table(columns)) => {
                let inner = until(rest, TagEnd::Table);
                self.table(&columns, inner);
            }
            Event::Start(Tag::FootnoteDefinition(name)) => {
                self.notes.begin(&name, start);
                self.outer = std::mem::take(&mut self.out);
                self.depth += 1;
            }
            Event::End(TagEnd::FootnoteDefinition) => {
                let inner = std::mem::take(&mut self.out);
                self.notes.end(html_of(inner));
                self.out = std::mem::take(&mut self.outer);
                self.depth -= 1;
            }
            Event::FootnoteReference(name) => {
                let reference = self.notes.refer(&name);
                self.html(reference);
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                self.code = true;
                self.depth += 1;
                let language = match &kind {
                    CodeBlockKind::Fenced(language) if !language.is_empty() => Some(language),
                    _ => None,
                };
                // Code may be wider than the page: it can be reached, to scroll it with the keys.
                self.html(match language {
                    Some(language) => format!(
                        "<pre tabindex=\"0\"><code class=\"language-{}\">",
                        slug(language)
                    ),
                    None => "<pre tabindex=\"0\"><code>".to_owned(),
                });
            }
            Event::End(TagEnd::CodeBlock) => {
                self.code = false;
                self.depth -= 1;
                self.html("</code></pre>\n".to_owned());
                self.words(" ");
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                let dest_url = self.link(start, dest_url);
                self.out.push(Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    id,
                }));
            }
            Event::Start(tag) => {
                self.depth += usize::from(is_block(&tag));
                if !matches!(tag, Tag::HtmlBlock) {
                    self.out.push(Event::Start(tag));
                }
            }
            Event::End(tag) => {
                if is_block_end(tag) {
                    self.depth -= 1;
                    self.words(" ");
                }
                if tag != TagEnd::HtmlBlock {
                    self.out.push(Event::End(tag));
                }
            }
            Event::Html(code) | Event::InlineHtml(code) => {
                if !code.trim_start().starts_with("<!--") {
                    self.fault(start, Problem::RawHtml);
                }
            }
            Event::Text(text) => {
                self.check_text(start, &text);
                self.words(&text);
                self.out.push(Event::Text(text));
            }
            Event::Code(text) => {
                self.words(&text);
                self.out.push(Event::Code(text));
            }
            Event::SoftBreak | Event::HardBreak => {
                self.words(" ");
                self.out.push(event);
            }
            other => self.out.push(other),
        }
    }

    /// Marks of ours that were not understood.
    fn check_text(&mut self, start: usize, text: &str) {
        if self.code {
            return;
        }
        if let Some(at) = text.find("[^") {
            self.fault(start + at, Problem::DeadFootnote);
        }
        if let Some(at) = text.find("{{") {
            self.fault(start + at, Problem::Braces);
        }
    }

    fn example(&mut self, start: usize, paragraph: &str) {
        let Some(name) = example(paragraph) else {
            return;
        };
        if self.text.shape != Shape::Page {
            self.fault(start, Problem::Braces);
            return;
        }
        let place = self.place(start);
        if self.done.examples.iter().any(|(_, other)| other == name) {
            self.fault(start, Problem::RepeatedExample(name.to_owned()));
        }
        self.done.examples.push((place, name.to_owned()));
        self.flush();
        self.done.pieces.push(Piece::Example(name.to_owned()));
    }

    fn heading(
        &mut self,
        start: usize,
        level: HeadingLevel,
        id: Option<CowStr<'a>>,
        rest: &mut dyn Iterator<Item = (Event<'a>, Range<usize>)>,
    ) {
        let inner = self.inner(until(rest, TagEnd::Heading(level)));
        let text = plain(&inner);
        let level = level as u8;
        let before = self.done.outline.last().map_or(1, |heading| heading.level);
        if self.text.shape != Shape::Page || level < 2 || level > before + 1 {
            self.fault(start, Problem::HeadingLevel(level));
        }
        let id = id.map_or_else(
            || {
                unused(&slug(&text), &self.ids, |id, number| {
                    format!("{id}-{number}")
                })
            },
            |id| id.to_string(),
        );
        if !self.ids.insert(id.clone()) {
            self.fault(start, Problem::DuplicateId(id.clone()));
        }
        let open = html! { (id) }.into_string();
        self.html(format!("<h{level} id=\"{open}\">"));
        self.out.extend(inner);
        self.html(format!("</h{level}>\n"));
        self.words(" ");
        self.done.outline.push(Heading { level, id, text });
    }

    fn image(
        &mut self,
        start: usize,
        file: &str,
        rest: &mut dyn Iterator<Item = (Event<'a>, Range<usize>)>,
    ) {
        let inner: Vec<Event<'a>> = until(rest, TagEnd::Image)
            .into_iter()
            .map(|(event, _)| event)
            .collect();
        let alternative = plain(&inner);
        if alternative.trim().is_empty() {
            self.fault(start, Problem::MissingAlternative(file.to_owned()));
        }
        let place = self.place(start);
        self.done.images.push((place, file.to_owned()));
        self.html(
            html! { img src=(file) alt=(alternative) loading="lazy" decoding="async"; }
                .into_string(),
        );
    }

    fn table(
        &mut self,
        columns: &[pulldown_cmark::Alignment],
        inner: Vec<(Event<'a>, Range<usize>)>,
    ) {
        let inner = self.inner(inner);
        let name = table::name(&inner, &self.tables);
        self.out.extend(table::framed(columns, inner, &name));
        self.tables.insert(name);
    }

    /// What is within something, itself understood.
    fn inner(&mut self, events: Vec<(Event<'a>, Range<usize>)>) -> Vec<Event<'a>> {
        let outer = std::mem::take(&mut self.out);
        let mut events = events.into_iter();
        while let Some((event, range)) = events.next() {
            self.event(event, range, &mut events);
        }
        std::mem::replace(&mut self.out, outer)
    }

    /// The link as it is written into the page.
    fn link(&mut self, start: usize, link: CowStr<'a>) -> CowStr<'a> {
        match understand(&link, self.text.address) {
            Ok(Link::Away) => link,
            Ok(Link::Here(target, written)) => {
                let place = self.place(start);
                self.done.links.push((place, link.to_string(), target));
                written.into()
            }
            Err(why) => {
                self.fault(start, Problem::DeadLink(link.to_string(), why));
                link
            }
        }
    }

    /// Ends the piece of HTML that is being written.
    fn flush(&mut self) {
        let html = html_of(std::mem::take(&mut self.out));
        if !html.is_empty() {
            self.done.pieces.push(Piece::Html(html));
        }
    }

    fn finish(mut self) -> Rendered {
        self.flush();
        let (notes, unused) = std::mem::take(&mut self.notes).finish();
        for (name, start) in unused {
            self.fault(start, Problem::UnusedFootnote(name));
        }
        self.done.notes = notes;
        self.done
    }

    fn html(&mut self, html: String) {
        self.out.push(Event::Html(html.into()));
    }

    fn words(&mut self, words: &str) {
        self.done.words.push_str(words);
    }

    /// The place in the file of a place in the text.
    const fn place(&self, offset: usize) -> usize {
        if self.text.verbatim {
            self.text.from + offset
        } else {
            self.text.from
        }
    }

    fn fault(&mut self, offset: usize, problem: Problem) {
        let fault = self.text.source.fault(self.place(offset), problem);
        self.done.faults.push(fault);
    }
}

/// A text that is one piece of HTML: blocks, or without the paragraph around it, a few words.
pub(crate) fn fragment(rendered: &Rendered, shape: Shape) -> Option<String> {
    let html: String = rendered
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Html(html) => html.as_str(),
            Piece::Example(_) => "",
        })
        .collect();
    if shape != Shape::Inline {
        return Some(html);
    }
    let inner = html.trim().strip_prefix("<p>")?.strip_suffix("</p>")?;
    (!inner.contains("<p>")).then(|| inner.to_owned())
}

/// A name for an address, of a text: its letters and digits, in small letters, dashes between.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') && !matches!(letter, '\'' | '’') {
            slug.push('-');
        }
    }
    let end = slug.trim_end_matches('-').len();
    slug.truncate(end);
    slug
}

/// The name, or the name with a number, that is not taken.
fn unused(name: &str, taken: &BTreeSet<String>, numbered: fn(&str, u32) -> String) -> String {
    let mut unused = name.to_owned();
    let mut number = 1;
    while taken.contains(&unused) {
        number += 1;
        unused = numbered(name, number);
    }
    unused
}

/// The name in `{{ example NAME }}`.
fn example(paragraph: &str) -> Option<&str> {
    let inner = paragraph.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let name = inner.trim().strip_prefix("example ")?.trim();
    let named = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (!name.is_empty() && name.bytes().all(named)).then_some(name)
}

/// The events up to an end, without it.
fn until<'a>(
    rest: &mut dyn Iterator<Item = (Event<'a>, Range<usize>)>,
    end: TagEnd,
) -> Vec<(Event<'a>, Range<usize>)> {
    rest.take_while(|(event, _)| *event != Event::End(end))
        .collect()
}

/// The words of events.
fn plain(events: &[Event<'_>]) -> String {
    let mut words = String::new();
    for event in events {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(text),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    words
}

fn html_of(events: Vec<Event<'_>>) -> String {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    html
}

const fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
}

const fn is_block_end(tag: TagEnd) -> bool {
    !matches!(
        tag,
        TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
    )
}
