//! Channels, sets of channels, and the kind of address each needs.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::slug::{InvalidName, name_type};

name_type! {
    /// The name of a channel beyond the standard ones, from the tenant's closed list.
    ChannelName, 16
}

/// The way a message or a call takes. The serde form is the name, such as `email` or `other:fax2mail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "a new channel changes decisions; callers must see it")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// Telephone call.
    Voice,
    /// Push notification.
    Push,
    /// WhatsApp message.
    Whatsapp,
    /// Chat on a site or in an app.
    Chat,
    /// Social network.
    Social,
    /// Letter.
    Postal,
    /// Fax.
    Fax,
    /// Web page.
    Web,
    /// Message inside an app.
    InApp,
    /// Survey.
    Survey,
    /// A channel of the tenant's own closed list.
    Other(ChannelName),
}

/// The kind of a contact point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new kind changes decisions; callers must see it")]
pub enum PointKind {
    /// An e-mail address.
    Email,
    /// A telephone number: serves sms, voice, whatsapp and fax.
    Phone,
    /// A postal address.
    Postal,
    /// A push token of an app on a device.
    PushToken,
    /// A handle on a social network.
    SocialHandle,
    /// A device.
    Device,
}

impl Channel {
    /// The standard channels, in the order of their names in DESIGN.md.
    pub const STANDARD: [Self; 12] = [
        Self::Email,
        Self::Sms,
        Self::Voice,
        Self::Push,
        Self::Whatsapp,
        Self::Chat,
        Self::Social,
        Self::Postal,
        Self::Fax,
        Self::Web,
        Self::InApp,
        Self::Survey,
    ];

    /// Whether contact on this channel needs an address that somebody gave.
    #[must_use]
    pub const fn needs_point(self) -> bool {
        match self {
            Self::Email
            | Self::Sms
            | Self::Voice
            | Self::Push
            | Self::Whatsapp
            | Self::Postal
            | Self::Fax => true,
            Self::Chat | Self::Social | Self::Web | Self::InApp | Self::Survey | Self::Other(_) => false,
        }
    }

    /// Whether an address of `kind` serves this channel.
    #[must_use]
    pub const fn is_served_by(self, kind: PointKind) -> bool {
        match self {
            Self::Email => matches!(kind, PointKind::Email),
            Self::Sms | Self::Voice | Self::Whatsapp | Self::Fax => matches!(kind, PointKind::Phone),
            Self::Push => matches!(kind, PointKind::PushToken | PointKind::Device),
            Self::Postal => matches!(kind, PointKind::Postal),
            Self::Chat | Self::Social => matches!(kind, PointKind::SocialHandle),
            Self::Web | Self::InApp => matches!(kind, PointKind::Device),
            Self::Survey | Self::Other(_) => true,
        }
    }

    /// Its bit in a set of channels, by its place among the standard ones.
    pub(crate) const fn standard_bit(self) -> Option<u32> {
        Some(match self {
            Self::Email => 1,
            Self::Sms => 1 << 1,
            Self::Voice => 1 << 2,
            Self::Push => 1 << 3,
            Self::Whatsapp => 1 << 4,
            Self::Chat => 1 << 5,
            Self::Social => 1 << 6,
            Self::Postal => 1 << 7,
            Self::Fax => 1 << 8,
            Self::Web => 1 << 9,
            Self::InApp => 1 << 10,
            Self::Survey => 1 << 11,
            Self::Other(_) => return None,
        })
    }

    const fn standard_name(self) -> Option<&'static str> {
        Some(match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Push => "push",
            Self::Whatsapp => "whatsapp",
            Self::Chat => "chat",
            Self::Social => "social",
            Self::Postal => "postal",
            Self::Fax => "fax",
            Self::Web => "web",
            Self::InApp => "in_app",
            Self::Survey => "survey",
            Self::Other(_) => return None,
        })
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.standard_name()) {
            (Self::Other(name), _) => write!(f, "other:{name}"),
            (_, Some(name)) => f.write_str(name),
            (_, None) => Ok(()),
        }
    }
}

impl FromStr for Channel {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if let Some(name) = text.strip_prefix("other:") {
            return ChannelName::new(name).map(Self::Other);
        }
        Self::STANDARD
            .into_iter()
            .find(|channel| channel.standard_name().is_some_and(|name| name.eq_ignore_ascii_case(text)))
            .ok_or(InvalidName::Character { at: 0 })
    }
}

impl Serialize for Channel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Channel;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a channel: a standard name such as `email`, or `other:name`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Channel, E> {
                text.parse().map_err(|_| {
                    E::custom("not a channel: use a standard name such as `email`, or `other:name`")
                })
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}
