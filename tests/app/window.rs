//! A window without a screen, and commands asked in it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use satchel_app::{Browse, Places, Shell};
use satchel_store::{InMemoryKeyring, Keyring, KeyringError, PlatformError};
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, Context, Manager as _, WebviewWindow, WebviewWindowBuilder};

/// Where the window's own page comes from.
pub(crate) const OWN_PAGE: &str = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };

/// Starts Satchel with a context: its own one, or one of a test. It has no vault and makes none.
pub(crate) fn start(context: Context<MockRuntime>) -> Result<App<MockRuntime>, Box<dyn std::error::Error>> {
    let no_keyring = |_: &str| Err(KeyringError::NoService(PlatformError::from("a test without a keyring")));
    let places = Places {
        vault: Some(PathBuf::from("/nonexistent/vault")),
        keyring: Box::new(no_keyring),
        picked: None,
        browse: Box::new(nowhere),
        policies: None,
    };
    Ok(satchel_app::register(mock_builder(), Shell::new(Instant::now(), places)?).build(context)?)
}

/// A computer without a browser.
fn nowhere(_: &str) -> std::io::Result<()> {
    Err(std::io::ErrorKind::NotFound.into())
}

/// A desk with a vault's folder and a keyring, which outlive the Satchel that runs on it.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    /// The double of the OS keyring; the real one is met by `tests/e2e`.
    pub(crate) keyring: Arc<InMemoryKeyring>,
    /// What the system's browser was asked to open.
    opened: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self { folder: tempfile::tempdir()?, keyring: Arc::new(InMemoryKeyring::new()), opened: Arc::default() })
    }

    /// Returns the folder of the vault.
    pub(crate) fn vault(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    /// Has the picker of files answer with these paths.
    pub(crate) fn pick(&self, satchel: &Running, order: &str, paths: &[&Path]) -> Result<Value, Value> {
        let lines: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
        std::fs::write(self.picked(), lines.join("\n")).map_err(|error| error.to_string())?;
        satchel.ask("pick_files", json!({ "order": order }))
    }

    /// Returns what the system's browser was asked to open, in its order.
    #[cfg(feature = "practice")]
    pub(crate) fn opened(&self) -> Vec<String> {
        self.opened.lock().map(|opened| opened.clone()).unwrap_or_default()
    }

    /// Says what the dialogs for files answer next.
    pub(crate) fn answer(&self, path: &Path) -> std::io::Result<()> {
        std::fs::write(self.picked(), path.to_string_lossy().as_bytes())
    }

    /// Sets what the organization wants, as an administrator does.
    pub(crate) fn set_policy(&self, policy: &Value) -> std::io::Result<()> {
        std::fs::create_dir_all(self.policies())?;
        std::fs::write(self.policies().join("satchel.json"), policy.to_string())
    }

    fn policies(&self) -> PathBuf {
        self.folder.path().join("policies")
    }

    fn picked(&self) -> PathBuf {
        self.folder.path().join("picked")
    }

    /// Returns the folder that holds everything of this desk.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn browser(&self) -> Browse {
        let opened = Arc::clone(&self.opened);
        Box::new(move |address| {
            opened.lock().map_err(|_| std::io::ErrorKind::Other)?.push(address.to_owned());
            Ok(())
        })
    }

    /// Starts Satchel on this desk and opens its main window.
    pub(crate) fn start(&self) -> Result<Running, Box<dyn std::error::Error>> {
        let keyring = Arc::clone(&self.keyring);
        let connect = move |_: &str| Ok(Box::new(Arc::clone(&keyring)) as Box<dyn Keyring>);
        let places = Places {
            vault: Some(self.vault()),
            keyring: Box::new(connect),
            picked: Some(self.picked()),
            browse: self.browser(),
            policies: Some(self.policies()),
        };
        let shell = Shell::new(Instant::now(), places)?;
        let app = satchel_app::register(mock_builder(), shell).build(satchel_app::context())?;
        let window = open(&app, "main")?;
        Ok(Running { window, app })
    }
}

/// A Satchel that runs at a desk.
pub(crate) struct Running {
    window: WebviewWindow<MockRuntime>,
    app: App<MockRuntime>,
}

/// The mock runtime keeps what an app holds until the process ends, where a real one ends with it.
impl Drop for Running {
    fn drop(&mut self) {
        self.app.state::<Shell>().close_vault();
    }
}

impl Running {
    /// Asks for a command as the window does. An error is the JSON that the window would read.
    pub(crate) fn ask(&self, command: &str, args: Value) -> Result<Value, Value> {
        answer(&self.window, command, OWN_PAGE, args)
    }

    /// Returns the rows of a list, the one that changed last first.
    pub(crate) fn orders(&self, list: &str) -> Result<Vec<Value>, Value> {
        let page = self.page(list, &json!({}))?;
        page.get("rows").and_then(Value::as_array).cloned().ok_or(page)
    }

    /// Asks a list for everything, or for what is said otherwise.
    pub(crate) fn page(&self, list: &str, otherwise: &Value) -> Result<Value, Value> {
        let mut query = json!({
            "text": "", "service": null, "state": null, "column": "changed", "descending": true, "from": 0, "rows": 200, "at": null,
        });
        let otherwise =
            otherwise.as_object().into_iter().flatten().map(|(member, value)| (member.clone(), value.clone()));
        query.as_object_mut().into_iter().for_each(|query| query.extend(otherwise.clone()));
        self.ask("orders", json!({"list": list, "query": query}))
    }

    /// Opens the vault, starts a draft of records retrieval, and returns its order id.
    pub(crate) fn draft(&self) -> Result<String, Value> {
        self.ask("open_vault", json!({}))?;
        let order = self.ask("start_draft", json!({"service": "records-retrieval"}))?;
        order.as_str().map(ToOwned::to_owned).ok_or(order)
    }
}

/// Opens the window of that label, unless Satchel has it already.
pub(crate) fn open(app: &App<MockRuntime>, label: &str) -> tauri::Result<WebviewWindow<MockRuntime>> {
    match app.get_webview_window(label) {
        Some(window) => Ok(window),
        None => WebviewWindowBuilder::new(app, label, tauri::WebviewUrl::default()).build(),
    }
}

/// Asks for a command as a page at that address would; an error is what the page would read.
pub(crate) fn ask(window: &WebviewWindow<MockRuntime>, command: &str, page: &str) -> Result<Value, String> {
    answer(window, command, page, json!({}))
        .map_err(|error| error.as_str().map_or_else(|| error.to_string(), ToOwned::to_owned))
}

fn answer(window: &WebviewWindow<MockRuntime>, command: &str, page: &str, args: Value) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: page.parse().map_err(|error| format!("{page}: {error}"))?,
        body: InvokeBody::Json(args),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    let body = get_ipc_response(window, request)?;
    body.deserialize().map_err(|error| format!("{command} answered no JSON: {error}").into())
}
