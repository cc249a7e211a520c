//! What happens in a channel over time, as counters by the hour: a row for each kind of event that an hour had, however many
//! there were. Nobody is named.

use crate::UnixTime;

/// Seconds of an hour.
pub const HOUR_S: i64 = 3600;

/// How somebody came into a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// By an invite link.
    Link,
    /// By its public name.
    Name,
    /// Brought by an admin or a member.
    Added,
}

/// Whose views.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Of subscribers.
    Members,
    /// Of others, who read a public channel from outside.
    Others,
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// People who came in.
    Joined(Source),
    /// People who left or were removed.
    Left,
    /// People who came in, by the language of their client (its code, lower case).
    Language(String),
    /// Views of posts.
    Views(Audience),
    /// Forwards of posts.
    Shares,
}

/// A counter of one hour.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// When the hour began.
    pub hour: UnixTime,
    /// What.
    pub what: Counted,
    /// How often.
    pub count: i64,
}

impl Counted {
    /// Its name in storage.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Joined(Source::Link) => "join:link".to_owned(),
            Self::Joined(Source::Name) => "join:name".to_owned(),
            Self::Joined(Source::Added) => "join:added".to_owned(),
            Self::Left => "left".to_owned(),
            Self::Language(code) => format!("lang:{code}"),
            Self::Views(Audience::Members) => "view:member".to_owned(),
            Self::Views(Audience::Others) => "view:other".to_owned(),
            Self::Shares => "share".to_owned(),
        }
    }

    /// The inverse of [`Self::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "join:link" => Self::Joined(Source::Link),
            "join:name" => Self::Joined(Source::Name),
            "join:added" => Self::Joined(Source::Added),
            "left" => Self::Left,
            "view:member" => Self::Views(Audience::Members),
            "view:other" => Self::Views(Audience::Others),
            "share" => Self::Shares,
            other => Self::Language(other.strip_prefix("lang:")?.to_owned()),
        })
    }

    /// The language a client names itself, shortened to what graphs show: the part before any region.
    #[must_use]
    pub fn language(code: &str) -> Self {
        let short: String = code.chars().take_while(char::is_ascii_alphabetic).take(3).collect();
        let short = short.to_ascii_lowercase();
        Self::Language(if short.is_empty() { "other".to_owned() } else { short })
    }
}

/// The beginning of the hour of a moment.
#[must_use]
pub const fn hour_of(at: UnixTime) -> UnixTime {
    UnixTime(at.0 - at.0.rem_euclid(HOUR_S))
}

/// What the change of one person's relation to a channel counts as. `language` is their client's.
#[must_use]
pub fn of_change(
    before: Option<&crate::channel::Participant>,
    after: &crate::channel::Participant,
    language: impl FnOnce() -> String,
) -> Vec<Counted> {
    let was = before.is_some_and(crate::channel::Participant::is_member);
    match (was, after.is_member()) {
        (false, true) => {
            let source = match after.invite {
                Some(_) => Source::Link,
                None if after.by == after.user => Source::Name,
                None => Source::Added,
            };
            vec![Counted::Joined(source), Counted::language(&language())]
        }
        (true, false) => vec![Counted::Left],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        let all = [
            Counted::Joined(Source::Link),
            Counted::Joined(Source::Name),
            Counted::Joined(Source::Added),
            Counted::Left,
            Counted::language("ar-EG"),
            Counted::Views(Audience::Members),
            Counted::Views(Audience::Others),
            Counted::Shares,
        ];
        for one in all {
            assert_eq!(Counted::from_name(&one.name()), Some(one));
        }
        assert_eq!(Counted::from_name("else"), None);
    }

    #[test]
    fn languages_are_short() {
        assert_eq!(Counted::language("PT-br").name(), "lang:pt");
        assert_eq!(Counted::language("en").name(), "lang:en");
        assert_eq!(Counted::language("--").name(), "lang:other");
    }

    #[test]
    fn hours_begin_on_the_hour() {
        assert_eq!(hour_of(UnixTime(7_199)), UnixTime(3_600));
        assert_eq!(hour_of(UnixTime(7_200)), UnixTime(7_200));
    }
}
