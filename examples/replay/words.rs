//! Facts and commands in words.

use consent_engine::{
    Breadth, Cell, Channel, ContactPointId, Description, Fact, FactKind, Grant, PurposeScope, Scope,
    SubjectKind, Timestamp,
};

use crate::format::{
    ActSpec, Action, CellSpec, ChoiceSpec, ConfirmSpec, DescriptionSpec, Http, ImportSpec, OneClickSpec,
    Payload, Question, ScopeSpec, StatedSpec, Tampered,
};
use crate::label::Label;
use crate::names::Names;

/// An instant without the digits that say nothing.
pub(crate) fn instant(at: Timestamp) -> String {
    let text = at.to_string();
    text.strip_suffix(".000000Z").map_or(text.clone(), |seconds| format!("{seconds}Z"))
}

fn place(purpose: &str, channel: Option<Channel>, point: Option<&str>) -> String {
    let channel = channel.map_or(String::new(), |channel| format!(" on {channel}"));
    let point = point.map_or(String::new(), |point| format!(" at {point}"));
    format!("{purpose}{channel}{point}")
}

fn purposes(scope: PurposeScope) -> String {
    match scope {
        PurposeScope::All => String::from("everything"),
        PurposeScope::Subtree(id) => id.to_string(),
    }
}

fn breadth(breadth: Breadth) -> String {
    match breadth {
        Breadth::All => String::from("everything"),
        Breadth::Subtree(id) => format!("{id} and all below"),
        Breadth::Exactly(id) => id.to_string(),
    }
}

fn point(names: &Names, id: Option<ContactPointId>) -> Option<String> {
    id.map(|id| names.point_name(id))
}

pub(crate) fn cell(names: &Names, cell: &Cell) -> String {
    place(cell.purpose.as_str(), cell.channel, point(names, cell.point).as_deref())
}

pub(crate) fn scope(names: &Names, scope: &Scope) -> String {
    place(&purposes(scope.purpose), scope.channel, point(names, scope.point).as_deref())
}

fn spec(purpose: &str, channel: Option<Channel>, point: Option<&Label>) -> String {
    place(purpose, channel, point.map(Label::as_str))
}

fn scopes(specs: &[ScopeSpec]) -> String {
    let words = |s: &ScopeSpec| spec(&purposes(s.purpose), s.channel, s.point.as_ref());
    specs.iter().map(words).collect::<Vec<_>>().join("; ")
}

fn stated(specs: &[StatedSpec]) -> String {
    let words = |s: &StatedSpec| spec(&breadth(s.purpose), s.channel, s.point.as_ref());
    specs.iter().map(words).collect::<Vec<_>>().join("; ")
}

/// What came in, in one line.
pub(crate) fn action(action: &Action) -> String {
    match action {
        Action::Person(person) => {
            let points: Vec<_> = person.points.iter().map(|spec| spec.point.as_str()).collect();
            let at = if points.is_empty() { String::new() } else { format!(" with {}", points.join(", ")) };
            format!("{} is known{at}", person.name)
        }
        Action::Policy(change) => {
            let ids: Vec<_> = change.purposes.iter().map(|purpose| purpose.id().to_string()).collect();
            let of = if ids.is_empty() { String::new() } else { format!(": {}", ids.join(", ")) };
            format!("the policy changes{of}")
        }
        Action::Act(deed) => {
            let by = deed.by.words().map_or(String::new(), |by| format!(" ({by})"));
            let link = deed.link.as_ref().map_or(String::new(), |link| format!(", by the link {link}"));
            format!("{} {}{}{by}{link}", deed.person, deed.act.verb(), object(&deed.act))
        }
        Action::Payload(payload) => match payload.as_ref() {
            // The action and the query are what a stranger sent: they are not repeated.
            Payload::ConsentWrite(call) => format!("{} sends a Consent Write", call.system),
            Payload::ConsentRead(read) => {
                let actions: Vec<_> = read.actions.iter().map(ToString::to_string).collect();
                format!("{} is read: {}", read.system, actions.join(", "))
            }
        },
        Action::Import(spec) => import(spec),
        Action::Confirm(spec) => confirm(spec),
        Action::OneClick(spec) => one_click(spec),
        Action::Ask(question) => asked(question),
        Action::State(CellSpec { person, purpose, channel, point }) => {
            format!("{person}: the state of {}", spec(purpose.as_str(), *channel, point.as_ref()))
        }
        Action::Pass => String::from("time passes"),
    }
}

