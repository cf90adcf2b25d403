//! How states are called where orders are searched, and in which order they sort. A test compares it with what the window shows.

use std::collections::BTreeMap;

use satchel_order::search::SearchText;

use crate::view::orders::OrderStateView::{self, *};

/// The states with their words, what needs somebody first.
const STATES: [(OrderStateView, &str); 14] = [
    (Rejected, "Needs you"),
    (NeedsInformation, "Needs information"),
    (PaymentHeld, "Payment held"),
    (AwaitingPayment, "Awaiting payment"),
    (PaymentProcessing, "Payment processing"),
    (Draft, "Draft"),
    (Queued, "Queued"),
    (Uploading, "Uploading"),
    (Received, "Received"),
    (Paid, "Paid"),
    (InProgress, "In progress"),
    (Completed, "Completed"),
    (Refunded, "Refunded"),
    (Cancelled, "Cancelled"),
];
/// How many of them need somebody.
const NEED_YOU: usize = 4;

/// Returns where a state stands among all, from 0.
pub(super) fn rank(state: OrderStateView) -> usize {
    STATES.iter().position(|(other, _)| *other == state).unwrap_or(STATES.len())
}

/// Returns the state that stands at a place; `Draft` where none does.
pub(super) fn at(rank: u64) -> OrderStateView {
    usize::try_from(rank).ok().and_then(|rank| STATES.get(rank)).map_or(Draft, |(state, _)| *state)
}

/// Tells whether somebody has to do something about an order in this state.
pub(super) fn needs_you(state: OrderStateView) -> bool {
    rank(state) < NEED_YOU
}

/// Returns the words of each state as they are searched. The lists of drafts show no state, so none is found by it.
pub(super) fn searched() -> BTreeMap<OrderStateView, String> {
    let shown = STATES.into_iter().filter(|(state, _)| *state != Draft);
    shown
        .map(|(state, words)| {
            let mut text = SearchText::default();
            text.add(words);
            (state, text.into_string())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_called_and_sorted_as_the_window_shows_them() {
        let chips = include_str!("../../../ui/src/lib/shell/chips.ts");
        let chips = chips.split("STATE_CHIPS").nth(1).and_then(|rest| rest.split("};").next()).expect("the chips");
        let line = |line: &str| -> Option<(String, String, bool)> {
            let (name, rest) = line.trim().split_once(": {")?;
            let says = rest.split("says: \"").nth(1)?.split('"').next()?;
            let asks = rest.contains("\"asks\"") || rest.contains("\"fails\"");
            Some((name.trim_matches('"').to_owned(), says.to_owned(), asks))
        };
        let shown: Vec<_> = chips.lines().filter_map(line).collect();
        let name = |state| serde_json::to_value(state).expect("a name").as_str().map(str::to_owned).expect("text");
        let ours: Vec<_> =
            STATES.iter().map(|(state, says)| (name(*state), (*says).to_owned(), needs_you(*state))).collect();
        assert_eq!(ours, shown);
    }
}
