use alloc::collections::BTreeMap;

use consent_engine::{Aggregate, CommandId, ContactPointId, ImportId, LogId, Position, SubjectId, WriterId};
use serde_json::Value;

use crate::label::Label;

/// The names of a scenario, and the ids made from them.
///
/// A host has ids already; a scenario has names. An id is a UUID of version 8 over a hash of kind and name, so that
/// every run makes the same ones.
#[derive(Debug, Default)]
pub(crate) struct Names {
    names: BTreeMap<u128, String>,
    /// Names of what the engine made, with its ids.
    given: BTreeMap<(&'static str, String), u128>,
}

impl Names {
    pub(crate) fn subject(&mut self, name: &Label) -> SubjectId {
        SubjectId::from_u128(self.learn("person", name.as_str()))
    }

    pub(crate) fn point(&mut self, name: &Label) -> ContactPointId {
        ContactPointId::from_u128(self.learn("point", name.as_str()))
    }

    pub(crate) fn writer(&mut self, name: &Label) -> WriterId {
        WriterId::from_u128(self.learn("writer", name.as_str()))
    }

    /// The id of the command of a step; of its request too.
    pub(crate) fn command(&mut self, step: &Label) -> CommandId {
        CommandId::from_u128(self.learn("step", step.as_str()))
    }

    /// The id of the command of a step without a name.
    pub(crate) fn unnamed(number: u64) -> CommandId {
        CommandId::from_u128(id_of("line", &number.to_string()))
    }

    /// The id of the command after this one, from the same payload.
    pub(crate) fn next(command: CommandId) -> CommandId {
        CommandId::from_u128(id_of("next", &command.to_string()))
    }

    pub(crate) fn subject_name(&self, id: SubjectId) -> String {
        self.name(id.uuid().as_u128())
    }

    pub(crate) fn import_name(&self, id: ImportId) -> String {
        self.name(id.uuid().as_u128())
    }

    pub(crate) fn import(&mut self, name: &str) -> ImportId {
        ImportId::from_u128(self.learn("import", name))
    }

    /// Calls a person whom an import made known by a name.
    pub(crate) fn call_subject(&mut self, id: SubjectId, name: &Label) {
        self.call("person", id.uuid().as_u128(), name);
    }

    /// Calls a contact point that an import made by a name.
    pub(crate) fn call_point(&mut self, id: ContactPointId, name: &Label) {
        self.call("point", id.uuid().as_u128(), name);
    }

    fn call(&mut self, kind: &'static str, id: u128, name: &Label) {
        self.given.insert((kind, name.to_string()), id);
        self.names.insert(id, name.to_string());
    }

    /// The bytes of the secret in a link: the same in every run, so that a scenario can be repeated. A real host takes them from a
    /// cryptographic random source, for each request others.
    pub(crate) fn secret(link: &Label) -> Vec<u8> {
        ["secret", "secret, second half"].map(|kind| id_of(kind, link.as_str()).to_be_bytes()).concat()
    }

    fn learn(&mut self, kind: &'static str, name: &str) -> u128 {
        let given = self.given.get(&(kind, name.to_owned())).copied();
        let id = given.unwrap_or_else(|| id_of(kind, name));
        self.names.entry(id).or_insert_with(|| name.to_owned());
        id
    }

    pub(crate) fn point_name(&self, id: ContactPointId) -> String {
        self.name(id.uuid().as_u128())
    }

    pub(crate) fn log_name(&self, log: LogId) -> String {
        let (kind, id) = match log.aggregate {
            Aggregate::Subject(id) => ("person", id.uuid()),
            Aggregate::Point(id) => ("point", id.uuid()),
        };
        format!("{kind}:{}@{}", self.name(id.as_u128()), self.name(log.writer.uuid().as_u128()))
    }

    pub(crate) fn position_name(&self, at: Position) -> String {
        format!("{}#{}", self.log_name(at.log), at.seq.get())
    }

    fn name(&self, id: u128) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| format!("{id:032x}"))
    }

    /// The same value with names instead of ids, logs and positions in one word, and free text hidden.
    pub(crate) fn rename(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.rename_text(text)),
            Value::Array(items) => items.into_iter().map(|item| self.rename(item)).collect(),
            Value::Object(fields) => {
                let whole = Value::Object(fields);
                if let Some(name) = self.place(&whole) {
                    return Value::String(name);
                }
                let Value::Object(fields) = whole else { return Value::Null };
                let shown = |(key, value): (String, Value)| {
                    let hidden = key == "note" && value.is_string();
                    let value = if hidden { Value::from("[redacted]") } else { self.rename(value) };
                    (key, value)
                };
                fields.into_iter().map(shown).collect()
            }
            other => other,
        }
    }

    fn place(&self, value: &Value) -> Option<String> {
        let fields = value.as_object()?;
        if fields.len() != 2 {
            return None;
        }
        if fields.contains_key("aggregate") && fields.contains_key("writer") {
            return serde_json::from_value::<LogId>(value.clone()).ok().map(|log| self.log_name(log));
        }
        if fields.contains_key("log") && fields.contains_key("seq") {
            return serde_json::from_value::<Position>(value.clone()).ok().map(|at| self.position_name(at));
        }
        None
    }

    /// A text with names instead of ids, where they stand as words.
    pub(crate) fn rename_words(&self, text: &str) -> String {
        let words = text.split(' ').map(|word| self.rename_text(word.to_owned()));
        words.collect::<Vec<_>>().join(" ")
    }

    fn rename_text(&self, text: String) -> String {
        let id = uuid::Uuid::parse_str(&text).ok();
        id.and_then(|id| self.names.get(&id.as_u128()).cloned()).unwrap_or(text)
    }
}

/// FNV-1a over kind and name, marked as a UUID of version 8 (RFC 9562).
fn id_of(kind: &str, name: &str) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    const VERSION: u128 = 0xf << 76;
    const VARIANT: u128 = 0b11 << 62;
    let bytes = kind.bytes().chain([0]).chain(name.bytes());
    let hash = bytes.fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    (hash & !VERSION & !VARIANT) | (8 << 76) | (0b10 << 62)
}
