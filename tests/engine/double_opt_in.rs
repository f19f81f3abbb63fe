//! Double opt-in through the engine: what a token is bound to, and what it never confirms.

use consent_engine::op::Decide;
use consent_engine::store::{MemoryStore, Store};
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

pub(crate) const ADDRESS: &str = "ada@example.com";

pub(crate) fn secret(byte: u8) -> ConfirmationSecret {
    ConfirmationSecret::new(&[byte; 16]).unwrap()
}

pub(crate) fn notice(version: u32) -> Notice {
    Notice { id: NoticeId::new("privacy").unwrap(), version }
}

pub(crate) fn shown() -> Evidence {
    explicit().with_notice(notice(3))
}

pub(crate) fn at(point: ContactPointId, purpose: &str) -> Stated {
    Stated::cell(cell(purpose, point))
}

pub(crate) type Asked<S> = Result<Requested, EngineError<<S as Store>::Error>>;

pub(crate) fn request<S: Store>(shop: &Shop<S>, who: impl Into<Who>, stated: Stated, secret: u8) -> Asked<S> {
    shop.engine.request(who, [stated], shown(), &self::secret(secret), shop.stamp())
}

pub(crate) fn token<S: Store>(
    shop: &Shop<S>,
    point: ContactPointId,
    purpose: &str,
    secret: u8,
) -> ConfirmationToken {
    let requested = request(shop, PERSON, at(point, purpose), secret);
    requested.unwrap_or_else(|error| panic!("{error}")).token.unwrap()
}

pub(crate) fn confirm<S: Store>(shop: &Shop<S>, token: &ConfirmationToken) -> Outcome<S> {
    shop.engine.confirm(token, explicit(), shop.stamp())
}

/// The rejection, and that the store is as it was before.
pub(crate) fn rejected(
    shop: &Shop<MemoryStore>,
    outcome: impl FnOnce() -> Outcome<MemoryStore>,
) -> Rejection {
    let before = image(shop.engine.store());
    let error = outcome().unwrap_err();
    assert_eq!(image(shop.engine.store()), before, "l53: {error}");
    error.rejection().unwrap_or_else(|| panic!("{error}"))
}

pub(crate) fn not_confirmed(shop: &Shop<MemoryStore>, token: &ConfirmationToken) -> Rejection {
    rejected(shop, || confirm(shop, token))
}

/// The person, with a pending request for news at their address.
pub(crate) fn asked() -> (Shop<MemoryStore>, ContactPointId, ConfirmationToken) {
    let shop = Shop::new();
    let point = shop.attach(PERSON, ADDRESS);
    let token = token(&shop, point, "news", 1);
    (shop, point, token)
}

/// A token of the same ids and secret, but for what is changed.
#[derive(Clone, Copy)]
pub(crate) struct Parts {
    pub(crate) tenant: TenantId,
    pub(crate) subject: SubjectId,
    pub(crate) request: RequestId,
    pub(crate) secret: u8,
}

impl Parts {
    pub(crate) fn of(token: &ConfirmationToken) -> Self {
        Self { tenant: token.tenant(), subject: token.subject(), request: token.request(), secret: 1 }
    }

    pub(crate) fn token(self) -> ConfirmationToken {
        ConfirmationToken::new(self.tenant, self.subject, self.request, secret(self.secret))
    }
}

#[test]
fn l19_a_token_confirms_what_was_asked_for_and_nothing_else() {
    let (shop, point, token) = asked();
    let other = shop.attach(PERSON, "ada@example.org");
    assert!(!shop.permits(PERSON, ADDRESS, "news"));
    // The link comes back as text.
    let token = ConfirmationToken::parse(&token.expose()).unwrap();
    let outcome = confirm(&shop, &token).unwrap();
    assert_eq!(outcome.reports.len(), 1);
    assert_eq!(outcome.reports[0].cell, Some(cell("news", point)));
    assert!(shop.permits(PERSON, ADDRESS, "news"));
    for purpose in ["events", "sports"] {
        assert!(!shop.permits(PERSON, ADDRESS, purpose), "{purpose}");
    }
    assert!(!shop.permits(PERSON, "ada@example.org", "news"));
    assert_ne!(point, other);
}

