//! What must not compile.

#[test]
fn d30_commands_actors_and_authority_cannot_be_read_from_a_payload() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
