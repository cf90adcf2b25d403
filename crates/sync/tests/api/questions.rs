//! What a desktop asks about its orders, and answers that are none.

use std::sync::atomic::Ordering;

use satchel_sync::drive::{NoToken, Unanswered};
use satchel_sync::plan::Why;
use satchel_terms::OrderId;
use satchel_wire::limits::{ANSWER_BYTES_MAX, FEED_ENTRIES_MAX, LOG_ENTRIES_MAX, LOG_SEALED_BYTES_MAX};
use satchel_wire::{ErrorCode, Payment, SealedEntryBytes, paths};
use serde_json::{Value, json};

use crate::double::{Ask, Fault, TOKEN, refused};
use crate::office::Office;
use crate::sample::{ORDER, OTHER_ORDER};

const FAULT: Unanswered = Unanswered::Later(Why::ServerFault);

pub(crate) fn order() -> OrderId {
    ORDER.parse().expect("an id")
}

impl Office {
    /// Has the double answer a question so from now on.
    pub(crate) fn answers(&self, path: String, answer: &Value) {
        self.double.held().answers.insert(path, answer.to_string());
    }
}

fn state(order: &str) -> Value {
    json!({"order": order, "revision": 1, "transfer": "received", "payment": "paid", "paymentAt": 1_764_000_200,
        "work": "claimed", "sequence": 3, "receipt": "a.b.c"})
}

fn hints(numbers: impl IntoIterator<Item = u64>, next: u64) -> Value {
    let entry = |n| json!({"n": n, "order": ORDER, "sequence": 1});
    json!({"entries": numbers.into_iter().map(entry).collect::<Vec<_>>(), "next": next})
}

fn entries(numbers: impl IntoIterator<Item = u32>, bytes: usize) -> Value {
    let encryption_data = json!({
        "WrappedContentKey": {"KeyId": "A".repeat(43), "EncryptedKey": format!("{}==", "A".repeat(162)),
            "Algorithm": "HPKE-P256-HKDF-SHA256-A256GCM"},
        "EncryptionAgent": {"Protocol": "2.0", "EncryptionAlgorithm": "AES_GCM_256"},
        "EncryptedRegionInfo": {"DataLength": 4_194_304, "NonceLength": 12},
    });
    let sealed = SealedEntryBytes::try_from(vec![7; bytes]).expect("within the bound");
    let entry = |n| json!({"number": n, "encryptionData": encryption_data.to_string(), "sealed": sealed});
    json!({"entries": numbers.into_iter().map(entry).collect::<Vec<_>>()})
}

