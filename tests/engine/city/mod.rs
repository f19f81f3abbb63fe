//! Random days of a city through the engine: people who merge and part, addresses that move, rows, forms, holds and erasures, named by id,
//! alias or address. After each deed the answers change only as it may change them; at the end they are those of the reference model.

use std::collections::BTreeMap;

use consent_engine::model::{Answer, Model};
use consent_engine::op::Decide;
use consent_engine::op::import::{Import, ImportCursor, ImportRow, RowOutcome, RowStatement, Said};
use consent_engine::store::{MemoryStore, Row};
use consent_engine::*;
use proptest::prelude::*;

mod deed;
mod laws;

use self::deed::{By, Deed, deed};
use self::laws::holds;
use crate::alike::relevant;
use crate::double_opt_in::{secret, shown};
use crate::shop::*;
use crate::support::*;

const PEOPLE: [SubjectId; 3] = [PERSON, OTHER_PERSON, SubjectId::from_u128(0x53)];
const ADDRESSES: [&str; 3] = ["ada@example.com", "bob@example.com", "eve@example.com"];
const PURPOSES: [&str; 4] = ["news", "sports", "outages", "fraud"];

struct City {
    shop: Shop<MemoryStore>,
    policy: Policy,
    tokens: Vec<ConfirmationToken>,
    rows: u128,
}

/// For each person, contact point, purpose and regime whether it is permitted.
type Permits = BTreeMap<(SubjectId, Option<ContactPointId>, usize, RegimeSet), bool>;

impl City {
    fn new() -> Self {
        Self { shop: Shop::new(), policy: policy(), tokens: Vec::new(), rows: 0 }
    }

    fn who(by: By) -> Who {
        match by {
            By::Id(at) => PEOPLE[at].into(),
            By::Alias(at) => Self::alias(at).into(),
            By::Address(at) => address(ADDRESSES[at]).into(),
        }
    }

    fn alias(at: usize) -> Alias {
        Alias::new(SystemId::new("crm").unwrap(), ["7", "8"][at]).unwrap()
    }

    /// Does it in one of two regions over one store, and says whether it was taken.
    fn does(&mut self, region: bool, deed: &Deed) -> bool {
        let writer = if region { OTHER_WRITER } else { WRITER };
        let settings = Settings::new(TENANT, writer, self.policy.clone());
        let settings = settings.with_index_secrets(IndexSecrets::new([7; 32]));
        self.shop.engine = Engine::new(self.shop.engine.store().clone(), settings);
        match *deed {
            Deed::Pass(seconds) => {
                self.shop.pass(seconds);
                true
            }
            Deed::Ask(who, purpose) => self.asks(PEOPLE[who], PURPOSES[purpose]),
            Deed::Submit(by, of, yes) => self.submits(PEOPLE[by], PEOPLE[of], yes),
            Deed::Import(at, alias, purpose, yes) => self.imports(at, alias, purpose, yes),
            _ => {
                let done = self.link(deed).or_else(|| self.word(deed)).or_else(|| self.office(deed));
                done.is_some_and(|done| is_taken(deed, done))
            }
        }
    }

    fn asks(&mut self, who: SubjectId, purpose: &str) -> bool {
        let shop = &self.shop;
        let asked = shop.engine.request(who, [stated_in(purpose)], shown(), &secret(1), shop.stamp());
        let token = asked.ok().and_then(|asked| asked.token);
        self.tokens.extend(token.clone());
        token.is_some()
    }

    fn submits(&self, by: SubjectId, of: SubjectId, yes: bool) -> bool {
        let shop = &self.shop;
        let shown = shop.engine.preferences(of, &Showing::under(RegimeSet::OPT_IN), shop.now());
        let Ok(form) = shown.map(|shown| shown.form()) else { return false };
        shop.pass(10);
        let wish = if yes { Wish::Yes } else { Wish::No };
        let rows: Vec<_> = form.rows.iter().map(|row| RowWish::new(row.cell, wish)).collect();
        let sent = Submission::new(form, rows).with_evidence(explicit());
        shop.engine.submit_preferences(by, &sent, shop.stamp()).is_ok()
    }