#[test]
fn l19_d07_a_token_of_another_tenant() {
    let (shop, _, token) = asked();
    let other = Parts { tenant: TenantId::from_u128(0x7f), ..Parts::of(&token) };
    assert_eq!(not_confirmed(&shop, &other.token()), Rejection::TokenBindingMismatch);
    // Presented to the other tenant, who knows of no such request.
    let theirs = Settings::new(TenantId::from_u128(0x7f), WRITER, policy());
    let theirs = Engine::new(shop.engine.store(), theirs.with_index_secrets(IndexSecrets::new([7; 32])));
    let before = image(shop.engine.store());
    for (token, rejection) in
        [(token, Rejection::TokenBindingMismatch), (other.token(), Rejection::NoPendingRequest)]
    {
        let error = theirs.confirm(&token, explicit(), shop.stamp()).unwrap_err();
        assert_eq!(error.rejection(), Some(rejection));
    }
    assert_eq!(image(shop.engine.store()), before);
    assert!(!shop.permits(PERSON, ADDRESS, "news"));
}

#[test]
fn l19_d07_a_token_of_another_person() {
    let (shop, _, token) = asked();
    let theirs = shop.attach(OTHER_PERSON, "bob@example.com");
    let pending = request(&shop, OTHER_PERSON, at(theirs, "news"), 2).unwrap().token.unwrap();
    let request = pending.request();
    for (subject, rejection) in
        [(OTHER_PERSON, Rejection::TokenBindingMismatch), (PERSON, Rejection::NoPendingRequest)]
    {
        let forged = Parts { subject, request, ..Parts::of(&token) }.token();
        assert_eq!(not_confirmed(&shop, &forged), rejection);
    }
    // The very secret of somebody else's request, for one's own.
    let forged = Parts { secret: 2, ..Parts::of(&token) }.token();
    assert_eq!(not_confirmed(&shop, &forged), Rejection::TokenBindingMismatch);
}

#[test]
fn l19_d07_a_token_of_another_request() {
    let (shop, point, token) = asked();
    let other = self::token(&shop, point, "events", 2);
    let forged = Parts { request: other.request(), ..Parts::of(&token) }.token();
    assert_eq!(not_confirmed(&shop, &forged), Rejection::TokenBindingMismatch);
    let unknown = Parts { request: RequestId::from_u128(0xbad), ..Parts::of(&token) }.token();
    assert_eq!(not_confirmed(&shop, &unknown), Rejection::NoPendingRequest);
    confirm(&shop, &token).unwrap();
    confirm(&shop, &other).unwrap();
}

#[test]
fn l19_d09_a_forged_secret() {
    let (shop, _, token) = asked();
    let text = token.expose();
    for at in 66..text.len() {
        let flipped = if text.as_bytes()[at] == b'B' { "C" } else { "B" };
        let forged = format!("{}{flipped}{}", &text[..at], &text[at + 1..]);
        if let Ok(forged) = ConfirmationToken::parse(&forged) {
            assert_eq!(not_confirmed(&shop, &forged), Rejection::TokenBindingMismatch, "character {at}");
        }
    }
    confirm(&shop, &token).unwrap();
}

/// Two people with the same secret, which a host must not do: the token of one is still not that of the other.
#[test]
fn l19_the_same_secret_of_two_people_is_two_tokens() {
    let (shop, _, token) = asked();
    let theirs = shop.attach(OTHER_PERSON, "bob@example.com");
    let their_token = request(&shop, OTHER_PERSON, at(theirs, "news"), 1).unwrap().token.unwrap();
    assert_ne!(token.expose(), their_token.expose());
    confirm(&shop, &token).unwrap();
    assert!(!shop.permits(OTHER_PERSON, "bob@example.com", "news"));
}

