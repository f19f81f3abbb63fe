use alloc::collections::BTreeMap;
use alloc::string::String;

use crate::channel::Channel;
use crate::evidence::Evidence;
use crate::fact::PurposeScope;
use crate::op::import::{ImportRow, RowProblem, RowStatement, Said};
use crate::purpose::PurposeId;
use crate::time::Timestamp;

/// What a value of a custom field means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "yes, no, or nothing: there is no fourth")]
pub enum Meaning {
    /// The person agreed. It grants only with evidence and a date.
    OptedIn,
    /// The person refused or withdrew.
    OptedOut,
    /// It says nothing.
    Nothing,
}

/// How a custom field of another system is read: what its values mean for a purpose.
///
/// Values are compared without regard to case and to white space around them. A value that was not given a meaning never grants: it is
/// read as a refusal or, with [`rejecting_unknown`](Self::rejecting_unknown), makes the row malformed. An empty value says nothing, unless
/// it was given a meaning.
///
/// ```
/// use consent_engine::op::import::{CustomField, ImportRow, Meaning, RowStatement};
/// use consent_engine::{Channel, PurposeId, PurposeScope};
/// let news = PurposeId::new("news")?;
/// let field = CustomField::new(4, news).on(Channel::Email).meaning("no", Meaning::OptedOut);
/// let row = field.read(ImportRow::new(1), " NO ", None);
/// let refused = RowStatement::opted_out(PurposeScope::Subtree(news)).on(Channel::Email);
/// assert_eq!(row.statements(), [refused.clone()]);
/// assert_eq!(field.read(ImportRow::new(2), "maybe", None).statements(), [refused], "what is not understood restricts");
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomField {
    column: u32,
    purpose: PurposeId,
    channel: Option<Channel>,
    evidence: Option<Evidence>,
    meanings: BTreeMap<String, Meaning>,
    rejects_unknown: bool,
}

impl CustomField {
    /// The field in a column (from 1) is about a purpose.
    #[must_use]
    pub const fn new(column: u32, purpose: PurposeId) -> Self {
        let meanings = BTreeMap::new();
        Self { column, purpose, channel: None, evidence: None, meanings, rejects_unknown: false }
    }

    /// On one channel only.
    #[must_use]
    pub const fn on(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// A value means this.
    #[must_use]
    pub fn meaning(mut self, value: &str, meaning: Meaning) -> Self {
        self.meanings.insert(folded(value), meaning);
        self
    }

    /// What an agreement in this field rests on. Without it the field grants nothing.
    #[must_use]
    pub fn attested_by(mut self, evidence: Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    /// A value without a meaning makes the row malformed, instead of being read as a refusal.
    #[must_use]
    pub const fn rejecting_unknown(mut self) -> Self {
        self.rejects_unknown = true;
        self
    }

    /// The row with what a value of the field says, at an instant if it is known.
    #[must_use]
    pub fn read(&self, row: ImportRow, value: &str, at: Option<Timestamp>) -> ImportRow {
        let value = folded(value);
        let meaning = match self.meanings.get(&value) {
            Some(meaning) => *meaning,
            None if value.is_empty() => Meaning::Nothing,
            None if self.rejects_unknown => {
                return row.malformed(RowProblem::UnknownValue { column: self.column });
            }
            None => Meaning::OptedOut,
        };
        let said = match meaning {
            Meaning::OptedIn => Said::OptedIn(self.purpose),
            Meaning::OptedOut => Said::OptedOut(PurposeScope::Subtree(self.purpose)),
            Meaning::Nothing => return row,
        };
        let evidence = self.evidence.clone().filter(|_| meaning == Meaning::OptedIn);
        row.saying(RowStatement { said, channel: self.channel, at, evidence })
    }
}

fn folded(value: &str) -> String {
    value.trim().to_lowercase()
}