    fn imports(
        &mut self,
        at: Option<usize>,
        alias: Option<usize>,
        purpose: usize,
        yes: Option<bool>,
    ) -> bool {
        self.rows += 1;
        let shop = &self.shop;
        let import = Import::new(ImportId::from_u128(self.rows), SystemId::new("crm").unwrap(), shop.now());
        let row = ImportRow::new(1).saying(statement(purpose, yes, shop.now()));
        let row = at.into_iter().fold(row, |row, at| row.with_address(address(ADDRESSES[at])));
        let row = alias.into_iter().fold(row, |row, alias| row.with_alias(Self::alias(alias)));
        shop.pass(10);
        let import = import.registering_as(operator());
        let done = shop.engine.import(&import, ImportCursor::start(&import), [row], shop.now());
        done.is_ok_and(|done| done.reports[0].outcome != RowOutcome::Rejected)
    }

    fn decide(&self, who: impl Into<Who>, actor: Actor, act: Act) -> Outcome<MemoryStore> {
        let command = Command::new(actor, act).with_evidence(explicit());
        self.shop.engine.decide(who, command, self.shop.stamp())
    }

    /// Who is whom, and whose an address or alias is.
    fn link(&self, deed: &Deed) -> Option<Outcome<MemoryStore>> {
        let (engine, shop) = (&self.shop.engine, &self.shop);
        Some(match *deed {
            Deed::Attach(who, at) => {
                engine.attach(PEOPLE[who], &address(ADDRESSES[at]), operator(), shop.stamp())
            }
            Deed::Claim(who, alias) => {
                engine.claim(PEOPLE[who], &Self::alias(alias), operator(), shop.stamp())
            }
            Deed::Verify(who, at) => self.decide(PEOPLE[who], operator(), Act::Verify(self.point(at)?)),
            Deed::Merge(one, other) => self.decide(PEOPLE[one], operator(), Act::Merge(PEOPLE[other])),
            Deed::Unmerge(nth) => {
                let (one, other) = self.merged().into_iter().cycle().nth(nth)?;
                self.decide(one, operator(), Act::Unmerge(other))
            }
            Deed::Replace(who, old, new) => {
                let held: Vec<_> = engine.load(PEOPLE[who]).unwrap().points().collect();
                let own = |at: &usize| self.point(*at).is_some_and(|point| held.contains(&point));
                let old = (0..3).filter(own).cycle().nth(old)?;
                let [old, new] = [old, new].map(|at| address(ADDRESSES[at]));
                engine.replace(PEOPLE[who], &old, &new, operator(), shop.stamp())
            }
            Deed::Reassign(at, from, to) => {
                let command = Command::new(operator(), Act::Erase).with_evidence(explicit());
                let (address, to) = (address(ADDRESSES[at]), to.map(|to| PEOPLE[to]));
                let settings = engine.settings().clone();
                engine.run(Decide::reassign(settings, address, PEOPLE[from], to, command, shop.stamp()))
            }
            _ => return None,
        })
    }

    /// What people say of themselves.
    fn word(&self, deed: &Deed) -> Option<Outcome<MemoryStore>> {
        let (person, shop) = (Actor::subject(), &self.shop);
        let restrict = |reason, until| Act::Restrict { reason, scope: Scope::EVERYTHING, until };
        Some(match *deed {
            Deed::OptIn(by, purpose) => {
                shop.engine.opt_in(Self::who(by), [stated_in(PURPOSES[purpose])], shown(), shop.stamp())
            }
            Deed::OptOut(by, None) => shop.opt_out(Self::who(by), Scope::EVERYTHING),
            Deed::OptOut(by, Some(at)) => shop.opt_out(Self::who(by), Scope::purpose(id(PURPOSES[at]))),
            Deed::Object(by) => self.decide(Self::who(by), person, Act::Object(vec![Scope::EVERYTHING])),
            Deed::Pause(by, until) => {
                let until = until.map(|seconds| shop.now().saturating_add(Span::seconds(seconds)));
                self.decide(Self::who(by), person, restrict(RestrictionReason::Pause, until))
            }
            Deed::Resume(who) => self.decide(PEOPLE[who], person, Act::Resume(Scope::EVERYTHING)),
            Deed::Confirm(nth) => {
                let token = self.tokens.iter().rev().cycle().nth(nth)?;
                shop.engine.confirm(token, shown(), shop.stamp())
            }
            Deed::Bounce(at) => {
                self.decide(address(ADDRESSES[at]), system(), restrict(RestrictionReason::Bounce, None))
            }
            _ => return None,
        })
    }

