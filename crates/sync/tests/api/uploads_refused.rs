//! The driver over real connections: what is refused, and what must not be believed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use satchel_sign::Edges;
use satchel_sync::drive::NoToken;
use satchel_sync::plan::Why;
use satchel_sync::{Progress, Rejection, Settled, State};
use satchel_wire::ErrorCode;

use crate::double::{Ask, Fault, TOKEN, refused};
use crate::office::{Office, states, waits};
use crate::sample::{ORDER, OTHER_ORDER, blocks, file_name, manifest, receipt_for, signed_receipt};

fn last(news: &[Progress], item: &satchel_sync::OutboxItem) -> State {
    *states(news, item.id()).last().expect("there is news")
}

#[tokio::test(start_paused = true)]
async fn a_manifest_that_the_server_refuses_ends_with_its_code() {
    for code in [
        ErrorCode::PriceChanged,
        ErrorCode::ManifestRefused,
        ErrorCode::RevisionTaken,
        ErrorCode::RevisionNotNext,
        ErrorCode::QuoteRefused,
        ErrorCode::BodyTooLarge,
        ErrorCode::Malformed,
    ] {
        for ask in [Ask::Tickets, Ask::Commit] {
            let mut office = Office::open().await;
            let item = office.order(ORDER, &[]);
            office.double.fault(ask, refused(code));
            let news = office.send(std::slice::from_ref(&item)).await;
            assert_eq!(last(&news, &item), State::Rejected(Rejection::Refused(code)), "{code:?} {ask:?}");
            assert_eq!(office.notebook.end(item.id()), Some(Settled::Rejected(Rejection::Refused(code))));
            if ask == Ask::Tickets {
                assert_eq!(office.double.count(Ask::Block) + office.double.count(Ask::Commit), 0, "nothing was sent");
            }
        }
    }
}

