use phonenumber::Type;
use phonenumber::metadata::DATABASE;

use super::*;

fn parse(text: &str, region: Option<&str>) -> Result<String, InvalidPhone> {
    PhoneNumber::parse(text, region).map(|parsed| parsed.number().exact().into_exposed())
}

#[test]
fn d14_spellings_of_one_number_are_one_number() {
    for (region, number, spellings) in [
        (
            Some("IT"),
            "+390236618300",
            &["02 3661 8300", "+39 02 3661 8300", "0039-02-36618300", "390236618300"][..],
        ),
        (Some("IT"), "+393912312312", &["391 231 2312", "+393912312312"]),
        (
            Some("FR"),
            "+33631966543",
            &["06 31 96 65 43", "+33 (0)6 31 96 65 43", "+330631966543", "0033631966543"],
        ),
        (Some("GB"), "+442079460958", &["020 7946 0958", "+44 (0)20 7946-0958", "tel:+44-20-7946-0958"]),
        (
            Some("us"),
            "+16502530000",
            &["(650) 253-0000", "1-650-253-0000", "+1.650.253.0000", "011 1 650 253 0000"],
        ),
        (Some("RU"), "+78611234567", &["8 (861) 123-45-67", "+7 861 123-45-67", "861 123 45 67"]),
        (Some("BY"), "+3758011234567", &["+375 801 123 45 67"]),
        (
            Some("EG"),
            "+201001234567",
            &["٠١٠٠١٢٣٤٥٦٧", "+٢٠١٠٠١٢٣٤٥٦٧", "０１００ １２３４５６７", "۰۱۰۰۱۲۳۴۵۶۷"],
        ),
        (Some("CI"), "+2250101234567", &["01 01 23 45 67", "+2250101234567"]),
        (Some("AR"), "+5491123456789", &["011 15-2345-6789", "+54 9 11 2345 6789"]),
        (None, "+80012345678", &["+800 1234 5678"]),
    ] {
        for spelling in spellings {
            assert_eq!(parse(spelling, region).as_deref(), Ok(number), "{spelling}");
        }
    }
}

#[test]
fn d14_extensions_are_dropped_and_reported() {
    for text in [
        "+16502530000 ext. 12",
        "+16502530000x12",
        "650 253 0000 #12",
        "tel:+16502530000;ext=12",
        "6502530000 EXTENSION: ١٢",
    ] {
        let parsed = PhoneNumber::parse(text, Some("US")).unwrap();
        assert_eq!(parsed.number(), PhoneNumber::from_e164("+16502530000").unwrap(), "{text}");
        assert!(parsed.had_extension());
    }
    assert!(!PhoneNumber::parse("+16502530000", None).unwrap().had_extension());
}

#[test]
fn d14_what_is_not_certainly_a_number_is_refused() {
    use InvalidPhone as E;
    for (region, text, error) in [
        (None, "", E::Empty),
        (None, "() -", E::Empty),
        (None, "650 253 0000", E::NoPlus),
        (None, "0039 02 36618300", E::InternationalPrefix),
        (None, "+00 39 02 36618300", E::LeadingZero),
        (Some("US"), "1-800-FLOWERS", E::Letter { at: 6 }),
        (Some("US"), "650 253 0000 x", E::Letter { at: 13 }),
        (Some("US"), "650 253 0000 x12345678", E::Letter { at: 13 }),
        (Some("US"), "650 253 0000, 650 253 0001", E::Character { at: 12 }),
        (Some("US"), "+1 +650 253 0000", E::Character { at: 3 }),
        (Some("US"), "650\u{200B}2530000", E::Invisible { at: 3 }),
        (Some("US"), "6502530000\r\n", E::Control { at: 10 }),
        (Some("US"), "911", E::NotInPlan),
        (Some("ZZ"), "6502530000", E::UnknownRegion),
        (Some("001"), "6502530000", E::UnknownRegion),
        (Some("USA"), "+16502530000", E::UnknownRegion),
        (None, "+999 123 456 789", E::NotInPlan),
        (None, "+1 23", E::NotInPlan),
        (Some("US"), "jane@example.com", E::Letter { at: 0 }),
        (None, "+16502530000;phone-context=+44", E::Character { at: 12 }),
    ] {
        assert_eq!(parse(text, region), Err(error), "{text}");
    }
    assert_eq!(parse(&"1".repeat(21), Some("US")), Err(E::TooManyDigits { digits: 21 }));
    assert_eq!(parse(&" ".repeat(10_000_000), Some("US")), Err(E::TooLong { len: 10_000_000 }));
}

/// The example numbers of every plan, in every way a person may write them, come out as they are.
#[test]
fn d14_every_numbering_plan() {
    let mut seen = 0;
    for plan in DATABASE.iter() {
        for kind in [Type::FixedLine, Type::Mobile, Type::TollFree, Type::PremiumRate, Type::Voip, Type::Uan]
        {
            let Some(national) = plan.descriptors().get(kind).and_then(|kind| kind.example()) else {
                continue;
            };
            let Ok(number) = PhoneNumber::from_e164(&alloc::format!("+{}{national}", plan.country_code()))
            else {
                continue;
            };
            let number = Ok(number.exact().into_exposed());
            seen += 1;
            assert_eq!(parse(number.as_deref().unwrap(), None), number, "{} {kind:?}", plan.id());
            if plan.id() == "001" {
                continue;
            }
            assert_eq!(parse(national, Some(plan.id())), number, "{} {kind:?}", plan.id());
            if let Some(prefix) = plan.national_prefix() {
                let dialled = alloc::format!("{prefix} {national}");
                assert_eq!(parse(&dialled, Some(plan.id())), number, "{} {kind:?}", plan.id());
            }
        }
    }
    assert!(seen > 700, "{seen}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What was read reads as itself, wherever it is read.
    #[test]
    fn l28_parse_is_idempotent(
        text in "[+]?[0-9]{3,15}", region in prop::sample::select(alloc::vec!["US", "IT", "RU", "BY", "DE", "AR", "MX", "BR", "KZ", "FI"]),
    ) {
        if let Ok(parsed) = PhoneNumber::parse(&text, Some(region)) {
            let exact = parsed.number().exact().into_exposed();
            prop_assert_eq!(PhoneNumber::from_e164(&exact), Ok(parsed.number()));
            prop_assert_eq!(PhoneNumber::parse(&exact, None), Ok(parsed));
            prop_assert_eq!(PhoneNumber::parse(&exact, Some("NZ")), Ok(parsed));
        }
    }

    /// Whatever the text and the region, the answer is a value or a typed error.
    #[test]
    fn l05_parse_is_total(text in ".{0,30}|[0-9+#x;ext=()/ -]{0,40}", region in ".{0,3}|[A-Z]{2}") {
        let _ = PhoneNumber::parse(&text, Some(&region));
        let _ = PhoneNumber::parse(&text, None);
    }
}
