use std::io::{self, Write};

use consent_engine::{Span, Timestamp};
use serde_json::{Value, json};

/// Prints a scenario of `lines` lines: people sign up, opt in and out, take breaks, and are asked about.
///
/// It checks itself a little: right after somebody refused everything, marketing must be denied.
pub(crate) fn generate(out: &mut impl Write, lines: u64, seed: u64) -> io::Result<()> {
    let mut author = Author { dice: Dice(seed), at: Timestamp::MIN, people: 0, refused: None };
    author.at = "2025-01-01T00:00:00Z".parse().map_err(io::Error::other)?;
    for line in 0..lines {
        let line = if line == 0 { settings(seed) } else { author.step(lines) };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn settings(seed: u64) -> Value {
    let day = Span::days(1).as_micros();
    json!({ "scenario": {
        "name": format!("generated-{seed}"),
        "note": "A made-up history: nobody in it exists.",
        "regimes": ["opt_in"],
        "catalogue": [
            { "id": "marketing", "class": "marketing", "basis": "consent", "title": "All marketing", "channels": ["email", "sms"] },
            { "id": "marketing.news", "parent": "marketing", "class": "marketing", "basis": "consent", "title": "News",
              "channels": ["email", "sms"], "validity": day.saturating_mul(730) },
            { "id": "marketing.offers", "parent": "marketing", "class": "marketing", "basis": "consent", "title": "Offers",
              "channels": ["email"], "cap": { "max": 3, "per": day.saturating_mul(7) } },
            { "id": "orders", "class": "transactional", "basis": "contract", "title": "Orders", "channels": ["email"] },
            { "id": "profiling", "class": "processing", "basis": "legitimate_interests", "title": "Profiling" },
        ],
    }})
}

/// Writes one step after the other.
struct Author {
    dice: Dice,
    at: Timestamp,
    people: u64,
    /// Who refused everything in the step before.
    refused: Option<String>,
}

impl Author {
    /// One person to this many lines.
    const LINES_A_PERSON: u64 = 20;

    fn step(&mut self, lines: u64) -> Value {
        self.at = self.at.saturating_add(Span::seconds(self.dice.roll(240).saturating_add(1)));
        if let Some(person) = self.refused.take() {
            let mut ask = self.ask(&person, "marketing.news");
            if let Value::Object(fields) = &mut ask {
                let denied = json!({ "verdict": "deny", "standing": "explicit" });
                fields.insert(String::from("expect"), denied);
            }
            return ask;
        }
        let crowd = lines.div_ceil(Self::LINES_A_PERSON);
        if self.people == 0 || (self.people < crowd && self.dice.roll(10) == 0) {
            return self.newcomer();
        }
        let person = format!("p{}", self.dice.roll(self.people));
        match self.dice.roll(20) {
            0..=4 => self.grant(&person),
            5 | 6 => self.opt_out(&person),
            7 => self.refuse_everything(&person),
            8 => self.objection(&person),
            9 => self.pause(&person),
            10..=13 => self.ask(&person, "marketing.news"),
            14..=17 => self.ask(&person, "marketing.offers"),
            18 => self.ask(&person, "orders"),
            _ => self.line("ask", &json!({ "person": person, "purpose": "profiling" })),
        }
    }

    fn line(&self, action: &str, body: &Value) -> Value {
        json!({ "at": self.at, action: body })
    }

    fn newcomer(&mut self) -> Value {
        let name = format!("p{}", self.people);
        self.people = self.people.saturating_add(1);
        let points = json!([
            { "point": format!("{name}.mail"), "kind": "email", "address": format!("{name}@example.com") },
            { "point": format!("{name}.phone"), "kind": "phone" },
        ]);
        self.line("person", &json!({ "name": name, "points": points }))
    }

    fn purpose(&mut self) -> &'static str {
        ["marketing", "marketing.news", "marketing.offers"].get(self.roll(3)).copied().unwrap_or("marketing")
    }

    fn roll(&mut self, sides: u64) -> usize {
        usize::try_from(self.dice.roll(sides)).unwrap_or(0)
    }

    fn act(&self, person: &str, act: &Value) -> Value {
        let evidence = json!({ "method": "explicit", "source": "preference_center" });
        self.line("act", &json!({ "person": person, "evidence": evidence, "do": act }))
    }

    fn grant(&mut self, person: &str) -> Value {
        let breadth = match self.dice.roll(3) {
            0 => json!("all"),
            1 => json!({ "subtree": "marketing" }),
            _ => json!({ "exactly": self.purpose() }),
        };
        self.act(person, &json!({ "grant": { "stated": [{ "purpose": breadth }] } }))
    }

    fn opt_out(&mut self, person: &str) -> Value {
        let purpose = json!({ "subtree": self.purpose() });
        let scope = match self.dice.roll(3) {
            0 => json!({ "purpose": purpose }),
            1 => json!({ "purpose": purpose, "channel": "email" }),
            _ => json!({ "purpose": purpose, "channel": "email", "point": format!("{person}.mail") }),
        };
        self.act(person, &json!({ "opt_out": [scope] }))
    }

    fn refuse_everything(&mut self, person: &str) -> Value {
        self.refused = Some(person.to_owned());
        self.act(person, &json!({ "opt_out": [{}] }))
    }

    fn objection(&self, person: &str) -> Value {
        self.act(person, &json!({ "object": [{ "purpose": { "subtree": "profiling" } }] }))
    }

    fn pause(&mut self, person: &str) -> Value {
        let days = self.dice.roll(14).saturating_add(1);
        let until = self.at.saturating_add(Span::days(days));
        self.act(person, &json!({ "restrict": { "reason": "pause", "scope": {}, "until": until } }))
    }

    fn ask(&mut self, person: &str, purpose: &str) -> Value {
        let contacts = json!({ "count": self.dice.roll(4), "oldest": self.at });
        let point = format!("{person}.mail");
        self.line(
            "ask",
            &json!({ "person": person, "purpose": purpose, "channel": "email", "point": point, "contacts": contacts }),
        )
    }
}

/// SplitMix64: small, fast, and the same everywhere.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).checked_rem(sides).unwrap_or(0)
    }
}
