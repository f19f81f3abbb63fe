//! What a confirmation token is bound to.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::channel::Channel;
use crate::fact::{Request, TokenHash};
use crate::id::{SubjectId, TenantId};
use crate::op::{ConfirmationSecret, IndexSecrets};

/// One cell of a request, and whose secret confirms it: exactly this and nothing else.
pub(super) struct Binding<'a> {
    pub(super) tenant: TenantId,
    pub(super) subject: SubjectId,
    pub(super) request: &'a Request,
    pub(super) secret: &'a ConfirmationSecret,
}

impl Binding<'_> {
    /// The hash under each live secret, the oldest first.
    pub(super) fn hashes(&self, secrets: &IndexSecrets) -> Vec<TokenHash> {
        let cell = &self.request.cell;
        let channel = cell.channel.as_ref().map_or_else(String::new, Channel::to_string);
        let notice = self.request.notice;
        let version = notice.map(|notice| notice.version.to_be_bytes());
        secrets.token(
            self.tenant,
            &[
                self.subject.uuid().as_bytes(),
                self.request.id.uuid().as_bytes(),
                cell.point.map(|point| point.uuid()).as_ref().map_or(&[], |point| point.as_bytes()),
                cell.purpose.as_str().as_bytes(),
                channel.as_bytes(),
                notice.as_ref().map_or("", |notice| notice.id.as_str()).as_bytes(),
                version.as_ref().map_or(&[], <[u8; 4]>::as_slice),
                self.secret.bytes(),
            ],
        )
    }
}

#[cfg(test)]
#[path = "binding_tests.rs"]
mod tests;
