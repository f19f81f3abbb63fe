//! A payload can never claim to be the person: Actor does not implement Deserialize.
fn main() {
    let _: consent_engine::Actor = serde_json::from_str("{}").unwrap();
}
