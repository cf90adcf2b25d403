//! Rows of a table of measurements.

use std::fmt;

/// What DESIGN.md asks of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bar {
    /// Nothing.
    None,
    /// At most so much.
    Max(f64),
    /// At most so many times as much as the peer.
    TimesMax(f64),
}

/// A figure beside its peer's.
#[derive(Debug)]
pub(crate) struct Row {
    what: &'static str,
    ours: f64,
    peer: Option<f64>,
    bar: Bar,
}

impl Row {
    /// A figure for which there is no peer.
    pub(crate) const fn alone(what: &'static str, ours: f64, bar: Bar) -> Self {
        Self { what, ours, peer: None, bar }
    }

    pub(crate) const fn new(what: &'static str, ours: f64, peer: f64, bar: Bar) -> Self {
        Self { what, ours, peer: Some(peer), bar }
    }
}

/// Returns the head of a table.
pub(crate) fn header(rounds: u32, peer: &str) -> String {
    format!("| medians of {rounds} | Satchel | {peer} | Satchel / {peer} | bar |\n|---|---|---|---|---|\n")
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ratio = self.peer.map_or(f64::NAN, |peer| self.ours / peer);
        let reached = |is_reached| if is_reached { "reached" } else { "**not reached**" };
        let bar = match self.bar {
            Bar::None => String::new(),
            Bar::Max(most) => format!("≤ {most}: {}", reached(self.ours <= most)),
            Bar::TimesMax(most) => format!("≤ {most} times: {}", reached(ratio <= most)),
        };
        let number = |value: f64| if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") };
        let beside = self.peer.map_or("| ".to_owned(), |peer| format!("{} | {ratio:.2}", number(peer)));
        writeln!(f, "| {} | {} | {beside} | {bar} |", self.what, number(self.ours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whether_the_bar_is_reached() {
        let row = |ours, peer, bar| Row::new("saving", ours, peer, bar).to_string();
        assert_eq!(row(90.0, 100.0, Bar::TimesMax(1.0)), "| saving | 90.0 | 100 | 0.90 | ≤ 1 times: reached |\n");
        assert!(row(121.0, 100.0, Bar::TimesMax(1.2)).contains("≤ 1.2 times: **not reached**"));
        assert!(row(500.0, 100.0, Bar::Max(500.0)).contains("≤ 500: reached"));
        assert!(row(501.0, 1000.0, Bar::Max(500.0)).contains("≤ 500: **not reached**"));
        assert_eq!(Row::alone("listing", 9.0, Bar::Max(10.0)).to_string(), "| listing | 9.0 | |  | ≤ 10: reached |\n");
        assert!(row(f64::NAN, 1.0, Bar::Max(1.0)).contains("**not reached**"), "nothing was measured");
    }
}
