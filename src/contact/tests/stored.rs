use super::*;

fn round_trip<T>(value: &T) -> String
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + core::fmt::Debug,
{
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value);
    json
}

#[test]
fn addresses_are_stored_as_plain_texts() {
    let email = email("Jane@Example.COM");
    let number = PhoneNumber::from_e164("+15550100000").unwrap();
    assert_eq!(round_trip(&email), r#""Jane@example.com""#);
    assert_eq!(round_trip(&number), r#""+15550100000""#);
    assert_eq!(round_trip(&Address::from(email)), r#""email:Jane@example.com""#);
    assert_eq!(round_trip(&Address::from(number)), r#""phone:+15550100000""#);
}

#[test]
fn rules_are_stored_by_name() {
    let rules = CoarseRules::V1.with_plus_tag(PlusTag::Strip).with_providers(ProviderRules::V1);
    assert_eq!(round_trip(&rules), r#"{"form":"v1","plus_tag":"strip","providers":"v1"}"#);
    let live = LiveRules::new(CoarseRules::V1).upgrade(rules);
    round_trip(&live);
    assert_eq!(serde_json::from_str::<CoarseRules>(r#"{"form":"v1"}"#).unwrap(), CoarseRules::V1);
    assert!(
        serde_json::from_str::<CoarseRules>(r#"{"form":"v2"}"#).is_err(),
        "a later version is not guessed at"
    );
    assert!(serde_json::from_str::<LiveRules>("{}").is_err(), "no rules are no rules");
}

#[test]
fn invalid_addresses_are_refused_on_decoding() {
    for json in [r#""jane""#, r#""jane@example.com\n""#, r#""""#, "null", "[]", "{}"] {
        assert!(serde_json::from_str::<Email>(json).is_err());
        assert!(serde_json::from_str::<Address>(json).is_err());
    }
    for json in [r#""15550100000""#, r#""+1 555 010 0000""#, "15550100000"] {
        assert!(serde_json::from_str::<PhoneNumber>(json).is_err());
    }
}

proptest! {
    #[test]
    fn l28_what_was_stored_is_read_back(text in near_addresses()) {
        if let Ok(email) = Email::parse(&text) {
            round_trip(&email);
            round_trip(&Address::from(email));
        }
    }
}
