use consent_engine::op::import::{CustomField, Meaning};
use consent_engine::{
    Catalogue, Channel, Evidence, InvalidName, LawfulBasis, Method, Notice, Policy, Purpose, PurposeClass,
    PurposeId, SourceName, SystemId,
};

use crate::args::Options;
use crate::fault::Fault;

/// What the columns of the exports mean to this host.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) marketing: PurposeId,
    /// What the audience of Mailchimp is for.
    pub(crate) list: PurposeId,
    offers: PurposeId,
    pub(crate) mailchimp: SystemId,
    pub(crate) hubspot: SystemId,
    pub(crate) signup: SourceName,
    pub(crate) unsubscribe: SourceName,
    /// What people were shown when they signed up.
    pub(crate) notice: Option<Notice>,
    /// Custom fields: name, name of the date, meaning.
    pub(crate) fields: Vec<(String, String, CustomField)>,
}

impl Rules {
    pub(crate) fn new(options: &Options) -> Result<Self, Fault> {
        let mut rules = Self::named(options).map_err(|error| Fault::input(error.to_string()))?;
        let policy = rules.policy()?;
        for (name, purpose) in &options.fields {
            if policy.catalogue().find(*purpose).is_none() {
                let known = policy.catalogue().iter().map(|(_, purpose)| purpose.id().to_string());
                let known = known.collect::<Vec<_>>().join(", ");
                return Err(Fault::Usage(format!("--field: the purposes are {known}; see --help")));
            }
            rules.fields.push((name.clone(), format!("{name} date"), rules.field(*purpose)));
        }
        Ok(rules)
    }

    fn named(options: &Options) -> Result<Self, InvalidName> {
        Ok(Self {
            marketing: PurposeId::new("marketing")?,
            list: PurposeId::new("marketing.news")?,
            offers: PurposeId::new("marketing.offers")?,
            mailchimp: SystemId::new("mailchimp")?,
            hubspot: SystemId::new("hubspot")?,
            signup: SourceName::new("signup_form")?,
            unsubscribe: SourceName::new("unsubscribe_link")?,
            notice: options.notice,
            fields: Vec::new(),
        })
    }

    pub(crate) fn policy(&self) -> Result<Policy, Fault> {
        let promotes = |id| {
            Purpose::new(id, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email])
        };
        let below = |id| promotes(id).with_parent(self.marketing);
        let purposes = [promotes(self.marketing), below(self.list), below(self.offers)];
        let catalogue = Catalogue::new(purposes, []).map_err(|error| Fault::input(error.to_string()))?;
        Ok(Policy::new(1, catalogue))
    }

    /// The purpose of a type of e-mail; of one that is not known, all marketing.
    pub(crate) fn purpose_of(&self, kind: &str) -> PurposeId {
        match kind.to_ascii_lowercase().as_str() {
            "newsletter" => self.list,
            "offers" => self.offers,
            _ => self.marketing,
        }
    }

    fn field(&self, purpose: PurposeId) -> CustomField {
        let evidence = Evidence::new(Method::Explicit, self.signup);
        let evidence = match self.notice {
            Some(notice) => evidence.with_notice(notice),
            None => evidence,
        };
        let field = CustomField::new(0, purpose).on(Channel::Email).attested_by(evidence);
        let yes =
            ["yes", "true"].into_iter().fold(field, |field, value| field.meaning(value, Meaning::OptedIn));
        ["no", "false"].into_iter().fold(yes, |field, value| field.meaning(value, Meaning::OptedOut))
    }
}
