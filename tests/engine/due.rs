use consent_engine::store::Bucket;
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

fn listed(shop: &Shop<store::MemoryStore>, before: Timestamp) -> Vec<(Timestamp, Aggregate)> {
    let mut all = Vec::new();
    for bucket in Bucket::all() {
        let mut cursor = None;
        loop {
            let page = shop.engine.due(bucket, before, cursor, 2).unwrap();
            all.extend(page.due);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    all.sort_unstable();
    all
}

#[test]
fn what_becomes_due_is_listed_until_it_is_dealt_with() {
    let shop = Shop::new();
    let pause = |person, until| {
        let act =
            Act::Restrict { reason: RestrictionReason::Pause, scope: Scope::EVERYTHING, until: Some(until) };
        shop.engine.decide(person, Command::new(Actor::subject(), act), shop.stamp()).unwrap();
    };
    let people: Vec<_> = (0..40).map(|n| SubjectId::from_u128(n + 1)).collect();
    for (n, person) in people.iter().enumerate() {
        pause(*person, t(10_000 + n as i64));
    }
    assert_eq!(listed(&shop, t(10_000)), []);
    let expected: Vec<_> = (0..40).map(|n| (t(10_000 + n), Aggregate::Subject(people[n as usize]))).collect();
    assert_eq!(listed(&shop, t(10_040)), expected);
    assert_eq!(listed(&shop, t(10_007)), expected[..7]);
    // A longer pause moves the row; nothing is listed twice.
    pause(people[0], t(20_000));
    assert_eq!(listed(&shop, t(10_001)), []);
    assert_eq!(listed(&shop, t(30_000)).len(), 40);
    // Dealt with: gone, and still gone when it is repeated.
    let first = Aggregate::Subject(people[1]);
    assert_eq!(shop.engine.reschedule(first, t(10_001)).unwrap(), None);
    assert_eq!(shop.engine.reschedule(first, t(10_001)).unwrap(), None);
    assert_eq!(listed(&shop, t(30_000)).len(), 39);
    assert_eq!(shop.engine.reschedule(Aggregate::Subject(people[2]), t(10_001)).unwrap(), Some(t(10_002)));
}

#[test]
fn a_pause_at_an_address_is_due_for_the_address() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, "ada@example.com");
    let scope = Scope::EVERYTHING.at(point);
    let act = Act::Restrict { reason: RestrictionReason::Pause, scope, until: Some(t(9_000)) };
    shop.engine.decide(PERSON, Command::new(Actor::subject(), act), shop.stamp()).unwrap();
    assert!(listed(&shop, t(9_001)).contains(&(t(9_000), Aggregate::Point(point))));
}

#[test]
fn commands_that_are_past_their_time_are_forgotten() {
    let shop = Shop::new();
    for n in 0..200 {
        shop.opt_out(SubjectId::from_u128(n % 3), Scope::EVERYTHING).unwrap();
    }
    let kept = |shop: &Shop<_>| {
        image(shop.engine.store())
            .iter()
            .filter(|(key, _)| matches!(key.row(), store::Row::Command { .. }))
            .count()
    };
    assert_eq!(kept(&shop), 200);
    let expire = |now| {
        let mut deleted = 0;
        for bucket in Bucket::all() {
            let mut after = None;
            loop {
                let page = shop.engine.expire_commands(bucket, now, after).unwrap();
                deleted += page.deleted;
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        deleted
    };
    assert_eq!(expire(shop.now()), 0);
    let half = t(1_000).saturating_add(Span::days(30));
    assert_eq!(expire(half), 100);
    assert_eq!(kept(&shop), 100);
    assert_eq!(expire(t(5_000).saturating_add(Span::days(30))), 100);
    assert_eq!(kept(&shop), 0);
}
