//! Three regions that merge, part and restrict two records, and hear of each other in any order.
//!
//! What is recorded is decided by the real `decide` on the real view of a region; what a region hears is the join of
//! projections. Every deed has an instant of its own, whenever it happens: regions need no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;
use std::sync::{Arc, RwLock};

use consent_engine::*;
use stateright::{Model, Property};

use crate::digest;
use crate::known::{ADA, BOB, Known, Noted, at_home, record};
use crate::support::*;

const REGIONS: usize = 3;

/// How the host gets it wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    /// Of merged records the status of the first is kept.
    FirstStatus,
    /// After an unmerge each part is asked about by its own logs alone.
    UnmergeDrops,
    /// An unmerge ends every merge, also those that it did not see.
    UnmergeWins,
    /// A merge carries the grants of one record to the address of the other.
    GrantsCarried,
    /// An opt-out says that it knew of every unmerge there will ever be.
    KnowsTooMuch,
}

/// Something that happens once, in whatever region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    Merge,
    MergeAgain,
    Unmerge,
    /// The record's person agrees at its address, before the opt-outs.
    Grant(SubjectId),
    /// The same after them.
    GrantLater(SubjectId),
    OptOut(SubjectId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Do(Deed, usize),
    /// The second region hears all that the first knows.
    Tell(usize, usize),
}

pub struct Replicas {
    pub flaw: Flaw,
    pub deeds: Vec<Deed>,
    /// How often a region hears of another.
    pub tells: u8,
    /// What must come up, or the laws hold of an empty world.
    pub reaches: Vec<&'static str>,
    policy: Policy,
    before: Arc<Known>,
    /// What follows from what a region knows, worked out once.
    answers: RwLock<BTreeMap<u64, Arc<Answers>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    regions: [Arc<Known>; REGIONS],
    done: BTreeSet<Deed>,
    left: u8,
}

/// What a region says.
#[derive(Debug)]
struct Answers {
    /// The projection is that of all facts, in whatever order they came.
    is_union: bool,
    people: [Answer; 2],
}

#[derive(Debug)]
struct Answer {
    ids: BTreeSet<SubjectId>,
    /// At their own address.
    permits: [bool; 2],
}

impl Replicas {
    pub fn new(flaw: Flaw, deeds: &[Deed], tells: u8) -> Self {
        let mut model = Self {
            flaw,
            deeds: deeds.to_vec(),
            tells,
            reaches: Vec::new(),
            policy: policy(),
            before: Arc::new(Known { facts: BTreeMap::new(), projection: Projection::default(), digest: 0 }),
            answers: RwLock::default(),
        };
        for (who, point) in [(ADA, EMAIL), (BOB, SECOND_EMAIL)] {
            let attach = Act::Attach { point, kind: PointKind::Email };
            model.before = model.record(&model.before, 0, who, &Command::new(operator(), attach), 0).unwrap();
        }
        model
    }

