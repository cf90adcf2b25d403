//! What tauri.conf.json says, as it is compiled in.

use std::collections::BTreeMap;

use satchel_app::{Mode, context};
use serde_json::{Value, json};
use tauri::test::MockRuntime;

fn compiled() -> serde_json::Result<Value> {
    serde_json::to_value(context::<MockRuntime>().config())
}

fn at_root(file: &str) -> Result<Value, Box<dyn std::error::Error>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
}

#[test]
fn the_policy_of_the_page_is_strict() {
    let config = compiled().unwrap();
    let policy = config["app"]["security"]["csp"].as_str().unwrap();
    let directives: BTreeMap<_, _> =
        policy.split(';').map(|directive| directive.trim().split_once(' ').unwrap()).collect();
    assert_eq!(policy.split(';').count(), directives.len(), "a directive occurs twice");
    assert_eq!(
        directives,
        BTreeMap::from([
            ("default-src", "'none'"),
            ("script-src", "'self'"),
            ("style-src", "'self'"),
            ("img-src", "'self' data:"),
            ("font-src", "'self'"),
            ("connect-src", "ipc: http://ipc.localhost"),
            ("base-uri", "'none'"),
            ("form-action", "'none'"),
            ("object-src", "'none'"),
            ("frame-ancestors", "'none'"),
        ])
    );
}

#[test]
fn nothing_weakens_the_page() {
    let config = compiled().unwrap();
    for (pointer, expected) in [
        ("/app/security/freezePrototype", json!(true)),
        ("/app/security/devCsp", Value::Null),
        ("/app/security/headers", Value::Null),
        ("/app/security/dangerousDisableAssetCspModification", json!(false)),
        ("/app/security/assetProtocol", json!({"enable": false, "scope": []})),
        ("/app/security/capabilities", json!([])),
        ("/app/withGlobalTauri", json!(false)),
        ("/app/trayIcon", Value::Null),
        ("/app/macOSPrivateApi", json!(false)),
        ("/plugins", json!({})),
    ] {
        // What is left out has the default, which is the empty value of its kind.
        let seen = config.pointer(pointer).cloned().unwrap_or_default();
        assert!(seen == expected || seen.is_null() && is_default(&expected), "{pointer} is {seen}");
    }
}

fn is_default(value: &Value) -> bool {
    *value == Value::Null || *value == json!([]) || *value == json!({}) || *value == json!(false)
}

#[test]
fn the_one_window_keeps_nothing() {
    let config = compiled().unwrap();
    let windows = config["app"]["windows"].as_array().unwrap();
    assert_eq!(windows.len(), 1);
    for (key, expected) in [
        ("label", json!("main")),
        ("url", json!("index.html")),
        ("incognito", json!(true)),
        ("generalAutofillEnabled", json!(false)),
        ("dataDirectory", Value::Null),
        ("devtools", Value::Null),
        ("userAgent", Value::Null),
        ("proxyUrl", Value::Null),
        ("additionalBrowserArgs", Value::Null),
        ("browserExtensionsEnabled", json!(false)),
        ("zoomHotkeysEnabled", json!(false)),
    ] {
        assert_eq!(windows[0].get(key).cloned().unwrap_or_default(), expected, "{key}");
    }
}

#[test]
fn practice_and_production_share_no_identifier() {
    let base = at_root("tauri.conf.json").unwrap()["identifier"].as_str().unwrap().to_owned();
    let practice = format!("{base}.practice");
    let expected = match Mode::BUILT {
        Mode::Practice => &practice,
        Mode::Azure => &base,
    };
    let built = context::<MockRuntime>();
    assert_eq!(&built.config().identifier, expected);
    let named_practice = built.config().product_name.as_deref().is_some_and(|name| name.contains("practice"));
    assert_eq!(named_practice, Mode::BUILT == Mode::Practice);
}

/// A file for one platform would be merged in there, and this test would not see it elsewhere.
#[test]
fn no_platform_says_otherwise() {
    let names = std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    let configurations: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.to_lowercase().starts_with("tauri."))
        .collect();
    assert_eq!(configurations, ["tauri.conf.json"]);
}

#[test]
fn the_page_is_embedded() {
    assert!(!tauri::is_dev(), "the page would come from a development server");
    assert_eq!(compiled().unwrap()["build"]["frontendDist"], json!("ui/dist"));
}
