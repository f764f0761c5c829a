//! Forms that act in place. Without a script each of them is posted and answered with the way to a page; hydrated, the
//! same fields go to the same address, and the page that the answer names is shown without loading another document.
//!
//! Nothing here knows a form: what is sent is what the browser would have sent. An answer never leads to another site.

use leptos::{
    ev::SubmitEvent,
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::{
        AbortController, FormData, Headers, HtmlElement, HtmlFormElement, RequestInit, RequestRedirect,
        Response, UrlSearchParams, js_sys::futures::JsFuture,
    },
};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use send_wrapper::SendWrapper;

use super::{
    feedback::here,
    hydrated::{bring_into_view, each, focus, hide},
};
use crate::{
    domain::session::LocalPath,
    routes,
    text::{faults::Faults, form::Form, text},
};

/// What says how it went, above the heading: what the server drew, or [`super::form::SendFailure`].
pub const SAID: &str = "output.banner";

/// What a form in place does now: at most one is on its way at a time.
#[derive(Clone, Copy, Debug)]
pub struct InPlace {
    /// What is on its way.
    sent: StoredValue<Option<Sent>>,
    /// Why nothing came of it.
    failed: RwSignal<Option<&'static str>>,
    cancel: StoredValue<Option<SendWrapper<AbortController>>>,
}

/// What is on its way.
#[derive(Clone, Debug)]
struct Sent {
    /// The `id` of the button that sent it.
    button: String,
    /// The `id` of what had the focus then: the button, or the field in which Enter was pressed.
    focused: String,
}

impl Default for InPlace {
    /// For the page that is being built: when that is left, nothing is waited for any more.
    fn default() -> Self {
        let desk = Self {
            sent: StoredValue::new(None),
            failed: RwSignal::new(None),
            cancel: StoredValue::new(None),
        };
        on_cleanup(move || desk.cancel());
        desk
    }
}

impl InPlace {
    /// What to say when nothing came of it, else none.
    pub fn failed(self) -> Option<&'static str> {
        self.failed.get()
    }

    /// Stops waiting for the answer. The page stays as it is.
    pub fn cancel(self) {
        self.cancel.try_with_value(|cancel| {
            if let Some(cancel) = cancel {
                cancel.abort();
            }
        });
    }

    /// The page shows what came of it. Tells the `id` of what had the focus when it was sent.
    pub fn done(self) -> Option<String> {
        let sent = self.sent.try_update_value(Option::take).flatten()?;
        mark(&sent.button, false);
        Some(sent.focused)
    }

    /// Takes over a form that is about to be posted; `false` for a form that leaves for another page. `again` reads the data
    /// of the page again, when the answer is the page that is shown already.
    pub fn on_submit(self, event: &SubmitEvent, again: impl FnOnce() + 'static) -> bool {
        let form = event
            .target()
            .and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        let button = event.submitter();
        // A button may ask for a page with the fields of a form that is posted by its other buttons.
        let reads = |button: &HtmlElement| button.get_attribute("formmethod").as_deref() == Some("get");
        let posted = form.filter(|form| form.method() == "post" && !button.as_ref().is_some_and(reads));
        let Some(form) = posted else {
            return false;
        };
        event.prevent_default();
        if self.sent.with_value(Option::is_some) {
            return true;
        }
        let Ok(cancel) = AbortController::new() else {
            return true;
        };
        let request = request(&form, button.as_ref(), &cancel);
        self.failed.set(None);
        self.mark(button.as_ref());
        self.cancel.set_value(Some(SendWrapper::new(cancel.clone())));
        let shown = here().to_string();
        let navigate = use_navigate();
        leptos::task::spawn_local(async move {
            let answer = match request {
                Ok((address, request)) => ask(&address, &request).await,
                Err(failed) => Err(failed),
            };
            // An answer may be there already when its page is left: it must not pull anybody back.
            if cancel.signal().aborted() {
                return self.stay();
            }
            let words = text::<Form>();
            match answer.map_or(Answer::None, |answer| Answer::of(&answer)) {
                Answer::Page(page) if page == shown => again(),
                Answer::Page(page) => navigate(
                    &page,
                    NavigateOptions {
                        replace: true,
                        scroll: false,
                        ..NavigateOptions::default()
                    },
                ),
                Answer::Leave(page) => leave(page.as_deref()),
                Answer::SignedOut => self.fail(text::<Faults>().signed_out),
                Answer::Busy => self.fail(text::<Faults>().busy),
                Answer::Broken => self.fail(words.not_done_because_of_us),
                Answer::None => self.fail(words.no_answer),
            }
        });
        true
    }

    /// It is on its way.
    fn mark(self, button: Option<&HtmlElement>) {
        let button = button.map_or_else(String::new, |button| button.id());
        let focused = document().active_element().map(|element| element.id());
        mark(&button, true);
        let focused = focused
            .filter(|id| !id.is_empty())
            .unwrap_or_else(|| button.clone());
        self.sent.set_value(Some(Sent { button, focused }));
    }

    fn fail(self, words: &'static str) {
        self.failed.set(Some(words));
        self.done();
        bring_into_view(SAID);
    }

    /// Nothing came of it because somebody stopped it. The button that did is hidden again, so the focus goes back.
    fn stay(self) {
        if let Some(focused) = self.done() {
            focus(format!("#{focused}"));
        }
    }
}

