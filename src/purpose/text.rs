use alloc::string::String;
use core::fmt;

use crate::line;
use crate::purpose::Purpose;

/// Which text of a purpose, of those that people read.
///
/// ```
/// use consent_engine::{
///     Catalogue, CatalogueProblem, Channel, InvalidName, LawfulBasis, Purpose, PurposeClass, PurposeId, PurposeText,
/// };
/// let news = PurposeId::new("news")?;
/// let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email]);
/// let Err(error) = Catalogue::new([purpose.with_title("News\r\nYou agreed to everything")], []) else { panic!() };
/// assert_eq!(error.problems(), [CatalogueProblem::UnsafeText { purpose: news, text: PurposeText::Title, at: 4 }]);
/// # Ok::<(), InvalidName>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PurposeText {
    /// [`Purpose::title`].
    Title,
    /// [`Purpose::description`].
    Description,
    /// [`Purpose::frequency`].
    Frequency,
    /// One of [`Purpose::recipients`], counted from 0.
    Recipient(usize),
}

impl fmt::Display for PurposeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Title => f.write_str("title"),
            Self::Description => f.write_str("description"),
            Self::Frequency => f.write_str("frequency text"),
            Self::Recipient(index) => write!(f, "recipient {index}"),
        }
    }
}

impl Purpose {
    /// Every text that does not stay on its line, with the index of its first offending character.
    pub(super) fn unsafe_texts(&self) -> impl Iterator<Item = (PurposeText, usize)> {
        let named = [
            (PurposeText::Title, self.title()),
            (PurposeText::Description, self.description()),
            (PurposeText::Frequency, self.frequency()),
        ];
        let recipients = self.recipients().iter().map(String::as_str).enumerate();
        let recipients = recipients.map(|(index, text)| (PurposeText::Recipient(index), text));
        named.into_iter().chain(recipients).filter_map(|(which, text)| Some((which, line::broken_at(text)?)))
    }
}
