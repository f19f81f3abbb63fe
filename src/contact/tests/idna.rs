use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::contact::unicode::{fold, is_word};

#[test]
fn d12_domains_are_a_labels() {
    for (text, exact) in [
        ("jane@MÜNCHEN.de", "jane@xn--mnchen-3ya.de"),
        ("jane@mu\u{308}nchen.de", "jane@xn--mnchen-3ya.de"),
        ("jane@xn--mnchen-3ya.de", "jane@xn--mnchen-3ya.de"),
        ("jane@faß.de", "jane@xn--fa-hia.de"),
        ("jane@fass.de", "jane@fass.de"),
        ("jane@ｅｘａｍｐｌｅ．ｃｏｍ", "jane@example.com"),
        ("jane@例え。jp", "jane@xn--r8jz45g.jp"),
    ] {
        assert_eq!(email(text).exact().into_exposed(), exact);
    }
    for text in ["a@é.xn--bogus-", "a@é＠b.de", "a@é_b.de", "a@-é.de", "a@é..de", "a@é.de。", "a@\u{301}a.de"]
    {
        assert_eq!(Email::parse(text), Err(InvalidEmail::Domain { at: 2 }), "{text}");
    }
    let long = alloc::format!("a@{}.de", "é".repeat(60));
    assert_eq!(Email::parse(&long), Err(InvalidEmail::Domain { at: 2 }));
}

#[test]
fn d12_local_parts_are_nfc_and_fold_by_nfkc() {
    assert_eq!(email("jane\u{301}@a.de"), email("jan\u{E9}@a.de"));
    assert_eq!(email("\"jan\u{E9}\"@a.de"), email("jan\u{E9}@a.de"));
    for (text, key) in [
        ("JANÉ@a.de", "jané@a.de"),
        ("ｊａｎｅ１@a.de", "jane1@a.de"),
        ("ﬁnn@a.de", "finn@a.de"),
        ("STRASSE@a.de", "strasse@a.de"),
        ("straße@a.de", "strasse@a.de"),
        ("STRAẞE@a.de", "strasse@a.de"),
        ("ΣΊΣΥΦΟΣ@a.de", "σίσυφοσ@a.de"),
        ("σίσυφος@a.de", "σίσυφοσ@a.de"),
        ("ＪAne＋x@a.de", ""),
        ("İ@a.de", "i\u{307}@a.de"),
        ("ı@a.de", "ı@a.de"),
        ("\u{212A}@a.de", "k@a.de"),
        ("ꭰ@a.de", "ꭰ@a.de"),
        ("Ꭰ@a.de", "ꭰ@a.de"),
        ("a⒈b@a.de", "a1.b@a.de"),
        ("o’neil@a.de", "o’neil@a.de"),
    ] {
        match Email::parse(text) {
            Ok(email) => assert_eq!(email.coarse(CoarseRules::V1).text().into_exposed(), key),
            Err(error) => assert_eq!((key, error), ("", InvalidEmail::Symbol { at: 6 })),
        }
    }
    assert_ne!(email("ｊane@a.de"), email("jane@a.de"), "full-width is another exact form");
}

/// A dot may keep a letter and its mark apart; where dots mean nothing, so does that.
#[test]
fn l28_dots_are_dropped_before_the_last_normalisation() {
    let rules = CoarseRules::V1.with_providers(ProviderRules::V1);
    assert_eq!(coarse("s.\u{301}@gmail.com", rules), "\u{15B}@gmail.com");
    assert_eq!(coarse("s.\u{301}@gmail.com", rules), coarse("\u{15B}@gmail.com", rules));
    assert_eq!(coarse("s.\u{301}@a.de", rules), "s.\u{301}@a.de");
}

#[test]
fn d12_what_normalises_to_syntax_is_refused() {
    for (text, error) in [
        ("a＠b@c.de", InvalidEmail::Symbol { at: 1 }),
        ("a．b@c.de", InvalidEmail::Symbol { at: 1 }),
        ("a⑴@c.de", InvalidEmail::NoNormalForm { at: 1 }),
        ("a⒈@c.de", InvalidEmail::NoNormalForm { at: 1 }),
        ("ab½@c.de", InvalidEmail::NoNormalForm { at: 2 }),
        ("ﷺ@c.de", InvalidEmail::NoNormalForm { at: 0 }),
        ("a=\u{338}b@c.de", InvalidEmail::NoNormalForm { at: 0 }),
        ("a❤@c.de", InvalidEmail::Symbol { at: 1 }),
        ("a\u{E000}@c.de", InvalidEmail::Symbol { at: 1 }),
        ("a\u{378}@c.de", InvalidEmail::Symbol { at: 1 }),
    ] {
        assert_eq!(Email::parse(text), Err(error), "{text}");
    }
}

