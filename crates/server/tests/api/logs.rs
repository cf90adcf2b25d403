//! What the log holds: ids and codes.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use satchel_wire::paths;
use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Bench, TestOrder};

/// Keeps what is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    /// Keeps what this thread logs, while the guards live.
    ///
    /// With one subscriber alone, `tracing` asks on whatever thread comes to a line first whether the line is wanted, and
    /// remembers a no for all threads. With two it asks the subscribers. So there are two; the other one keeps nothing.
    pub(crate) fn from_here() -> (Self, (Dispatch, DefaultGuard)) {
        let kept = Self::default();
        let other = Dispatch::new(tracing_subscriber::fmt().with_writer(io::sink).finish());
        let subscriber = tracing_subscriber::fmt().with_writer(kept.clone()).with_max_level(tracing::Level::TRACE);
        let guard = tracing::subscriber::set_default(subscriber.with_ansi(false).finish());
        (kept, (other, guard))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("a text")
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_log_holds_ids_and_no_words() {
    let (kept, _guards) = Kept::from_here();
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    order.upload(&bench, &bench.firm).await;
    let answer = order.commit(&bench, &bench.firm).await.ok();
    let token = bench.firm.staff();
    bench.get("/v1/orders/Maria%20Delgado?ssn=000-12-3456", &token).await;
    bench.get("/v1/feed?after=Maria", &token).await;
    let log = kept.text();
    for id in
        [order.order.to_string(), bench.firm.id.to_string(), bench.firm.person.to_string(), "not_found".to_owned()]
    {
        assert!(log.contains(&id), "{id} is in the log: {log}");
    }
    assert!(log.contains(&paths::commit(order.order, order.revision)));
    let signature = |compact: &str| compact.rsplit('.').next().expect("a part").to_owned();
    for secret in [
        signature(&token),
        signature(order.manifest.compact()),
        signature(answer["receipt"].as_str().expect("a text")),
        order.manifest.compact().split('.').nth(1).expect("a payload").to_owned(),
        "10452-003".to_owned(),
        "Dana".to_owned(),
        "Maria".to_owned(),
        "000-12-3456".to_owned(),
        "sig=".to_owned(),
        "Hartwell".to_owned(),
        "Bearer".to_owned(),
    ] {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}
