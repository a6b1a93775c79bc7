//! Samples in, figures out: smallest, median, largest, beside a peer measured in the same run.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// What was measured by one bench.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The browser and its version; none for native figures.
    pub(super) browser: Option<String>,
    /// The smallest step of the browser's clock, in microseconds.
    pub(super) timer_resolution_us: Option<f64>,
    /// The figures.
    pub(super) rows: Vec<Row>,
}

/// One figure.
#[derive(Debug)]
pub(super) struct Row {
    /// What it is.
    pub(super) figure: String,
    /// Its unit.
    pub(super) unit: String,
    /// Each measurement.
    pub(super) samples: Vec<f64>,
    /// Who else did the same, in the same run.
    pub(super) peer: Option<Peer>,
}

/// Someone else's measurements of the same.
#[derive(Debug)]
pub(super) struct Peer {
    name: String,
    version: String,
    samples: Vec<f64>,
}

impl Row {
    /// A figure without a peer.
    pub(super) fn alone(figure: &str, unit: &str, samples: Vec<f64>) -> Self {
        Self {
            figure: figure.to_owned(),
            unit: unit.to_owned(),
            samples,
            peer: None,
        }
    }

    /// Our median over the peer's.
    fn ratio(&self) -> Option<f64> {
        Some(median(&self.samples)? / median(&self.peer.as_ref()?.samples)?)
    }
}

impl Report {
    /// Reads what a script printed: `{ browser, timer_resolution_us, rows: [{ figure, unit, samples, peer? }] }`,
    /// where a peer is `{ name, version, samples }`.
    ///
    /// # Errors
    /// Says what is missing.
    pub(super) fn read(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text)
            .context("the script printed something else than one JSON object")?;
        let rows = value["rows"]
            .as_array()
            .context("the script gave no `rows`")?;
        Ok(Self {
            browser: value["browser"].as_str().map(str::to_owned),
            timer_resolution_us: value["timer_resolution_us"].as_f64(),
            rows: rows.iter().map(row).collect::<Result<_>>()?,
        })
    }

    /// The report as it is stored.
    pub(super) fn json(&self, name: &str) -> Value {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let rows: Vec<Value> = self.rows.iter().map(|row| {
            let (min, max) = range(&row.samples);
            let peer = row.peer.as_ref().map(|peer| {
                json!({ "name": peer.name, "version": peer.version, "median": median(&peer.samples) })
            });
            json!({
                "figure": row.figure, "unit": row.unit, "n": row.samples.len(),
                "min": min, "median": median(&row.samples), "max": max, "peer": peer, "ratio": row.ratio(),
            })
        }).collect();
        let machine = json!({ "cores": cores, "processor": processor(), "browser": self.browser, "timer_resolution_us": self.timer_resolution_us });
        json!({ "name": name, "when": date(seconds), "machine": machine, "rows": rows })
    }

    /// The report for people.
    pub(super) fn table(&self) -> String {
        let mut lines = vec![
            [
                "figure", "unit", "n", "min", "median", "max", "peer", "ratio",
            ]
            .map(str::to_owned),
        ];
        for row in &self.rows {
            let (min, max) = range(&row.samples);
            let peer = row.peer.as_ref();
            lines.push([
                row.figure.clone(),
                row.unit.clone(),
                row.samples.len().to_string(),
                number(min),
                number(median(&row.samples)),
                number(max),
                peer.map_or(String::new(), |peer| {
                    format!(
                        "{} {}: {}",
                        peer.name,
                        peer.version,
                        number(median(&peer.samples))
                    )
                }),
                row.ratio()
                    .map_or(String::new(), |ratio| number(Some(ratio))),
            ]);
        }
        aligned(&lines)
    }
}

/// Reads one row of a script.
fn row(value: &Value) -> Result<Row> {
    let figure = text(value, "figure")?;
    let peer = match &value["peer"] {
        Value::Null => None,
        peer => Some(Peer {
            name: text(peer, "name")?,
            version: text(peer, "version")?,
            samples: samples(peer, &figure)?,
        }),
    };
    Ok(Row {
        unit: text(value, "unit")?,
        samples: samples(value, &figure)?,
        figure,
        peer,
    })
}

/// A field that is a text.
fn text(value: &Value, field: &str) -> Result<String> {
    Ok(value[field]
        .as_str()
        .with_context(|| format!("a row of the script has no text `{field}`"))?
        .to_owned())
}

/// The field `samples`.
fn samples(value: &Value, figure: &str) -> Result<Vec<f64>> {
    let list = value["samples"].as_array().filter(|list| !list.is_empty());
    let list = list.with_context(|| format!("`{figure}` has no `samples`"))?;
    list.iter()
        .map(|sample| {
            sample
                .as_f64()
                .with_context(|| format!("`{figure}`: {sample} is not a number"))
        })
        .collect()
}

/// The middle one, or between the two middle ones.
fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    if sorted.len() % 2 == 1 {
        Some(upper)
    } else {
        Some(f64::midpoint(*sorted.get(half - 1)?, upper))
    }
}

/// The smallest and the largest.
fn range(samples: &[f64]) -> (Option<f64>, Option<f64>) {
    (
        samples.iter().copied().min_by(f64::total_cmp),
        samples.iter().copied().max_by(f64::total_cmp),
    )
}

/// The processor's name, where Linux says it.
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Three digits that matter.
pub(super) fn number(value: Option<f64>) -> String {
    match value {
        None => String::new(),
        Some(value) if value.abs() >= 100.0 => format!("{value:.0}"),
        Some(value) if value.abs() >= 10.0 => format!("{value:.1}"),
        Some(value) if value.abs() >= 1.0 => format!("{value:.2}"),
        Some(value) => format!("{value:.3}"),
    }
}

/// Columns as wide as their widest cell.
fn aligned<const N: usize>(lines: &[[String; N]]) -> String {
    let width = |column: usize| {
        lines
            .iter()
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Seconds since 1970 as `YYYY-MM-DDThh:mm:ssZ` (Howard Hinnant's algorithm `civil_from_days`).
fn date(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::{Report, date, median};

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(&[3.0, 1.0, 2.0, 10.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(date(0), "1970-01-01T00:00:00Z");
        assert_eq!(date(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(date(1_735_689_599), "2024-12-31T23:59:59Z");
    }

    #[test]
    fn a_script_s_samples_become_figures() -> anyhow::Result<()> {
        let text = r#"{ "browser": "B 1", "rows": [{ "figure": "f", "unit": "ms", "samples": [2, 4],
                       "peer": { "name": "p", "version": "1", "samples": [6] } }] }"#;
        let json = Report::read(text)?.json("x");
        assert_eq!(json["rows"][0]["median"], 3.0);
        assert_eq!(json["rows"][0]["ratio"], 0.5);
        assert_eq!(json["machine"]["browser"], "B 1");
        Ok(())
    }

    #[test]
    fn a_row_without_samples_is_refused() {
        assert!(
            Report::read(r#"{ "rows": [{ "figure": "f", "unit": "ms", "samples": [] }] }"#)
                .is_err()
        );
    }
}
