//! What an attacker with a key of the wrong kind, an old statement or a crafted text tries.

use std::num::NonZeroU32;

use rand_core::UnwrapErr;
use satchel_sign::{
    Admin, Bundle, BundleRefused, CommandRefused, Device, DeviceAction, DeviceCommand, Edges, FirmRoster, Identity,
    LogEntry, LogEvent, Manifest, Operator, Receipt, Role, Roster, RosterDevice, RosterRefused, ServiceUrl, Signed,
    SigningKey, Statement, VerifyError, WorkspaceKeyCheck,
};
use satchel_terms::{
    DeviceId, EcPublicKey, FileEntry, FileName, FirmId, Hash, KeyBytes, MediaType, OrderId, Timestamp, V1, parse,
};
use serde_json::Value;

use crate::vectors::{keys, list};

fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

fn key<R: Role>() -> SigningKey<R> {
    SigningKey::make(&mut rng()).expect("a key")
}

fn time(seconds: u64) -> Timestamp {
    seconds.try_into().expect("a time")
}

fn admitted(signing_key: &SigningKey<Device>, hpke_key: &SigningKey<Device>) -> RosterDevice {
    RosterDevice {
        device: DeviceId::make(&mut rng()),
        member: None,
        signing_key: signing_key.public().clone(),
        hpke_key: hpke_key.public().clone(),
        admitted_at: time(1),
        revoked_at: None,
    }
}

/// A firm with two approvers, a plain device, and one that was revoked.
struct Firm {
    admin: SigningKey<Admin>,
    devices: [SigningKey<Device>; 4],
    hpke: [SigningKey<Device>; 4],
    roster: FirmRoster,
}

const APPROVER: usize = 0;
const OTHER_APPROVER: usize = 1;
const PLAIN: usize = 2;
const REVOKED: usize = 3;

fn firm() -> Firm {
    let (admin, devices, hpke) = (key::<Admin>(), std::array::from_fn(|_| key()), std::array::from_fn(|_| key()));
    let mut listed: Vec<_> = devices.iter().zip(&hpke).map(|(signing, hpke)| admitted(signing, hpke)).collect();
    listed[REVOKED].revoked_at = Some(time(2));
    let first = Roster {
        version: V1,
        firm: FirmId::make(&mut rng()),
        number: NonZeroU32::MIN,
        previous: None,
        issued_at: time(1),
        admin_key: admin.public().clone(),
        // The revoked one was an approver too.
        approvers: vec![listed[APPROVER].device, listed[OTHER_APPROVER].device, listed[REVOKED].device],
        recovery_key: key::<Device>().public().clone(),
        workspace_keys: vec![WorkspaceKeyCheck { number: NonZeroU32::MIN, check: Hash::of(b"first") }],
        devices: listed,
    };
    let (id, fingerprint) = (first.firm, admin.public().thumbprint());
    let roster = admin.sign(first).expect("it signs");
    let roster = FirmRoster::first(roster.compact(), id, fingerprint).expect("the first roster is good");
    Firm { admin, devices, hpke, roster }
}

/// Returns the roster that follows, with one change.
fn changed(before: &FirmRoster, change: impl FnOnce(&mut Roster)) -> Roster {
    let mut next = before.newest().statement().clone();
    next.number = next.number.checked_add(1).expect("a small number");
    next.previous = Some(before.newest().hash());
    change(&mut next);
    next
}

type Change = Box<dyn FnOnce(&mut Roster)>;

