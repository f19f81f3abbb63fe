//! What a preference form may do, and what it never does.

use consent_engine::model::Model;
use consent_engine::strategy::{self, World};
use consent_engine::*;
use proptest::prelude::*;

type Asked = (World, Vec<Fact>, Vec<Query>, PurposeId, Interest);

fn asked() -> impl Strategy<Value = Asked> {
    strategy::worlds().prop_flat_map(|world| {
        let facts = strategy::facts(&world, 0..24);
        let queries = proptest::collection::vec(strategy::queries(&world), 1..6);
        let purpose = strategy::purpose_ids(&world);
        (Just(world), facts, queries, purpose, strategy::interests())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// "This isn't relevant to me" is no opt-out, and "this is" no consent: no answer changes, in engine or model.
    #[test]
    fn l25_p_an_interest_changes_no_decision((world, facts, queries, purpose, interest) in asked()) {
        let subject = Subject::new(world.subject(0));
        let floor = facts.iter().map(|fact| fact.recorded_at).max().unwrap_or(strategy::EPOCH);
        let log = LogId::new(Aggregate::Subject(world.subject(0)), WriterId::from_u128(0x7777));
        let said = |kind| Fact {
            v: Version::CURRENT,
            position: log.at(Seq::FIRST),
            recorded_at: floor,
            captured_at: Some(floor),
            actor: Actor::subject().record(),
            command: None,
            evidence: None,
            kind,
        };
        // The same log with a fact that certainly decides nothing: what is compared is not the head of a log.
        let before = [facts.clone(), vec![said(FactKind::NoticeSeen { notice: None, scope: None })]].concat();
        let after = [facts, vec![said(FactKind::Preference { purpose, interest, note: None })]].concat();
        let view = |facts: &[Fact]| View::new(&world.policy, subject.clone(), Projection::fold(facts).0);
        let (Ok(one), Ok(other)) = (view(&before), view(&after)) else { return Ok(()) };
        for query in &queries {
            let one = evaluate(&one, query, &world.policy, floor);
            let other = evaluate(&other, query, &world.policy, floor);
            prop_assert_eq!(one.to_record(), other.to_record());
            let model = |facts: &[Fact]| Model::new(&world.policy, &subject, facts.to_vec()).evaluate(query, floor);
            prop_assert_eq!(model(&before), model(&after));
        }
    }
}