    /// What operators say of people.
    fn office(&self, deed: &Deed) -> Option<Outcome<MemoryStore>> {
        let by_operator = |who: SubjectId, act| self.decide(who, operator(), act);
        Some(match *deed {
            Deed::Hold(who) => by_operator(PEOPLE[who], Act::Hold(id("fraud"))),
            Deed::Release(by) => {
                let hold = self.last_hold()?;
                let Aggregate::Subject(of) = hold.log.aggregate else { return None };
                let by = self.person(of).into_iter().cycle().nth(by)?;
                by_operator(by, Act::Release { purpose: id("fraud"), log: hold.log, upto: hold.seq })
            }
            Deed::Basis(who, basis) => {
                by_operator(PEOPLE[who], Act::RecordBasis { purpose: id("fraud"), basis })
            }
            Deed::Revoke(who) => by_operator(PEOPLE[who], Act::Revoke(Scope::EVERYTHING)),
            Deed::Describe(who, kind) => by_operator(PEOPLE[who], Act::Describe(Description::Kind(kind))),
            Deed::Erase(by) => self.decide(Self::who(by), operator(), Act::Erase),
            _ => return None,
        })
    }

    fn facts(&self) -> Vec<Fact> {
        let aggregates = image(self.shop.engine.store()).into_iter().filter_map(|(key, _)| match key.row() {
            Row::Aggregate(aggregate) => Some(aggregate),
            _ => None,
        });
        let all = |aggregate| {
            let (mut facts, mut cursor) = (Vec::new(), None);
            loop {
                let page = self.shop.engine.history(aggregate, cursor, 256).unwrap();
                facts.extend(page.facts);
                cursor = page.next;
                if cursor.is_none() {
                    return facts;
                }
            }
        };
        aggregates.flat_map(all).collect()
    }

    /// The hold that was recorded last.
    fn last_hold(&self) -> Option<Position> {
        let facts = self.facts().into_iter().filter(|fact| matches!(fact.kind, FactKind::Hold(_)));
        facts.max_by_key(|fact| fact.recorded_at).map(|fact| fact.position)
    }

    /// Whose records are merged, as far as one merge says so.
    fn merged(&self) -> Vec<(SubjectId, SubjectId)> {
        let named =
            self.facts().into_iter().filter_map(|fact| match (fact.position.log.aggregate, fact.kind) {
                (Aggregate::Subject(own), FactKind::Merge { with }) => Some((own, with)),
                _ => None,
            });
        named.filter(|(own, with)| self.person(*own).contains(with)).collect()
    }

    fn person(&self, who: SubjectId) -> Vec<SubjectId> {
        self.shop.engine.load(who).unwrap().subject().ids.clone()
    }

    fn point(&self, at: usize) -> Option<ContactPointId> {
        let load = op::Load::new(settings(), PERSON.into()).at(address(ADDRESSES[at]));
        self.shop.engine.run(load).unwrap().point
    }

    /// The contact points of the store, and none.
    fn points(&self) -> Vec<Option<ContactPointId>> {
        let points = image(self.shop.engine.store()).into_iter().filter_map(|(key, _)| match key.row() {
            Row::Aggregate(Aggregate::Point(point)) => Some(Some(point)),
            _ => None,
        });
        points.chain([None]).collect()
    }

