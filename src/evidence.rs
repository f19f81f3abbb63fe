//! How we know: who acted, by what method, under which notice.

mod actor;
mod method;
mod note;
mod notice;
mod one_click;
mod record;

pub use actor::{Actor, ActorKind, Authority, Power, RecordedActor, Role, Via};
pub use method::{Method, Strength};
pub use note::{Note, NoteError};
pub use notice::{Notice, NoticeId};
pub use one_click::OneClick;
pub use record::{Evidence, LanguageTag, SourceName};
