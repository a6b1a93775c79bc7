//! Writing dates and times as CPython does: calls with packed bytes.

use super::op;
use super::writer::Writer;
use crate::{Date, DateTime, FormatError, Time};

impl Writer<'_, '_> {
    pub(super) fn date(&mut self, date: Date) -> Result<(), FormatError> {
        let bytes = self.date_bytes(date)?;
        self.global("datetime", "date");
        self.open_tuple();
        self.binary(&bytes);
        self.raw(&[op::TUPLE, op::REDUCE]);
        Ok(())
    }

    pub(super) fn time(&mut self, time: Time) -> Result<(), FormatError> {
        let bytes = self.time_bytes(time)?;
        self.global("datetime", "time");
        self.open_tuple();
        self.binary(&bytes);
        self.raw(&[op::TUPLE, op::REDUCE]);
        Ok(())
    }

    pub(super) fn date_time(&mut self, moment: DateTime) -> Result<(), FormatError> {
        let mut bytes = self.date_bytes(moment.date)?.to_vec();
        bytes.extend(self.time_bytes(moment.time)?);
        self.global("datetime", "datetime");
        self.open_tuple();
        self.binary(&bytes);
        if let Some(minutes) = moment.offset {
            let seconds = i64::from(minutes) * 60;
            self.global("datetime", "timezone");
            self.open_tuple();
            self.global("datetime", "timedelta");
            self.open_tuple();
            // As Python has it: seconds are never negative.
            self.int(seconds.div_euclid(86_400));
            self.int(seconds.rem_euclid(86_400));
            self.int(0);
            self.raw(&[op::TUPLE, op::REDUCE, op::TUPLE, op::REDUCE]);
        }
        self.raw(&[op::TUPLE, op::REDUCE]);
        Ok(())
    }

    fn date_bytes(&self, date: Date) -> Result<[u8; 4], FormatError> {
        if date.year == 0 {
            return Err(self.writing.unfit("the year 0, which Python does not know"));
        }
        let [high, low] = date.year.to_be_bytes();
        Ok([high, low, date.month, date.day])
    }

    fn time_bytes(&mut self, time: Time) -> Result<[u8; 6], FormatError> {
        if time.second > 59 {
            return Err(self
                .writing
                .unfit("a leap second, which Python does not know"));
        }
        if !time.nanosecond.is_multiple_of(1000) {
            self.writing
                .change("nanoseconds_cut", "nanoseconds", "microseconds")?;
        }
        let [_, a, b, c] = (time.nanosecond / 1000).to_be_bytes();
        Ok([time.hour, time.minute, time.second, a, b, c])
    }
}
