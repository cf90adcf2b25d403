//! A returned document on its way to the desktop, and storages that do not mean well.

use std::num::NonZeroU32;
use std::time::Duration;

use bytes::Bytes;
use satchel_sync::drive::{ReturnedBody, STALL, Unanswered};
use satchel_sync::plan::Why;
use satchel_wire::{ErrorCode, paths};
use serde_json::json;

use crate::double::{Ask, Fault, TOKEN};
use crate::office::Office;
use crate::questions::order;
use crate::sample::ORDER;

const FAULT: Unanswered = Unanswered::Later(Why::ServerFault);
const BYTES: usize = 3_000_000;

fn blob_path() -> String {
    format!("/sealed/orders/{ORDER}/returns/1")
}

/// An office whose order has one returned document.
async fn office() -> Office {
    let office = Office::open().await;
    let bytes: Vec<u8> = (0..BYTES).map(|at| u8::try_from(at % 251).expect("below 256")).collect();
    office.double.held().committed.insert(blob_path(), (bytes, String::new()));
    office.leads_to(&format!("{}{}?sv=2026-04-06&sig=s%2Be%3D", office.double.url(), blob_path()));
    office
}

impl Office {
    /// Has the ticket lead there.
    fn leads_to(&self, url: &str) {
        self.answers(paths::returned(order(), NonZeroU32::MIN), &json!({"url": url, "expiresAt": 9}));
    }

    async fn begin(&self, bytes_max: u64) -> Result<ReturnedBody, Unanswered> {
        self.remote().returned(&*self.dana, order(), NonZeroU32::MIN, bytes_max).await
    }

    async fn read(&self, bytes_max: u64) -> Result<Vec<u8>, Unanswered> {
        let mut body = self.begin(bytes_max).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = body.next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }
}

#[tokio::test(start_paused = true)]
async fn a_returned_document_comes_as_it_lies_there() {
    let office = office().await;
    let whole = office.double.held().committed[&blob_path()].0.clone();
    assert_eq!(office.read(BYTES as u64).await, Ok(whole));
    let held = office.double.held();
    let got = held.seen.iter().find(|seen| seen.ask == Ask::Get).expect("it was asked for");
    assert_eq!(got.headers.get("authorization"), None, "the token is the server's alone");
    assert_eq!(got.headers["x-ms-version"], "2026-04-06");
    let asked = held.seen.iter().find(|seen| seen.ask == Ask::Question).expect("it was asked for");
    assert_eq!(asked.headers["authorization"], format!("Bearer {TOKEN}"));
}

#[tokio::test(start_paused = true)]
async fn more_than_was_asked_for_is_refused() {
    let mut office = office().await;
    assert_eq!(office.begin(BYTES as u64 - 1).await.map(|_| ()), Err(FAULT), "its length says so");
    // In pieces of which nobody says how many there are.
    office.double.fault(Ask::Get, Fault::Dribble(Duration::ZERO));
    let remote = office.remote();
    let dana = std::sync::Arc::clone(&office.dana);
    let read = async {
        let mut body = remote.returned(&*dana, order(), NonZeroU32::MIN, BYTES as u64 - 1).await?;
        let mut came = 0;
        while let Some(piece) = body.next().await.inspect_err(|_| assert!(came < BYTES))? {
            came += Bytes::len(&piece);
        }
        Ok::<_, Unanswered>(came)
    };
    assert_eq!(office.done(read).await, Err(FAULT));
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_leads_elsewhere_is_not_used() {
    let office = office().await;
    let other = Office::open().await;
    let at = |storage: &str| format!("{storage}{}?sig=s", blob_path());
    for url in [
        at(&other.double.url()),
        at("https://blobs.example.com"),
        at(&format!("{}0", office.double.url())),
        at("http://127.0.0.1:9"),
    ] {
        office.leads_to(&url);
        assert_eq!(office.begin(BYTES as u64).await.map(|_| ()), Err(FAULT), "{url}");
    }
    assert_eq!(office.double.count(Ask::Get) + other.double.count(Ask::Get), 0);
    assert_eq!(other.double.held().seen.len(), 0, "nobody else was spoken to");
    for url in ["ftp://127.0.0.1/x", "http://user@127.0.0.1/x", "javascript:alert(1)", "", "/sealed/x"] {
        office.leads_to(url);
        assert_eq!(office.begin(BYTES as u64).await.map(|_| ()), Err(FAULT), "{url}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_storage_that_answers_something_else_is_at_fault() {
    let office = office().await;
    let other = Office::open().await;
    let away = vec![("location", format!("{}{}", other.double.url(), blob_path()))];
    for (status, headers) in [
        (302, away.clone()),
        (307, away.clone()),
        (300, away),
        (204, vec![]),
        (206, vec![("content-range", "bytes 0-2/3".to_owned())]),
        (403, vec![]),
        (404, vec![]),
        (500, vec![]),
    ] {
        let body = if status == 204 { String::new() } else { "abc".to_owned() };
        office.double.fault(Ask::Get, Fault::Status(status, headers, body));
        assert_eq!(office.read(BYTES as u64).await, Err(FAULT), "{status}");
    }
    assert_eq!(other.double.held().seen.len(), 0, "no redirect is followed");
    office.double.fault(Ask::Get, Fault::Status(503, vec![], String::new()));
    assert_eq!(office.read(BYTES as u64).await, Err(Unanswered::Later(Why::Busy)));
    let none = office.remote().returned(&*office.dana, order(), 2.try_into().expect("from 1"), 9).await;
    assert_eq!(none.map(|_| ()), Err(Unanswered::Refused(ErrorCode::NotFound)));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_cut_off_or_stands_still_is_not_whole() {
    let mut office = office().await;
    let cut = vec![("content-length", (BYTES + 1).to_string())];
    office.double.fault(Ask::Get, Fault::Status(200, cut, "short".to_owned()));
    assert_eq!(office.read(BYTES as u64 + 1).await, Err(Unanswered::Later(Why::Interrupted)));
    let (remote, dana) = (office.remote(), std::sync::Arc::clone(&office.dana));
    for (pause, stands_still) in [(STALL / 2, false), (STALL * 3, true)] {
        office.double.fault(Ask::Get, Fault::Dribble(pause));
        let read = async {
            let mut body = remote.returned(&*dana, order(), NonZeroU32::MIN, BYTES as u64).await?;
            while body.next().await?.is_some() {}
            Ok(())
        };
        let expected = if stands_still { Err(Unanswered::Later(Why::Stalled)) } else { Ok(()) };
        assert_eq!(office.done(read).await, expected, "{pause:?}");
    }
}
