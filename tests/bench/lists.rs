//! Measures the lists of the app over many orders, through the commands that the window asks: `lists fill FOLDER COUNT` makes a vault
//! of invented drafts, and `lists open FOLDER` opens it in a process of its own and prints what it took as one line of JSON.

#![expect(clippy::indexing_slicing, clippy::string_slice, reason = "a program that measures, over texts of its own")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use rand_core::{Rng as _, UnwrapErr};
use satchel_app::{Places, Shell};
use satchel_store::{InMemoryKeyring, Keyring, RecordId, Table, Vault};
use satchel_terms::{OrderId, VaultId};
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, WebviewWindow, WebviewWindowBuilder};

const FIRST: [&str; 12] =
    ["Maria", "Thomas", "Núria", "Dana", "Ruth", "Amir", "Chloé", "Øyvind", "Grace", "Kenji", "Leila", "Oscar"];
const LAST: [&str; 16] = [
    "Delgado",
    "Peña",
    "O'Brien",
    "Okafor",
    "Castell",
    "Lindquist",
    "Marchetti",
    "Nakamura",
    "Ferreira",
    "Abramov",
    "Whitlock",
    "Sørensen",
    "Dubois",
    "Hargrove",
    "Iyer",
    "Zielińska",
];
const FIRMS: [&str; 8] = [
    "Northline Freight, Inc.",
    "Pinecrest HOA",
    "Castell Group",
    "Harbor Example Holdings",
    "Example Transit Authority",
    "Lakeshore Imaging",
    "St. Brigid Medical Center",
    "Sample Foods LLC",
];
/// What is typed into the search, letter by letter.
const TYPED: [&str; 6] = ["delgado north", "10452-01", "\"left knee", "zielinska brigid", "04417", "xyzzy"];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["fill", folder, count] => fill(Path::new(folder), count.parse()?),
        ["open", folder] => open(Path::new(folder)),
        _ => bail!("usage: lists fill FOLDER COUNT | lists open FOLDER"),
    }
}

fn fill(folder: &Path, count: u64) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let keyring = InMemoryKeyring::new();
    let mut vault = Vault::create(&folder.join("vault"), &keyring, UnwrapErr(getrandom::SysRng))?;
    fs::write(folder.join("vault-id"), vault.id().to_string())?;
    fs::write(folder.join("keyring"), keyring.read(vault.id())?.as_slice())?;
    let definitions = satchel_order::catalogue::built_in()?;
    let catalogue = &definitions.first().context("there is a service")?.catalogue;
    let mut rng = UnwrapErr(getrandom::SysRng);
    for number in 0..count {
        let mut pick = |most: usize| usize::try_from(rng.next_u64() % most as u64).unwrap_or_default();
        let (first, last) = (FIRST[pick(FIRST.len())], LAST[pick(LAST.len())]);
        let (firm, custodian) = (FIRMS[pick(FIRMS.len())], FIRMS[pick(FIRMS.len())]);
        let draft = json!({
            "version": 1,
            "catalogue": catalogue,
            "createdAtMs": 1_700_000_000_000_u64 + number * 60_000,
            "changedAtMs": 1_700_000_000_000_u64 + number * 60_000,
            "fields": {
                "case.plaintiff": format!("{first} {last}"),
                "case.defendant": firm,
                "case.filed": true,
                "case.number": format!("26STCV{:05}", pick(100_000)),
                "case.court": "Superior Court of the State of California",
                "case.county": "Los Angeles",
                "subject.name": format!("{first} {last}"),
                "references.client_matter": format!("{}-{:03}", 10_000 + pick(900), pick(200)),
                "delivery.needed_by": format!("2027-{:02}-{:02}", 1 + pick(12), 1 + pick(28)),
                "instructions.provider": format!("Ask for the films of the left knee and the {} of {last}.", ["chart", "bill", "note"][pick(3)]),
            },
            "rows": {"locations": {"0": {"fields": {"custodian": custodian}}}},
        });
        vault.put(Table::Drafts, RecordId::from(OrderId::make(&mut rng)), &draft)?;
    }
    vault.close();
    println!("{}", json!({ "orders": count }));
    Ok(())
}

