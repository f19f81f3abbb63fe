//! Cedar: subjects, their purposes and their contact points as entities, and nine policies. It names the policies that
//! decided.

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use serde_json::{Value, json};

use super::Peer;
use super::flat::class;
use crate::data::{NOW, PURPOSES, Question, Subject, World};

/// Cedar with entities and requests ready.
#[derive(Debug)]
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

impl Cedar {
    /// Everybody as entities.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let entities: Vec<_> = world.subjects.iter().flat_map(entities).collect();
        Self {
            authorizer: Authorizer::new(),
            policies: include_str!("../../policies/consent.cedar").parse().expect("valid policies"),
            entities: Entities::from_json_value(Value::Array(entities), None).expect("valid entities"),
            requests: world.questions.iter().map(|question| request(world, question)).collect(),
        }
    }
}

impl Peer for Cedar {
    fn name(&self) -> &'static str {
        "cedar-policy, entities looked up"
    }

    fn answer(&self, question: usize) -> bool {
        let response =
            self.authorizer.is_authorized(&self.requests[question], &self.policies, &self.entities);
        response.decision() == Decision::Allow
    }
}

fn request(world: &World, question: &Question) -> Request {
    let subject = world.asked(question);
    let context = json!({
        "now": NOW,
        "channel": question.way.name(),
        "point": { "__entity": point(question.point) },
    });
    let context = Context::from_json_value(context, None).expect("a valid context");
    let entity = |uid| EntityUid::from_json(uid).expect("a valid uid");
    let action = json!({ "type": "Action", "id": "send" });
    let resource = ground(subject, question.purpose);
    Request::new(entity(person(subject)), entity(action), entity(resource), context, None)
        .expect("a valid request")
}

/// A subject, its purposes and its contact points.
fn entities(subject: &Subject) -> Vec<Value> {
    let one = |uid, attrs| json!({ "uid": uid, "attrs": attrs, "parents": [] });
    let holder = json!({ "__entity": person(subject) });
    let points = subject
        .points
        .map(|held| one(point(held.id), json!({ "holder": holder.clone(), "state": held.state.name() })));
    let grounds = subject.grounds.into_iter().enumerate().map(|(purpose, of)| {
        let channels: Vec<_> = of.ways().map(|way| way.name()).collect();
        let attributes = json!({
            "class": class(purpose),
            "basis": of.basis.name(),
            "status": of.status.name(),
            "expires_at": of.expires_at,
            "channels": channels,
        });
        one(ground(subject, purpose), attributes)
    });
    let own = json!({
        "strict": subject.strict,
        "opted_out": subject.opted_out,
        "pause_until": subject.pause_until,
    });
    std::iter::once(one(person(subject), own)).chain(points).chain(grounds).collect()
}

fn person(subject: &Subject) -> Value {
    json!({ "type": "Subject", "id": format!("{:032x}", subject.id) })
}

fn ground(subject: &Subject, purpose: usize) -> Value {
    json!({ "type": "Ground", "id": format!("{:032x}/{}", subject.id, PURPOSES[purpose]) })
}

fn point(id: u64) -> Value {
    json!({ "type": "Point", "id": id.to_string() })
}
