use super::*;

const TAGS: CoarseRules = CoarseRules::V1.with_plus_tag(PlusTag::Strip);
const PROVIDERS: CoarseRules = CoarseRules::V1.with_providers(ProviderRules::V1);

#[test]
fn d11_plus_addressing_dots_and_case() {
    for (text, plain, tags, providers) in [
        ("Jane@Example.COM", "jane@example.com", "jane@example.com", "jane@example.com"),
        ("jane+news@example.com", "jane+news@example.com", "jane@example.com", "jane+news@example.com"),
        ("j.a.ne@example.com", "j.a.ne@example.com", "j.a.ne@example.com", "j.a.ne@example.com"),
        ("J.Ane+x@GMail.com", "j.ane+x@gmail.com", "j.ane@gmail.com", "jane@gmail.com"),
        ("j.ane@googlemail.com", "j.ane@googlemail.com", "j.ane@googlemail.com", "jane@gmail.com"),
        ("jane@mail.gmail.com", "jane@mail.gmail.com", "jane@mail.gmail.com", "jane@mail.gmail.com"),
        ("jane.+x@example.com", "jane.+x@example.com", "jane@example.com", "jane.+x@example.com"),
        ("a+b+c@example.com", "a+b+c@example.com", "a@example.com", "a+b+c@example.com"),
    ] {
        assert_eq!(coarse(text, CoarseRules::V1), plain);
        assert_eq!(coarse(text, TAGS), tags);
        assert_eq!(coarse(text, PROVIDERS), providers);
    }
}

#[test]
fn d11_a_tag_alone_is_no_lossy_key() {
    for rules in [TAGS, PROVIDERS] {
        assert_eq!(coarse("+news@gmail.com", rules), "+news@gmail.com");
        assert_ne!(coarse("+news@gmail.com", rules), coarse("+shop@gmail.com", rules));
    }
}

#[test]
fn d11_comments_are_refused() {
    assert_eq!(Email::parse("jane(home)@example.com"), Err(InvalidEmail::Comment { at: 4 }));
    assert_eq!(Email::parse("(home)jane@example.com"), Err(InvalidEmail::Comment { at: 0 }));
    assert_eq!(Email::parse("jane@(home)example.com"), Err(InvalidEmail::Comment { at: 5 }));
    assert_eq!(Email::parse("jane@example.com(home)"), Err(InvalidEmail::Comment { at: 16 }));
}

#[test]
fn d11_quoted_local_parts_are_unquoted_or_refused() {
    for same in ["\"jane.doe\"@example.com", "\"jane\\.doe\"@example.com", "\"\\j\\a\\n\\e.doe\"@example.com"]
    {
        assert_eq!(email(same), email("jane.doe@example.com"));
    }
    for other in [
        "\"jane@doe\"@example.com",
        "\"jane..doe\"@example.com",
        "\"jane.\"@example.com",
        "\"\"@example.com",
        "\"jane@example.com",
        "\"jane\"doe@example.com",
        "\"jane\\\"@example.com",
        "\"a\\\"b\"@example.com",
        "\"a(b)\"@example.com",
        "\"a,b\"@example.com",
    ] {
        assert_eq!(Email::parse(other), Err(InvalidEmail::Quoted), "{other}");
    }
    assert_eq!(Email::parse("jane\"doe\"@example.com"), Err(InvalidEmail::Character { at: 4 }));
}

#[test]
fn d12_zero_width_and_bidi_are_refused_in_every_build() {
    for c in [
        '\u{200B}', '\u{200C}', '\u{200D}', '\u{202E}', '\u{2066}', '\u{FEFF}', '\u{AD}', '\u{FE0F}',
        '\u{2060}',
    ] {
        assert_eq!(
            Email::parse(&alloc::format!("ja{c}ne@example.com")),
            Err(InvalidEmail::Invisible { at: 2 })
        );
        assert_eq!(
            Email::parse(&alloc::format!("jane@ex{c}ample.com")),
            Err(InvalidEmail::Invisible { at: 7 })
        );
    }
}

#[cfg(not(feature = "idna"))]
#[test]
fn d12_the_bare_core_takes_ascii_only() {
    for (text, at) in
        [("jané@example.com", 3), ("jane@münchen.de", 6), ("ｊane@example.com", 0), ("\"é\"@a.de", 1)]
    {
        let error = Email::parse(text).unwrap_err();
        assert_eq!(error, InvalidEmail::NotAscii { at });
        assert!(error.to_string().contains("feature `idna`"));
    }
}

#[test]
fn d13_control_characters_and_white_space_are_refused() {
    for c in ['\0', '\r', '\n', '\t', '\u{1B}', '\u{7F}', '\u{85}', '\u{9F}'] {
        for (text, at) in [
            (alloc::format!("{c}jane@example.com"), 0),
            (alloc::format!("ja{c}ne@example.com"), 2),
            (alloc::format!("\"ja\\{c}ne\"@example.com"), 4),
            (alloc::format!("jane@example.com{c}"), 16),
        ] {
            assert_eq!(Email::parse(&text), Err(InvalidEmail::Control { at }));
        }
    }
    assert_eq!(
        Email::parse("jane@example.com\r\nBcc: all@example.com"),
        Err(InvalidEmail::Control { at: 16 })
    );
    for (text, at) in [(" jane@example.com", 0), ("jane @example.com", 4), ("jane@example.com\u{A0}", 16)] {
        assert_eq!(Email::parse(text), Err(InvalidEmail::Space { at }));
    }
}