#[test]
fn l19_d07_what_the_page_says_is_what_was_asked_for() {
    let (shop, point, token) = asked();
    let other = shop.attach(PERSON, "ada@example.org");
    let wrong = [
        Presented::default().at(other),
        Presented::default().at_address(address("ada@example.org")),
        Presented::default().at_address(address("nobody@example.org")),
        Presented::default().of([id("events")]),
        Presented::default().of([id("news"), id("events")]),
        Presented::default().of([]),
        Presented::default().under(notice(2)),
        Presented::default().under(notice(4)),
        Presented::default().under(Notice { id: NoticeId::new("terms").unwrap(), version: 3 }),
        Presented::default().at(point).of([id("news")]).under(notice(4)),
    ];
    let present = |presented| shop.engine.confirm_presented(&token, presented, explicit(), shop.stamp());
    for presented in wrong {
        let rejection = rejected(&shop, || present(presented.clone()));
        assert_eq!(rejection, Rejection::TokenBindingMismatch, "{presented:?}");
    }
    let right = Presented::default().at(point).at_address(address(ADDRESS)).of([id("news")]).under(notice(3));
    present(right).unwrap();
    assert!(shop.permits(PERSON, ADDRESS, "news"));
}

#[test]
fn l19_a_request_that_kept_a_hash_is_not_confirmed_without_it() {
    let (shop, _, token) = asked();
    let command = Command::new(Actor::subject(), Act::Confirm(token.request())).with_evidence(explicit());
    let decide = |command: Command| shop.engine.decide(PERSON, command, shop.stamp());
    assert_eq!(rejected(&shop, || decide(command)), Rejection::TokenBindingMismatch);
    // And one that kept none is not confirmed with one.
    let ask = Command::new(Actor::subject(), Act::Request(vec![at(SECOND_EMAIL, "news")]));
    let stamp = shop.stamp();
    let attach = Act::Attach { point: SECOND_EMAIL, kind: PointKind::Email };
    shop.engine.decide(PERSON, Command::new(operator(), attach), stamp).unwrap();
    let stamp = shop.stamp();
    shop.engine.decide(PERSON, ask, stamp).unwrap();
    let bare = Parts { request: RequestId::new(stamp.command.uuid()), ..Parts::of(&token) }.token();
    assert_eq!(not_confirmed(&shop, &bare), Rejection::TokenBindingMismatch);
}

#[test]
fn l19_a_token_outlives_the_rotation_of_secrets_but_not_the_end_of_its_own() {
    let (shop, _, token) = asked();
    let with = |secrets| Engine::new(copy(shop.engine.store()), settings().with_index_secrets(secrets));
    let rotated = with(IndexSecrets::new([7; 32]).and([8; 32]));
    rotated.confirm(&token, explicit(), shop.stamp()).unwrap();
    let removed = with(IndexSecrets::new([8; 32]));
    let error = removed.confirm(&token, explicit(), shop.stamp()).unwrap_err();
    assert_eq!(error.rejection(), Some(Rejection::TokenBindingMismatch));
    let without = Engine::new(copy(shop.engine.store()), Settings::new(TENANT, WRITER, policy()));
    let error = refused(without.confirm(&token, explicit(), shop.stamp()));
    assert_eq!(error, OperationError::SecretsMissing);
    let ask = without.request(PERSON, [at(EMAIL, "news")], shown(), &secret(1), shop.stamp());
    assert!(ask.is_err());
}

#[test]
fn l19_d08_a_newer_request_kills_the_token_of_the_older() {
    let (shop, point, old) = asked();
    let new = token(&shop, point, "news", 2);
    assert_eq!(not_confirmed(&shop, &old), Rejection::NoPendingRequest);
    confirm(&shop, &new).unwrap();
}