#[test]
fn an_approver_takes_no_authority() {
    let firm = firm();
    let mallory = key::<Device>();
    let (mallory_hpke, mallory_public) = (key::<Device>(), mallory.public().clone());
    let own = admitted(&mallory, &mallory_hpke);
    let attempts: Vec<(&str, Change)> = vec![
        ("changes the admin's key", {
            let public = mallory_public.clone();
            Box::new(move |roster| roster.admin_key = public)
        }),
        ("changes the recovery key", Box::new(move |roster| roster.recovery_key = mallory_public)),
        ("names a plain device approver", Box::new(|roster| roster.approvers.push(roster.devices[PLAIN].device))),
        (
            "admits a device and names it approver",
            Box::new(move |roster| {
                roster.approvers.push(own.device);
                roster.devices.push(own);
            }),
        ),
        ("drops an approver", Box::new(|roster| roster.approvers.retain(|id| *id != roster.devices[1].device))),
        ("changes the order of approvers", Box::new(|roster| roster.approvers.reverse())),
        ("revokes another approver", Box::new(|roster| roster.devices[OTHER_APPROVER].revoked_at = Some(time(3)))),
        ("takes back a revocation", Box::new(|roster| roster.devices[REVOKED].revoked_at = None)),
        ("moves a revocation", Box::new(|roster| roster.devices[REVOKED].revoked_at = Some(time(9)))),
        ("drops a device", Box::new(|roster| drop(roster.devices.drain(PLAIN..REVOKED)))),
        (
            "takes over a device",
            Box::new(|roster| roster.devices[PLAIN].signing_key = key::<Device>().public().clone()),
        ),
        ("reads for a device", Box::new(|roster| roster.devices[PLAIN].hpke_key = key::<Device>().public().clone())),
        ("replaces a workspace key", Box::new(|roster| roster.workspace_keys[0].check = Hash::of(b"own"))),
        ("drops a workspace key", Box::new(|roster| roster.workspace_keys.clear())),
        ("moves to another firm", Box::new(|roster| roster.firm = FirmId::make(&mut rng()))),
        ("skips a number", Box::new(|roster| roster.number = NonZeroU32::new(9).expect("nine"))),
        ("follows another roster", Box::new(|roster| roster.previous = Some(Hash::of(b"another")))),
    ];
    for (attempt, change) in attempts {
        let signed = firm.devices[APPROVER].sign(changed(&firm.roster, change)).expect("it signs");
        assert!(firm.roster.next(signed.compact()).is_err(), "an approver {attempt}");
    }
    let honest = firm.devices[APPROVER].sign(changed(&firm.roster, |_| {})).expect("it signs");
    assert!(firm.roster.next(honest.compact()).is_ok());
}

#[test]
fn nobody_else_signs_the_next_roster() {
    let firm = firm();
    let stranger = key::<Admin>();
    let next = || changed(&firm.roster, |_| {});
    let refused = |who: &str, compact: &str| {
        let outcome = firm.roster.next(compact);
        assert_eq!(outcome.err(), Some(RosterRefused::Signature(VerifyError::Signer)), "{who}");
    };
    refused("a plain device", firm.devices[PLAIN].sign(next()).expect("it signs").compact());
    refused("a revoked approver", firm.devices[REVOKED].sign(next()).expect("it signs").compact());
    refused("an approver's HPKE key", firm.hpke[APPROVER].sign(next()).expect("it signs").compact());
    refused("another firm's admin", stranger.sign(next()).expect("it signs").compact());
    // A roster that names its own signer: the one before must name it.
    let usurped = changed(&firm.roster, |roster| roster.admin_key = stranger.public().clone());
    refused("an admin who names himself", stranger.sign(usurped).expect("it signs").compact());
    let plain = changed(&firm.roster, |roster| roster.approvers.push(roster.devices[PLAIN].device));
    refused("a device that names itself approver", firm.devices[PLAIN].sign(plain).expect("it signs").compact());
}

#[test]
fn a_replaced_admin_key_signs_no_more_and_a_first_roster_cannot_be_invented() {
    let firm = firm();
    let successor = key::<Admin>();
    let handed_over = changed(&firm.roster, |roster| roster.admin_key = successor.public().clone());
    let handed_over = firm.admin.sign(handed_over).expect("it signs");
    let second = firm.roster.next(handed_over.compact()).expect("the admin may hand over");
    let late = firm.admin.sign(changed(&second, |_| {})).expect("it signs");
    assert!(second.next(late.compact()).is_err());

    let (id, pinned) = (firm.roster.newest().statement().firm, firm.admin.public().thumbprint());
    let mut invented = firm.roster.newest().statement().clone();
    let by_other_key = successor.sign(invented.clone()).expect("it signs");
    assert!(FirmRoster::first(by_other_key.compact(), id, pinned).is_err(), "the pinned key in it, another signs");
    invented.admin_key = successor.public().clone();
    let own = successor.sign(invented).expect("it signs");
    assert!(FirmRoster::first(own.compact(), id, pinned).is_err(), "another key in it");
    assert!(FirmRoster::first(second.newest().compact(), id, pinned).is_err(), "the second one as the first");
    assert!(FirmRoster::first(firm.roster.newest().compact(), FirmId::make(&mut rng()), pinned).is_err());
}

