//! A payload can never claim to be the person: Command does not implement Deserialize.
fn main() {
    let _: consent_engine::Command = serde_json::from_str("{}").unwrap();
}
