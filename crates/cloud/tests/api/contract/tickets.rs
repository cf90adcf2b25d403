//! What a ticket grants, and what it does not.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use satchel_cloud::{CloudError, Metadata, SecretUrl, TICKET_SECONDS_MAX, Ticket};
use url::Url;

use super::Bench;

const LIFETIME: Duration = Duration::from_secs(600);
const BLOCK: &str = "comp=block&blockid=AAAA";
const LIST: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>AAAA</Latest></BlockList>";

/// Returns the ticket with its address changed.
fn changed(ticket: &Ticket, change: impl FnOnce(&mut Url)) -> anyhow::Result<Ticket> {
    let mut url = Url::parse(ticket.url.expose_secret())?;
    change(&mut url);
    Ok(Ticket { url: SecretUrl::new(url), expires_at: ticket.expires_at })
}

/// Returns the ticket with one value of its query changed.
fn with(ticket: &Ticket, name: &str, change: impl Fn(&str) -> String) -> anyhow::Result<Ticket> {
    let mut found = false;
    let changed = changed(ticket, |url| {
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let mut query = url.query_pairs_mut();
        query.clear();
        for (key, value) in pairs {
            found |= key == name;
            query.append_pair(&key, &if key == name { change(&value) } else { value });
        }
    })?;
    ensure!(found, "a ticket has {name}");
    Ok(changed)
}

fn other_first_letter(text: &str) -> String {
    let rest: String = text.chars().skip(1).collect();
    format!("{}{rest}", if text.starts_with('A') { 'B' } else { 'A' })
}

pub(crate) async fn a_ticket_grants_one_thing_on_one_blob_for_a_while(bench: &Bench) -> anyhow::Result<()> {
    let (at, other) = (bench.at("granted")?, bench.at("granted/other")?);
    bench.store.create(&other, b"other".to_vec(), Metadata::new()).await?;
    let upload = bench.store.upload_ticket(&at, LIFETIME).await?;
    ensure!(bench.send("PUT", &upload, BLOCK, &[], b"granted").await?.status == 201);

    // Sending: not another blob, not later, not changed.
    let refused = [
        ("another blob", changed(&upload, |url| url.set_path(&format!("{}/other", url.path())))?),
        ("another signature", with(&upload, "sig", other_first_letter)?),
        ("another end", with(&upload, "se", |end| end.replace('2', "3").replace('1', "2"))?),
        ("another permission", with(&upload, "sp", |_| "rcw".to_owned())?),
        ("no signature", changed(&upload, |url| url.set_query(None))?),
        ("expired", bench.past.upload_ticket(&at, Duration::from_secs(TICKET_SECONDS_MAX)).await?),
        ("a ticket to read", bench.store.download_ticket(&at, LIFETIME).await?),
    ];
    for (what, ticket) in &refused {
        let reply = bench.send("PUT", ticket, BLOCK, &[], b"refused").await?;
        ensure!((401..=403).contains(&reply.status), "staging with {what}: {reply:?}");
        let reply = bench.send("PUT", ticket, "comp=blocklist", &[], LIST).await?;
        ensure!((401..=403).contains(&reply.status), "committing with {what}: {reply:?}");
    }
    let staged = bench.store.blocks(&at).await?.context("a block is staged")?;
    ensure!(staged.committed.is_empty() && staged.uncommitted.len() == 1);
    ensure!(staged.uncommitted.first().is_some_and(|block| block.length == 7), "{staged:?}");

    // Reading: not by a ticket to send.
    let committed = bench.send("PUT", &upload, "comp=blocklist", &[("if-none-match", "*")], LIST).await?;
    ensure!(committed.status == 201, "{committed:?}");
    let download = bench.store.download_ticket(&at, LIFETIME).await?;
    ensure!(bench.send("GET", &download, "", &[], b"").await?.body == b"granted");
    let refused = [
        ("a ticket to send", upload.clone()),
        ("another blob", changed(&download, |url| url.set_path(&format!("{}/other", url.path())))?),
        ("another signature", with(&download, "sig", other_first_letter)?),
        ("another end", with(&download, "se", |end| end.replace('2', "3").replace('1', "2"))?),
        ("expired", bench.past.download_ticket(&at, LIFETIME).await?),
    ];
    for (what, ticket) in &refused {
        for query in ["", "comp=blocklist"] {
            let reply = bench.send("GET", ticket, query, &[], b"").await?;
            ensure!((401..=403).contains(&reply.status), "reading with {what}: {reply:?}");
            ensure!(!reply.body.windows(7).any(|bytes| bytes == b"granted"));
        }
    }
    for ticket in [&upload, &download] {
        let reply = bench.send("DELETE", ticket, "", &[], b"").await?;
        ensure!((400..500).contains(&reply.status), "{reply:?}");
    }
    ensure!(bench.store.read(&at, 7).await?.is_some_and(|read| read.bytes == b"granted"));
    ensure!(bench.store.read(&other, 5).await?.is_some_and(|read| read.bytes == b"other"));
    Ok(())
}

pub(crate) async fn tickets_live_an_hour_at_most(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("granted")?;
    for lifetime in [Duration::ZERO, Duration::from_secs(TICKET_SECONDS_MAX + 1)] {
        let upload = bench.store.upload_ticket(&at, lifetime).await;
        let download = bench.store.download_ticket(&at, lifetime).await;
        ensure!(matches!(upload, Err(CloudError::Lifetime)) && matches!(download, Err(CloudError::Lifetime)));
    }
    let hour = Duration::from_secs(TICKET_SECONDS_MAX);
    for ticket in [bench.store.upload_ticket(&at, hour).await?, bench.store.download_ticket(&at, hour).await?] {
        let printed = format!("{ticket:?}");
        ensure!(!printed.contains("sig") && printed.contains("granted?"), "{printed}");
    }
    Ok(())
}
