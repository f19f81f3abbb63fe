//! Double opt-in: a person, two addresses, a mailbox at each, a scanner, and a clock that is set forward and back.
//!
//! Every order of what may happen is explored; what happens is decided by the real `decide` on the real view.

use std::sync::Arc;

use consent_engine::*;
use stateright::{Model, Property};

use crate::digest;
use crate::support::*;

/// A request lives for more than one of these, and less than two.
const FORWARD: i64 = 4 * 86_400;

/// How the host gets it wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// devise #5783: the link says who, and not what for; it confirms whatever was asked for last.
    TokenOfThePerson,
    /// A link that is opened is taken for a confirmation.
    OpeningConfirms,
    /// A link that a withdrawal made void asks again and confirms that at once.
    WithdrawalIsForgotten,
    /// The confirmation is dated back to when the message was sent.
    NothingExpires,
    /// A link that was used asks again and confirms that at once.
    UsedTwice,
}

pub struct SignUp {
    pub fault: Fault,
    pub budget: Budget,
    /// What must come up, or the laws hold of an empty world.
    reaches: Vec<&'static str>,
    policy: Policy,
    before: View,
}

/// How often each thing may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    pub asks: u8,
    pub changes: u8,
    pub presented: u8,
    pub opened: u8,
    pub withdrawals: u8,
    pub forward: u8,
    pub back: u8,
    pub notes: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The person asks for the newsletter at their present address; a message goes there.
    Ask,
    /// The person gives another address.
    Change,
    /// Whoever reads a message presses the button behind its link.
    Confirm(usize),
    /// A scanner opens the link of a message.
    Open(usize),
    Withdraw,
    Forward,
    Back,
    /// Something else is recorded, so that its instant is known.
    Note,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    facts: Facts,
    /// Seconds after the start, as the host's clock has it.
    now: i64,
    /// The latest instant at which anything was recorded.
    known: i64,
    changed: bool,
    mails: Vec<Mail>,
    /// The confirmations that counted.
    confirmed: Vec<Confirmed>,
    /// Why the last confirmation did not count.
    refused: Option<Rejection>,
    commands: u8,
    left: Budget,
}

/// The facts so far, as a view.
#[derive(Clone, Debug)]
struct Facts {
    view: Arc<View>,
    digest: u64,
}

/// A message, in the mailbox of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Mail {
    to: ContactPointId,
    request: u8,
    sent: i64,
    /// A withdrawal, or a newer message to the same address, came since.
    void: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Confirmed {
    mail: Mail,
    place: usize,
    /// What was granted.
    point: ContactPointId,
    pressed: bool,
    now: i64,
    known: i64,
    /// A withdrawal came since.
    withdrawn: bool,
}

impl SignUp {
    pub fn new(fault: Fault, budget: Budget) -> Self {
        let policy = policy().with_request_limit(16, Span::days(1)).unwrap();
        let before = Run::new(&policy).view;
        Self { fault, budget, reaches: Vec::new(), policy, before }
    }

