use std::io::{self, Write};

/// Which export a sample is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sample {
    Subscribed,
    Unsubscribed,
    Cleaned,
    HubSpot,
    JsonLines,
}

impl Sample {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "subscribed" => Self::Subscribed,
            "unsubscribed" => Self::Unsubscribed,
            "cleaned" => Self::Cleaned,
            "hubspot" => Self::HubSpot,
            "jsonl" => Self::JsonLines,
            _ => return None,
        })
    }
}

const SUBSCRIBED: &str = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,\
GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS";
const UNSUBSCRIBED: &str = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,\
GMTOFF,DSTOFF,TIMEZONE,CC,REGION,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,LEID,EUID,NOTES,TAGS";
const CLEANED: &str = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,\
GMTOFF,DSTOFF,TIMEZONE,CC,REGION,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID,EUID,NOTES,TAGS";
const HUBSPOT: &str = "Record ID,First Name,Last Name,Email,Marketing contact status,Unsubscribed from all email,\
Opted out of email: Newsletter,Opted out of email: Offers,Legal basis for processing contact's data,Newsletter,Newsletter date";

/// Prints a sample of an export. Nobody in it exists; most rows are plain, some repeat others, some are as bad as rows get.
pub(crate) fn generate(out: &mut impl Write, rows: u64, sample: Sample) -> io::Result<()> {
    match sample {
        Sample::Subscribed => writeln!(out, "{SUBSCRIBED}")?,
        Sample::Unsubscribed => writeln!(out, "{UNSUBSCRIBED}")?,
        Sample::Cleaned => writeln!(out, "{CLEANED}")?,
        Sample::HubSpot => writeln!(out, "{HUBSPOT}")?,
        Sample::JsonLines => {}
    }
    for row in 0..rows {
        let who = if row % 10 == 9 { row / 2 } else { row };
        match row % 100 {
            // A row of another encoding, a broken address, a formula, too few columns.
            17 => out.write_all(b"\"Andr\xe9\",\"\xff\"\n")?,
            37 => writeln!(out, "=cmd|' /C calc'!A0,@SUM(1),+1,-1")?,
            57 => writeln!(out, "not an address,,,")?,
            _ => line(out, sample, who, row)?,
        }
    }
    Ok(())
}

fn line(out: &mut impl Write, sample: Sample, who: u64, row: u64) -> io::Result<()> {
    let (address, name) = (format!("p{who}@example.com"), format!("P{who},\"Quoted, name\",3"));
    let (day, second) = ((row % 28).saturating_add(1), who % 60);
    let signup = format!("2024-03-{day:02} 10:00:{second:02}");
    // One in eight was added by the owner of the list: there is no sign of an act of theirs.
    let from = if row % 8 == 3 { "" } else { "192.0.2.7" };
    let origin = format!("{signup},{from},2024-03-{day:02} 11:00:00,{from},,,,,,,");
    match sample {
        Sample::Subscribed => {
            writeln!(out, "{address},{name},{origin},2024-06-01 00:00:00,{row},e{who:010},,\"\"\"news\"\"\"")
        }
        Sample::Unsubscribed => {
            let reason = if row.is_multiple_of(50) { "ABUSE" } else { "NORMAL" };
            writeln!(
                out,
                "{address},{name},{origin},2024-07-{day:02} 09:00:00,July,c1,{reason},,{row},e{who:010},,"
            )
        }
        Sample::Cleaned => {
            writeln!(out, "{address},{name},{origin},2024-07-{day:02} 09:00:00,July,c1,{row},e{who:010},,")
        }
        Sample::HubSpot => {
            let (everything, offers) = (row.is_multiple_of(7), row.is_multiple_of(5));
            let basis = if row.is_multiple_of(3) { "Freely given consent from contact" } else { "" };
            let field =
                ["yes", "no", "", "maybe"].get(usize::try_from(row % 4).unwrap_or(0)).copied().unwrap_or("");
            writeln!(
                out,
                "{who},P{who},Name,{address},Marketing contact,{everything},,{offers},{basis},{field},{signup}"
            )
        }
        Sample::JsonLines => {
            let object = serde_json::json!({
                "Email Address": address, "OPTIN_TIME": signup, "OPTIN_IP": from, "CONFIRM_TIME": signup, "EUID": format!("e{who:010}"),
            });
            writeln!(out, "{object}")
        }
    }
}
