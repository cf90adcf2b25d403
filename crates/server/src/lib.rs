//! The provider's server: tickets, commits, receipts, feed. It cannot read an order.
