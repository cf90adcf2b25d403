//! Who reaches the provider: this computer, under the provider's own address, and no page in a browser.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use satchel_practice::ServeError;
use satchel_wire::paths;
use tokio::net::TcpStream;

use crate::support::{Desk, NOW, TestClock, practice, start};

fn port(desk: &Desk) -> u16 {
    desk.pins.server.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port")
}

#[tokio::test]
async fn it_listens_on_one_address_of_this_computer() {
    let desk = Desk::open().await;
    let port = port(&desk);
    assert_eq!(desk.pins.server, format!("http://127.0.0.1:{port}"));
    assert_eq!(desk.pins.server, desk.running.base());
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok());
    let others: [SocketAddr; 2] = [(Ipv4Addr::new(127, 0, 0, 2), port).into(), (Ipv6Addr::LOCALHOST, port).into()];
    for other in others {
        assert!(TcpStream::connect(other).await.is_err(), "{other}");
    }
}

#[tokio::test]
async fn it_answers_under_its_own_name_only() {
    let desk = Desk::open().await;
    let port = port(&desk);
    let ask = |host: String, path: &'static str| {
        let request = desk.http.post(format!("{}{path}", desk.pins.server)).header("host", host);
        async { request.send().await.expect("an answer").status().as_u16() }
    };
    assert_eq!(ask(format!("127.0.0.1:{port}"), "/practice/token").await, 200);
    for path in ["/practice/token", "/practice/onboarding", "/blobs/a/b", paths::BUNDLE, "/nothing"] {
        for host in [format!("rebound.example:{port}"), format!("localhost:{port}"), "127.0.0.1".to_owned()] {
            assert_eq!(ask(host.clone(), path).await, 421, "{host} {path}");
        }
    }
}

#[tokio::test]
async fn a_page_in_a_browser_gets_no_token_and_onboards_nobody() {
    let desk = Desk::open().await;
    for url in [&desk.pins.token, &desk.pins.onboarding] {
        for origin in ["https://page.example", "null", desk.pins.server.as_str()] {
            let reply = desk.http.post(url).header("origin", origin).send().await.expect("an answer");
            assert_eq!(reply.status(), 403, "{url} {origin}");
            let body = reply.text().await.expect("a body");
            assert!(!body.contains("accessToken"), "{body}");
        }
    }
}

#[tokio::test]
async fn without_a_token_the_server_answers_nothing() {
    let desk = Desk::open().await;
    for path in [paths::BUNDLE, paths::NEWEST_ROSTER] {
        let reply = desk.http.get(format!("{}{path}", desk.pins.server)).send().await.expect("an answer");
        assert_eq!(reply.status(), 401);
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_told() {
    let desk = Desk::open().await;
    let (folder, clock) = (tempfile::tempdir().expect("a folder"), TestClock::at(NOW));
    let mut settings = practice(folder.path(), &clock);
    settings.port = Some(port(&desk));
    let refused = start(settings).await;
    assert!(matches!(refused, Err(ServeError::Port { .. })), "{refused:?}");
    assert!(!folder.path().join("practice.json").exists());
}