/// Reads a good payload of the vectors.
fn good<T: Statement>(kind: &str) -> T {
    let documents = list::<Value>("statements.json", "documents");
    let found = documents.iter().find(|document| document["kind"] == kind && document["refused"].is_null());
    let payload = found.and_then(|document| document["payload"].as_str()).expect("a good one");
    T::from_payload(payload.as_bytes()).expect("it is good")
}

#[test]
fn a_device_signs_manifests_of_its_own_firm_under_its_own_id_only() {
    let firm = firm();
    let roster = firm.roster.newest().statement();
    let manifest = |signer: &SigningKey<Device>, device: DeviceId, firm_id: FirmId| {
        let manifest = Manifest { firm: firm_id, device, ..good::<Manifest>("manifest") };
        let signed = signer.sign(manifest).expect("it signs");
        firm.roster.verify_manifest(signed.compact())
    };
    let id = |device: usize| roster.devices[device].device;
    assert!(manifest(&firm.devices[PLAIN], id(PLAIN), roster.firm).is_ok());
    for (attempt, outcome) in [
        ("as a colleague", manifest(&firm.devices[PLAIN], id(APPROVER), roster.firm)),
        ("as a revoked device", manifest(&firm.devices[PLAIN], id(REVOKED), roster.firm)),
        ("for another firm", manifest(&firm.devices[PLAIN], id(PLAIN), FirmId::make(&mut rng()))),
        ("after its revocation", manifest(&firm.devices[REVOKED], id(REVOKED), roster.firm)),
        ("with its HPKE key", manifest(&firm.hpke[PLAIN], id(PLAIN), roster.firm)),
        ("with a key of no roster", manifest(&key(), id(PLAIN), roster.firm)),
    ] {
        assert_eq!(outcome.err(), Some(VerifyError::Signer), "{attempt}");
    }
}

#[test]
fn no_statement_passes_for_another_kind_even_under_the_right_key() {
    let keys = keys("statements.json");
    let all: Vec<&EcPublicKey> = keys.values().map(|key| &key.jwk).collect();
    let refused_as = |compact: &str, own: &str| {
        let outcomes = [
            ("manifest", Signed::<Manifest>::verify(compact, all.iter().copied()).err()),
            ("roster", Signed::<Roster>::verify(compact, all.iter().copied()).err()),
            ("bundle", Signed::<Bundle>::verify(compact, all.iter().copied()).err()),
            ("receipt", Signed::<Receipt>::verify(compact, all.iter().copied()).err()),
            ("log-entry", Signed::<LogEntry>::verify(compact, all.iter().copied()).err()),
        ];
        for (kind, error) in outcomes {
            assert_eq!(error, (kind != own).then_some(VerifyError::Type), "{own} as {kind}");
        }
    };
    let documents = list::<Value>("statements.json", "documents");
    let mut tried = 0;
    for document in documents.iter().filter(|document| document["refused"].is_null()) {
        let (Some(kind), Some(compact)) = (document["kind"].as_str(), document["compact"].as_str()) else { continue };
        if kind != "order" && kind != "copy" {
            refused_as(compact, kind);
            tried += 1;
        }
    }
    assert!(tried > 4, "{tried} were tried");
}

type BundleChange<'a> = &'a dyn Fn(&mut Bundle);

