//! A payload can never claim to be the person: Authority does not implement Deserialize.
fn main() {
    let _: consent_engine::Authority = serde_json::from_str("{}").unwrap();
}
