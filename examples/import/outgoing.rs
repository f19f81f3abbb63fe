use alloc::borrow::Cow;

/// Text that goes out to where a spreadsheet may open it. One that would be read as a formula is kept from it by an apostrophe; control
/// characters become spaces; it is cut where nobody reads on.
pub(crate) fn neutral(text: &str) -> Cow<'_, str> {
    const MOST: usize = 400;
    let plain = text.chars().all(|c| !c.is_control()) && text.chars().count() <= MOST;
    let formula = text.trim_start().starts_with(['=', '+', '-', '@']);
    if plain && !formula {
        return Cow::Borrowed(text);
    }
    let clean = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c });
    Cow::Owned(formula.then_some('\'').into_iter().chain(clean).collect())
}
