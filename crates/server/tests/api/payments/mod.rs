//! Payments against the test checkout, a double of Stripe, over loopback and through the real client.

mod crashes;
mod deliveries;
mod interleavings;
mod pages;
mod till;
mod trouble;
mod webhook;