    pub fn reaching(mut self, names: &[&'static str]) -> Self {
        self.reaches = names.to_vec();
        self
    }

    fn hash(&self, request: u8, to: ContactPointId) -> TokenHash {
        let bound = match self.fault {
            Fault::TokenOfThePerson => (0, SECOND_EMAIL),
            _ => (request, to),
        };
        TokenHash::new([digest(&bound).to_le_bytes(); 4].concat().try_into().unwrap())
    }

    fn decide(&self, state: &mut State, command: &Command, now: i64) -> Result<Decided, Rejection> {
        let command_id = CommandId::from_u128(u128::from(state.commands) + 1);
        let ctx = Ctx { now: t(now), writer: WRITER, command: command_id, policy: &self.policy };
        let decided = decide(&state.facts.view, command, &ctx)?;
        let mut view = View::clone(&state.facts.view);
        view.apply(&self.policy, &decided.facts).unwrap();
        let digest = digest(&(state.facts.digest, &decided.facts));
        state.facts = Facts { view: Arc::new(view), digest };
        state.commands += 1;
        state.known = state.known.max(now);
        Ok(decided)
    }

    fn ask(&self, state: &mut State) -> bool {
        let to = if state.changed { SECOND_EMAIL } else { EMAIL };
        let (request, asked) = (state.commands + 1, cell("news", to));
        let ask = Command::new(Actor::unauthenticated(), Act::Request(vec![Stated::cell(asked)]));
        let ask = ask.with_token(asked, self.hash(request, to));
        if self.decide(state, &ask, state.now).is_err() {
            return false;
        }
        for mail in state.mails.iter_mut().filter(|mail| mail.to == to) {
            mail.void = true;
        }
        state.mails.push(Mail { to, request, sent: state.now, void: false });
        true
    }

    /// A link is presented: by the button on its page, or by opening it only.
    fn present(&self, state: &mut State, place: usize, pressed: bool) {
        let mail = state.mails[place];
        let now = if self.fault == Fault::NothingExpires { mail.sent } else { state.now };
        let told = self.confirm(state, mail, pressed, now);
        let asks_anew = match self.fault {
            Fault::WithdrawalIsForgotten => told == Err(Rejection::Superseded),
            Fault::UsedTwice => told == Err(Rejection::AlreadyConfirmed),
            _ => false,
        };
        let told = if asks_anew && self.ask(state) {
            let again = *state.mails.last().unwrap();
            state.mails.pop();
            self.confirm(state, again, pressed, now)
        } else {
            told
        };
        state.refused = told.err();
        let at = (state.now, state.known);
        for point in told.into_iter().flatten() {
            let (now, known) = at;
            state.confirmed.push(Confirmed { mail, place, point, pressed, now, known, withdrawn: false });
        }
    }

    /// What was granted, at which address.
    fn confirm(
        &self,
        state: &mut State,
        mail: Mail,
        pressed: bool,
        now: i64,
    ) -> Result<Option<ContactPointId>, Rejection> {
        let asked = match self.fault {
            Fault::TokenOfThePerson => *state.mails.last().unwrap(),
            _ => mail,
        };
        let method = match self.fault {
            Fault::OpeningConfirms => Method::Explicit,
            _ if pressed => Method::Explicit,
            _ => Method::LinkOpened,
        };
        let evidence = Evidence::new(method, SourceName::new("email_link").unwrap());
        let confirm = Act::Confirm(RequestId::from_u128(asked.request.into()));
        let confirm = Command::new(Actor::subject(), confirm).with_evidence(evidence);
        let confirm = confirm.with_token(cell("news", asked.to), self.hash(mail.request, mail.to));
        let decided = self.decide(state, &confirm, now)?;
        Ok(decided.facts.iter().find_map(|fact| fact.kind.grant()).and_then(|grant| grant.cell.point))
    }

    fn permits(&self, state: &State, point: ContactPointId) -> bool {
        let index = self.policy.catalogue().index(id("news")).unwrap();
        let query = Query::new(index, RegimeSet::OPT_IN).on(Channel::Email).at(point);
        permits(&state.facts.view, &query, &self.policy, t(state.now))
    }
}

impl Model for SignUp {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let facts = Facts { view: Arc::new(self.before.clone()), digest: 0 };
        // The addresses were attached in the hour before.
        let (now, known) = (3_600, 0);
        let (mails, confirmed) = (Vec::new(), Vec::new());
        let left = self.budget;
        vec![State { facts, now, known, changed: false, mails, confirmed, refused: None, commands: 0, left }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Step>) {
        let left = state.left;
        let mails = || 0..state.mails.len();
        actions.extend((left.asks > 0).then_some(Step::Ask));
        actions.extend((left.changes > 0).then_some(Step::Change));
        actions.extend(mails().filter(|_| left.presented > 0).map(Step::Confirm));
        actions.extend(mails().filter(|_| left.opened > 0).map(Step::Open));
        actions.extend((left.withdrawals > 0).then_some(Step::Withdraw));
        actions.extend((left.forward > 0).then_some(Step::Forward));
        actions.extend((left.back > 0).then_some(Step::Back));
        actions.extend((left.notes > 0).then_some(Step::Note));
    }

