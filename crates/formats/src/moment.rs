//! Dates and times, as RFC 3339 writes them (<https://www.rfc-editor.org/rfc/rfc3339>).

use core::fmt;

use serde::{Deserialize, Serialize};

/// A day of the proleptic Gregorian calendar, years 0 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Date {
    /// 0 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Time {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 60: 60 is a leap second.
    pub second: u8,
    /// 0 to 999,999,999.
    pub nanosecond: u32,
}

/// A day and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DateTime {
    /// The day.
    pub date: Date,
    /// The time of day.
    pub time: Time,
    /// Minutes east of UTC, less than a day either way; none if it is not known ("naive" in Python).
    pub offset: Option<i16>,
}

/// Seconds of a day.
const DAY: i64 = 86_400;

impl Date {
    /// That day, if it exists.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            1..=12 => 31,
            _ => return None,
        };
        (year <= 9999 && (1..=days).contains(&day)).then_some(Self { year, month, day })
    }

    /// Reads `2024-02-29`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let year = digits(&bytes[..4])?;
        let month = digits(&bytes[5..7])?;
        let day = digits(&bytes[8..])?;
        Self::new(year as u16, month as u8, day as u8)
    }

    /// Days since 1970-01-01 (Howard Hinnant, <https://howardhinnant.github.io/date_algorithms.html>).
    pub fn days(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The day so many days after 1970-01-01, if its year is 0 to 9999.
    pub fn from_days(days: i64) -> Option<Self> {
        let shifted = days.checked_add(719_468)?;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self::new(u16::try_from(year).ok()?, month as u8, day as u8)
    }

    /// Whether the parts are in their ranges.
    pub fn is_valid(self) -> bool {
        Self::new(self.year, self.month, self.day).is_some()
    }
}

impl Time {
    /// That time of day, if it exists.
    pub fn new(hour: u8, minute: u8, second: u8, nanosecond: u32) -> Option<Self> {
        let time = Self {
            hour,
            minute,
            second,
            nanosecond,
        };
        time.is_valid().then_some(time)
    }

    /// Reads `12:30:00` and `12:30:00.123456789`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() < 8 || bytes[2] != b':' || bytes[5] != b':' {
            return None;
        }
        let (hour, minute) = (digits(&bytes[..2])?, digits(&bytes[3..5])?);
        let second = digits(&bytes[6..8])?;
        let nanosecond = match &bytes[8..] {
            [] => 0,
            [b'.', fraction @ ..] if (1..=9).contains(&fraction.len()) => {
                digits(fraction)? * 10_u32.pow(9 - fraction.len() as u32)
            }
            _ => return None,
        };
        Self::new(hour as u8, minute as u8, second as u8, nanosecond)
    }

    /// Whether the parts are in their ranges.
    pub fn is_valid(self) -> bool {
        self.hour < 24 && self.minute < 60 && self.second <= 60 && self.nanosecond < 1_000_000_000
    }
}

impl DateTime {
    /// Reads `2024-02-29T12:30:00`, with a fraction and an offset (`Z`, `+01:00`) or without; a space may stand for `T`.
    pub fn parse(text: &str) -> Option<Self> {
        let date = Date::parse(text.get(..10)?)?;
        let rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?;
        let (time, offset) = match rest.strip_suffix(['Z', 'z']) {
            Some(time) => (time, Some(0)),
            None => match rest.rfind(['+', '-']) {
                Some(at) => (rest.get(..at)?, Some(offset(rest.get(at..)?)?)),
                None => (rest, None),
            },
        };
        let time = Time::parse(time)?;
        Some(Self { date, time, offset })
    }

    /// Seconds since 1970-01-01T00:00:00 UTC and nanoseconds, if the offset is known.
    pub fn timestamp(self) -> Option<(i64, u32)> {
        let offset = i64::from(self.offset?);
        let Time {
            hour,
            minute,
            second,
            nanosecond,
        } = self.time;
        let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Some((self.date.days() * DAY + of_day - offset * 60, nanosecond))
    }

    /// The moment so many seconds and nanoseconds after 1970-01-01T00:00:00 UTC, if its year is 0 to 9999.
    pub fn from_timestamp(seconds: i64, nanosecond: u32) -> Option<Self> {
        let date = Date::from_days(seconds.div_euclid(DAY))?;
        let of_day = seconds.rem_euclid(DAY);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        let time = Time::new(hour as u8, minute as u8, second as u8, nanosecond)?;
        Some(Self {
            date,
            time,
            offset: Some(0),
        })
    }

    /// Whether the parts are in their ranges.
    pub fn is_valid(self) -> bool {
        let offset = self.offset.unwrap_or(0);
        self.date.is_valid() && self.time.is_valid() && (-1439..=1439).contains(&offset)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        match self.nanosecond {
            0 => Ok(()),
            n if n.is_multiple_of(1000) => write!(f, ".{:06}", n / 1000),
            n => write!(f, ".{n:09}"),
        }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)?;
        match self.offset {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                let minutes = minutes.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u32::from(byte - b'0'))
    })
}

fn offset(text: &str) -> Option<i16> {
    let bytes = text.as_bytes();
    if bytes.len() != 6 || bytes[3] != b':' {
        return None;
    }
    let (hours, minutes) = (digits(&bytes[1..3])?, digits(&bytes[4..])?);
    let total = (hours < 24 && minutes < 60).then_some((hours * 60 + minutes) as i16)?;
    Some(if bytes[0] == b'-' { -total } else { total })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for text in [
            "2024-02-29T23:59:60Z",
            "0000-01-01T00:00:00",
            "1969-12-31T23:59:59.000001+05:45",
            "9999-12-31T00:00:00.000000001-23:59",
        ] {
            assert_eq!(DateTime::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(DateTime::parse("2023-02-29T00:00:00"), None);
        assert_eq!(DateTime::parse("2023-02-2éT00:00:00"), None);
        assert_eq!(Time::parse("24:00:00"), None);
    }

    #[test]
    fn days_count_from_1970() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("2000-03-01", 11_017),
            ("0000-03-01", -719_468),
        ] {
            let date = Date::parse(text).unwrap();
            assert_eq!((date.days(), Date::from_days(days)), (days, Some(date)));
        }
        assert_eq!(Date::from_days(i64::MAX), None);
    }

    #[test]
    fn a_moment_has_one_timestamp_whatever_its_offset() {
        let utc = DateTime::parse("2024-01-01T00:00:00Z").unwrap();
        let east = DateTime::parse("2024-01-01T05:45:00+05:45").unwrap();
        assert_eq!(utc.timestamp(), east.timestamp());
        assert_eq!(
            DateTime::from_timestamp(utc.timestamp().unwrap().0, 0),
            Some(utc)
        );
    }
}