/// A proxy or a captive portal in between says what it likes; it ends no order.
#[tokio::test(start_paused = true)]
async fn only_the_servers_own_words_end_an_order() {
    let page = "<html>Please accept our terms</html>".to_owned();
    let other_status = r#"{"code":"price_changed","message":"x","blobs":[]}"#.to_owned();
    for (status, body) in [
        (200, page.clone()),
        (302, page.clone()),
        (400, page.clone()),
        (403, page.clone()),
        (404, page.clone()),
        (409, page.clone()),
        (413, page.clone()),
        (422, page),
        (400, other_status),
    ] {
        for ask in [Ask::Tickets, Ask::Block, Ask::List, Ask::Commit] {
            let mut office = Office::open().await;
            let item = office.order(ORDER, &[]);
            let headers = vec![("location", "http://127.0.0.1:9/".to_owned())];
            office.double.fault(ask, Fault::Status(status, headers, body.clone()));
            let news = office.send(std::slice::from_ref(&item)).await;
            assert_eq!(last(&news, &item), State::Received, "{status} {ask:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_not_allowed_yet_waits() {
    for code in [ErrorCode::TenantUnknown, ErrorCode::Forbidden, ErrorCode::DeviceNotAdmitted] {
        let mut office = Office::open().await;
        let item = office.order(ORDER, &[]);
        office.double.fault(Ask::Tickets, refused(code));
        let news = office.send(std::slice::from_ref(&item)).await;
        assert_eq!(waits(&news, item.id()), [Why::NotAllowed(code)]);
        assert_eq!(last(&news, &item), State::Received);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_waits_for_a_sign_in() {
    let mut office = Office::open().await;
    let item = office.order(ORDER, &[]);
    let needs_sign_in = State::Waiting { why: Why::NeedsSignIn, until: None };
    let is_waiting = |progress: &Progress| matches!(progress, Progress::State { state, .. } if *state == needs_sign_in);
    office.dana.has(Ok("an old token"));
    let mut running = office.start(std::slice::from_ref(&item)).await;
    office.until(&mut running, is_waiting).await;
    assert_eq!(office.dana.refused.load(Ordering::Relaxed), 1, "the caller knows that its token is no good");
    assert_eq!(office.double.count(Ask::Tickets), 1);

    office.dana.has(Err(NoToken::SignIn));
    running.outbox.as_ref().expect("it is there").nudge();
    office.until(&mut running, is_waiting).await;
    assert_eq!(office.double.count(Ask::Tickets), 1, "without a token nobody is asked");

    office.dana.has(Ok(TOKEN));
    running.outbox.take().expect("it is there").nudge();
    let news = office.until(&mut running, |_| false).await;
    assert_eq!(last(&news, &item), State::Received);
}

#[tokio::test(start_paused = true)]
async fn a_refused_ticket_is_replaced() {
    for ask in [Ask::Block, Ask::List] {
        let mut office = Office::open().await;
        let item = office.order(ORDER, &[]);
        let expired =
            || Fault::Status(403, vec![("x-ms-error-code", "AuthenticationFailed".to_owned())], String::new());
        office.double.fault(ask, expired());
        let news = office.send(std::slice::from_ref(&item)).await;
        assert_eq!((last(&news, &item), waits(&news, item.id())), (State::Received, vec![]), "{ask:?}");
        assert_eq!(office.double.count(Ask::Tickets), 2, "{ask:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_does_not_verify_is_not_received() {
    let other_key = satchel_sign::SigningKey::<satchel_sign::Receipts>::from_bytes(&[8; 32]).expect("a key");
    let ours = manifest(ORDER, 1, &[blocks(1)]);
    let forged = other_key.sign(receipt_for(&ours)).expect("it signs");
    let (text, _) = forged.compact().rsplit_once('.').expect("three parts");
    let (right, signature) = (signed_receipt(&ours), text.to_owned());
    let (_, good_signature) = right.rsplit_once('.').expect("three parts");
    for (receipt, what) in [
        (signed_receipt(&manifest(OTHER_ORDER, 1, &[blocks(1)])), "another order"),
        (signed_receipt(&manifest(ORDER, 1, &[blocks(2)])), "another manifest"),
        (signed_receipt(&manifest(ORDER, 1, &[])), "a blob is missing"),
        (forged.compact().to_owned(), "another key"),
        (format!("{signature}.{good_signature}"), "another signature"),
        ("a.b.c".to_owned(), "nonsense"),
    ] {
        let mut office = Office::open().await;
        let item = office.order(ORDER, &[blocks(1)]);
        office.double.fault(Ask::Commit, Fault::Receipt(receipt));
        let mut running = office.start(std::slice::from_ref(&item)).await;
        running.outbox = None;
        let is_refused = |progress: &Progress| {
            matches!(progress, Progress::State { state: State::Waiting { why: Why::ReceiptRefused, .. }, .. })
        };
        let news = office.until(&mut running, is_refused).await;
        assert!(news.last().is_some_and(is_refused), "{what}");
        assert_eq!(office.notebook.end(item.id()), None, "{what}");
        running.task.abort();
        // The right one is taken afterwards, and nothing is sent again for it.
        let blocks_before = office.double.count(Ask::Block);
        let news = office.send(std::slice::from_ref(&item)).await;
        assert_eq!(last(&news, &item), State::Received, "{what}");
        assert_eq!(office.notebook.end(item.id()), Some(Settled::Received(right.clone())), "{what}");
        assert_eq!(office.double.count(Ask::Block), blocks_before, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_to_a_storage_that_the_bundle_does_not_name() {
    let mut office = Office::open().await;
    let elsewhere = Office::open().await;
    let item = office.order(ORDER, &[]);
    office.double.fault(Ask::Tickets, Fault::OtherStorage(elsewhere.double.url()));
    let news = office.send(std::slice::from_ref(&item)).await;
    assert_eq!((last(&news, &item), waits(&news, item.id())), (State::Received, vec![Why::ServerFault]));
    assert_eq!(elsewhere.double.held().seen.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn no_redirect_is_followed() {
    for ask in [Ask::Tickets, Ask::Block, Ask::List, Ask::Commit] {
        let mut office = Office::open().await;
        let elsewhere = Office::open().await;
        let item = office.order(ORDER, &[]);
        for status in [307, 308] {
            let headers = vec![("location", format!("{}/v1/elsewhere", elsewhere.double.url()))];
            office.double.fault(ask, Fault::Status(status, headers, String::new()));
        }
        let news = office.send(std::slice::from_ref(&item)).await;
        assert_eq!(last(&news, &item), State::Received, "{ask:?}");
        assert_eq!(elsewhere.double.held().seen.len(), 0, "{ask:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sealed_file_that_is_not_whole_is_never_sent_in_part() {
    for (change, rejection) in [
        (None, Rejection::SourceMissing),
        (Some(blocks(3) - 1), Rejection::SourceChanged),
        (Some(blocks(3) + 1), Rejection::SourceChanged),
        (Some(0), Rejection::SourceChanged),
    ] {
        let spoil = |office: &Office| {
            let path = office.file(ORDER, file_name(1));
            match change {
                None => std::fs::remove_file(path).expect("removes"),
                Some(length) => {
                    let file = std::fs::OpenOptions::new().write(true).open(path).expect("opens");
                    file.set_len(length).expect("sets");
                }
            }
        };
        let mut office = Office::open().await;
        let item = office.order(ORDER, &[blocks(3)]);
        spoil(&office);
        let news = office.send(std::slice::from_ref(&item)).await;
        assert_eq!(last(&news, &item), State::Rejected(rejection), "{change:?}");
        assert_eq!(office.double.held().seen.len(), 0, "{change:?}: nobody hears of it");

        // While it is being sent: no commit is asked for.
        let mut office = Office::open().await;
        let item = office.order(ORDER, &[blocks(3)]);
        office.double.held().holds_puts = true;
        let mut running = office.start(std::slice::from_ref(&item)).await;
        running.outbox = None;
        while office.double.held().puts_at_once == 0 {
            tokio::task::yield_now().await;
        }
        spoil(&office);
        office.double.release_puts();
        let news = office.until(&mut running, |_| false).await;
        if let State::Rejected(other) = last(&news, &item) {
            assert_eq!(other, rejection, "{change:?}");
        } else {
            panic!("{change:?}: it ends as {:?}", last(&news, &item));
        }
        assert_eq!(office.double.count(Ask::Commit), 0, "{change:?}");
    }
}

/// A proxy that opens TLS connections shows a certificate that nobody here trusts.
#[tokio::test(start_paused = true)]
async fn an_untrusted_certificate_is_told_apart_from_no_connection() {
    let mut office = Office::open().await;
    let item = office.order(ORDER, &[]);
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_no_client_auth();
    let config = config.with_single_cert(vec![made.cert.der().clone()], key.into()).expect("a server");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if acceptor.accept(stream).await.is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    let mut running = office.start_with(&url, Edges::Production, std::slice::from_ref(&item)).await;
    let is_waiting = |progress: &Progress| matches!(progress, Progress::State { state: State::Waiting { .. }, .. });
    let news = office.until(&mut running, is_waiting).await;
    assert_eq!(waits(&news, item.id()), [Why::Untrusted]);
    assert_eq!(accepted.load(Ordering::Relaxed), 0, "no connection came about");
    running.task.abort();
}