fn open(folder: &Path) -> anyhow::Result<()> {
    let keyring = Arc::new(InMemoryKeyring::new());
    let vault: VaultId = fs::read_to_string(folder.join("vault-id"))?.parse().map_err(|_| anyhow!("no vault id"))?;
    keyring.write(vault, &fs::read(folder.join("keyring"))?)?;
    let satchel = Satchel::start(folder.join("vault"), keyring)?;

    let started = Instant::now();
    satchel.ask("open_vault", json!({}))?;
    let opened = started.elapsed();
    let first = satchel.orders(&json!({}))?;
    let listed = started.elapsed();
    let resident_kib = resident_kib()?;

    let mut found = 0;
    let mut typed = Vec::new();
    for _ in 0..5 {
        for words in TYPED {
            for end in words.char_indices().map(|(at, letter)| at + letter.len_utf8()) {
                let started = Instant::now();
                let page = satchel.orders(&json!({ "text": &words[..end] }))?;
                typed.push(started.elapsed());
                found += page["found"].as_u64().unwrap_or_default();
            }
        }
    }
    let sorted = ["caption", "due", "matter", "amount"].map(|column| {
        let started = Instant::now();
        let page = satchel.orders(&json!({ "column": column, "descending": false }));
        page.map(|_| started.elapsed())
    });
    let sorted: Vec<Duration> = sorted.into_iter().collect::<anyhow::Result<_>>()?;
    typed.sort_unstable();
    let line = json!({
        "orders": first["total"],
        "open_ms": ms(opened),
        "listed_ms": ms(listed),
        "resident_kib": resident_kib,
        "keystrokes": typed.len(),
        "found": found,
        "search_p50_ms": ms(at(&typed, 50)),
        "search_p99_ms": ms(at(&typed, 99)),
        "sort_max_ms": ms(sorted.into_iter().max().unwrap_or_default()),
    });
    println!("{line}");
    Ok(())
}

/// The app on a runtime without a screen, so that what is measured is what stands behind the window.
struct Satchel {
    window: WebviewWindow<MockRuntime>,
    _app: App<MockRuntime>,
}

impl Satchel {
    fn start(vault: PathBuf, keyring: Arc<InMemoryKeyring>) -> anyhow::Result<Self> {
        let connect = move |_: &str| Ok(Box::new(Arc::clone(&keyring)) as Box<dyn Keyring>);
        let browse = Box::new(|_: &str| Err(std::io::ErrorKind::NotFound.into()));
        let places = Places { vault: Some(vault), keyring: Box::new(connect), picked: None, browse, policies: None };
        let shell = Shell::new(Instant::now(), places)?;
        let app = satchel_app::register(mock_builder(), shell).build(satchel_app::context())?;
        let window = WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default()).build()?;
        Ok(Self { window, _app: app })
    }

    /// Asks for the first rows of the drafts, or for what is said otherwise.
    fn orders(&self, otherwise: &Value) -> anyhow::Result<Value> {
        let mut query = json!({
            "text": "", "service": null, "state": null, "column": "changed", "descending": true, "from": 0, "rows": 200, "at": null,
        });
        for (member, value) in otherwise.as_object().into_iter().flatten() {
            query[member] = value.clone();
        }
        self.ask("orders", json!({ "list": "drafts", "query": query }))
    }

    fn ask(&self, command: &str, args: Value) -> anyhow::Result<Value> {
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" }.parse()?,
            body: InvokeBody::Json(args),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        let body = get_ipc_response(&self.window, request).map_err(|error| anyhow!("{command}: {error}"))?;
        Ok(body.deserialize()?)
    }
}

fn at(sorted: &[Duration], percent: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted.get((sorted.len() * percent / 100).min(last)).copied().unwrap_or_default()
}

fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

fn resident_kib() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