#[tokio::test(start_paused = true)]
async fn each_question_has_its_answer() {
    let office = Office::open().await;
    let (remote, dana) = (office.remote(), &*office.dana);
    office.answers(paths::order(order()), &state(ORDER));
    office.answers(paths::checkout(order()), &json!({"url": "https://checkout.example/c/pay/a", "expiresAt": 9}));
    office.answers(paths::feed(4), &hints([5, 6], 6));
    office.answers(paths::feed(6), &hints([], 6));
    office.answers(paths::log(order(), 1), &entries([2, 3], 40));
    office.answers(paths::log(order(), 3), &entries([], 0));
    let known = remote.order(dana, order()).await.expect("an answer");
    assert_eq!((known.payment, known.payment_at.map(|at| at.seconds())), (Payment::Paid, Some(1_764_000_200)));
    let page = remote.checkout(dana, order()).await.expect("an answer");
    assert_eq!((page.url.expose(), page.expires_at.seconds()), ("https://checkout.example/c/pay/a", 9));
    let feed = remote.feed(dana, 4).await.expect("an answer");
    assert_eq!((feed.entries.len(), feed.next), (2, 6));
    assert_eq!(remote.feed(dana, 6).await.map(|feed| feed.next), Ok(6));
    let log = remote.log(dana, order(), 1).await.expect("an answer");
    let read: Vec<_> = log.entries.iter().map(|entry| (entry.number.get(), entry.sealed.as_bytes().len())).collect();
    assert_eq!(read, [(2, 40), (3, 40)]);
    assert_eq!(remote.log(dana, order(), 3).await.map(|log| log.entries), Ok(vec![]));
    for seen in office.double.held().seen.iter() {
        assert_eq!(seen.headers["authorization"], format!("Bearer {TOKEN}"));
        assert!(seen.headers.get("content-length").is_none_or(|length| length == "0"), "a question has no body");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_another_question_is_a_fault() {
    let office = Office::open().await;
    let (remote, dana) = (office.remote(), &*office.dana);
    office.answers(paths::order(order()), &state(OTHER_ORDER));
    assert_eq!(remote.order(dana, order()).await, Err(FAULT));
    for (wrong, why) in [
        (hints([5, 7], 7), "a gap"),
        (hints([4, 5], 5), "what was not asked for"),
        (hints([6], 6), "the first is missing"),
        (hints([6, 5], 6), "another order"),
        (hints([5, 5], 5), "twice"),
        (hints([5], 6), "the next one is not behind the last"),
        (hints([], 5), "nothing, and still further"),
        (hints([], 3), "back"),
        (hints(5..5 + FEED_ENTRIES_MAX as u64 + 1, 5 + FEED_ENTRIES_MAX as u64), "one more than a part has"),
    ] {
        office.answers(paths::feed(4), &wrong);
        assert_eq!(remote.feed(dana, 4).await, Err(FAULT), "{why}");
    }
    office.answers(paths::feed(4), &hints(5..5 + FEED_ENTRIES_MAX as u64, 4 + FEED_ENTRIES_MAX as u64));
    assert!(remote.feed(dana, 4).await.is_ok());
    let most = u32::try_from(LOG_ENTRIES_MAX).expect("fits");
    let full = LOG_SEALED_BYTES_MAX / 8;
    for (wrong, why) in [
        (entries([2, 4], 40), "a gap"),
        (entries([1, 2], 40), "what was not asked for"),
        (entries([3], 40), "the first is missing"),
        (entries([3, 2], 40), "another order"),
        (entries([2, 2], 40), "twice"),
        (entries(2..3 + most, 40), "one more than a part has"),
        (entries(2..11, full), "more bytes than a part has"),
    ] {
        office.answers(paths::log(order(), 1), &wrong);
        assert_eq!(remote.log(dana, order(), 1).await, Err(FAULT), "{why}");
    }
    for right in [entries(2..2 + most, 40), entries(2..10, full)] {
        office.answers(paths::log(order(), 1), &right);
        assert!(remote.log(dana, order(), 1).await.is_ok());
    }
    // Behind the last number that there is, nothing follows.
    office.answers(paths::log(order(), u32::MAX), &entries([1], 40));
    assert_eq!(remote.log(dana, order(), u32::MAX).await, Err(FAULT));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_answer_of_ours_is_a_fault() {
    let office = Office::open().await;
    let (remote, dana) = (office.remote(), &*office.dana);
    let away = vec![("location", "http://127.0.0.1:9/".to_owned())];
    for (status, headers, body) in [
        (200, vec![], "<html>Please accept our terms</html>".to_owned()),
        (200, vec![], "{}".to_owned()),
        (200, vec![], " ".repeat(ANSWER_BYTES_MAX + 1)),
        (301, away.clone(), String::new()),
        (302, away.clone(), state(ORDER).to_string()),
        (307, away, String::new()),
        (404, vec![], "<html>gone</html>".to_owned()),
        (500, vec![], "x".repeat(1 << 20)),
    ] {
        for _ in 0..4 {
            office.double.fault(Ask::Question, Fault::Status(status, headers.clone(), body.clone()));
        }
        let asked = office.double.count(Ask::Question);
        assert_eq!(remote.order(dana, order()).await, Err(FAULT), "{status}");
        assert_eq!(remote.checkout(dana, order()).await, Err(FAULT), "{status}");
        assert_eq!(remote.feed(dana, 0).await, Err(FAULT), "{status}");
        assert_eq!(remote.log(dana, order(), 0).await, Err(FAULT), "{status}");
        assert_eq!(office.double.count(Ask::Question), asked + 4, "nobody is asked again, and no redirect is followed");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_keeps_its_code_and_a_refused_token_is_told() {
    let mut office = Office::open().await;
    let (remote, dana) = (office.remote(), std::sync::Arc::clone(&office.dana));
    assert_eq!(remote.log(&*dana, order(), 0).await, Err(Unanswered::Refused(ErrorCode::NotFound)));
    office.double.fault(Ask::Question, refused(ErrorCode::AlreadyPaid));
    assert_eq!(remote.checkout(&*dana, order()).await, Err(Unanswered::Refused(ErrorCode::AlreadyPaid)));
    office.double.fault(Ask::Question, refused(ErrorCode::RateLimited));
    assert_eq!(remote.order(&*dana, order()).await, Err(Unanswered::Later(Why::Busy)));
    dana.has(Ok("an old token"));
    assert_eq!(remote.order(&*dana, order()).await, Err(Unanswered::SignIn));
    assert_eq!(dana.refused.load(Ordering::Relaxed), 1);
    dana.has(Err(NoToken::SignIn));
    let asked = office.double.count(Ask::Question);
    assert_eq!(remote.feed(&*dana, 0).await, Err(Unanswered::SignIn));
    dana.has(Err(NoToken::Offline));
    assert_eq!(remote.feed(&*dana, 0).await, Err(Unanswered::Later(Why::Offline)));
    assert_eq!(office.double.count(Ask::Question), asked, "without a token nobody is asked");
    dana.has(Ok(TOKEN));
    office.double.fault(Ask::Question, Fault::Hang);
    let asking = remote.log(&*dana, order(), 0);
    assert_eq!(office.done(asking).await, Err(Unanswered::Later(Why::Stalled)));
}