    fn next_state(&self, last: &State, action: Step) -> Option<State> {
        let mut state = State { refused: None, ..last.clone() };
        match action {
            Step::Ask => {
                state.left.asks -= 1;
                self.ask(&mut state);
            }
            Step::Change => {
                state.left.changes -= 1;
                state.changed = true;
                let replace = Act::Replace { old: EMAIL, new: SECOND_EMAIL };
                let now = state.now;
                self.decide(&mut state, &Command::new(Actor::subject(), replace), now).unwrap();
            }
            Step::Confirm(place) => {
                state.left.presented -= 1;
                self.present(&mut state, place, true);
            }
            Step::Open(place) => {
                state.left.opened -= 1;
                self.present(&mut state, place, false);
            }
            Step::Withdraw => {
                state.left.withdrawals -= 1;
                let opt_out = Act::OptOut(vec![Scope::EVERYTHING]);
                let now = state.now;
                self.decide(&mut state, &Command::new(Actor::subject(), opt_out), now).unwrap();
                state.mails.iter_mut().for_each(|mail| mail.void = true);
                state.confirmed.iter_mut().for_each(|confirmed| confirmed.withdrawn = true);
            }
            Step::Forward => {
                state.left.forward -= 1;
                state.now += FORWARD;
            }
            Step::Back => {
                state.left.back -= 1;
                state.now -= FORWARD;
            }
            Step::Note => {
                state.left.notes -= 1;
                let note = Act::NoticeSeen { notice: None, scope: None };
                let now = state.now;
                self.decide(&mut state, &Command::new(Actor::subject(), note), now).unwrap();
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let reached = reached().into_iter().filter(|property| self.reaches.contains(&property.name));
        laws().into_iter().chain(reached).collect()
    }
}

pub const L19: &str = "L19 a message confirms the address that it went to, and no other";
pub const L20_EARLY: &str = "L20 a message confirms nothing before it was sent";
pub const L20_LATE: &str = "L20 a message confirms nothing when it has expired";
pub const L20_ONCE: &str = "L20 a message confirms once";
pub const L21: &str = "L21 opening a link confirms nothing";
pub const L22: &str = "L22 a withdrawal, or a newer message, makes a message void";
pub const L01: &str = "L01 what is permitted was confirmed there, and not withdrawn since";

fn laws() -> Vec<Property<SignUp>> {
    vec![
        Property::always(L19, |_, state: &State| state.confirmed.iter().all(|own| own.point == own.mail.to)),
        Property::always(L20_EARLY, |_, state: &State| {
            state.confirmed.iter().all(|own| own.mail.sent <= own.now)
        }),
        Property::always(L20_LATE, |model: &SignUp, state: &State| {
            let lifetime = i64::try_from(model.policy.request_lifetime().as_micros() / 1_000_000).unwrap();
            state.confirmed.iter().all(|own| own.now.max(own.known) < own.mail.sent + lifetime)
        }),
        Property::always(L20_ONCE, |_, state: &State| {
            let mut places: Vec<_> = state.confirmed.iter().map(|own| own.place).collect();
            places.sort_unstable();
            places.windows(2).all(|pair| pair[0] != pair[1])
        }),
        Property::always(L21, |_, state: &State| state.confirmed.iter().all(|own| own.pressed)),
        Property::always(L22, |_, state: &State| state.confirmed.iter().all(|own| !own.mail.void)),
        Property::always(L01, |model: &SignUp, state: &State| {
            [EMAIL, SECOND_EMAIL].into_iter().all(|point| {
                let stands = |own: &Confirmed| own.mail.to == point && own.pressed && !own.withdrawn;
                !model.permits(state, point) || state.confirmed.iter().any(stands)
            })
        }),
    ]
}

pub const NEXT: &str = "permitted at the next address";
pub const AGAIN: &str = "permitted again after a withdrawal";
pub const EXPIRED: &str = "expired";
pub const EARLY: &str = "not yet valid";
pub const BEHIND: &str = "the clock is behind";
pub const ALREADY: &str = "already confirmed";
pub const SUPERSEDED: &str = "superseded";
pub const REPLACED: &str = "replaced by a newer message";
pub const OPENED: &str = "opened only";

/// What may come up.
fn reached() -> [Property<SignUp>; 9] {
    [
        Property::sometimes(NEXT, |model: &SignUp, state| model.permits(state, SECOND_EMAIL)),
        Property::sometimes(AGAIN, |model: &SignUp, state: &State| {
            model.permits(state, EMAIL) && state.left.withdrawals < model.budget.withdrawals
        }),
        Property::sometimes(EXPIRED, |_, state| refused(state, Rejection::TokenExpired)),
        Property::sometimes(EARLY, |_, state| refused(state, Rejection::TokenNotYetValid)),
        Property::sometimes(BEHIND, |_, state| refused(state, Rejection::ClockJump)),
        Property::sometimes(ALREADY, |_, state| refused(state, Rejection::AlreadyConfirmed)),
        Property::sometimes(SUPERSEDED, |_, state| refused(state, Rejection::Superseded)),
        Property::sometimes(REPLACED, |_, state| refused(state, Rejection::NoPendingRequest)),
        Property::sometimes(OPENED, |_, state| {
            refused(state, Rejection::EvidenceRejected(EvidenceProblem::MethodIsNoConsent))
        }),
    ]
}

fn refused(state: &State, rejection: Rejection) -> bool {
    state.refused == Some(rejection)
}

known_by_digest!(Facts);
