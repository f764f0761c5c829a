//! Parts of a drawn page that a script asks for while somebody types: after a pause, and only the newest of them. What is
//! older is given up, so an answer that comes late never takes the place of a newer one.

use std::{cell::RefCell, rc::Rc};

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::{
        AbortController, Headers, RequestInit, Response,
        js_sys::{Promise, Reflect, futures::JsFuture},
    },
};

/// The newest of several requests.
#[derive(Clone, Debug, Default)]
pub struct Latest(Rc<RefCell<Option<AbortController>>>);

/// Waits.
pub async fn pause(milliseconds: i32) {
    let waiting = Promise::new(&mut |done, _| {
        // It fails for no function and no number.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds);
    });
    let _ = JsFuture::from(waiting).await;
}

/// One request.
#[derive(Debug)]
pub struct Turn(Option<AbortController>);

impl Latest {
    /// Gives up the one before, and begins another.
    pub fn begin(&self) -> Turn {
        let turn = AbortController::new().ok();
        let before = self.0.replace(turn.clone());
        if let Some(before) = before {
            before.abort();
        }
        Turn(turn)
    }
}

/// What the server said.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// In a sentence.
    pub said: String,
    /// As HTML.
    pub markup: String,
}

impl Turn {
    /// The same request, for what waits beside it.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self(self.0.clone())
    }

    /// Waits; whether this is still the newest then.
    pub async fn pause(&self, milliseconds: i32) -> bool {
        pause(milliseconds).await;
        self.is_newest()
    }

    /// Whether no newer one has begun.
    pub fn is_newest(&self) -> bool {
        self.0.as_ref().is_some_and(|turn| !turn.signal().aborted())
    }

    /// Asks; `None` when this is not the newest any more, else what came: the status, and the part if it came.
    pub async fn ask(&self, address: &str, fields: Option<&JsValue>) -> Option<(u16, Part)> {
        let (status, answer) = self.send(address, fields).await?;
        let text = |name: &str| {
            let value = Reflect::get(&answer, &name.into()).ok();
            value.and_then(|value| value.as_string()).unwrap_or_default()
        };
        let part = Part {
            said: text("said"),
            markup: text("markup"),
        };
        Some((status, part))
    }

    /// The same for an answer of another shape: as it came, or nothing.
    pub async fn ask_for(&self, address: &str) -> Option<(u16, JsValue)> {
        self.send(address, None).await
    }

    async fn send(&self, address: &str, fields: Option<&JsValue>) -> Option<(u16, JsValue)> {
        let signal = self.0.as_ref()?.signal();
        let ask = async {
            let headers = Headers::new()?;
            headers.set("accept", "application/json")?;
            let request = RequestInit::new();
            request.set_headers(&headers);
            request.set_signal(Some(&signal));
            if let Some(fields) = fields {
                request.set_method("POST");
                request.set_body(fields);
            }
            let response = JsFuture::from(window().fetch_with_str_and_init(address, &request)).await?;
            let response: Response = response.dyn_into()?;
            let status = response.status();
            // An error may have no body that can be read; its status counts.
            let answer = match response.json() {
                Ok(body) => JsFuture::from(body).await.unwrap_or_default(),
                Err(_) => JsValue::UNDEFINED,
            };
            Ok::<_, JsValue>((status, answer))
        };
        let answer = ask.await.unwrap_or_default();
        self.is_newest().then_some(answer)
    }
}
