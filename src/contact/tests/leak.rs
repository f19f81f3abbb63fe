use alloc::format;
use core::fmt::{Debug, Display};

use super::*;

#[test]
fn l51_redacted_values_say_so() {
    let (email, number) = (email("canary@canary.example"), PhoneNumber::from_e164("+15550100000").unwrap());
    assert_eq!(format!("{email} {email:?}"), "[redacted] Email([redacted])");
    assert_eq!(format!("{number} {number:?}"), "[redacted] PhoneNumber([redacted])");
    assert_eq!(Address::from(email).to_string(), "[redacted]");
    assert_eq!(Address::from(number).to_string(), "[redacted]");
    let error = serde_json::from_str::<Email>("15550100000").unwrap_err();
    assert!(error.to_string().starts_with("not a text: expected an e-mail address"));
    let error = serde_json::from_str::<Email>("null").unwrap_err();
    assert!(error.to_string().contains("expected an e-mail address"));
}

/// Fails if a printed form holds the canary, or a long run of its digits.
#[track_caller]
fn silent(value: &(impl Debug + Display)) {
    for printed in [format!("{value}"), format!("{value:?}"), format!("{value:#?}")] {
        let lower = printed.to_lowercase();
        assert!(!lower.contains("canary") && !printed.contains("5550"), "{printed}");
    }
}

#[test]
fn l51_values_are_redacted() {
    let email = email("Canary@canary.example");
    silent(&email);
    silent(&Address::from(email.clone()));
    silent(&email.exact());
    silent(&email.local());
    silent(&email.domain());
    let number = PhoneNumber::from_e164("+15550100000").unwrap();
    silent(&number);
    silent(&Address::from(number));
    silent(&number.exact());
    silent(&number.digits());
    for key in [email.coarse(CoarseRules::V1), number.coarse(CoarseRules::V1)] {
        silent(&key.text());
        silent(&key.hash_input());
        let printed = format!("{key:?}");
        assert!(!printed.contains("canary") && !printed.contains("5550"), "{printed}");
    }
    #[cfg(feature = "phone")]
    {
        let printed = format!("{:?}", PhoneNumber::parse("+1 6502530000 x5550", None).unwrap());
        assert!(!printed.contains("650") && !printed.contains("5550"), "{printed}");
    }
}

#[test]
fn d40_errors_do_not_repeat_the_text() {
    for text in [
        "canary",
        "@canary",
        "canary@",
        "canary canary@canary.de",
        "canary\0@canary.de",
        "can\u{200B}ary@canary.de",
        "canáry❤@canary.de",
        "canary@cánary_.de",
        "canary(canary)@canary.de",
        "\"canary canary\"@canary.de",
        "\"canary,canary\"@canary.de",
        ".canary@canary.de",
        "canary@[canary]",
        "canary@canary..de",
        "canary⑴@canary.de",
        "+canary",
        "+1 5550100000",
        "+15550x",
        "5550100000",
        "005550100000",
        "+1555010000055501000005550",
    ] {
        silent(&Email::parse(text).unwrap_err());
        silent(&PhoneNumber::from_e164(text).unwrap_err());
        silent(&text.parse::<Address>().unwrap_err());
        silent(&Address::new(crate::channel::PointKind::Email, text).unwrap_err());
        #[cfg(feature = "phone")]
        for region in [None, Some("US"), Some("canary")] {
            if let Err(error) = PhoneNumber::parse(text, region) {
                silent(&error);
            }
        }
    }
}

#[test]
fn d40_decoding_errors_do_not_repeat_the_text() {
    for json in [
        r#""canary canary@canary.de""#,
        r#""canary""#,
        "15550100000",
        "-15550100000",
        "1555010000055501000005550",
        "15550.5550",
        r#"{"canary@canary.de":5550}"#,
        r#"["canary@canary.de",15550100000]"#,
        r#""+1 5550100000""#,
        "true",
        "null",
        r#""email:canary""#,
        r#""phone:5550100000""#,
        r#""canary:canary@canary.de""#,
    ] {
        silent(&serde_json::from_str::<Email>(json).unwrap_err());
        silent(&serde_json::from_str::<PhoneNumber>(json).unwrap_err());
        silent(&serde_json::from_str::<Address>(json).unwrap_err());
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        silent(&serde_json::from_value::<PhoneNumber>(value).unwrap_err());
    }
}