/// devise #5783: the token that went to one address confirmed whatever address was asked for last.
#[test]
fn l19_d08_a_token_for_one_address_never_confirms_the_next() {
    let (shop, point, first) = asked();
    let next = shop.attach(PERSON, "ada@example.org");
    let replace = Command::new(Actor::subject(), Act::Replace { old: point, new: next });
    shop.engine.decide(PERSON, replace, shop.stamp()).unwrap();
    let second = token(&shop, next, "news", 2);
    confirm(&shop, &first).unwrap();
    assert!(!shop.permits(PERSON, "ada@example.org", "news"), "only its own mailbox can confirm it");
    confirm(&shop, &second).unwrap();
    assert!(shop.permits(PERSON, "ada@example.org", "news"));
}

#[test]
fn l19_the_store_holds_the_hash_and_not_the_secret() {
    let (shop, _, token) = asked();
    let text = token.expose();
    let numbers = "1,1,1,1,1,1,1,1";
    for (key, stored) in image(shop.engine.store()) {
        let json = String::from_utf8_lossy(&stored.bytes[9..]).into_owned();
        assert!(!json.contains(&text[66..]) && !json.contains(numbers), "{key}");
    }
    let facts = shop.engine.history(Aggregate::Subject(PERSON), None, 64).unwrap().facts;
    let kept = facts.iter().filter_map(|fact| match &fact.kind {
        FactKind::Request(request) => request.token,
        _ => None,
    });
    assert_eq!(kept.count(), 1);
}

#[test]
fn d09_short_secrets_and_texts_that_are_no_token() {
    for len in [0, 1, 8, 15, 65, 1_000] {
        assert_eq!(ConfirmationSecret::new(&vec![7; len]).unwrap_err().found, len);
    }
    for len in [16, 17, 32, 64] {
        let secret = ConfirmationSecret::new(&vec![7; len]).unwrap();
        let token = ConfirmationToken::new(TENANT, PERSON, RequestId::from_u128(1), secret);
        let text = token.expose();
        assert!(text.len() <= ConfirmationToken::MAX_TEXT);
        assert_eq!(ConfirmationToken::parse(&text).unwrap().expose(), text);
        for end in 0..text.len() {
            let cut = ConfirmationToken::parse(&text[..end]);
            // Some secret bytes may be missing: that is another secret, and confirms nothing.
            assert!(cut.is_err() || cut.unwrap().expose() != text, "{end} of {len}");
        }
        for wrong in [format!("{text}="), format!(" {text}"), format!("{text}A"), text.to_lowercase()] {
            let parsed = ConfirmationToken::parse(&wrong);
            assert!(parsed.is_err() || parsed.unwrap().expose() != text, "{len}");
        }
    }
    assert_eq!(ConfirmationToken::parse(&"A".repeat(1_000_000)).unwrap_err(), InvalidToken::Malformed);
    let newer = ConfirmationToken::parse("Ag").unwrap_err();
    assert_eq!(newer, InvalidToken::UnsupportedVersion { found: 2 });
}

#[test]
fn l51_tokens_and_secrets_hide() {
    let (shop, _, token) = asked();
    let text = token.expose();
    let requested = request(&shop, PERSON, at(shop.attach(PERSON, "ada@example.org"), "news"), 3).unwrap();
    let operation =
        Decide::confirm(settings(), token.clone(), Presented::default(), explicit(), shop.stamp());
    for shown in [
        format!("{token:?}"),
        format!("{requested:?}"),
        format!("{operation:?}"),
        format!("{:?}", secret(1)),
        format!("{:?}", ConfirmationToken::parse("nonsense of jane@example.com")),
        format!("{:?}", shop.engine.history(Aggregate::Subject(PERSON), None, 64).unwrap()),
    ] {
        assert!(!shown.contains(&text[66..]) && !shown.contains("1, 1, 1, 1"), "{shown}");
        assert!(!shown.contains("jane"), "{shown}");
    }
}
