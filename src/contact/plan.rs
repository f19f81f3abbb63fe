//! The numbering plans of the crate `phonenumber`. Built with the feature `phone` only.
//!
//! The library reads one digit string at a time and can lose digits of a valid number, so its reading is only
//! one candidate. What is returned fits the plan of its country and reads as itself.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use phonenumber::Type;
use phonenumber::metadata::{DATABASE, Metadata};

use super::dialled::Dialled;
use super::invalid_phone::InvalidPhone;

const KINDS: [Type; 10] = [
    Type::FixedLine,
    Type::Mobile,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Voip,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];

#[derive(Clone, PartialEq, Eq)]
struct Candidate {
    code: u16,
    national: String,
}

/// The number in E.164.
pub(super) fn resolve(dialled: &Dialled, region: Option<&str>) -> Result<String, InvalidPhone> {
    let digits = dialled.digits.as_str();
    let region = region.map(find_region).transpose()?;
    let candidates = match region {
        _ if dialled.plus && digits.starts_with('0') => return Err(InvalidPhone::LeadingZero),
        _ if dialled.plus => international(digits),
        None if digits.starts_with("00") => return Err(InvalidPhone::InternationalPrefix),
        None => return Err(InvalidPhone::NoPlus),
        Some(plan) => {
            let mut candidates = national(plan, digits);
            candidates.extend(after_dialling_prefix(plan, digits).map(international).unwrap_or_default());
            candidates
        }
    };
    let chosen = choose(candidates)?;
    let number = format!("{}{}", chosen.code, chosen.national);
    if number != digits && choose(international(&number))? != chosen {
        return Err(InvalidPhone::Ambiguous);
    }
    Ok(format!("+{number}"))
}

fn find_region(region: &str) -> Result<&'static Metadata, InvalidPhone> {
    let known = region.len() == 2;
    let region = region.to_ascii_uppercase();
    DATABASE.by_id(&region).filter(|_| known).ok_or(InvalidPhone::UnknownRegion)
}

fn after_dialling_prefix<'a>(plan: &Metadata, digits: &'a str) -> Option<&'a str> {
    let prefix = plan.international_prefix()?.find(digits).filter(|found| found.start() == 0)?;
    digits.get(prefix.end()..).filter(|rest| !rest.is_empty() && !rest.starts_with('0'))
}

/// The readings of digits that begin with a country code. No country code begins another.
fn international(digits: &str) -> Vec<Candidate> {
    let country = (1..=3)
        .filter_map(|len| digits.split_at_checked(len))
        .filter_map(|(code, rest)| Some((code.parse::<u16>().ok()?, rest)))
        .find(|(code, _)| DATABASE.by_code(code).is_some());
    let Some((code, rest)) = country else { return Vec::new() };
    let mut candidates = Vec::from([Candidate { code, national: rest.into() }]);
    candidates.extend(plans(code).into_iter().filter_map(|plan| without_trunk_prefix(plan, rest)));
    candidates.extend(read_by_library(None, &format!("+{digits}")));
    candidates
}

/// The readings of digits as they are dialled within a country.
fn national(plan: &Metadata, digits: &str) -> Vec<Candidate> {
    let code = plan.country_code();
    let mut candidates = Vec::from([Candidate { code, national: digits.into() }]);
    candidates.extend(without_trunk_prefix(plan, digits));
    if let Some(rest) = digits.strip_prefix(&code.to_string()) {
        candidates.push(Candidate { code, national: rest.into() });
    }
    candidates.extend(read_by_library(Some(plan), digits).filter(|read| read.code == code));
    candidates
}

fn without_trunk_prefix(plan: &Metadata, national: &str) -> Option<Candidate> {
    let rest = national.strip_prefix(plan.national_prefix()?)?;
    Some(Candidate { code: plan.country_code(), national: rest.into() })
}

fn read_by_library(plan: Option<&Metadata>, digits: &str) -> Option<Candidate> {
    let region = match plan {
        Some(plan) => Some(plan.id().parse().ok()?),
        None => None,
    };
    let read = phonenumber::parse(region, digits).ok()?;
    Some(Candidate { code: read.code().value(), national: read.national().to_string() })
}

/// The one candidate that fits the plan, or the one that fits a kind of number in it.
fn choose(candidates: Vec<Candidate>) -> Result<Candidate, InvalidPhone> {
    let mut fitting: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if !fitting.contains(&candidate) && candidate.fits_plan() {
            fitting.push(candidate);
        }
    }
    if fitting.len() > 1 {
        fitting.retain(Candidate::fits_kind);
    }
    match (fitting.pop(), fitting.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(InvalidPhone::Ambiguous),
        (None, _) => Err(InvalidPhone::NotInPlan),
    }
}

fn plans(code: u16) -> Vec<&'static Metadata> {
    DATABASE.by_code(&code).unwrap_or_default()
}

impl Candidate {
    fn fits_plan(&self) -> bool {
        plans(self.code).into_iter().any(|plan| plan.descriptors().general().is_match(&self.national))
    }

    /// The patterns are not anchored, so a match must also reach the end.
    fn fits_kind(&self) -> bool {
        let whole = 0..self.national.len();
        plans(self.code)
            .into_iter()
            .filter(|plan| plan.descriptors().general().is_match(&self.national))
            .flat_map(|plan| KINDS.into_iter().filter_map(|kind| plan.descriptors().get(kind)))
            .filter(|kind| kind.is_match(&self.national))
            .any(|kind| {
                kind.national_number().find(&self.national).is_some_and(|found| found.range() == whole)
            })
    }
}