    pub fn reaching(mut self, names: &[&'static str]) -> Self {
        self.reaches = names.to_vec();
        self
    }

    pub fn knowledges(&self) -> usize {
        self.answers.read().unwrap().len()
    }

    /// Who is one person with `who`, with all logs that a host must load for them.
    fn view(&self, known: &Known, who: SubjectId, also: Option<SubjectId>) -> View {
        let subject = Subject::resolve(who, &known.projection).unwrap();
        let ever = known.merges().next().is_some();
        let parted = ever && subject.ids.len() == 1;
        let (ids, alone) = match self.flaw {
            Flaw::FirstStatus => (vec![ADA.min(*subject.ids.iter().min().unwrap())], true),
            Flaw::UnmergeDrops => (subject.ids, parted),
            _ => (subject.ids, false),
        };
        let mut projection = Projection::default();
        for log in known.projection.logs() {
            let loaded = match log.log().aggregate {
                Aggregate::Subject(id) => ids.contains(&id) || also == Some(id) || (ever && !alone),
                Aggregate::Point(_) => true,
            };
            if loaded {
                projection.insert(log.clone());
            }
        }
        View::new(&self.policy, Subject { ids, ..Subject::default() }, projection).unwrap()
    }

    /// Decides a command in a region, and takes in what it wrote; [`None`] if it is refused.
    fn record(
        &self,
        known: &Known,
        region: usize,
        who: SubjectId,
        command: &Command,
        at: i64,
    ) -> Option<Arc<Known>> {
        let also = if let Act::Merge(with) = command.act() { Some(*with) } else { None };
        let view = self.view(known, who, also);
        let writer = WriterId::from_u128(0xa0 + u128::try_from(region).unwrap());
        let command_id = CommandId::from_u128(u128::try_from(at).unwrap() + 1);
        let ctx = Ctx { now: t(at), writer, command: command_id, policy: &self.policy };
        let mut facts = decide(&view, command, &ctx).ok()?.facts;
        self.spoil(&mut facts, known);
        let mut next = known.clone();
        let knew: BTreeSet<_> =
            known.merges().chain(known.unmerges()).map(|noted| noted.fact.position).collect();
        for fact in facts {
            assert_eq!(next.projection.apply(&fact), Ok(Applied::New));
            next.facts
                .insert(fact.position, Arc::new(Noted { digest: digest(&fact), fact, knew: knew.clone() }));
        }
        Some(Arc::new(next.numbered()))
    }

    /// What the flaw makes of facts before they are written.
    fn spoil(&self, facts: &mut Vec<Fact>, known: &Known) {
        let everything = || {
            let of = |id| {
                [0, 1, 2].map(|region| LogId::new(Aggregate::Subject(id), WriterId::from_u128(0xa0 + region)))
            };
            [ADA, BOB]
                .into_iter()
                .flat_map(of)
                .map(|log| (Consulted::Log(log), u64::MAX))
                .collect::<ViewToken>()
        };
        for fact in facts.iter_mut() {
            match (&mut fact.kind, self.flaw) {
                (FactKind::Unmerge { ends, .. }, Flaw::UnmergeWins) => *ends = everything(),
                (FactKind::Restriction(own), Flaw::KnowsTooMuch) => own.unmerges = everything(),
                _ => {}
            }
        }
        let merges = facts.iter().any(|fact| matches!(fact.kind, FactKind::Merge { .. }));
        let bob =
            facts.iter().rev().find(|fact| fact.position.log.aggregate == Aggregate::Subject(BOB)).cloned();
        if let (Flaw::GrantsCarried, true, Some(mut carried)) = (self.flaw, merges, bob) {
            let of_ada = known.granted().find(|(noted, _)| record(&noted.fact) == Some(ADA));
            if let Some((_, grant)) = of_ada {
                let there = Cell { point: Some(SECOND_EMAIL), ..grant.cell };
                let grant = Grant { cell: there, ..Grant::clone(grant) };
                carried.position.seq = Seq::after(carried.position.seq.get());
                carried.kind = FactKind::Grant(Arc::new(grant));
                facts.push(carried);
            }
        }
    }

    fn does(&self, known: &Known, deed: Deed, region: usize) -> Option<Arc<Known>> {
        let (who, actor, act, at) = match deed {
            Deed::Merge => (ADA, operator(), Act::Merge(BOB), 100),
            Deed::MergeAgain => (BOB, operator(), Act::Merge(ADA), 500),
            Deed::Unmerge => (ADA, operator(), Act::Unmerge(BOB), 400),
            Deed::Grant(who) => (who, Actor::subject(), stated(at_home(who)), 50),
            Deed::GrantLater(who) => (who, Actor::subject(), stated(at_home(who)), 900),
            Deed::OptOut(who) => (who, Actor::subject(), Act::OptOut(vec![Scope::purpose(id("news"))]), 200),
        };
        // Instants of the two records are apart, as are those of a person's own deeds.
        let at = at + i64::from(who == BOB);
        self.record(known, region, who, &Command::new(actor, act).with_evidence(explicit()), at)
    }

    fn answers(&self, known: &Known) -> Arc<Answers> {
        if let Some(answers) = self.answers.read().unwrap().get(&known.digest) {
            return Arc::clone(answers);
        }
        let backwards: Vec<_> = known.facts.values().rev().map(|noted| &noted.fact).collect();
        let is_union = Projection::fold(backwards).0 == known.projection;
        let people = [ADA, BOB].map(|who| {
            let view = self.view(known, who, None);
            let permits = [ADA, BOB].map(|whose| {
                let cell = at_home(whose);
                let index = self.policy.catalogue().index(cell.purpose).unwrap();
                let query = Query::new(index, RegimeSet::OPT_IN).on(Channel::Email).at(cell.point.unwrap());
                permits(&view, &query, &self.policy, t(5_000))
            });
            let resolved = Subject::resolve(who, &known.projection).unwrap();
            Answer { ids: resolved.ids.into_iter().collect(), permits }
        });
        let answers = Arc::new(Answers { is_union, people });
        self.answers.write().unwrap().insert(known.digest, Arc::clone(&answers));
        answers
    }

    /// Whether a law holds of what each region knows.
    fn all(&self, state: &State, law: impl Fn(&Known, &Answers) -> bool) -> bool {
        state.regions.iter().all(|known| law(known, &self.answers(known)))
    }

    fn any(&self, state: &State, law: impl Fn(&Known, &Answers) -> bool) -> bool {
        state.regions.iter().any(|known| law(known, &self.answers(known)))
    }
}

impl Model for Replicas {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let regions = [(); REGIONS].map(|()| Arc::clone(&self.before));
        vec![State { regions, done: BTreeSet::new(), left: self.tells }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Step>) {
        // Regions that know nothing yet are alike: the first of them stands for all.
        let untouched = state.regions.iter().position(|known| *known == self.before);
        let alike = |region: usize| {
            untouched.is_some_and(|first| first < region) && state.regions[region] == self.before
        };
        for region in (0..REGIONS).filter(|region| !alike(*region)) {
            let open = self.deeds.iter().filter(|deed| !state.done.contains(deed));
            actions.extend(open.map(|deed| Step::Do(*deed, region)));
            let others = (0..REGIONS).filter(|other| *other != region && state.left > 0);
            actions.extend(others.map(|other| Step::Tell(other, region)));
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Do(deed, region) => {
                state.regions[region] = self.does(&last.regions[region], deed, region)?;
                state.done.insert(deed);
            }
            Step::Tell(from, to) => {
                let joined = Arc::new(last.regions[to].join(&last.regions[from]));
                if joined == last.regions[to] {
                    return None;
                }
                state.regions[to] = joined;
                state.left -= 1;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let reached = reached().into_iter().filter(|property| self.reaches.contains(&property.name));
        laws().into_iter().chain(reached).collect()
    }
}

pub const L10: &str = "L10 who is permitted agreed there, and named what was said of them";
pub const L11: &str = "L11 joining is commutative, associative and idempotent";
pub const L12: &str = "L12 whatever the order, what is known is the union";
pub const LINKS: &str = "L47 an unmerge ends the merges that it saw, and no other";

fn laws() -> Vec<Property<Replicas>> {
    vec![
        Property::always(L10, |model: &Replicas, state| {
            model.all(state, |known, answers| {
                let people = [ADA, BOB];
                people.iter().zip(&answers.people).all(|(who, answer)| {
                    people
                        .iter()
                        .zip(answer.permits)
                        .all(|(whose, permits)| !permits || known.may_permit(*who, *whose))
                })
            })
        }),
        Property::always(L11, |_, state: &State| {
            let [a, b, c] = [0, 1, 2].map(|region| &state.regions[region].projection);
            let join = |one: &Projection, other: &Projection| {
                let mut joined = one.clone();
                joined.join(other);
                joined
            };
            join(a, b) == join(b, a) && join(&join(a, b), c) == join(a, &join(b, c)) && join(a, a) == *a
        }),
        Property::always(L12, |model: &Replicas, state| model.all(state, |_, answers| answers.is_union)),
        Property::always(LINKS, |model: &Replicas, state| {
            model.all(state, |known, answers| {
                answers.people.iter().all(|answer| (answer.ids.len() == 2) == known.is_merged())
            })
        }),
    ]
}

pub const MERGED: &str = "permitted while merged, at the address of the other record";
pub const LIFTED: &str = "permitted although the other record opted out: it was named";
pub const SHED: &str = "denied after an unmerge, for what the other record said before";
pub const APART: &str = "permitted after an unmerge, beside what the other record said later";
pub const UNSEEN: &str = "still merged after an unmerge that did not see a merge";

/// What may come up.
fn reached() -> [Property<Replicas>; 5] {
    [
        Property::sometimes(MERGED, |model: &Replicas, state| {
            model.any(state, |_, answers| answers.people[1].permits[0])
        }),
        Property::sometimes(LIFTED, |model: &Replicas, state| {
            model.any(state, |known, answers| {
                known.is_merged() && known.has_opt_out_of(BOB) && answers.people[0].permits[0]
            })
        }),
        Property::sometimes(SHED, |model: &Replicas, state| {
            model.any(state, |known, answers| {
                let granted = known.granted().any(|(noted, _)| record(&noted.fact) == Some(ADA));
                known.is_parted() && granted && !known.has_opt_out_of(ADA) && !answers.people[0].permits[0]
            })
        }),
        Property::sometimes(APART, |model: &Replicas, state| {
            model.any(state, |known, answers| {
                known.is_parted()
                    && known.has_opt_out_of(BOB)
                    && answers.people[0].permits[0]
                    && !answers.people[1].permits[1]
            })
        }),
        Property::sometimes(UNSEEN, |model: &Replicas, state| {
            model.any(state, |known, _| known.is_merged() && known.unmerges().next().is_some())
        }),
    ]
}