fn import(spec: &ImportSpec) -> String {
    let rows = match spec.rows.len() {
        1 => String::from("1 row"),
        rows => format!("{rows} rows"),
    };
    let again = spec.name.as_ref().map_or(String::new(), |name| format!(" ({name})"));
    let registers = if spec.registers { ", and may make people known" } else { "" };
    let what = if spec.dry_run { "would be imported" } else { "is imported" };
    format!("an export of {}{again} {what}: {rows}{registers}", spec.system)
}

/// What came in by a confirmation link.
fn confirm(spec: &ConfirmSpec) -> String {
    let how = match spec.http {
        Http::Get | Http::Head => "is opened",
        Http::Post => "is followed, and the button pressed",
    };
    let tampered = match &spec.tampered {
        None => String::new(),
        Some(Tampered::CutOff) => String::from(", cut off"),
        Some(Tampered::OtherTenant) => String::from(", with another tenant"),
        Some(Tampered::PersonOf(link)) => format!(", with the person of {link}"),
        Some(Tampered::RequestOf(link)) => format!(", with the request of {link}"),
        Some(Tampered::SecretOf(link)) => format!(", with the secret of {link}"),
    };
    let page = &spec.page;
    let point = page.point.as_ref().map(|point| format!("at {point}"));
    let address = page.address.as_ref().map(|_| String::from("at an address"));
    let purposes = page.purposes.as_ref().map(|purposes| {
        let ids: Vec<_> = purposes.iter().map(ToString::to_string).collect();
        format!("for {}", ids.join(", "))
    });
    let notice = page.notice.map(|notice| format!("under version {} of {}", notice.version, notice.id));
    let said: Vec<_> = [point, address, purposes, notice].into_iter().flatten().collect();
    let page = if said.is_empty() { String::new() } else { format!("; the page says: {}", said.join(", ")) };
    format!("the link {}{tampered} {how} ({}){page}", spec.link, spec.http.method())
}

fn one_click(spec: &OneClickSpec) -> String {
    let method = spec.http.method();
    format!("{method} to the unsubscribe link of {}: {}", spec.person, scopes(&spec.scopes))
}

fn asked(question: &Question) -> String {
    let place = spec(question.purpose.as_str(), question.channel, question.point.as_ref());
    let past = question.as_of.as_ref().map_or(String::new(), |step| format!(", as of {step}"));
    format!("may we contact {} for {place}{past}?", question.person)
}

fn object(act: &ActSpec) -> String {
    match act {
        ActSpec::Request(specs) => format!(": {}", stated(specs)),
        ActSpec::Grant { stated: specs, .. } | ActSpec::Renew { stated: specs, .. } => {
            format!(": {}", stated(specs))
        }
        ActSpec::OptOut(specs) | ActSpec::Object(specs) => format!(": {}", scopes(specs)),
        ActSpec::Revoke(one) | ActSpec::Resume(one) => format!(": {}", scopes(core::slice::from_ref(one))),
        ActSpec::Lapse { scope, .. } | ActSpec::Restrict { scope, .. } => {
            format!(": {}", scopes(core::slice::from_ref(scope)))
        }
        ActSpec::Submit { form, choices } => {
            let row = |row: &ChoiceSpec| {
                format!("{} {:?}", spec(row.purpose.as_str(), row.channel, row.point.as_ref()), row.wish)
            };
            let rows: Vec<_> = choices.iter().map(row).collect();
            format!(" loaded after {form}: {}", rows.join("; "))
        }
        ActSpec::Confirm { step } => format!(" what {step} asked"),
        ActSpec::Clear(of) | ActSpec::Release(of) => format!(", set by {}", of.step),
        ActSpec::RecordBasis { purpose, basis } => format!(": {basis:?} for {purpose}"),
        ActSpec::Hold(purpose) | ActSpec::Preference { purpose, .. } => format!(": {purpose}"),
        ActSpec::Relationship(kind) => format!(": {kind:?}"),
        ActSpec::Attach(spec) => format!(": {}", spec.point),
        ActSpec::Verify(point) => format!(": {point}"),
        ActSpec::Replace { old, new } => format!(": {old} by {new}"),
        ActSpec::Reassign { point, from, to } => {
            let to = to.as_ref().map_or("nobody known", Label::as_str);
            format!(": {point}, from {from} to {to}")
        }
        ActSpec::Merge(with) | ActSpec::Unmerge(with) => format!(": {with}"),
        ActSpec::Describe(DescriptionSpec::Kind(kind)) => format!(": {kind:?}"),
        ActSpec::Describe(DescriptionSpec::RoleAddress { point, is: true }) => {
            format!(": {point} is a role address")
        }
        ActSpec::Describe(DescriptionSpec::RoleAddress { point, is: false }) => {
            format!(": {point} is no role address")
        }
        ActSpec::NoticeSeen { .. } | ActSpec::Erase => String::new(),
    }
}

