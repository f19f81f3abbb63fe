//! L19: each of these fields is in the hash. Take one out, and the test that is named after it fails.

use super::*;
use crate::evidence::{Notice, NoticeId};
use crate::fact::{Cell, Stated};
use crate::id::{ContactPointId, RequestId};
use crate::purpose::PurposeId;
use crate::time::Timestamp;

const SECRETS: [u8; 32] = [7; 32];

#[derive(Clone)]
struct Bound {
    tenant: TenantId,
    subject: SubjectId,
    request: Request,
    secret: [u8; 16],
}

fn bound() -> Bound {
    let purpose = PurposeId::new("news").unwrap();
    let cell = Cell { purpose, channel: Some(Channel::Email), point: Some(ContactPointId::from_u128(1)) };
    let request = Request {
        id: RequestId::from_u128(1),
        cell,
        stated: Stated::cell(cell),
        notice: Some(Notice { id: NoticeId::new("privacy").unwrap(), version: 1 }),
        age: None,
        expires: Timestamp::MAX,
        seen: Vec::new(),
        token: None,
    };
    Bound { tenant: TenantId::from_u128(1), subject: SubjectId::from_u128(1), request, secret: [1; 16] }
}

fn hash(bound: &Bound, secrets: &IndexSecrets) -> Vec<TokenHash> {
    let Bound { tenant, subject, request, secret } = bound;
    let secret = &ConfirmationSecret::new(secret).unwrap();
    Binding { tenant: *tenant, subject: *subject, request, secret }.hashes(secrets)
}

/// Another hash with the change, and the same one without it.
fn binds(change: impl Fn(&mut Bound)) {
    let secrets = IndexSecrets::new(SECRETS);
    let mut changed = bound();
    change(&mut changed);
    assert_ne!(hash(&bound(), &secrets), hash(&changed, &secrets));
    assert_eq!(hash(&bound(), &secrets), hash(&bound(), &secrets));
}

#[test]
fn l19_the_tenant() {
    binds(|bound| bound.tenant = TenantId::from_u128(2));
}

#[test]
fn l19_the_subject() {
    binds(|bound| bound.subject = SubjectId::from_u128(2));
}

#[test]
fn l19_the_request() {
    binds(|bound| bound.request.id = RequestId::from_u128(2));
}

#[test]
fn l19_the_contact_point() {
    binds(|bound| bound.request.cell.point = Some(ContactPointId::from_u128(2)));
    binds(|bound| bound.request.cell.point = None);
}

#[test]
fn l19_the_purpose() {
    binds(|bound| bound.request.cell.purpose = PurposeId::new("events").unwrap());
}

#[test]
fn l19_the_channel() {
    binds(|bound| bound.request.cell.channel = Some(Channel::Sms));
    binds(|bound| bound.request.cell.channel = None);
}

#[test]
fn l19_the_notice() {
    binds(|bound| {
        bound.request.notice = Some(Notice { id: NoticeId::new("terms").unwrap(), version: 1 });
    });
    binds(|bound| bound.request.notice = None);
}

#[test]
fn l19_the_version_of_the_notice() {
    binds(|bound| {
        bound.request.notice = Some(Notice { id: NoticeId::new("privacy").unwrap(), version: 2 });
    });
}

#[test]
fn l19_the_secret() {
    binds(|bound| bound.secret = [2; 16]);
}

#[test]
fn l19_the_index_secret_and_each_live_one_has_its_own() {
    let [old, new] = [IndexSecrets::new(SECRETS), IndexSecrets::new([8; 32])];
    let both = hash(&bound(), &IndexSecrets::new(SECRETS).and([8; 32]));
    assert_eq!(both, [hash(&bound(), &old), hash(&bound(), &new)].concat());
    assert_ne!(both.first(), both.last());
}