    fn query(&self, point: Option<ContactPointId>, purpose: usize, regimes: RegimeSet) -> Option<Query> {
        if point.is_some() != (purpose < 3) {
            return None;
        }
        let query = self.shop.engine.query(id(PURPOSES[purpose]), regimes).unwrap();
        Some(Query { channel: point.map(|_| Channel::Email), point, ..query })
    }

    fn questions(&self) -> Vec<(SubjectId, Option<ContactPointId>, usize, RegimeSet, Query)> {
        let mut questions = Vec::new();
        for who in PEOPLE {
            for point in self.points() {
                for purpose in 0..PURPOSES.len() {
                    for regimes in [RegimeSet::OPT_IN, RegimeSet::OPT_OUT] {
                        if let Some(query) = self.query(point, purpose, regimes) {
                            questions.push((who, point, purpose, regimes, query));
                        }
                    }
                }
            }
        }
        questions
    }

    /// What a store permits now: also one as it was before a deed, as time alone may permit.
    fn permits(&self, store: &MemoryStore) -> Permits {
        let engine = Engine::new(store, settings());
        let asked = self.questions().into_iter().map(|(who, point, purpose, regimes, query)| {
            ((who, point, purpose, regimes), engine.permits(who, &query, self.shop.now()).unwrap())
        });
        asked.collect()
    }

    /// The engine over the store says what the model says of all the facts.
    fn agrees_with_the_model(&self) -> Result<(), TestCaseError> {
        let (facts, now) = (self.facts(), self.shop.now());
        let whole = Projection::fold(&facts).0;
        for (who, _, _, _, query) in self.questions() {
            let relevant = relevant(who, &query, &facts);
            let person = Subject::resolve(who, &whole).unwrap();
            let model = Model::new(&self.policy, &person, relevant).evaluate(&query, now);
            let record = self.shop.engine.evaluate(who, &query, now).unwrap();
            let answer = Answer {
                verdict: record.verdict,
                standing: record.standing,
                basis: record.basis,
                reasons: record.reasons,
                valid_until: record.valid_until,
            };
            prop_assert_eq!(answer, model, "{:?} of {:?}", query, who);
        }
        Ok(())
    }
}

fn stated_in(purpose: &str) -> Stated {
    let channel = (purpose != "fraud").then_some(Channel::Email);
    Stated { purpose: Breadth::Exactly(id(purpose)), channel, point: None }
}

fn is_taken(deed: &Deed, done: Outcome<MemoryStore>) -> bool {
    match done {
        Ok(_) => true,
        Err(EngineError::Operation(
            OperationError::Rejected(_)
            | OperationError::UnknownSubject
            | OperationError::AmbiguousSubject { .. }
            | OperationError::AliasConflict
            | OperationError::AliasContested,
        )) => false,
        Err(error) => panic!("{deed:?}: {error}"),
    }
}

fn statement(purpose: usize, yes: Option<bool>, now: Timestamp) -> RowStatement {
    let purpose = id(PURPOSES[purpose]);
    match yes {
        Some(true) => RowStatement::opted_in(purpose, now, shown()).on(Channel::Email),
        Some(false) => RowStatement::opted_out(PurposeScope::Subtree(purpose)).at(now),
        None => RowStatement::new(Said::Cleaned).at(now),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if std::env::var_os("CONSENT_ENGINE_FULL").is_some() { 1_000 } else { 32 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn l01_l10_l47_p_whatever_a_city_does_the_answers_are_those_of_the_model(
        deeds in prop::collection::vec((any::<bool>(), deed()), 4..28),
    ) {
        let mut city = City::new();
        for (who, text) in PEOPLE.into_iter().zip(ADDRESSES).take(2) {
            city.shop.attach(who, text);
        }
        for (region, deed) in &deeds {
            let before = copy(city.shop.engine.store());
            let stored = image(city.shop.engine.store());
            if city.does(*region, deed) {
                let after = city.permits(city.shop.engine.store());
                holds(&city, deed, &city.permits(&before), &after)?;
            } else {
                prop_assert_eq!(image(city.shop.engine.store()), stored, "l53: {:?}", deed);
            }
        }
        city.agrees_with_the_model()?;
    }
}
