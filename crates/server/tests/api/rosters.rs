//! Rosters: verified before they are stored, and never a step back.

use satchel_sign::{Roster, Signed};
use satchel_terms::DeviceId;
use satchel_wire::{ErrorCode, paths};
use serde_json::json;

use crate::support::{Bench, Reply, TestFirm, key, rng, time};

const APPROVER: usize = 1;

async fn bring(bench: &Bench, number: u32, compact: &str) -> Reply {
    let path = paths::roster(number.try_into().expect("from 1"));
    bench.put(&path, &bench.firm.staff(), &json!({"roster": compact})).await
}

async fn newest(bench: &Bench) -> Option<String> {
    let reply = bench.get(paths::NEWEST_ROSTER, &bench.firm.staff()).await;
    (reply.status == 200).then(|| reply.json()["roster"].as_str().expect("a text").to_owned())
}

fn by_admin(firm: &TestFirm, roster: Roster) -> Signed<Roster> {
    firm.admin.sign(roster).expect("a roster")
}

fn by_approver(firm: &TestFirm, roster: Roster) -> Signed<Roster> {
    firm.devices[APPROVER].1.sign(roster).expect("a roster")
}

/// Adds a device.
fn with_device(roster: &mut Roster) {
    let mut device = roster.devices[0].clone();
    device.device = DeviceId::make(&mut rng());
    device.signing_key = key::<satchel_sign::Device>().public().clone();
    device.hpke_key = key::<satchel_sign::Device>().public().clone();
    roster.devices.push(device);
}

#[tokio::test]
async fn a_chain_grows_from_the_fingerprint_in_the_bundle() {
    let bench = Bench::without_rosters("http://127.0.0.1:4870/blobs/").await;
    let firm = &bench.firm;
    assert_eq!(newest(&bench).await, None);
    bench.get(&paths::roster(1.try_into().expect("from 1")), &firm.staff()).await.refused(ErrorCode::NotFound);
    let before = bench.stored().await;
    let stranger = TestFirm::make(3, &bench.identity, &bench.receipt_key);
    let mut claimed = stranger.roster.clone();
    claimed.firm = firm.id;
    bring(&bench, 1, by_admin(&stranger, claimed).compact()).await.refused(ErrorCode::RosterRefused);
    bring(&bench, 1, bench.other.first_roster().compact()).await.refused(ErrorCode::RosterRefused);
    let first = firm.first_roster();
    bring(&bench, 2, first.compact()).await.refused(ErrorCode::Malformed);
    assert_eq!(bench.stored().await, before, "nothing was written");

    assert_eq!(bring(&bench, 1, first.compact()).await.status, 204);
    assert_eq!(newest(&bench).await.as_deref(), Some(first.compact()));
    let second = by_approver(firm, firm.next_roster(&first, with_device));
    assert_eq!(bring(&bench, 2, second.compact()).await.status, 204);
    assert_eq!(newest(&bench).await.as_deref(), Some(second.compact()));
    let at = |number: u32| paths::roster(number.try_into().expect("from 1"));
    assert_eq!(bench.get(&at(1), &firm.staff()).await.ok()["roster"], first.compact());
    bench.get(&at(3), &firm.staff()).await.refused(ErrorCode::NotFound);

    // The same again is as good; it changes nothing.
    let before = bench.stored().await;
    assert_eq!(bring(&bench, 1, first.compact()).await.status, 204);
    assert_eq!(bring(&bench, 2, second.compact()).await.status, 204);
    assert_eq!(bench.stored().await, before);
}

#[tokio::test]
async fn what_does_not_follow_is_refused() {
    let bench = Bench::open().await;
    let firm = &bench.firm;
    let first = firm.first_roster();
    let second = by_admin(firm, firm.next_roster(&first, |_| ()));
    let third = by_admin(firm, firm.next_roster(&second, |_| ()));
    let before = bench.stored().await;
    for (what, number, roster) in [
        ("one is skipped", 3, third),
        (
            "a device is dropped",
            2,
            by_admin(
                firm,
                firm.next_roster(&first, |next| {
                    next.devices.pop();
                }),
            ),
        ),
        (
            "a revocation is taken back",
            2,
            by_admin(
                firm,
                firm.next_roster(&first, |next| {
                    next.devices[2].revoked_at = None;
                }),
            ),
        ),
        (
            "an approver makes another approver",
            2,
            by_approver(
                firm,
                firm.next_roster(&first, |next| {
                    next.approvers.push(next.devices[0].device);
                }),
            ),
        ),
        (
            "a device that is no approver signs",
            2,
            firm.devices[0].1.sign(firm.next_roster(&first, |_| ())).expect("signed"),
        ),
        ("a revoked device signs", 2, firm.devices[2].1.sign(firm.next_roster(&first, |_| ())).expect("signed")),
    ] {
        let reply = bring(&bench, number, roster.compact()).await;
        assert_eq!(reply.status, 409, "{what}: {}", reply.text());
        reply.refused(ErrorCode::RosterRefused);
    }
    bring(&bench, 3, second.compact()).await.refused(ErrorCode::Malformed);
    assert_eq!(bench.stored().await, before, "nothing was written");
}

/// An approver who is being revoked signs on; the admin's word replaces it.
#[tokio::test]
async fn the_admins_word_replaces_an_approvers() {
    let bench = Bench::open().await;
    let firm = &bench.firm;
    let first = firm.first_roster();
    let theirs = by_approver(firm, firm.next_roster(&first, with_device));
    let fourth = by_approver(firm, firm.next_roster(&theirs, with_device));
    assert_eq!(bring(&bench, 2, theirs.compact()).await.status, 204);
    assert_eq!(bring(&bench, 3, fourth.compact()).await.status, 204);
    let revoking = by_admin(
        firm,
        firm.next_roster(&first, |next| {
            next.devices[APPROVER].revoked_at = Some(time(3));
        }),
    );
    assert_eq!(bring(&bench, 2, revoking.compact()).await.status, 204);
    assert_eq!(newest(&bench).await.as_deref(), Some(revoking.compact()));
    bring(&bench, 2, theirs.compact()).await.refused(ErrorCode::RosterRefused);
    bring(&bench, 3, fourth.compact()).await.refused(ErrorCode::RosterRefused);
    // A server that starts anew walks the chain from its beginning and finds the same.
    let app = satchel_server::app(bench.deps.clone());
    let request = Bench::request(axum::http::Method::GET, paths::NEWEST_ROSTER, &firm.staff(), None);
    assert_eq!(Bench::send_to(&app, request).await.ok()["roster"], revoking.compact());
}

#[tokio::test]
async fn of_two_rosters_at_once_one_wins() {
    let bench = Bench::open().await;
    let firm = &bench.firm;
    let first = firm.first_roster();
    let one = by_approver(firm, firm.next_roster(&first, with_device));
    let two = by_approver(firm, firm.next_roster(&first, with_device));
    let (one_reply, two_reply) = tokio::join!(bring(&bench, 2, one.compact()), bring(&bench, 2, two.compact()));
    let mut statuses = [one_reply.status, two_reply.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    let winner = if one_reply.status == 204 { one } else { two };
    assert_eq!(newest(&bench).await.as_deref(), Some(winner.compact()));
}
