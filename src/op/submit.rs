use alloc::vec::Vec;

use crate::consent::{Command, Effect, Rejection, Report};
use crate::op::{CommandOutcome, Decide, Halt, Loaded, Operation, Plan, Settings, Stamp, Who};
use crate::preference::{Chosen, Submission};
use crate::time::Timestamp;

/// Takes a preference form back in: decides what was changed in it as one command, and commits the facts.
#[derive(Clone, Debug)]
pub struct SubmitPreferences {
    settings: Settings,
    decide: Option<Decide>,
    refused: Vec<Report>,
    now: Timestamp,
}

/// What a preference form came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Submitted {
    /// When the change was recorded; when the form was looked at, if it changed nothing.
    pub at: Timestamp,
    /// Whether a choice changed. The effects then hold [`Effect::NotifyChange`].
    pub changed: bool,
    /// What became of each row that differs from what the form showed.
    pub reports: Vec<Report>,
    /// What the host must do now.
    pub effects: Vec<Effect>,
    /// The form was taken in before under this command id: this is what it came to then.
    pub repeated: bool,
}

impl SubmitPreferences {
    /// A form of somebody. `who` is the person as the host knows them, and not as the form says.
    ///
    /// # Errors
    ///
    /// [`Rejection::ForeignForm`] for a form of another tenant; the first of the rejections if every row that was changed is refused.
    ///
    /// ```
    /// # use consent_engine::op::SubmitPreferences;
    /// # use consent_engine::*;
    /// # let news = PurposeId::new("news")?;
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// # let ada = Subject::new(SubjectId::from_u128(7));
    /// # let view = View::new(&policy, ada.clone(), Projection::default()).unwrap();
    /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    /// # let (tenant, other) = (TenantId::from_u128(1), TenantId::from_u128(2));
    /// # let showing = Showing::under(RegimeSet::OPT_IN);
    /// # let settings = |tenant| Settings::new(tenant, WriterId::from_u128(1), policy.clone());
    /// # let form = PreferenceView::new(tenant, &view, &policy, now, &showing).unwrap().form();
    /// let sent = Submission::new(form, []);
    /// let (who, stamp) = (Who::Subject(SubjectId::from_u128(7)), Stamp::new(now, CommandId::from_u128(1)));
    /// assert!(SubmitPreferences::new(settings(tenant), who.clone(), &sent, stamp).is_ok());
    /// let foreign = SubmitPreferences::new(settings(other), who, &sent, stamp).unwrap_err();
    /// assert_eq!(foreign, Rejection::ForeignForm);
    /// # Ok::<(), InvalidName>(())
    /// ```
    pub fn new(
        settings: Settings,
        who: Who,
        submission: &Submission,
        stamp: Stamp,
    ) -> Result<Self, Rejection> {
        let Chosen { command, refused } = submission.chosen(settings.tenant, &settings.policy, stamp.now)?;
        let decide = command.map(|command| Decide::new(settings.clone(), who, command, stamp));
        Ok(Self { settings, decide, refused, now: stamp.now })
    }

    fn submitted(&self, outcome: CommandOutcome) -> Submitted {
        let CommandOutcome { mut reports, effects, repeated, .. } = outcome;
        reports.extend(self.refused.iter().cloned());
        let notified = effects.iter().find_map(|effect| match effect {
            Effect::NotifyChange { at, .. } => Some(*at),
            _ => None,
        });
        Submitted {
            at: notified.unwrap_or(self.now),
            changed: notified.is_some(),
            reports,
            effects,
            repeated,
        }
    }
}

impl Operation for SubmitPreferences {
    type Outcome = Submitted;

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn command(&self) -> Option<&Command> {
        self.decide.as_ref().and_then(Operation::command)
    }

    fn plan(&self, see: &Loaded) -> Result<Plan<Submitted>, Halt> {
        let Some(decide) = &self.decide else {
            let (reports, effects) = (self.refused.clone(), Vec::new());
            return Ok(Plan::done(Submitted {
                at: self.now,
                changed: false,
                reports,
                effects,
                repeated: false,
            }));
        };
        let Plan { outcome, writes } = decide.plan(see)?;
        Ok(Plan { outcome: self.submitted(outcome), writes })
    }
}