/// Shows that what a button sent is on its way, or that it is not any more: the button says so with its other word, what
/// is there `data-while` it is appears, and what is there `data-unless` it is goes.
fn mark(id: &str, sending: bool) {
    let button = document().get_element_by_id(id);
    // A button that was drawn again says its first word already.
    if let Some(button) = button.filter(|button| button.has_attribute("aria-disabled") != sending) {
        let word = button.text_content().unwrap_or_default();
        // The names of the attributes are names, so nothing here can fail.
        let _ = if sending {
            button.set_attribute("aria-disabled", "true")
        } else {
            button.remove_attribute("aria-disabled")
        };
        if let Some(other) = button.get_attribute("data-sending") {
            button.set_text_content(Some(&other));
            let _ = button.set_attribute("data-sending", &word);
        }
    }
    for (name, hidden) in [("while", !sending), ("unless", sending)] {
        each(&format!("[data-{name}={id}]"), &|element| hide(element, hidden));
    }
}

/// What the server said to a form.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// A page of this app.
    Page(String),
    /// A page for which this document is left; none: this one, as the server draws it now.
    Leave(Option<String>),
    /// Nobody is signed in any more. What is typed stays where it is.
    SignedOut,
    /// Too much at once.
    Busy,
    /// A fault on our side.
    Broken,
    /// Nothing.
    None,
}

impl Answer {
    fn of(answer: &Response) -> Self {
        let location = answer.headers().get("location").ok().flatten();
        Self::from(answer.status(), location.as_deref())
    }

    fn from(status: u16, location: Option<&str>) -> Self {
        match (status, location) {
            (200, Some(page)) if LocalPath::parse(page).is_ok() => Self::Page(page.to_owned()),
            (200, Some(page)) if page.split('?').next() == Some(routes::LOGIN) => {
                Self::Leave(Some(page.to_owned()))
            }
            (401, _) => Self::SignedOut,
            (429 | 503, _) => Self::Busy,
            (500.., _) => Self::Broken,
            // Not allowed any more, or an answer that this code does not know: the server says it as a page.
            _ => Self::Leave(None),
        }
    }
}

/// The request that the browser itself would make for the form.
fn request(
    form: &HtmlFormElement,
    button: Option<&HtmlElement>,
    cancel: &AbortController,
) -> Result<(String, RequestInit), JsValue> {
    let fields = UrlSearchParams::new_with_str_sequence_sequence(FormData::new_with_form(form)?.as_ref())?;
    if let Some(button) = button {
        let attribute = |name| button.get_attribute(name).unwrap_or_default();
        let name = attribute("name");
        if !name.is_empty() {
            fields.append(&name, &attribute("value"));
        }
    }
    let headers = Headers::new()?;
    headers.set("accept", "text/html")?;
    headers.set("x-in-place", "yes")?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(&fields);
    request.set_redirect(RequestRedirect::Manual);
    request.set_signal(Some(&cancel.signal()));
    let address = button.and_then(|button| button.get_attribute("formaction"));
    let address = address.or_else(|| form.get_attribute("action"));
    Ok((address.unwrap_or_default(), request))
}

async fn ask(address: &str, request: &RequestInit) -> Result<Response, JsValue> {
    JsFuture::from(window().fetch_with_str_and_init(address, request))
        .await?
        .dyn_into()
}

/// Leaves the document. The calls fail only for addresses of another kind than [`LocalPath`] lets through.
fn leave(page: Option<&str>) {
    let location = window().location();
    let _ = match page {
        Some(page) => location.set_href(page),
        None => location.reload(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_leads_to_pages_of_ours_only() {
        let page = |location| Answer::from(200, Some(location));
        let shown = "/dashboard/integrations/entra?form=01JNGZ8K4T6Q2V9XW3M5R7YB1C";
        assert_eq!(page(shown), Answer::Page(shown.to_owned()));
        assert_eq!(
            page("/login?next=/dashboard"),
            Answer::Leave(Some("/login?next=/dashboard".to_owned()))
        );
        for foreign in [
            "https://attacker.example/",
            "//attacker.example",
            "javascript:alert(1)",
            "/\\attacker.example",
            "",
        ] {
            assert_eq!(page(foreign), Answer::Leave(None), "{foreign}");
        }
    }

    #[test]
    fn what_is_no_way_to_a_page_says_why() {
        assert_eq!(Answer::from(401, None), Answer::SignedOut);
        assert_eq!(Answer::from(503, None), Answer::Busy);
        assert_eq!(Answer::from(429, None), Answer::Busy);
        assert_eq!(Answer::from(500, None), Answer::Broken);
        for status in [0, 303, 403, 404, 422] {
            assert_eq!(Answer::from(status, None), Answer::Leave(None), "{status}");
        }
    }
}