#[test]
fn a_bundle_is_not_rolled_back_or_moved_to_another_firm() {
    let identity = key::<Identity>();
    let signed = |change: &dyn Fn(&mut Bundle)| {
        let mut bundle = good::<Bundle>("bundle");
        change(&mut bundle);
        identity.sign(bundle).expect("it signs")
    };
    let known = signed(&|bundle| bundle.sequence = 7);
    let now = known.statement().issued_at;
    let accept = |offered: &Signed<Bundle>, now: Timestamp| {
        Signed::accept(offered.compact(), [identity.public()], Some(&known), now, Edges::Production).err()
    };
    assert_eq!(accept(&known, now), None, "the same once more");
    assert_eq!(accept(&signed(&|bundle| bundle.sequence = 8), now), None);
    let other_key: EcPublicKey = key::<Device>().public().clone();
    let changes: [(&str, BundleChange<'_>); 5] = [
        ("an older one", &|bundle| bundle.sequence = 6),
        ("another one of the same number", &|bundle| bundle.provider = "Another".to_owned()),
        ("another firm", &|bundle| (bundle.sequence, bundle.firm) = (8, FirmId::make(&mut rng()))),
        ("another tenant", &|bundle| {
            bundle.tenant = "01932d7c-6f4a-7c3e-8f2b-0a1b2c3d4e5f".parse().expect("a tenant");
            bundle.sequence = 8;
        }),
        ("another admin", &|bundle| (bundle.sequence, bundle.admin_fingerprint) = (8, other_key.thumbprint())),
    ];
    for (attempt, change) in changes {
        let offered = signed(&|bundle| {
            bundle.sequence = 7;
            change(bundle);
        });
        assert_eq!(accept(&offered, now), Some(BundleRefused::Superseded), "{attempt}");
    }
    let end = known.statement().not_after;
    assert_eq!(accept(&known, end), None);
    assert_eq!(accept(&known, time(end.seconds() + 1)), Some(BundleRefused::Expired));
    let forged = key::<Identity>().sign(good::<Bundle>("bundle")).expect("it signs");
    assert_eq!(accept(&forged, now), Some(BundleRefused::Signature(VerifyError::Signer)));
}

#[test]
fn an_address_that_reads_otherwise_than_it_is_written_is_none() {
    const ADDRESSES: &str = "http://localhost http://127.1 http://2130706433 http://0x7f.0.0.1 http://127.0.0.1. http://0.0.0.0 \
        http://[::ffff:127.0.0.1] http://[::ffff:7f00:1] http://127.0.0.1@evil.example http://evil.example#127.0.0.1 \
        https://user@a.example https://:@a.example https://@a.example https://a\\b https:\\\\a.example https:a.example \
        https:/a.example https://A.example HTTPS://a.example https://a.example:443 https://a.example/ https://a/b/ \
        https://a/./b https://a/.. https://a/%2e%2e/x https://a/.%2e/x https://a//b https://a? https://a# https://a%2eb \
        https://\u{430}.example https://a.example/\u{430} https://[::1%25eth0] https://a.example:99999 https:// \
        //a.example file:///etc/passwd javascript:alert(1) data:,x ftp://a wss://a.example";
    let others = ["", "https://a b", "https://a\t.example", " https://a.example", "https://a.example\n"];
    for address in ADDRESSES.split(' ').chain(others) {
        assert!(ServiceUrl::try_from(address.to_owned()).is_err(), "{address:?}");
    }
}

/// The admin revokes an approver, who signs another roster of the same number, and whoever passes rosters on shows that first.
#[test]
fn a_revoked_approver_does_not_fork_its_revocation_away() {
    let firm = firm();
    let revokes = |roster: &mut Roster| roster.devices[APPROVER].revoked_at = Some(time(5));
    let revocation = firm.admin.sign(changed(&firm.roster, revokes)).expect("it signs");
    let mallory = admitted(&key(), &key());
    let fork = changed(&firm.roster, |roster| roster.devices.push(mallory));
    let fork = firm.devices[APPROVER].sign(fork).expect("it signs");
    let seen_first = firm.roster.next(fork.compact()).expect("nothing tells that it came later");
    assert_eq!(seen_first.next(revocation.compact()), Err(RosterRefused::NotNext));
    let heard = seen_first.by_admin(&[revocation.compact()]).expect("the admin's word wins");
    assert_eq!(heard.newest(), &revocation);
    // No branch without the admin at its end, no empty one, and none that is older.
    assert!(heard.by_admin(&[fork.compact()]).is_err());
    assert!(seen_first.by_admin(&[fork.compact()]).is_err());
    assert!(seen_first.by_admin(&[]).is_err());
    assert!(heard.by_admin(&[revocation.compact()]).is_err());
}

#[test]
fn an_approver_does_not_fill_the_roster_for_ever() {
    let firm = firm();
    let junk = |number: u32| WorkspaceKeyCheck { number: number.try_into().expect("from 2"), check: Hash::of(b"junk") };
    let with = |count: u32| changed(&firm.roster, |roster| roster.workspace_keys.extend((2..2 + count).map(junk)));
    let by_approver = |roster| firm.devices[APPROVER].sign(roster).expect("it signs");
    assert!(firm.roster.next(by_approver(with(1)).compact()).is_ok());
    assert_eq!(firm.roster.next(by_approver(with(2)).compact()), Err(RosterRefused::NotTheAdmin));
    assert!(firm.admin.sign(with(9_999)).is_ok());
    assert!(firm.admin.sign(with(10_000)).is_err());
}

fn sign_text<R: Role>(key: &SigningKey<R>, header: &str, payload: &str) -> String {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
    use p256::ecdsa::signature::Signer as _;
    use p256::ecdsa::{Signature, SigningKey as Ecdsa};
    let input = format!("{}.{}", BASE64.encode(header), BASE64.encode(payload));
    let signature: Signature = Ecdsa::from_slice(key.expose().as_slice()).expect("a key").sign(input.as_bytes());
    format!("{input}.{}", BASE64.encode(signature.to_bytes()))
}

#[test]
fn what_is_written_by_position_or_as_an_object_of_null_is_refused() {
    let device = key::<Device>();
    let kid = device.public().thumbprint();
    let payload = String::from_utf8(good::<Manifest>("manifest").to_payload().expect("it writes")).expect("UTF-8");
    let named =
        sign_text(&device, &format!(r#"{{"alg":"ES256","kid":"{kid}","typ":"satchel-manifest+jws"}}"#), &payload);
    assert!(Signed::<Manifest>::verify(&named, [device.public()]).is_ok());
    let by_position = sign_text(&device, &format!(r#"["ES256","{kid}","satchel-manifest+jws"]"#), &payload);
    assert!(Signed::<Manifest>::verify(&by_position, [device.public()]).is_err());
    assert!(Manifest::from_payload(payload.replace(r#""usd""#, r#"{"usd":null}"#).as_bytes()).is_err());
    let event = |text: &str| parse::<LogEvent>(text.as_bytes(), 1_000).is_ok();
    assert!(event(r#"{"kind":"status","status":"new"}"#));
    assert!(!event(r#"["status","new"]"#));
    assert!(!event(r#"{"kind":"status","status":{"new":null}}"#));
    let jwk = serde_json::to_value(device.public()).expect("it writes");
    let by_position = serde_json::json!([jwk["kty"], jwk["crv"], jwk["x"], jwk["y"]]).to_string();
    assert!(parse::<EcPublicKey>(by_position.as_bytes(), 1_000).is_err());
}

fn returns(length: u64) -> LogEntry {
    let file = FileEntry {
        blob: "returns/1".parse().expect("a name"),
        name: FileName::try_from("a.pdf".to_owned()).expect("a name"),
        media_type: MediaType::try_from("application/pdf".to_owned()).expect("a type"),
        length,
        sha256: Hash::of(b""),
        content_key: KeyBytes::new(zeroize::Zeroizing::new([0x5a; 32])),
    };
    let (firm, order) = (FirmId::make(&mut rng()), OrderId::make(&mut rng()));
    let event = LogEvent::Returns { files: vec![file] };
    LogEntry { version: V1, firm, order, number: NonZeroU32::MIN, previous: Hash::of(b""), at: time(1), event }
}

#[test]
fn a_signed_log_entry_prints_neither_its_keys_nor_its_words() {
    let entry = key::<Operator>().sign(returns(1)).expect("it signs");
    let payload = entry.compact().split('.').nth(1).expect("a payload").to_owned();
    assert!(!format!("{entry:?}").contains(&payload), "base64 of the content keys is printed");
    let message = LogEvent::Message { text: "Maria Delgado".to_owned() };
    assert!(!format!("{message:?}").contains("Delgado"));
}

#[test]
fn nothing_is_signed_that_no_reader_takes() {
    let signed = key::<Operator>().sign(returns(u64::MAX));
    assert!(signed.is_err_and(|error| error == VerifyError::Statement));
    assert_eq!(satchel_sign::block_list_sha256(u64::MAX), None);
}

fn lock(roster: &FirmRoster, device: DeviceId) -> DeviceCommand {
    DeviceCommand {
        version: V1,
        firm: roster.newest().statement().firm,
        device,
        action: DeviceAction::Lock,
        recovery_confirmed_at: None,
        issued_at: time(100),
        not_after: time(200),
    }
}

#[test]
fn only_the_admin_of_now_commands_a_device() {
    let Firm { admin, devices, roster, .. } = firm();
    let device = roster.newest().statement().devices[PLAIN].device;
    let tried = |signer: &SigningKey<Admin>, roster: &FirmRoster| {
        let command = signer.sign(lock(roster, device)).expect("it signs");
        roster.verify_command(command.compact(), device, time(150)).map(drop)
    };
    assert_eq!(tried(&admin, &roster), Ok(()));
    for (name, signer) in [("an approver", APPROVER), ("a plain device", PLAIN), ("a revoked one", REVOKED)] {
        let as_admin = SigningKey::<Admin>::from_bytes(&devices[signer].expose()).expect("a key");
        let refused = Err(CommandRefused::Signature(VerifyError::Signer));
        assert_eq!(tried(&as_admin, &roster), refused, "{name} commands nobody");
    }
    // Whoever was the admin before is not any more.
    let successor = key::<Admin>();
    let next = admin.sign(changed(&roster, |roster| roster.admin_key = successor.public().clone())).expect("it signs");
    let roster = roster.next(next.compact()).expect("the admin may name another");
    assert_eq!(tried(&admin, &roster), Err(CommandRefused::Signature(VerifyError::Signer)));
    assert_eq!(tried(&successor, &roster), Ok(()));
}

#[test]
fn a_command_holds_for_its_device_and_time_only() {
    let Firm { admin, roster, .. } = firm();
    let device = roster.newest().statement().devices[PLAIN].device;
    let other = roster.newest().statement().devices[APPROVER].device;
    let sign = |command: DeviceCommand| admin.sign(command).expect("it signs").compact().to_owned();
    let (own, foreign) = (sign(lock(&roster, device)), {
        sign(DeviceCommand { firm: FirmId::make(&mut rng()), ..lock(&roster, device) })
    });
    let outcome = |compact: &str, device, seconds| roster.verify_command(compact, device, time(seconds)).map(drop);
    for (seconds, expected) in
        [(99, Err(CommandRefused::Time)), (100, Ok(())), (200, Ok(())), (201, Err(CommandRefused::Time))]
    {
        assert_eq!(outcome(&own, device, seconds), expected, "at {seconds}");
    }
    assert_eq!(outcome(&own, other, 150), Err(CommandRefused::OtherDevice));
    assert_eq!(outcome(&foreign, device, 150), Err(CommandRefused::OtherDevice));
    // A roster of the admin's under the name of a command, and the other way round.
    let roster_text = roster.newest().compact();
    assert!(matches!(outcome(roster_text, device, 150), Err(CommandRefused::Signature(_))));
    assert!(roster.next(&own).is_err());
}

#[test]
fn nothing_is_erased_without_a_confirmed_recovery() {
    let Firm { admin, roster, .. } = firm();
    let device = roster.newest().statement().devices[PLAIN].device;
    let erase = |confirmed| DeviceCommand {
        action: DeviceAction::Erase,
        recovery_confirmed_at: confirmed,
        ..lock(&roster, device)
    };
    assert!(admin.sign(erase(None)).is_err(), "not even the admin signs it");
    assert!(admin.sign(erase(Some(time(101)))).is_err(), "nor ahead of its confirmation");
    let signed = admin.sign(erase(Some(time(100)))).expect("it signs");
    let verified = roster.verify_command(signed.compact(), device, time(150)).expect("it holds");
    assert_eq!(verified.statement().action, DeviceAction::Erase);
}
