//! casbin: one rule, one matcher, and the facts as attributes of the request (ABAC). It answers yes or no.
//!
//! Rows of facts as policies would be searched from the first to the last for each answer, so none are kept there.

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use rhai::Dynamic;

use super::Peer;
use super::flat::Flat;
use crate::data::{NOW, World};

/// casbin with the request ready for each question.
pub struct Casbin {
    enforcer: Enforcer,
    requests: Vec<Vec<Dynamic>>,
}

impl Casbin {
    /// An enforcer with one rule.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let requests = Flat::all(world).map(request).collect();
        Self { enforcer: pollster::block_on(enforcer()).expect("a valid model"), requests }
    }
}

impl Peer for Casbin {
    fn name(&self) -> &'static str {
        "casbin, one rule, request at hand"
    }

    fn answer(&self, question: usize) -> bool {
        self.enforcer.enforce(self.requests[question].clone()).expect("a request of the model")
    }
}

async fn enforcer() -> casbin::Result<Enforcer> {
    let model = DefaultModel::from_str(include_str!("../../policies/casbin.conf")).await?;
    let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
    enforcer.add_policy(vec![String::from("transactional")]).await?;
    Ok(enforcer)
}

/// The attributes, in the order of the model.
fn request(flat: Flat) -> Vec<Dynamic> {
    vec![
        Dynamic::from(flat.class),
        number(i64::from(flat.way.bit())),
        number(i64::from(flat.ground.channels)),
        Dynamic::from(flat.point_state),
        Dynamic::from(flat.opted_out),
        number(NOW),
        number(flat.pause_until),
        Dynamic::from(flat.ground.basis.name()),
        Dynamic::from(flat.ground.status.name()),
        number(flat.ground.expires_at),
        Dynamic::from(flat.strict),
    ]
}

/// casbin builds its language with numbers of 32 bits.
fn number(value: i64) -> Dynamic {
    Dynamic::from(i32::try_from(value).expect("a number of 32 bits"))
}