#[test]
fn d15_lengths_are_checked_at_the_edge() {
    let domain = |len: usize| alloc::format!("{}.{}.{}.com", "d".repeat(63), "d".repeat(63), "d".repeat(len));
    let local = "l".repeat(64);
    let longest = alloc::format!("{local}@{}", domain(57));
    assert_eq!(longest.len(), Email::MAX_LEN);
    assert_eq!(email(&longest).exact().into_exposed(), longest);
    assert_eq!(
        Email::parse(&alloc::format!("{local}@{}", domain(58))),
        Err(InvalidEmail::TooLong { len: 255 })
    );
    assert_eq!(Email::parse(&alloc::format!("{local}l@a.de")), Err(InvalidEmail::LocalTooLong { len: 65 }));
    let label = alloc::format!("a@b.{}", "l".repeat(64));
    assert_eq!(Email::parse(&label), Err(InvalidEmail::LabelTooLong { at: 4 }));
}

/// Ten thousand looks at 10 MB end at once only if nobody reads the text.
#[test]
fn d15_ten_megabytes_are_not_read() {
    let len = 10_000_000;
    for text in ["a".repeat(len), "@".repeat(len), "\u{200B}".repeat(len / 3 + 1), "\0".repeat(len)] {
        for _ in 0..10_000 {
            assert!(matches!(Email::parse(&text), Err(InvalidEmail::TooLong { .. })));
            assert!(matches!(PhoneNumber::from_e164(&text), Err(InvalidPhone::TooLong { .. })));
        }
    }
}

#[test]
fn malformed_addresses_have_their_own_explanations() {
    use InvalidEmail as E;
    for (text, error) in [
        ("", E::Empty),
        ("jane", E::NoAt),
        ("@example.com", E::NoLocal),
        ("jane@", E::NoDomain),
        ("@", E::NoLocal),
        ("a@b@example.com", E::Character { at: 1 }),
        (".jane@example.com", E::Dot { at: 0 }),
        ("jane.@example.com", E::Dot { at: 4 }),
        ("ja..ne@example.com", E::Dot { at: 3 }),
        ("<jane@example.com>", E::Character { at: 17 }),
        ("jane@example.com.", E::EmptyLabel { at: 17 }),
        ("jane@.example.com", E::EmptyLabel { at: 5 }),
        ("jane@a..b", E::EmptyLabel { at: 7 }),
        ("jane@-a.de", E::Character { at: 5 }),
        ("jane@a-.de", E::Character { at: 6 }),
        ("jane@-", E::Character { at: 5 }),
        ("jane@a_b.de", E::Character { at: 6 }),
        ("jane@[192.0.2.1]", E::DomainLiteral),
        ("jane@exa,mple.com", E::Character { at: 8 }),
    ] {
        assert_eq!(Email::parse(text), Err(error), "{text}");
    }
}

/// What version 1 answers, for ever, in every build. A change here loses suppressions: make a new version.
#[test]
fn l28_version_1_is_frozen() {
    for (text, exact, key) in [
        ("Jane@Example.COM", "Jane@example.com", "email/1:jane@example.com"),
        (
            "O'Neil!#$%&*/=?^_`{|}~-9@A-B.C",
            "O'Neil!#$%&*/=?^_`{|}~-9@a-b.c",
            "email/1:o'neil!#$%&*/=?^_`{|}~-9@a-b.c",
        ),
        ("\"Jane\"@XN--MNCHEN-3YA.DE", "Jane@xn--mnchen-3ya.de", "email/1:jane@xn--mnchen-3ya.de"),
        ("a@xn--bogus-.de", "", ""),
        ("a@xn--zzzzzz.de", "a@xn--zzzzzz.de", "email/1:a@xn--zzzzzz.de"),
        ("root@localhost", "root@localhost", "email/1:root@localhost"),
        ("a@r3---sn-apo.example", "a@r3---sn-apo.example", "email/1:a@r3---sn-apo.example"),
    ] {
        let Ok(email) = Email::parse(text) else {
            assert_eq!(exact, "", "{text}");
            continue;
        };
        assert_eq!(email.exact().into_exposed(), exact);
        assert_eq!(email.coarse(CoarseRules::V1).hash_input().into_exposed(), key);
    }
    let names = all_rules().into_iter().map(|rules| rules.to_string()).collect::<Vec<_>>();
    assert_eq!(names, ["1", "1+p1", "1+tag", "1+tag+p1"]);
}