#[test]
fn d15_a_coarse_form_never_outgrows_its_limits() {
    let grows = "ŉ".repeat(22);
    assert_eq!(Email::parse(&alloc::format!("{grows}@a.de")), Err(InvalidEmail::NoNormalForm { at: 0 }));
    let fits = "ŉ".repeat(21);
    assert_eq!(coarse(&alloc::format!("{fits}@a.de"), CoarseRules::V1).len(), 63 + 5);
    let d = "d".repeat(63);
    let tight = alloc::format!("{}@{d}.{d}.{}.com", "ŉ".repeat(16), "d".repeat(63 - 7));
    assert!(tight.len() <= Email::MAX_LEN);
    assert_eq!(email(&tight).coarse(CoarseRules::V1).text().expose().len(), 48 + 1 + 188);
}

#[test]
fn d12_mixed_alphabets_are_flagged_and_not_refused() {
    for mixed in ["jаne@a.de", "jane@аpple.com", "jane@xn--pple-43d.com", "jane@xn--zzzzzz.de", "аα@a.de"]
    {
        assert!(email(mixed).is_mixed_script(), "{mixed}");
    }
    for plain in ["jane@apple.com", "иван@пример.com", "山田taro@例え.jp", "jané1@münchen.de", "ｊane@a.de"]
    {
        assert!(!email(plain).is_mixed_script(), "{plain}");
    }
    assert_ne!(coarse("jаne@a.de", CoarseRules::V1), coarse("jane@a.de", CoarseRules::V1), "never merged");
}

#[test]
fn d12_a_domain_in_ascii_is_the_same_in_every_build() {
    for text in ["a@xn--zzzzzz.de", "a@xn--example-.org", "a@xn--.org"] {
        match Email::parse(text) {
            Ok(email) => assert_eq!(email.exact().into_exposed(), text),
            Err(error) => assert!(matches!(error, InvalidEmail::Character { .. })),
        }
    }
    assert_eq!(email("a@xn--zzzzzz.de").domain().into_exposed(), "xn--zzzzzz.de");
}

/// Every character that is accepted alone obeys the laws. Those without case and composition fold to themselves.
#[test]
fn l28_every_character_folds_to_a_fixed_point() {
    let mut checked = 0;
    for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter(|c| is_word(*c)) {
        let spelt: [String; 3] =
            [c.to_lowercase().collect(), c.to_uppercase().collect(), [c].into_iter().nfkd().collect()];
        let itself = c.to_string();
        if spelt.iter().all(|spelt| *spelt == itself) {
            continue;
        }
        let Ok(email) = Email::parse(&alloc::format!("x{c}@a.de")) else { continue };
        checked += 1;
        let key = email.coarse(CoarseRules::V1);
        let again = Email::parse(key.text().into_exposed()).unwrap();
        assert_eq!(again.coarse(CoarseRules::V1), key, "{c:?}");
        for spelt in spelt {
            if let Ok(other) = Email::parse(&alloc::format!("x{spelt}@a.de")) {
                let dotless = c == 'ı' || c == 'İ';
                assert!(dotless || other.coarse(CoarseRules::V1) == key, "{c:?} and {spelt:?}");
            }
        }
    }
    assert!(checked > 15_000, "{checked}");
}

proptest! {
    #[test]
    fn l28_folding_is_a_fixed_point_and_ignores_normalisation(text in "[\\p{L}\\p{M}\\p{N}]{0,12}") {
        let folded = fold(&text);
        prop_assert_eq!(&fold(&folded), &folded);
        prop_assert_eq!(&fold(&text.nfd().collect::<String>()), &folded);
        prop_assert_eq!(&fold(&text.nfc().collect::<String>()), &folded);
    }

    #[test]
    fn l28_composed_and_decomposed_are_one(local in "[\\p{L}\\p{M}]{1,9}", rules in rules()) {
        let composed = Email::parse(&alloc::format!("{}@a.de", local.nfc().collect::<String>()));
        let decomposed = Email::parse(&alloc::format!("{}@a.de", local.nfd().collect::<String>()));
        if let (Ok(composed), Ok(decomposed)) = (composed, decomposed) {
            prop_assert_eq!(composed.coarse(rules), decomposed.coarse(rules));
            prop_assert_eq!(composed, decomposed);
        }
    }
}
