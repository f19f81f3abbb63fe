use alloc::vec::Vec;
use core::fmt;

use hmac_sha256::HMAC;

use crate::contact::{Address, LiveRules};
use crate::fact::TokenHash;
use crate::id::{IndexKey, TenantId};
use crate::op::{Alias, ConfirmationSecret};

/// The secrets under which addresses and aliases are looked up, and confirmation tokens are kept.
///
/// The store never holds an address, only HMAC-SHA-256 of it (RFC 2104) under a secret of the host: a leaked table can't be
/// turned back by guessing. Every live secret is looked up and written, so a secret is rotated by adding the new one, touching
/// each address and alias, and then removing the old one. An attach, a claim, a command by alias and a row of an import that is not rejected touch
/// what they name; an opt-out by address touches what restrictions are found by. Keep secrets apart from the store. They hide in `Debug`.
///
/// ```
/// use consent_engine::IndexSecrets;
/// let secrets = IndexSecrets::new([7; 32]).and([8; 32]);
/// assert_eq!(format!("{secrets:?}"), "IndexSecrets(2, [redacted])");
/// ```
#[derive(Clone)]
pub struct IndexSecrets {
    live: Vec<[u8; 32]>,
    rules: LiveRules,
}

#[derive(Clone, Copy)]
enum Form {
    Exact,
    Coarse,
    Alias,
    Token,
    Confirmation,
    Row,
}

impl IndexSecrets {
    /// One secret, and the current rules for the coarse forms of addresses.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> Self {
        Self { live: Vec::from([secret]), rules: LiveRules::default() }
    }

    /// With a newer secret that is live too. Keep the older ones before it: the first is part of what tells one command from another.
    #[must_use]
    pub fn and(mut self, secret: [u8; 32]) -> Self {
        self.live.push(secret);
        self
    }

    /// With other rules for the coarse forms of addresses.
    #[must_use]
    pub fn with_rules(mut self, rules: LiveRules) -> Self {
        self.rules = rules;
        self
    }

    /// The keys of an address as it is written: what a grant is found by.
    pub(super) fn exact(&self, tenant: TenantId, address: &Address) -> Vec<IndexKey> {
        self.keys(tenant, Form::Exact, &[address.exact().expose()])
    }

    /// The keys of everything that reaches the same mailbox or telephone: what a restriction is found by.
    pub(super) fn coarse(&self, tenant: TenantId, address: &Address) -> Vec<IndexKey> {
        let coarse = address.coarse_keys(&self.rules);
        let texts: Vec<_> = coarse.iter().map(|key| key.hash_input().into_exposed()).collect();
        self.keys(tenant, Form::Coarse, &texts)
    }

    pub(super) fn alias(&self, tenant: TenantId, alias: &Alias) -> Vec<IndexKey> {
        self.keys(tenant, Form::Alias, &[&alias.hash_input()])
    }

    /// What tells one confirmation secret from another.
    pub(super) fn confirmation(&self, tenant: TenantId, secret: &ConfirmationSecret) -> Vec<IndexKey> {
        self.keys(tenant, Form::Confirmation, &[secret.bytes()])
    }

    /// The hash of some parts under each live secret. No other parts run together to the same.
    pub(super) fn token(&self, tenant: TenantId, parts: &[&[u8]]) -> Vec<TokenHash> {
        let hash = |secret: &[u8; 32]| {
            let mut mac = begin(secret, tenant, Form::Token);
            for part in parts {
                mac.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                mac.update(part);
            }
            TokenHash::new(mac.finalize())
        };
        self.live.iter().map(hash).collect()
    }

    /// What tells one row of an import from another, under the oldest secret: nobody without it can guess what the row says.
    pub(super) fn row(&self, tenant: TenantId, text: &[u8]) -> [u8; 32] {
        self.live.first().map_or([0; 32], |secret| hash(secret, tenant, Form::Row, text))
    }

    fn keys(&self, tenant: TenantId, form: Form, texts: &[impl AsRef<[u8]>]) -> Vec<IndexKey> {
        let key = |secret: &[u8; 32], text: &[u8]| {
            let hash = hash(secret, tenant, form, text);
            let half = hash.first_chunk().copied().unwrap_or_default();
            IndexKey::from_u128(u128::from_be_bytes(half))
        };
        let all =
            self.live.iter().flat_map(|secret| texts.iter().map(move |text| key(secret, text.as_ref())));
        let mut keys = Vec::new();
        for key in all {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }
}

/// Each tenant, and each use, has hashes of its own.
fn begin(secret: &[u8; 32], tenant: TenantId, form: Form) -> HMAC {
    let mut mac = HMAC::new(secret);
    mac.update(tenant.uuid().as_bytes());
    mac.update([form as u8]);
    mac
}

fn hash(secret: &[u8; 32], tenant: TenantId, form: Form, text: &[u8]) -> [u8; 32] {
    let mut mac = begin(secret, tenant, form);
    mac.update(text);
    mac.finalize()
}

impl fmt::Debug for IndexSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IndexSecrets({}, [redacted])", self.live.len())
    }
}
