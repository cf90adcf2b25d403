//! The dates of a draft, typed and told through the commands of the window. The days lie far ahead, where no act is still to be
//! done before today, so that they are the same whenever this runs.

use serde_json::{Value, json};

use crate::window::{Desk, Running};

const RULE: &str = "ca-production-consumer";

fn save(satchel: &Running, order: &str, path: &str, entry: &Value) -> Value {
    let args = json!({"order": order, "path": format!("basis.{path}"), "entry": entry});
    satchel.ask("save_answer", args).unwrap()["assessment"].clone()
}

fn text(text: &str) -> Value {
    json!({"is": "text", "text": text})
}

/// Starts a draft for a consumer's records under a subpoena of California.
fn subpoena(satchel: &Running) -> (String, Value) {
    let order = satchel.draft().unwrap();
    save(satchel, &order, "kind", &text("state_subpoena"));
    let assessment = save(satchel, &order, "consumer", &json!({"is": "flag", "flag": true}));
    (order, assessment)
}

/// Mails the notice in California on Mon Mar 1, 2032.
fn mailed(satchel: &Running) -> (String, Value) {
    let (order, _) = subpoena(satchel);
    save(satchel, &order, "notice_mailed", &text("3/1/2032"));
    let assessment = save(satchel, &order, "notice_by", &text("mail_state"));
    (order, assessment)
}

fn outcome<'a>(assessment: &'a Value, rule: &str) -> &'a Value {
    let deadlines = assessment["deadlines"].as_array().unwrap();
    &deadlines.iter().find(|deadline| deadline["rule"] == rule).unwrap()["outcome"]
}

fn cautions(told: &Value) -> Vec<&Value> {
    told["problems"].as_array().unwrap().iter().filter(|problem| problem["severity"] == "caution").collect()
}

#[test]
fn a_notice_that_is_typed_gives_production_25_days_later() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let (order, assessment) = mailed(&satchel);
    let found = outcome(&assessment, RULE);
    assert_eq!(found["date"], json!({"iso": "2032-03-26", "shown": "Fri Mar 26, 2032"}));
    assert_eq!(found["brief"], json!("Custodian served at the earliest + 15 days"));
    assert_eq!(found["entered"], Value::Null);
    assert_eq!(outcome(&assessment, "ca-custodian-service")["date"]["iso"], json!("2032-03-11"));
    let opened = satchel.ask("open_draft", json!({"order": order})).unwrap();
    assert_eq!(outcome(&opened["assessment"], RULE), found, "as it is opened");
}

#[test]
fn what_is_missing_names_its_field_and_no_basis_gives_no_dates() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let (order, assessment) = subpoena(&satchel);
    let needed = |label: &str, path: &str| json!({"label": label, "path": path});
    assert_eq!(
        outcome(&assessment, RULE),
        &json!({"is": "missing", "inputs": [
            needed("Notice to consumer served", "basis.notice_mailed"),
            needed("How the notice is served", "basis.notice_by"),
        ]})
    );
    assert_eq!(save(&satchel, &order, "kind", &text("hipaa"))["deadlines"], json!([]));
}

#[test]
fn a_conflict_is_a_caution_at_its_field_and_in_the_review_and_the_offered_date_ends_it() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let (order, _) = mailed(&satchel);
    let assessment = save(&satchel, &order, "production_date", &text("3/19/2032"));
    let told = cautions(&assessment);
    let paths: Vec<_> = told.iter().map(|problem| problem["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["basis.notice_mailed", "basis.production_date"]);
    assert_eq!(
        told[1]["message"],
        json!(
            "Fri Mar 19, 2032 is 7 days too early: the earliest is Fri Mar 26, 2032 (CCP §§ 1985.3(b), 1985.6(b), 1013, \
             2020.410(c))."
        )
    );
    assert_eq!(told[1]["toFinish"], json!("Production date is too early"));
    let sheet = satchel.ask("review_draft", json!({"order": order})).unwrap();
    assert_eq!(cautions(&sheet), told);
    let entered = &outcome(&assessment, RULE)["entered"];
    assert_eq!((&entered["standing"], &entered["path"]), (&json!("conflict"), &json!("basis.production_date")));
    let offered = &entered["instead"]["shown"];
    assert_eq!(offered, "Fri Mar 26, 2032");
    let mended = save(&satchel, &order, "production_date", &json!({"is": "text", "text": offered}));
    assert_eq!(cautions(&mended), Vec::<&Value>::new());
    assert_eq!(outcome(&mended, RULE)["entered"]["standing"], json!("kept"));
}

#[test]
fn the_organizations_margin_stands_beside_the_date() {
    let desk = Desk::new().unwrap();
    desk.set_policy(&json!({"DeadlineBufferDays": {RULE: 3}})).unwrap();
    let satchel = desk.start().unwrap();
    let (order, assessment) = mailed(&satchel);
    let found = outcome(&assessment, RULE);
    assert_eq!(found["date"]["iso"], json!("2032-03-26"));
    assert_eq!(found["margin"], json!({"days": 3, "date": {"iso": "2032-03-29", "shown": "Mon Mar 29, 2032"}}));
    let entered = save(&satchel, &order, "production_date", &text("3/26/2032"));
    assert_eq!(outcome(&entered, RULE)["entered"]["standing"], json!("within-margin"));
    assert_eq!(cautions(&entered), Vec::<&Value>::new(), "the rule is kept");
    let settings = satchel.ask("policy", json!({})).unwrap();
    assert_eq!(settings["settings"][0]["value"], json!("ca-production-consumer: 3"));
}
