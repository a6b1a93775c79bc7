//! What an author got wrong, and where.

use std::fmt;

/// Something wrong in the content, with the place to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, from the root of the checkout.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The file is not UTF-8.
    NotText,
    /// A key that means nothing, one that is missing, or a value that does not fit; in the parser's words.
    Toml(String),
    /// The file does not begin with TOML between two lines `+++`.
    FrontMatter,
    /// The folder's name is not a number, a dash and a slug.
    FolderName(String),
    /// Another folder has this slug.
    DuplicateSlug(String),
    /// Another folder has this number.
    DuplicateNumber(u32),
    /// A file that has to be there is not.
    MissingFile(String),
    /// Nothing uses the file.
    StrayFile,
    /// A link leads nowhere: where it leads, and why that is nowhere.
    DeadLink(String, String),
    /// An image without an alternative text.
    MissingAlternative(String),
    /// HTML in Markdown.
    RawHtml,
    /// A heading that is too high, or skips a level.
    HeadingLevel(u8),
    /// An id that is there twice on the page.
    DuplicateId(String),
    /// A footnote that is referred to and not there.
    DeadFootnote,
    /// A footnote that nothing refers to.
    UnusedFootnote(String),
    /// Paragraphs where there is place for a few words only.
    NotInline,
    /// `{{ … }}` that is not a paragraph `{{ example NAME }}`.
    Braces,
    /// An example that the lesson has no file of.
    UnknownExample(String),
    /// An example that is there twice in the lesson.
    RepeatedExample(String),
    /// An example that is nowhere in the lesson.
    UnusedExample,
    /// An example without the file of how it starts.
    MissingStart(String),
    /// An example without the file of what solves it.
    MissingSolution(String),
    /// A start that presses something.
    StartPresses,
    /// There is no lab of that name.
    UnknownLab(String),
    /// Nothing counts as running the lab.
    NoRun,
    /// A task whose end is not checked.
    NoCheck,
    /// Not three hints.
    HintCount(usize),
    /// Fewer than two answers.
    AnswerCount(usize),
    /// Not one right answer.
    RightAnswers(usize),
    /// A text that says nothing.
    Empty(String),
    /// Not a day.
    Date(String),
}

impl Problem {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotText => "not-text",
            Self::Toml(_) => "toml",
            Self::FrontMatter => "front-matter",
            Self::FolderName(_) => "folder-name",
            Self::DuplicateSlug(_) => "duplicate-slug",
            Self::DuplicateNumber(_) => "duplicate-number",
            Self::MissingFile(_) => "missing-file",
            Self::StrayFile => "stray-file",
            Self::DeadLink(..) => "dead-link",
            Self::MissingAlternative(_) => "missing-alternative",
            Self::RawHtml => "raw-html",
            Self::HeadingLevel(_) => "heading-level",
            Self::DuplicateId(_) => "duplicate-id",
            Self::DeadFootnote => "dead-footnote",
            Self::UnusedFootnote(_) => "unused-footnote",
            Self::NotInline => "not-inline",
            Self::Braces => "braces",
            Self::UnknownExample(_) => "unknown-example",
            Self::RepeatedExample(_) => "repeated-example",
            Self::UnusedExample => "unused-example",
            Self::MissingStart(_) => "missing-start",
            Self::MissingSolution(_) => "missing-solution",
            Self::StartPresses => "start-presses",
            Self::UnknownLab(_) => "unknown-lab",
            Self::NoRun => "no-run",
            Self::NoCheck => "no-check",
            Self::HintCount(_) => "hint-count",
            Self::AnswerCount(_) => "answer-count",
            Self::RightAnswers(_) => "right-answers",
            Self::Empty(_) => "empty",
            Self::Date(_) => "date",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText => write!(to, "the file is not UTF-8"),
            Self::Toml(why) => to.write_str(why),
            Self::FrontMatter => write!(
                to,
                "the file begins with a line `+++`, then come title and so on, then a second line `+++`"
            ),
            Self::FolderName(name) => write!(
                to,
                "`{name}` is not a number, a dash, and a name in small letters, digits and dashes, such as `02-csv`"
            ),
            Self::DuplicateSlug(slug) => write!(to, "another folder has the name `{slug}`"),
            Self::DuplicateNumber(number) => write!(to, "another folder has the number {number}"),
            Self::MissingFile(name) => write!(to, "there is no `{name}` here"),
            Self::StrayFile => write!(to, "nothing uses this file"),
            Self::DeadLink(link, why) => write!(to, "the link `{link}` leads nowhere: {why}"),
            Self::MissingAlternative(image) => write!(
                to,
                "the image `{image}` has no text for those who do not see it: `![text]({image})`"
            ),
            Self::RawHtml => write!(to, "HTML has no place in a lesson: write Markdown"),
            Self::HeadingLevel(level) => write!(
                to,
                "a heading of level {level} has no place here: a lesson's begin at level 2 and skip none"
            ),
            Self::DuplicateId(id) => write!(to, "the id `{id}` is there twice on the page"),
            Self::DeadFootnote => {
                write!(to, "`[^…]` refers to no footnote: below, `[^name]: text`")
            }
            Self::UnusedFootnote(name) => write!(to, "nothing refers to the footnote `{name}`"),
            Self::NotInline => write!(to, "a few words are wanted here, not paragraphs or lists"),
            Self::Braces => write!(
                to,
                "`{{{{` begins an example, which is a paragraph of its own: `{{{{ example name }}}}`"
            ),
            Self::UnknownExample(name) => {
                write!(
                    to,
                    "the lesson has no example `{name}`: there is no `{name}.toml`"
                )
            }
            Self::RepeatedExample(name) => {
                write!(to, "the example `{name}` is there twice in the lesson")
            }
            Self::UnusedExample => write!(to, "the example is nowhere in the lesson"),
            Self::MissingStart(file) => {
                write!(to, "the example has no file of how it starts, `{file}`")
            }
            Self::MissingSolution(file) => {
                write!(to, "the example has no file of what solves it, `{file}`")
            }
            Self::StartPresses => write!(
                to,
                "the start only changes things: what is pressed is pressed by the visitor"
            ),
            Self::UnknownLab(name) => write!(to, "there is no lab `{name}`"),
            Self::NoRun => write!(to, "`run` names at least one press of the lab"),
            Self::NoCheck => write!(to, "a task has at least one `[[task.check]]`"),
            Self::HintCount(count) => write!(to, "a task has three hints, not {count}"),
            Self::AnswerCount(count) => {
                write!(to, "a why-question has at least two answers, not {count}")
            }
            Self::RightAnswers(count) => {
                write!(to, "a why-question has one right answer, not {count}")
            }
            Self::Empty(what) => write!(to, "`{what}` says nothing"),
            Self::Date(text) => write!(to, "`{text}` is not a day such as 2026-11-22"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            problem,
        } = self;
        write!(to, "{file}:{line}:{column}: {problem} ({})", problem.code())
    }
}

impl std::error::Error for Fault {}
