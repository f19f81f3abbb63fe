use super::*;

#[test]
fn d14_only_e164_is_taken_on_trust() {
    use InvalidPhone as E;
    for (text, error) in [
        ("", E::Empty),
        ("+", E::TooShort { digits: 0 }),
        ("15550100000", E::NoPlus),
        ("0236618300", E::NoPlus),
        ("0015550100000", E::InternationalPrefix),
        ("+015550100000", E::LeadingZero),
        ("+0", E::LeadingZero),
        ("+155501", E::TooShort { digits: 6 }),
        ("+1234567890123456", E::TooManyDigits { digits: 16 }),
        ("+1 5550100000", E::Separator { at: 2 }),
        ("+1-555-010-0000", E::Separator { at: 2 }),
        ("(+1)5550100000", E::Separator { at: 0 }),
        ("+1\u{A0}5550100000", E::Separator { at: 2 }),
        ("+1800FLOWERS", E::Letter { at: 5 }),
        ("+15550100000x12", E::Extension { at: 12 }),
        ("+15550100000ext12", E::Extension { at: 12 }),
        ("+15550100000;ext=12", E::Extension { at: 12 }),
        ("+15550100000#12", E::Extension { at: 12 }),
        ("+١٥٥٥٠١٠٠٠٠٠", E::ForeignDigit { at: 1 }),
        ("+1555010000０", E::ForeignDigit { at: 11 }),
        ("＋15550100000", E::ForeignDigit { at: 0 }),
        ("++15550100000", E::Character { at: 1 }),
        ("tel:+15550100000", E::Letter { at: 0 }),
        ("x15550100000", E::Letter { at: 0 }),
        ("+1555010000:", E::Character { at: 11 }),
        ("+1555010000/", E::Separator { at: 11 }),
        ("+15550100000,1", E::Character { at: 12 }),
        ("\u{202A}+15550100000\u{202C}", E::Invisible { at: 0 }),
        ("+1555\u{200B}0100000", E::Invisible { at: 5 }),
        ("+15550100000\r\n", E::Control { at: 12 }),
        ("+1555\u{0}0100000", E::Control { at: 5 }),
        ("jane@example.com", E::Letter { at: 0 }),
    ] {
        assert_eq!(PhoneNumber::from_e164(text), Err(error), "{text}");
    }
    for text in ["+1234567", "+123456789012345", "+390236618300", "+2250101234567"] {
        assert_eq!(PhoneNumber::from_e164(text).unwrap().exact().into_exposed(), text);
    }
}

#[test]
fn d15_overlong_numbers() {
    let text = "+".to_string() + &"1".repeat(PhoneNumber::MAX_TEXT_LEN - 1);
    assert_eq!(PhoneNumber::from_e164(&text), Err(InvalidPhone::TooManyDigits { digits: 63 }));
    assert_eq!(PhoneNumber::from_e164(&(text + "1")), Err(InvalidPhone::TooLong { len: 65 }));
}

#[test]
fn a_number_is_one_word() {
    assert_eq!(size_of::<Option<PhoneNumber>>(), 8);
}

proptest! {
    /// Every number in E.164 comes back as it was, and only those are numbers.
    #[test]
    fn l28_e164_is_its_own_form(text in "[+0 ]?[0-9]{0,17}", rules in rules()) {
        let valid = text.strip_prefix('+').is_some_and(|digits| {
            (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
        });
        match PhoneNumber::from_e164(&text) {
            Ok(number) => {
                prop_assert!(valid);
                prop_assert_eq!(&number.exact().into_exposed(), &text);
                let coarse = number.coarse(rules);
                prop_assert_eq!(coarse.text().into_exposed(), &text);
                prop_assert_eq!(PhoneNumber::from_e164(coarse.text().into_exposed()).unwrap().coarse(rules), coarse);
                prop_assert_eq!(PhoneNumber::from_digits(number.digits().into_exposed()), Ok(number));
            }
            Err(_) => prop_assert!(!valid),
        }
    }

    /// Two numbers have two keys, and options for e-mail make no other key.
    #[test]
    fn l28_phone_keys_are_not_lossy(a in 1_000_000_u64..1_000_000_000_000_000, b in 1_000_000_u64..9_999_999, live in live_rules()) {
        let (one, two) = (PhoneNumber::from_digits(a).unwrap(), PhoneNumber::from_digits(b).unwrap());
        prop_assert_eq!(one.coarse_keys(&live).len(), 1);
        prop_assert_eq!(one.coarse_keys(&live) == two.coarse_keys(&live), a == b);
    }
}
