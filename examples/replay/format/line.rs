use consent_engine::Timestamp;
use serde::Deserialize;

use crate::fault::Fault;
use crate::format::strict::{present, present_object};
use crate::format::{
    CellSpec, ConfirmSpec, Deed, Delay, Expect, ImportSpec, OneClickSpec, Payload, PersonSpec, PolicyChange,
    Question, Settings,
};
use crate::label::Label;

/// One line as it is written: `scenario` alone, or a step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object: a `scenario`, or a step with `at` or `after`")]
pub(crate) struct Line {
    #[serde(default, deserialize_with = "present")]
    scenario: Option<Box<Settings>>,
    #[serde(default, deserialize_with = "present")]
    at: Option<Timestamp>,
    #[serde(default, deserialize_with = "present")]
    after: Option<Delay>,
    #[serde(default, deserialize_with = "present")]
    id: Option<Label>,
    #[serde(default, deserialize_with = "present")]
    note: Option<String>,
    #[serde(default, deserialize_with = "present")]
    person: Option<PersonSpec>,
    #[serde(default, deserialize_with = "present_object")]
    policy: Option<Box<PolicyChange>>,
    #[serde(default, deserialize_with = "present")]
    act: Option<Box<Deed>>,
    #[serde(default, deserialize_with = "present")]
    payload: Option<Box<Payload>>,
    #[serde(default, deserialize_with = "present")]
    import: Option<Box<ImportSpec>>,
    #[serde(default, deserialize_with = "present")]
    confirm: Option<Box<ConfirmSpec>>,
    #[serde(default, deserialize_with = "present")]
    one_click: Option<Box<OneClickSpec>>,
    #[serde(default, deserialize_with = "present")]
    ask: Option<Box<Question>>,
    #[serde(default, deserialize_with = "present")]
    state: Option<CellSpec>,
    #[serde(default, deserialize_with = "present_object")]
    expect: Option<Box<Expect>>,
}

/// A line as it is meant.
#[derive(Debug)]
pub(crate) enum Entry {
    Scenario(Box<Settings>),
    Step(Step),
}

/// One thing that happens in a scenario.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) when: When,
    pub(crate) id: Option<Label>,
    pub(crate) note: Option<String>,
    pub(crate) action: Action,
    pub(crate) expect: Box<Expect>,
}

impl Step {
    /// A person of the settings line comes in.
    pub(crate) fn arrival(at: Timestamp, person: PersonSpec) -> Self {
        let (when, action) = (When::At(at), Action::Person(person));
        Self { when, id: None, note: None, action, expect: Box::default() }
    }
}

/// When a step happens: at an instant, or some time after the step before.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    At(Timestamp),
    After(Delay),
}

/// What happens.
#[derive(Debug)]
pub(crate) enum Action {
    Person(PersonSpec),
    Policy(Box<PolicyChange>),
    Act(Box<Deed>),
    Payload(Box<Payload>),
    Import(Box<ImportSpec>),
    Confirm(Box<ConfirmSpec>),
    OneClick(Box<OneClickSpec>),
    Ask(Box<Question>),
    State(CellSpec),
    /// Time passes.
    Pass,
}

impl Line {
    pub(crate) fn entry(self) -> Result<Entry, Fault> {
        let when = match (self.at, self.after) {
            (Some(at), None) => Some(When::At(at)),
            (None, Some(after)) => Some(When::After(after)),
            (None, None) => None,
            (Some(_), Some(_)) => return Err(Fault::field("after", "a step has it or `at`, not both")),
        };
        let named = self.id.is_some() || self.note.is_some() || self.expect.is_some() || when.is_some();
        let mut actions = [
            self.person.map(Action::Person),
            self.policy.map(Action::Policy),
            self.act.map(Action::Act),
            self.payload.map(Action::Payload),
            self.import.map(Action::Import),
            self.confirm.map(Action::Confirm),
            self.one_click.map(Action::OneClick),
            self.ask.map(Action::Ask),
            self.state.map(Action::State),
        ]
        .into_iter()
        .flatten();
        let (action, second) = (actions.next(), actions.next());
        match (self.scenario, when) {
            (Some(settings), None) if !named && action.is_none() => Ok(Entry::Scenario(settings)),
            (Some(_), _) => Err(Fault::input("`scenario` stands alone on its line")),
            (None, _) if second.is_some() => Err(Fault::input("a step does one thing: split it")),
            (None, None) => Err(Fault::input("a step has an instant: `at` or `after`")),
            (None, Some(when)) => {
                let action = action.unwrap_or(Action::Pass);
                let expect = self.expect.unwrap_or_default();
                Ok(Entry::Step(Step { when, id: self.id, note: self.note, action, expect }))
            }
        }
    }
}
