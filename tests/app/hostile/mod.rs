//! A provider's server that does not mean well, asked by the real shell through its commands. It holds every key of the provider's
//! server, and may collude with whoever holds more: what it is told in answer, what is shown, and what becomes of it when the
//! server is honest again. docs/HOSTILE-SERVER.md lists the attacks.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::type_complexity,
    reason = "tables of attacks: what is not there, or does not fit, fails the test"
)]

mod answers;
mod bundles;
mod forger;
mod log;
mod pages;
mod proxy;
mod receipts;
mod returned;

use serde_json::{Value, json};

use crate::provider::{Provider, until};
use crate::received::{count, page};
use crate::sending::complete;
use crate::window::{Desk, Running};

use proxy::{Answer, Proxy};

type Tried<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A desk whose Satchel reaches the provider's server through a proxy.
struct Scene {
    satchel: Running,
    proxy: Proxy,
    provider: Provider,
    desk: Desk,
}

impl Scene {
    /// Sets everything up; the proxy is honest.
    fn begin() -> Tried<Self> {
        let desk = Desk::new()?;
        let provider = Provider::start(&desk)?;
        let proxy = Proxy::before(provider.base())?;
        provider.is_looked_for("server", &proxy.base())?;
        let satchel = desk.start()?;
        Ok(Self { satchel, proxy, provider, desk })
    }

    /// Has the desktop become the firm's first through the proxy as well.
    fn begin_before_the_firm() -> Tried<(Self, String)> {
        let scene = Self::begin()?;
        let onboarding = scene.provider.where_is("onboarding")?;
        let path = onboarding.strip_prefix(scene.provider.base()).ok_or("it is elsewhere")?.to_owned();
        scene.provider.is_looked_for("onboarding", &format!("{}{path}", scene.proxy.base()))?;
        Ok((scene, path))
    }

    /// Ends this Satchel and starts another.
    fn restart(&mut self) -> Tried {
        self.satchel = self.desk.start()?;
        self.ask("open_vault", json!({})).map(drop)
    }

    /// Asks for a command as the window does.
    fn ask(&self, command: &str, args: Value) -> Tried<Value> {
        Ok(self.satchel.ask(command, args).map_err(|error| format!("{command}: {error}"))?)
    }

    /// Submits a complete order.
    fn submitted(&self) -> Tried<String> {
        let order = complete(&self.satchel).map_err(|error| error.to_string())?;
        self.ask("submit_draft", json!({ "order": order }))?;
        Ok(order)
    }

    /// Submits a complete order, and waits until it is received.
    fn received(&self) -> Tried<String> {
        let order = self.submitted()?;
        until("the order to be received", || !self.page(&order).is_null());
        Ok(order)
    }

    fn page(&self, order: &str) -> Value {
        page(&self.satchel, order)
    }

    /// Returns what of an order's page is said of the order itself.
    fn shown(&self, order: &str) -> Value {
        let mut page = self.page(order);
        if let Some(members) = page.as_object_mut() {
            for of_the_server in ["heardAtMs", "disbelieved"] {
                members.remove(of_the_server);
            }
        }
        page
    }

    /// Asks what is new of an order; returns the code of the error.
    fn check(&self, order: &str) -> Value {
        code(&self.satchel.ask("check_order", json!({ "order": order })))
    }

    /// Returns what the user is told of what was not believed.
    fn disbelieved(&self, order: &str) -> String {
        self.page(order)["disbelieved"].as_str().unwrap_or_default().to_owned()
    }

    /// Returns how the one order of the outbox is.
    fn waits(&self) -> Value {
        let outbox = self.ask("outbox", json!({})).unwrap_or_default();
        outbox.pointer("/0/state").cloned().unwrap_or_default()
    }

    fn count(&self, list: &str) -> Value {
        count(&self.satchel, list)
    }

    fn connection(&self) -> Value {
        self.ask("connection", json!({})).unwrap_or_default()
    }

    /// Returns what the real server answers to whoever asks for what is not there.
    fn not_found() -> Answer {
        let code = satchel_wire::ErrorCode::NotFound;
        Answer::json(code.status(), &json!({ "code": code.as_str(), "message": code.message(), "blobs": [] }))
    }
}

/// Returns the code of an error, `null` where there is none.
fn code(answer: &Result<Value, Value>) -> Value {
    answer.as_ref().err().and_then(|error| error.get("code").cloned()).unwrap_or_default()
}

fn rng() -> rand_core::UnwrapErr<getrandom::SysRng> {
    rand_core::UnwrapErr(getrandom::SysRng)
}

/// A row that names no test holds nothing.
#[test]
fn every_attack_of_the_table_has_its_test() -> Tried {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    for folder in ["tests/app/hostile", "crates/practice/tests/api"] {
        for entry in std::fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push_str(&std::fs::read_to_string(path)?);
            }
        }
    }
    let table = std::fs::read_to_string(root.join("docs/HOSTILE-SERVER.md"))?;
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| ") && line.contains('`')).collect();
    assert!(rows.len() > 10, "the table is not read: {rows:?}");
    for name in rows.iter().flat_map(|row| row.split('`').skip(1).step_by(2)) {
        assert!(sources.contains(&format!("fn {name}(")), "no test is called {name}");
    }
    Ok(())
}
