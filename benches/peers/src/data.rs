//! Whom we ask about and what we ask: flat records, the same on every run.
//!
//! Where a record could not be told to the engine as something that happened, the record was made to fit:
//!
//! - A purpose on legitimate interest has no consent, so it is never withdrawn, pending or expired.
//! - The transactional purpose has the same channels for everybody: the catalogue says so, not the person.
//! - Each subject has one e-mail address and one telephone number; e-mail is asked of the one, text messages and
//!   calls of the other. An unknown contact point is another subject's.

mod draw;

use std::ops::Range;

/// The instant of every question, in seconds since the Unix epoch.
pub const NOW: i64 = 1_795_000_000;
/// An instant that does not come: the numbers of casbin have 32 bits.
pub const NEVER: i64 = i32::MAX as i64;
/// How many questions there are.
pub const QUESTIONS: usize = 1_024;
/// The purposes; the last one is transactional, the others promote.
pub const PURPOSES: [&str; 4] = ["newsletter", "offers", "partners", "receipts"];

/// The way a message takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// Telephone call.
    Voice,
}

/// What promotion of one purpose rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The person's consent.
    Consent,
    /// A legitimate interest.
    LegitimateInterest,
    /// A contract: only the transactional purpose.
    Contract,
}

/// What became of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Given.
    Granted,
    /// Given and taken back.
    Withdrawn,
    /// Asked for.
    Pending,
    /// Given and run out.
    Expired,
}

/// Whether messages to a contact point arrive and are welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointState {
    /// Nothing is wrong.
    Fine,
    /// They come back.
    Bounced,
    /// Its holder complained.
    Complained,
}

/// What is known of one purpose of one subject.
#[derive(Clone, Copy, Debug)]
pub struct Ground {
    /// What it rests on.
    pub basis: Basis,
    /// What became of the consent; always granted where none is needed.
    pub status: Status,
    /// When the consent ends, or [`NEVER`].
    pub expires_at: i64,
    /// The channels, a bit for each; see [`Way::bit`].
    pub channels: u8,
}

/// A contact point.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Which.
    pub id: u64,
    /// How it is.
    pub state: PointState,
}

/// Somebody.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// Who.
    pub id: u128,
    /// Lives where legitimate interest does not carry promotion.
    pub strict: bool,
    /// Opted out of all promotion.
    pub opted_out: bool,
    /// Until when nothing is to be promoted; 0 if no pause was ever asked for.
    pub pause_until: i64,
    /// The e-mail address and the telephone number.
    pub points: [Point; 2],
    /// One for each of [`PURPOSES`].
    pub grounds: [Ground; 4],
}

/// May we send this, this way, to this contact point, [now](NOW)?
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The number of the subject.
    pub subject: usize,
    /// The number of the purpose.
    pub purpose: usize,
    /// The channel.
    pub way: Way,
    /// The contact point.
    pub point: u64,
}

/// Subjects, and questions about them.
#[derive(Clone, Debug)]
pub struct World {
    /// The subjects.
    pub subjects: Vec<Subject>,
    /// The questions.
    pub questions: Vec<Question>,
}

impl World {
    /// The world of every run: 1,000 subjects and [`QUESTIONS`] questions.
    #[must_use]
    pub fn new() -> Self {
        let subjects: Vec<_> = (0..1_000).map(Subject::numbered).collect();
        let questions = (0..QUESTIONS as u64).map(|number| Question::numbered(number, &subjects)).collect();
        Self { subjects, questions }
    }

    /// The subject of a question.
    #[must_use]
    pub fn asked(&self, question: &Question) -> &Subject {
        &self.subjects[question.subject]
    }

    /// The numbers of all questions.
    #[must_use]
    pub fn all(&self) -> Range<usize> {
        0..self.questions.len()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl Subject {
    /// The state of a contact point, if it is the subject's.
    #[must_use]
    pub fn point_state(&self, id: u64) -> Option<PointState> {
        self.points.iter().find(|point| point.id == id).map(|point| point.state)
    }
}

impl Ground {
    /// The channels, one by one.
    pub fn ways(self) -> impl Iterator<Item = Way> {
        Way::ALL.into_iter().filter(move |way| self.channels & way.bit() != 0)
    }
}

impl Question {
    /// Whether what is asked about promotes anything.
    #[must_use]
    pub const fn is_transactional(&self) -> bool {
        self.purpose == PURPOSES.len() - 1
    }
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Email, Self::Sms, Self::Voice];

    /// Its bit in a set.
    #[must_use]
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// The place in [`Subject::points`] of the contact point that it takes.
    #[must_use]
    pub fn place(self) -> usize {
        usize::from(self != Self::Email)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Voice => "voice",
        }
    }
}

impl Basis {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::LegitimateInterest => "legitimate_interest",
            Self::Contract => "contract",
        }
    }
}

impl Status {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Withdrawn => "withdrawn",
            Self::Pending => "pending",
            Self::Expired => "expired",
        }
    }
}

impl PointState {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}
