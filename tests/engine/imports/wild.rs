//! Bugs of other systems, each as it was reported: imports and lists that brought people back who had left.

use consent_engine::op::import::{RowOutcome, RowStatement, Said};
use consent_engine::*;

use super::*;

fn somebody_who_left() -> Shop<store::MemoryStore> {
    let shop = Shop::new();
    shop.attach(PERSON, ADA);
    shop.opt_in(PERSON, "news").unwrap();
    shop.opt_out(address(ADA), Scope::purpose(id("news"))).unwrap();
    shop
}

/// pentacent/keila #253: importing contacts set unsubscribed ones back to active.
#[test]
fn keila_253_an_import_does_not_reactivate_who_unsubscribed() {
    let shop = somebody_who_left();
    let report = all(&shop.engine, &import(), [row(2, ADA).saying(yes("news", 100_000))]).reports.remove(0);
    assert!(report.attempted(), "the attempt is kept, and says what stands against it");
    assert!(!may_mail(&shop.engine, ADA, "news"));
}

/// Mailtrain-org/mailtrain #325: a CSV import subscribed again who had unsubscribed.
#[test]
fn mailtrain_325_a_list_that_is_imported_again_subscribes_nobody_again() {
    let shop = Shop::new();
    let list = || (2..12).map(|n| row(n, &format!("p{n}@example.com")).saying(yes("news", 10)));
    all(&shop.engine, &import(), list());
    assert!(may_mail(&shop.engine, "p7@example.com", "news"));
    shop.opt_out(address("p7@example.com"), Scope::EVERYTHING).unwrap();
    for number in 1..4 {
        all(&shop.engine, &import_of(number), list());
        assert!(
            !may_mail(&shop.engine, "p7@example.com", "news")
                && may_mail(&shop.engine, "p8@example.com", "news")
        );
    }
}

/// knadh/listmonk #2452: an import with "overwrite" changed the status of who had unsubscribed or was blocklisted.
#[test]
fn listmonk_2452_no_row_overwrites_a_status() {
    for said in [Said::OptedOut(PurposeScope::All), Said::Complained, Said::Bounced, Said::Cleaned] {
        let shop = Shop::new();
        let blocked = RowStatement::new(said.clone()).at(t(20));
        all(&shop.engine, &import_of(1), [row(2, ADA).saying(yes("news", 10)).saying(blocked)]);
        assert!(!may_mail(&shop.engine, ADA, "news"));
        all(
            &shop.engine,
            &import_of(2),
            [row(2, ADA).saying(yes("news", 80_000)).saying(yes("events", 80_000))],
        );
        assert!(!may_mail(&shop.engine, ADA, "news") && !may_mail(&shop.engine, ADA, "events"), "{said:?}");
    }
}

/// emailflare #191: deleting a list deleted the opt-outs from it, and the next list reached everybody.
#[test]
fn emailflare_191_a_retired_list_keeps_its_opt_outs() {
    let shop = Shop::new();
    all(
        &shop.engine,
        &import_of(1),
        [row(2, ADA).saying(yes("news", 10)), row(3, ADA).saying(no("news", 20))],
    );
    let retired = purposes()
        .into_iter()
        .map(|purpose| if purpose.id() == id("news") { purpose.with_retired(true) } else { purpose });
    let policy = Policy::new(2, Catalogue::new(retired.collect::<Vec<_>>(), []).unwrap());
    let without = Engine::new(shop.engine.store(), settings().with_policy(policy));
    let report = all(&without, &import_of(2), [row(2, ADA).saying(yes("news", 30))]).reports.remove(0);
    assert_eq!(report.outcome, RowOutcome::Rejected, "a retired list takes nobody");
    let below = all(&without, &import_of(3), [row(2, ADA).saying(yes("sports", 80_000))]).reports.remove(0);
    assert!(
        below.attempted() && !may_mail(&without, ADA, "sports"),
        "what was refused covers what is below it"
    );
    // Brought back, the list has the opt-out still.
    let back = Engine::new(
        shop.engine.store(),
        settings().with_policy(Policy::new(3, Catalogue::new(purposes(), []).unwrap())),
    );
    all(&back, &import_of(4), [row(2, ADA).saying(yes("news", 90_000))]);
    assert!(!may_mail(&back, ADA, "news"));
}
