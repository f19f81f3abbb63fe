//! The bounds of what a dialect reads. Each is checked before the work that it bounds.

/// Characters of an identifier: an e-mail address or a record id (64 + 1 + 255 of RFC 5321).
pub const ID_CHARS: usize = 320;
/// Bytes of a query string; Salesforce refuses longer ones as `URI_TOO_LONG`.
pub const QUERY_BYTES: usize = 16_000;
/// Bytes of one decoded query value.
pub const VALUE_BYTES: usize = 4_096;
/// Parameters of one query string.
pub const PARAMS: usize = 64;
/// Bytes of a body.
pub const BODY_BYTES: usize = 1 << 20;
/// Values, keys not counted, in one JSON body.
pub const JSON_VALUES: usize = 20_000;
/// Lists and objects of a JSON body inside each other.
pub const JSON_DEPTH: usize = 16;
/// Rows that explain the answer about one person.
pub const READ_ROWS: usize = 1_000;
/// Identifiers of one read, and of one answer; about what fits a URI of 16,000 characters.
pub const READ_IDS: usize = 800;
