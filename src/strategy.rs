//! Strategies for property tests of policies and histories (feature `proptest`).
//!
//! Every strategy draws from a small [`World`]: a policy, three people, three addresses, two or three writers. With
//! so little to choose from, the cases that matter come up by themselves: two facts at one instant, an opt-out and a
//! grant of one scope, an address that two people share, a token that is one fact behind.
//!
//! [`World::of`] makes a world of your own policy, so that you can test what *your* catalogue permits;
//! [`worlds`] draws policies too.
//!
//! # A property
//!
//! ```
//! use consent_engine::strategy::{self, World};
//! use proptest::prelude::*;
//!
//! // A world, a history in it, and the same history as another replica may receive it.
//! fn deliveries() -> impl Strategy<Value = (World, Vec<consent_engine::Fact>, Vec<consent_engine::Fact>)> {
//!     strategy::worlds().prop_flat_map(|world| {
//!         let facts = strategy::facts(&world, 0..24);
//!         facts.prop_flat_map(move |facts| (Just(world.clone()), Just(facts.clone()), strategy::permuted(facts)))
//!     })
//! }
//!
//! proptest! {
//!     # #![proptest_config(ProptestConfig { failure_persistence: None, cases: 16, ..ProptestConfig::default() })]
//!     // In your tests this carries #[test].
//!     fn the_order_of_arrival_does_not_matter((world, sent, received) in deliveries()) {
//!         // Load both, put the questions of `strategy::queries(&world)` to both, compare. Here, only their heads:
//!         prop_assert_eq!(strategy::heads(&sent), strategy::heads(&received));
//!     }
//! }
//! # the_order_of_arrival_does_not_matter();
//! ```
//!
//! # Two kinds of history
//!
//! * [`facts`] is **raw**: whatever a store could hold, also what no command writes: grants that lift what nobody
//!   saw, restrictions in the log of the wrong person, clocks that run backwards. Compare the engine with a model on
//!   these, at [`nows`] and [`turning_points`].
//! * [`scripts`] is **commands**, to be decided one after the other. What a script does depends on the engine under
//!   test, so its steps hold choices ([`ViewChoice`], the target of a `Clear`), and a [`Run`] settles them:
//!
//! ```
//! use consent_engine::strategy::{self, Run, Step, World};
//! use consent_engine::{Command, Ctx, Fact, SubjectId, ViewToken};
//!
//! // Stand-ins for what you test: load the view of a subject, and decide a command on it.
//! fn token_of_view(subject: SubjectId, facts: &[Fact]) -> ViewToken { strategy::heads(facts) }
//! fn decide(subject: SubjectId, facts: &[Fact], command: Command, ctx: &Ctx<'_>) -> Vec<Fact> { Vec::new() }
//!
//! fn play(world: &World, script: &[Step]) -> Vec<Fact> {
//!     let mut run = Run::default();
//!     for step in script {
//!         let now = run.advance(step);
//!         let subject = world.subject(step.subject);
//!         let token = token_of_view(subject, run.facts());
//!         let command = run.command(step, token);
//!         let ctx =
//!             Ctx { now, writer: world.writer(step.writer), command: run.command_id(), policy: &world.policy };
//!         let written = decide(subject, run.facts(), command, &ctx);
//!         // Check what must hold after every step here.
//!         run.record(written);
//!     }
//!     run.facts().to_vec()
//! }
//! # play(&World::default(), &[]);
//! ```
//!
//! # Shrinking
//!
//! A history or script shrinks by dropping steps and by simplifying each. References between facts (positions,
//! lifts, tokens) are resolved after the shape is known, so that a shrunk history is as well-formed as the first.
//! A history of dozens of facts has many parts: `max_shrink_iters: 20_000` is worth its seconds.

mod act;
mod actor;
mod catalogue;
mod draft;
mod evidence;
mod grant;
mod history;
mod id;
mod kind;
mod outcome;
mod pick;
mod policy;
mod purpose;
mod query;
mod reference;
mod scope;
mod script;
mod time;
mod token;
mod world;

pub use act::{acts, captures, commands};
pub use actor::{
    actor_kinds, actors, authorities, machine_actors, person_actors, powers, recorded_actors, roles,
    staff_actors, vias,
};
pub use catalogue::{catalogues, purposes};
pub use evidence::{
    ages, evidence, language_tags, methods, notes, notice_ids, notices, source_names, strengths,
};
pub use grant::{grants, requests};
pub use history::{facts, permuted, splits};
pub use id::{
    aggregates, command_ids, index_keys, log_ids, point_ids, positions, request_ids, seqs, subject_ids,
    system_ids, tenant_ids, writer_ids,
};
pub use kind::{
    descriptions, fact_kinds, holds, interests, lapse_causes, reassigns, relationship_kinds, releases,
    restrictions, revocations, unsupported,
};
pub use outcome::{cell_states, expiry_causes, reason_sets, reasons, standings, states, verdicts};
pub use policy::{limits, policies, regime_sets, regimes};
pub use purpose::{
    evidence_needs, frequency_caps, lawful_bases, notice_needs, opt_out_rules, purpose_classes, purpose_ids,
    purpose_indexes,
};
pub use query::{contacts, directions, foreign, identities, people, preferences, queries, subject_kinds};
pub use scope::{
    breadths, cells, channel_names, channels, named, point_kinds, purpose_scopes, restriction_keys,
    restriction_reasons, scopes, stated, stated_for,
};
pub use script::{Run, Step, scripts};
pub use time::{EPOCH, intervals, nows, spans, timestamps, turning_points};
pub use token::{ViewChoice, consulted, heads, tokens, view_choices, view_tokens};
pub use world::{World, worlds};