proptest! {
    /// The exact form of the exact form is itself.
    #[test]
    fn l28_exact_is_idempotent(text in near_addresses()) {
        if let Ok(email) = Email::parse(&text) {
            let exact = email.exact().into_exposed();
            prop_assert_eq!(&Email::parse(exact).unwrap(), &email);
            prop_assert!(exact.len() <= Email::MAX_LEN);
            prop_assert!(email.domain().expose().bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()));
        }
    }

    /// The coarse form is an address, is its own coarse form, and is the coarse form of the exact form.
    #[test]
    fn l28_coarse_is_idempotent_and_follows_exact(text in near_addresses(), rules in rules()) {
        if let Ok(email) = Email::parse(&text) {
            let key = email.coarse(rules);
            let again = Email::parse(key.text().into_exposed()).expect("a coarse form is an address");
            prop_assert_eq!(again.exact(), key.text());
            prop_assert_eq!(&again.coarse(rules), &key);
            prop_assert_eq!(&Email::parse(email.exact().into_exposed()).unwrap().coarse(rules), &key);
        }
    }

    /// Spellings of one exact form have one coarse form, under all rules.
    #[test]
    fn l28_exact_equal_implies_coarse_equal(local in "[a-zA-Z0-9+]{1,9}", upper: bool, live in live_rules()) {
        let domain = if upper { "EXAMPLE.Com" } else { "example.com" };
        let plain = email(&alloc::format!("{local}@{domain}"));
        for spelt in [alloc::format!("\"{local}\"@example.com"), alloc::format!("\"\\{local}\"@Example.com")] {
            let other = email(&spelt);
            prop_assert_eq!(&other, &plain);
            prop_assert_eq!(other.coarse_keys(&live), plain.coarse_keys(&live));
        }
    }

    /// Case alone never hides an address from a restriction, and always hides it from a grant.
    #[test]
    fn l28_coarse_folds_case_and_exact_does_not(text in near_addresses(), rules in rules()) {
        if let (Ok(a), Ok(b)) = (Email::parse(&text), Email::parse(&text.to_ascii_uppercase())) {
            prop_assert_eq!(a.coarse(rules), b.coarse(rules));
            prop_assert_eq!(a == b, a.local() == b.local());
        }
    }

    /// A key stored under rules that are still live is found, whatever rules came after.
    #[test]
    fn l28_an_upgrade_loses_no_suppression(
        text in near_addresses(), before in live_rules(), upgrades in prop::collection::vec(rules(), 0..4),
    ) {
        if let Ok(email) = Email::parse(&text) {
            let stored = email.coarse_keys(&before);
            let after = upgrades.into_iter().fold(before, LiveRules::upgrade);
            let looked_up = email.coarse_keys(&after);
            prop_assert_eq!(looked_up.first(), Some(&email.coarse(after.current())));
            for key in stored {
                prop_assert!(looked_up.contains(&key));
            }
        }
    }

    /// Keys under different rules are different keys, even if their texts are equal.
    #[test]
    fn l28_the_version_is_part_of_the_key(text in near_addresses(), a in rules(), b in rules()) {
        if let Ok(email) = Email::parse(&text) {
            let (one, two) = (email.coarse(a), email.coarse(b));
            prop_assert_eq!(one == two, a == b);
            prop_assert_eq!(one.hash_input() == two.hash_input(), a == b);
        }
    }

    /// Two addresses that differ beyond case and quoting have two default keys: no key is lossy.
    #[test]
    fn l28_default_keys_are_not_lossy(a in "[a-c.+]{1,4}@[ab]\\.de", b in "[a-c.+]{1,4}@[ab]\\.de") {
        if let (Ok(one), Ok(two)) = (Email::parse(&a), Email::parse(&b)) {
            prop_assert_eq!(one.coarse(CoarseRules::V1) == two.coarse(CoarseRules::V1), a == b);
        }
    }

    /// Whatever the text, the answer is a value or a typed error.
    #[test]
    fn l05_parse_is_total(text in any::<String>()) {
        let _ = Email::parse(&text);
        let _ = PhoneNumber::from_e164(&text);
    }
}

#[test]
fn only_retiring_drops_a_key() {
    let live =
        LiveRules::new(CoarseRules::V1).upgrade(TAGS).upgrade(TAGS).upgrade(CoarseRules::V1).upgrade(TAGS);
    assert_eq!(live.iter().collect::<Vec<_>>(), [TAGS, CoarseRules::V1]);
    let live = live.upgrade(PROVIDERS);
    assert_eq!(live.iter().collect::<Vec<_>>(), [PROVIDERS, CoarseRules::V1, TAGS]);
    let live = live.retire(CoarseRules::V1);
    assert_eq!(live.iter().collect::<Vec<_>>(), [PROVIDERS, TAGS]);
    assert_eq!(live.clone().retire(PROVIDERS), live, "the current rules stay");
}

#[test]
fn an_address_has_two_parts() {
    let email = email("Jane.Doe@Mail.Example.COM");
    assert_eq!(
        (email.local().into_exposed(), email.domain().into_exposed()),
        ("Jane.Doe", "mail.example.com")
    );
    assert_eq!(NormalForm::CURRENT.to_string(), "v1");
}
