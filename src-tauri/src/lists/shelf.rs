//! The orders of a table, side by side, so that a search runs through them in the order in which they lie in memory.

use std::collections::HashMap;

use satchel_terms::OrderId;

use super::OrderSummary;

/// Orders, and where each lies.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    orders: Vec<(OrderId, OrderSummary)>,
    places: HashMap<OrderId, usize>,
}

impl Shelf {
    pub(super) fn insert(&mut self, order: OrderId, summary: OrderSummary) {
        match self.places.get(&order).and_then(|place| self.orders.get_mut(*place)) {
            Some((_, kept)) => *kept = summary,
            None => {
                self.places.insert(order, self.orders.len());
                self.orders.push((order, summary));
            }
        }
    }

    pub(super) fn remove(&mut self, order: OrderId) {
        let Some(place) = self.places.remove(&order) else { return };
        self.orders.swap_remove(place);
        if let Some((moved, _)) = self.orders.get(place) {
            self.places.insert(*moved, place);
        }
    }

    pub(super) fn contains(&self, order: OrderId) -> bool {
        self.places.contains_key(&order)
    }

    /// Lists the orders as they lie.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (OrderId, &OrderSummary)> {
        self.orders.iter().map(|(order, summary)| (*order, summary))
    }

    /// Returns the order that lies at a place.
    pub(super) fn at(&self, place: usize) -> Option<(OrderId, &OrderSummary)> {
        self.orders.get(place).map(|(order, summary)| (*order, summary))
    }

    /// Returns where an order lies.
    pub(super) fn place(&self, order: OrderId) -> Option<usize> {
        self.places.get(&order).copied()
    }
}

#[cfg(test)]
mod tests {
    use satchel_store::Summary;

    use super::*;

    #[test]
    fn what_is_taken_away_leaves_the_others_where_they_are_found() {
        let ids: Vec<_> = (0..=4).map(|_| OrderId::make(&mut crate::rng())).collect();
        let order = |number: u8| ids[usize::from(number)];
        let mut shelf = Shelf::default();
        for number in 1..=4 {
            shelf.insert(order(number), OrderSummary::new(&Summary::from(vec![number])));
        }
        shelf.remove(order(2));
        shelf.remove(order(2));
        shelf.insert(order(3), OrderSummary::new(&Summary::from(vec![9])));
        shelf.remove(order(4));
        let there: Vec<_> = shelf.iter().map(|(order, _)| order).collect();
        assert_eq!(there, [order(1), order(3)]);
        for order in there {
            let place = shelf.place(order).expect("it has a place");
            assert_eq!(shelf.at(place).map(|(found, _)| found), Some(order));
        }
        assert!(!shelf.contains(order(2)) && shelf.place(order(4)).is_none() && shelf.at(2).is_none());
    }
}
