//! What a person may choose, shown row by row, and what they choose, taken back in.

mod choice;
mod form;
mod happening;
mod submission;
mod view;

pub use choice::Choice;
pub use form::{PreferenceForm, ShownRow};
pub use happening::{Happened, Happening};
pub use submission::{Chosen, RowWish, Submission, Wish};
pub use view::{PreferenceRow, PreferenceView, Showing};
