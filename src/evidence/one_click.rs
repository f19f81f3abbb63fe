/// What an HTTP request to the address of a `List-Unsubscribe` header means (RFC 8058).
///
/// Mail software and scanners fetch every link of a message. So a GET or HEAD withdraws nothing: answer it with a page. What
/// withdraws is a POST whose body is the pair `List-Unsubscribe=One-Click` and nothing else, as the receiver of a message with the header
/// `List-Unsubscribe-Post` sends it (section 3.2), in either encoding of a form. Its sender is not asked to log in: the address
/// of the link says who they are and from what they withdraw (section 3.1).
///
/// ```
/// use consent_engine::{Act, Actor, Command, OneClick, PurposeId, Scope};
/// # let news = PurposeId::new("news")?;
/// let command = match OneClick::read("POST", b"List-Unsubscribe=One-Click") {
///     OneClick::Withdraw => Some(Command::new(Actor::unauthenticated(), Act::OptOut(vec![Scope::purpose(news)]))),
///     OneClick::Nothing => None,
/// };
/// assert!(command.is_some());
/// assert_eq!(OneClick::read("GET", b"List-Unsubscribe=One-Click"), OneClick::Nothing);
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "it withdraws or it does not: there is no third")]
pub enum OneClick {
    /// The person withdraws.
    Withdraw,
    /// Nobody said anything. Show a page.
    Nothing,
}

const FIELD: &str = "List-Unsubscribe";
const VALUE: &str = "One-Click";

impl OneClick {
    /// Reads the method and the body of an HTTP request.
    #[must_use]
    pub fn read(method: &str, body: &[u8]) -> Self {
        let body = str::from_utf8(body).unwrap_or_default().trim_ascii();
        if method == "POST" && (is_pair(body) || is_only_part(body)) { Self::Withdraw } else { Self::Nothing }
    }
}

/// The encoding `application/x-www-form-urlencoded`.
fn is_pair(body: &str) -> bool {
    body.split_once('=') == Some((FIELD, VALUE))
}

/// The encoding `multipart/form-data` (RFC 7578), with this one part.
fn is_only_part(body: &str) -> bool {
    let Some(delimiter) = body.lines().next().filter(|line| line.len() > 2 && line.starts_with("--")) else {
        return false;
    };
    let inner = body.strip_prefix(delimiter).and_then(|rest| rest.strip_suffix("--"));
    let Some(part) = inner.and_then(|rest| rest.strip_suffix(delimiter)) else { return false };
    let blank = ["\r\n\r\n", "\n\n"].into_iter().find_map(|blank| part.split_once(blank));
    blank.is_some_and(|(header, value)| names_the_field(header) && value.trim_ascii() == VALUE)
}

fn names_the_field(header: &str) -> bool {
    let mut lines = header.lines().filter_map(|line| line.split_once(':'));
    lines.any(|(name, value)| {
        let mut parameters = value.split(';').map(str::trim_ascii);
        name.trim_ascii().eq_ignore_ascii_case("content-disposition")
            && parameters.next() == Some("form-data")
            && parameters.any(|parameter| parameter.strip_prefix("name=") == Some("\"List-Unsubscribe\""))
    })
}

#[cfg(test)]
mod tests {
    use super::OneClick::{self, Nothing, Withdraw};

    const PAIR: &[u8] = b"List-Unsubscribe=One-Click";
    const PART: &str = "---FormBoundaryjWmhtjORrn\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
        One-Click\r\n---FormBoundaryjWmhtjORrn--\r\n";

    #[test]
    fn d10_a_post_of_one_click_withdraws_in_either_encoding() {
        for body in
            [PAIR, b"List-Unsubscribe=One-Click\r\n", PART.as_bytes(), PART.replace("\r\n", "\n").as_bytes()]
        {
            assert_eq!(OneClick::read("POST", body), Withdraw, "{}", body.escape_ascii());
        }
    }

    #[test]
    fn d10_no_other_method_does_anything() {
        for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "post", "Post", "POST ", "", "\0"]
        {
            for body in [PAIR, PART.as_bytes(), b""] {
                assert_eq!(OneClick::read(method, body), Nothing, "{method}");
            }
        }
    }

    #[test]
    fn d10_no_other_body_does_anything() {
        let other_name = PART.replace("List-Unsubscribe", "Unsubscribe");
        let other_value = PART.replace("One-Click", "Two-Clicks");
        let open = PART.replace("jWmhtjORrn--", "jWmhtjORrn");
        let second = "---FormBoundaryjWmhtjORrn\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n";
        let two = [second, PART].concat();
        let bare = PART.replace("---FormBoundaryjWmhtjORrn", "");
        let attachment = PART.replace("form-data", "attachment");
        let texts = [
            "",
            "=",
            "List-Unsubscribe",
            "List-Unsubscribe=",
            "One-Click",
            "List-Unsubscribe=Two-Clicks",
            "list-unsubscribe=one-click",
            "List-Unsubscribe=One-Click&x=y",
            "x=y&List-Unsubscribe=One-Click",
            "--",
            "----",
            "--\n\n--",
            "--a\n\nOne-Click\n--a--",
            &other_name,
            &other_value,
            &open,
            &two,
            &attachment,
            &bare,
        ];
        for text in texts {
            assert_eq!(OneClick::read("POST", text.as_bytes()), Nothing, "{text}");
        }
        assert_eq!(OneClick::read("POST", b"List-Unsubscribe=One-Click\xff"), Nothing);
        assert_eq!(OneClick::read("POST", &[b'-'; 1_000_000]), Nothing);
    }
}
