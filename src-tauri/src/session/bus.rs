//! The signals on the desktop's buses.

use zbus::blocking::{Connection, MessageIterator};
use zbus::message::Type;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{MatchRule, Message};

const LOGIN: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const MANAGER_PATH: &str = "/org/freedesktop/login1";
const SESSION: &str = "org.freedesktop.login1.Session";
/// Who tells on the session bus that the screen is locked: KDE, GNOME, and those that follow it.
const SCREEN_SAVERS: [&str; 5] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
];

/// What was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The screen is locked.
    Locks,
    /// The computer is about to sleep, and waits until this was heard.
    Sleeps,
}

/// Hears on the session bus when the screen is locked, until the bus goes away.
pub(super) fn hear_screen(connection: &Connection, told: impl Fn(Told)) -> zbus::Result<()> {
    let rule = MatchRule::builder().msg_type(Type::Signal).member("ActiveChanged")?.build();
    for message in MessageIterator::for_match_rule(rule, connection, None)? {
        if is_locked(&message?) {
            told(Told::Locks);
        }
    }
    Ok(())
}

/// Hears on the system bus when the session is to be locked and when the computer goes to sleep, until the bus goes away.
pub(super) fn hear_computer(connection: &Connection, told: impl Fn(Told)) -> zbus::Result<()> {
    let rule = MatchRule::builder().msg_type(Type::Signal).sender(LOGIN)?.build();
    let messages = MessageIterator::for_match_rule(rule, connection, None)?;
    let own = own_session(connection);
    let mut delays_sleep = delay_sleep(connection);
    for message in messages {
        let message = message?;
        if locks_session(&message, own.as_ref()) {
            told(Told::Locks);
        }
        match is_to_sleep(&message) {
            Some(true) => {
                told(Told::Sleeps);
                // With this it may sleep.
                drop(delays_sleep.take());
            }
            Some(false) => delays_sleep = delay_sleep(connection),
            None => {}
        }
    }
    Ok(())
}

fn is_locked(message: &Message) -> bool {
    let header = message.header();
    let from = header.interface().is_some_and(|interface| SCREEN_SAVERS.contains(&interface.as_str()));
    from && message.body().deserialize::<bool>().unwrap_or(false)
}

/// Tells whether the signal locks this session. Where it is not known which one that is, any that is locked counts: too often is harmless.
fn locks_session(message: &Message, own: Option<&OwnedObjectPath>) -> bool {
    let header = message.header();
    is_signal(message, SESSION, "Lock")
        && own.is_none_or(|own| header.path().is_some_and(|path| path.as_str() == own.as_str()))
}

fn is_to_sleep(message: &Message) -> Option<bool> {
    is_signal(message, MANAGER, "PrepareForSleep").then(|| message.body().deserialize().ok()).flatten()
}

fn is_signal(message: &Message, interface: &str, member: &str) -> bool {
    let header = message.header();
    header.interface().is_some_and(|name| name.as_str() == interface)
        && header.member().is_some_and(|name| name.as_str() == member)
}

fn own_session(connection: &Connection) -> Option<OwnedObjectPath> {
    let asked = connection.call_method(Some(LOGIN), MANAGER_PATH, Some(MANAGER), "GetSession", &("auto",));
    asked.ok()?.body().deserialize().ok()
}

/// Has the computer wait before it sleeps, until what is returned is dropped; at most for as long as its administrator allows.
fn delay_sleep(connection: &Connection) -> Option<OwnedFd> {
    let asks = ("sleep", "Satchel", "Locks what it keeps", "delay");
    let asked = connection.call_method(Some(LOGIN), MANAGER_PATH, Some(MANAGER), "Inhibit", &asks);
    asked.ok()?.body().deserialize().ok()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