/// A fact in words.
pub(crate) fn fact(names: &Names, fact: &Fact) -> String {
    let scope = |of| scope(names, of);
    match &fact.kind {
        FactKind::Grant(grant) if grant.attempted => {
            format!("attempted grant of {}, without effect", cell(names, &grant.cell))
        }
        FactKind::Grant(grant) => format!("grant of {}{}", cell(names, &grant.cell), details(grant)),
        FactKind::Confirm(grant) => {
            format!("confirmed grant of {}{}", cell(names, &grant.cell), details(grant))
        }
        FactKind::Restriction(made) => {
            let until = made.until.map_or(String::new(), |until| format!(", until {}", instant(until)));
            format!("{} of {}{until}", made.reason.code(), scope(&made.scope))
        }
        FactKind::Clear(named) => {
            format!("{} of {} cleared", named.key.reason.code(), scope(&named.key.scope))
        }
        FactKind::Resume(named) => format!("pause of {} ended", scope(&named.key.scope)),
        FactKind::Request(request) => {
            format!("request for {}, until {}", cell(names, &request.cell), instant(request.expires))
        }
        FactKind::Asked(_) => String::from("a confirmation was asked for at this address"),
        FactKind::Revocation(ended) => format!("grants ended: {}", scope(&ended.scope)),
        FactKind::Lapsed { cause, ended } => format!("grants lapsed ({cause:?}): {}", scope(&ended.scope)),
        FactKind::Basis { purpose, basis } => format!("basis of {purpose}: {basis:?}"),
        FactKind::Hold(hold) => format!("legal hold on {}", hold.purpose),
        FactKind::Release(release) => format!("legal hold on {} ended", release.purpose),
        FactKind::NoticeSeen { .. } => String::from("a notice was seen"),
        FactKind::Preference { purpose, .. } => format!("a preference for {purpose}"),
        FactKind::Relationship(kind) => format!("relationship: {kind:?}"),
        FactKind::Attach { point, .. } => format!("{} attached", names.point_name(*point)),
        FactKind::Verify { point, .. } => format!("{} verified", names.point_name(*point)),
        FactKind::Replace { old, new, .. } => {
            format!("{} replaced by {}", names.point_name(*old), names.point_name(*new))
        }
        FactKind::Reassign(made) => format!("{} went to another holder", names.point_name(made.point)),
        FactKind::Described { what: Description::Kind(SubjectKind::Person), .. } => {
            String::from("known as a person, nothing in particular")
        }
        FactKind::Described { what: Description::Kind(SubjectKind::Child), .. } => {
            String::from("known to be a child")
        }
        FactKind::Described { what: Description::Kind(SubjectKind::Deceased), .. } => {
            String::from("known to have died")
        }
        FactKind::Described { what: Description::RoleAddress { is: true, .. }, .. } => {
            String::from("known to be a role address")
        }
        FactKind::Described { what: Description::RoleAddress { is: false, .. }, .. } => {
            String::from("known to be no role address")
        }
        FactKind::Claim(_) => String::from("an alias was claimed"),
        FactKind::Merge { .. } => String::from("merged with another record"),
        FactKind::Unmerge { .. } => String::from("a merge undone"),
        FactKind::ContestResolved { .. } => String::from("a contested alias settled"),
        FactKind::Unsupported(_) => String::from("a fact this version cannot read"),
    }
}

fn details(grant: &Grant) -> String {
    let until = grant.window.until().map_or(String::new(), |until| format!(", until {}", instant(until)));
    let lifts = match grant.lifts.len() {
        0 => String::new(),
        1 => String::from(", lifts 1 restriction"),
        n => format!(", lifts {n} restrictions"),
    };
    format!("{until}{lifts}")
}
