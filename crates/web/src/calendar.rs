//! Days and clock times of UTC, for pages and feeds.

use model::UnixTime;

/// Year, month and day (the proleptic Gregorian calendar, by era of 400 years).
pub(crate) fn day(at: UnixTime) -> (i64, u32, u32) {
    // Days since 1 March of year 0: then a leap day is a year's last.
    let days = at.0.div_euclid(86_400) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
}

/// Hours and minutes.
pub(crate) fn clock(at: UnixTime) -> String {
    let seconds = at.0.rem_euclid(86_400);
    format!("{:02}:{:02}", seconds / 3600, seconds % 3600 / 60)
}

/// RFC 3339, as feeds and `datetime` want it.
#[must_use]
pub fn rfc3339(at: UnixTime) -> String {
    let (year, month, day) = day(at);
    format!("{year:04}-{month:02}-{day:02}T{}:{:02}Z", clock(at), at.0.rem_euclid(60))
}

/// The form of HTTP's headers.
pub(crate) fn http(at: UnixTime) -> String {
    let since = std::time::Duration::from_secs(u64::try_from(at.0).unwrap_or(0));
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + since)
}

/// Reads HTTP's form.
pub(crate) fn parse_http(text: &str) -> Option<UnixTime> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(UnixTime(i64::try_from(since.as_secs()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (at, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(UnixTime(at)), expected);
        }
        assert_eq!(http(UnixTime(1_700_000_000)), "Tue, 14 Nov 2023 22:13:20 GMT");
        assert_eq!(parse_http("Tue, 14 Nov 2023 22:13:20 GMT"), Some(UnixTime(1_700_000_000)));
        assert_eq!(parse_http("yesterday"), None);
    }
}
