//! What the commands answer to the window.

use satchel_app::{Mode, context};
use serde_json::json;

use crate::window::{OWN_PAGE, ask, open, start};

#[test]
fn app_info_says_what_this_is() {
    let app = start(context()).unwrap();
    let window = open(&app, "main").unwrap();
    let mode = match Mode::BUILT {
        Mode::Practice => "practice",
        Mode::Azure => "azure",
    };
    assert_eq!(
        ask(&window, "app_info", OWN_PAGE),
        Ok(json!({"version": env!("CARGO_PKG_VERSION"), "mode": mode, "firm": null}))
    );
}

#[test]
fn painted_answers_nothing() {
    let app = start(context()).unwrap();
    let window = open(&app, "main").unwrap();
    assert_eq!(ask(&window, "painted", OWN_PAGE), Ok(json!(null)));
}
