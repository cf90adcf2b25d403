//! The payment page: plain forms, no script, and TEST above everything.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, ORIGIN, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::session::{Choice, Session, Stage};
use super::{TestCheckout, form};

/// Nothing but its own style sheet is loaded, and its forms lead to itself.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const STYLE: &str = "\
body { font: 1rem/1.5 system-ui, sans-serif; color: #1d2430; background: #f6f7f9; margin: 0; }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem; }
.test { background: #7a1f1f; color: #fff; margin: 0; padding: .75rem 1.5rem; font-weight: 600; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { text-align: left; padding: .4rem .5rem; border-bottom: 1px solid #8a93a0; }
.sum { text-align: right; font-variant-numeric: tabular-nums; }
button { font: inherit; padding: .6rem 1rem; margin: .25rem .5rem .25rem 0; border: 2px solid #1d2430; background: #fff;
  color: #1d2430; min-height: 2.75rem; }
button:focus-visible, a:focus-visible { outline: 3px solid #1f5fbf; outline-offset: 2px; }
";
const HTML: &str = "text/html; charset=utf-8";

/// What the page says after a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    Declined,
    NotPossible,
}

/// `GET /checkout/pay/{session}`
pub(super) async fn show(State(checkout): State<TestCheckout>, Path(id): Path<String>) -> Response {
    match checkout.change(&id, |session| (session.clone(), None)) {
        Some(session) => html(StatusCode::OK, &written(&session, Said::Nothing)),
        None => no_page(),
    }
}

/// `POST /checkout/pay/{session}`
pub(super) async fn choose(
    State(checkout): State<TestCheckout>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // Another page in the browser must not press buttons here.
    let foreign = |origin: &str| origin != checkout.0.settings.base;
    if headers.get(ORIGIN).is_some_and(|origin| origin.to_str().is_ok_and(foreign)) {
        return html(
            StatusCode::FORBIDDEN,
            &framed("Not possible", "<p>This form is used from its own page only.</p>"),
        );
    }
    let pressed = form::read(&body).and_then(|parameters| choice(parameters.get("do")?));
    let Some(choice) = pressed else {
        return html(StatusCode::BAD_REQUEST, &framed("Not possible", "<p>There is no such choice.</p>"));
    };
    let chosen = checkout.change(&id, |session| {
        let (taken, event) = session.choose(choice);
        ((taken, session.clone()), event)
    });
    let Some((taken, session)) = chosen else { return no_page() };
    match (taken, choice) {
        (false, _) => html(StatusCode::CONFLICT, &written(&session, Said::NotPossible)),
        (true, Choice::Decline) => html(StatusCode::PAYMENT_REQUIRED, &written(&session, Said::Declined)),
        (true, Choice::Bank) => {
            (StatusCode::SEE_OTHER, [(LOCATION, format!("/checkout/pay/{}", session.id))]).into_response()
        }
        (true, Choice::Pay | Choice::BankConfirms | Choice::BankRefuses) => {
            let to = session.success_url.replace("{CHECKOUT_SESSION_ID}", &session.id);
            (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
        }
    }
}

/// `GET /checkout/returned`: where the browser goes afterwards.
pub(super) async fn returned() -> Response {
    html(StatusCode::OK, &framed("Back from the test checkout", "<p>You can close this page and go on in Satchel.</p>"))
}

/// `GET /checkout/style.css`
pub(super) async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

fn choice(text: &str) -> Option<Choice> {
    match text {
        "pay" => Some(Choice::Pay),
        "bank" => Some(Choice::Bank),
        "decline" => Some(Choice::Decline),
        "bank-confirms" => Some(Choice::BankConfirms),
        "bank-refuses" => Some(Choice::BankRefuses),
        _ => None,
    }
}

fn no_page() -> Response {
    html(StatusCode::NOT_FOUND, &framed("No such payment", "<p>There is no payment under this address.</p>"))
}

fn html(status: StatusCode, text: &str) -> Response {
    let headers: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, HTML),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
        // With less, a browser says `Origin: null` of the page's own forms, and they are refused.
        (REFERRER_POLICY, "same-origin"),
    ];
    (status, headers, text.to_owned()).into_response()
}

fn framed(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>TEST: {title}</title>\n\
         <link rel=\"stylesheet\" href=\"/checkout/style.css\">\n</head>\n<body>\n\
         <p class=\"test\">TEST. No money moves.</p>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )
}

fn written(session: &Session, said: Said) -> String {
    let said = match said {
        Said::Nothing => "",
        Said::Declined => "<p role=\"alert\">The card was declined. Nothing was paid. Choose again.</p>\n",
        Said::NotPossible => "<p role=\"alert\">That is no longer possible. Nothing was changed.</p>\n",
    };
    let (title, below) = match session.stage {
        Stage::Open => {
            let back = session.cancel_url.as_deref().map(|url| format!("<p><a href=\"{}\">Back</a></p>", escaped(url)));
            let forms = [button("pay", "Pay"), button("bank", "Bank (delayed)"), button("decline", "Decline")].concat();
            ("Payment", format!("{forms}{}", back.unwrap_or_default()))
        }
        Stage::Processing => {
            let forms =
                [button("bank-confirms", "The bank confirms"), button("bank-refuses", "The bank refuses")].concat();
            let back = format!("<p><a href=\"{}\">Back</a></p>", escaped(&session.success_url));
            (
                "The bank has not confirmed yet",
                format!("<p>A real bank takes days. Here you decide.</p>\n{forms}{back}"),
            )
        }
        Stage::Paid => ("Paid", String::new()),
        Stage::Refused => ("The bank refused", String::new()),
        Stage::Expired => ("This page has closed", String::new()),
    };
    framed(title, &format!("{said}{}{below}", table(session)))
}

fn button(value: &str, label: &str) -> String {
    format!("<form method=\"post\"><button name=\"do\" value=\"{value}\">{label}</button></form>\n")
}

fn table(session: &Session) -> String {
    let row = |line: &super::session::Line| {
        let description = line.description.as_deref().map(|text| format!("<br>{}", escaped(text)));
        format!(
            "<tr><th scope=\"row\">{}{}</th><td>{}</td><td class=\"sum\">{}</td></tr>\n",
            escaped(&line.name),
            description.unwrap_or_default(),
            line.quantity,
            dollars(line.unit.saturating_mul(line.quantity)),
        )
    };
    let rows: String = session.lines.iter().map(row).collect();
    format!(
        "<table>\n<caption>What is paid for</caption>\n<thead><tr><th scope=\"col\">Item</th>\
         <th scope=\"col\">Quantity</th><th scope=\"col\" class=\"sum\">Amount</th></tr></thead>\n<tbody>\n{rows}</tbody>\n\
         <tfoot><tr><th scope=\"row\" colspan=\"2\">Total</th><td class=\"sum\">{}</td></tr></tfoot>\n</table>\n",
        dollars(session.amount),
    )
}

fn dollars(cents: u64) -> String {
    format!("${}.{:02}", cents / 100, cents % 100)
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_escaped() {
        assert_eq!(
            escaped("<a href=\"x\">O'Neill & Co</a>"),
            "&lt;a href=&quot;x&quot;&gt;O&#39;Neill &amp; Co&lt;/a&gt;"
        );
        assert_eq!((dollars(5).as_str(), dollars(123_456).as_str()), ("$0.05", "$1234.56"));
    }
}
