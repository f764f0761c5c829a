//! How a page reads: what a server function answers, in the page that the server renders and in the browser.
//!
//! Rendering a page, the server calls the function and writes its answer into the page; the browser reads it from
//! there, and asks the same address when it needs it again. In both places the answer is the JSON that any other tool
//! gets too. It is kept as text until a page looks at it: then everything that waits, refetches and hydrates exists
//! once in the download, and not once for each type. Typed from end to end, each read would add a tenth to it.

use std::{marker::PhantomData, pin::Pin};

use leptos::{
    prelude::{ArcResource, Resource, With as _, window},
    server::codee::{Decoder, Encoder},
    server_fn::{Bytes, Decodes, Encodes, ServerFn, codec::JsonEncoding},
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::{Headers, RequestInit, Response, js_sys::futures::JsFuture},
};
use leptos_router::hooks::use_url;
use send_wrapper::SendWrapper;
use serde::{Serialize, de::DeserializeOwned};

use super::fault::Fault;

/// What a server function answers: asked for as soon as this exists, and there at some time.
#[derive(Debug)]
pub struct Loading<T> {
    answer: Resource<Result<String, Fault>, Inside>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Loading<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Loading<T> {}

impl<T: DeserializeOwned> Loading<T> {
    /// Waits for the answer.
    ///
    /// # Errors
    /// The function's own [`Fault`], or [`Fault::Network`] when no answer came.
    pub async fn answer(self) -> Result<T, Fault> {
        decode(&self.answer.await?)
    }

    /// Asks again.
    pub fn again(self) {
        self.answer.refetch();
    }
}

/// Asks a server function that takes no arguments.
pub fn load<S>(ask: S) -> Loading<S::Output>
where
    S: ServerFn<Error = Fault> + Clone + Sync + 'static,
    S::Output: Serialize,
{
    start(ask, Box::new(String::new))
}

/// Asks a server function whose answer depends on the query of the page's address, and asks again when the query changes.
///
/// The function takes no arguments: while the page is rendered it reads the query of the page's own request, and the
/// browser sends that query along.
pub fn load_here<S>(ask: S) -> Loading<S::Output>
where
    S: ServerFn<Error = Fault> + Clone + Sync + 'static,
    S::Output: Serialize,
{
    // The address that belongs to this page: the router stops telling it when one leaves for another page.
    let address = use_url();
    start(
        ask,
        Box::new(move || address.with(|address| address.search().to_owned())),
    )
}

/// The same for a page whose address holds, in its path, what it is about: the browser sends that along as `name`, and
/// while the page is rendered the function has it as its argument.
pub fn load_named<S>(ask: S, name: &'static str, of: fn(&str) -> Option<&str>) -> Loading<S::Output>
where
    S: ServerFn<Error = Fault> + Clone + Sync + 'static,
    S::Output: Serialize,
{
    let address = use_url();
    start(
        ask,
        Box::new(move || {
            address.with(|address| {
                let value = of(address.path()).unwrap_or_default();
                let query = address.search();
                if query.is_empty() {
                    format!("{name}={value}")
                } else {
                    format!("{query}&{name}={value}")
                }
            })
        }),
    )
}

/// Asks a server function that takes no arguments once more, in the browser, for what is not drawn anew when it comes.
///
/// # Errors
/// The function's own [`Fault`], or [`Fault::Network`] when no answer came.
pub async fn ask_once<S>() -> Result<S::Output, Fault>
where
    S: ServerFn<Error = Fault>,
    S::Output: DeserializeOwned,
{
    decode(&fetch(S::PATH, String::new()).await?)
}

type Answer = Pin<Box<dyn Future<Output = Result<String, Fault>> + Send>>;

fn start<S>(ask: S, query: Box<dyn Fn() -> String + Send + Sync>) -> Loading<S::Output>
where
    S: ServerFn<Error = Fault> + Clone + Sync + 'static,
    S::Output: Serialize,
{
    let ask = move |query| -> Answer {
        if cfg!(target_arch = "wasm32") {
            Box::pin(SendWrapper::new(fetch(S::PATH, query)))
        } else {
            Box::pin(call(ask.clone()))
        }
    };
    Loading {
        answer: start_any(query, Box::new(ask)),
        of: PhantomData,
    }
}

fn start_any(
    query: Box<dyn Fn() -> String + Send + Sync>,
    ask: Box<dyn Fn(String) -> Answer + Send + Sync>,
) -> Resource<Result<String, Fault>, Inside> {
    ArcResource::new_with_options(query, ask, false).into()
}

/// Calls the function where it is.
async fn call<S>(ask: S) -> Result<String, Fault>
where
    S: ServerFn<Error = Fault>,
    S::Output: Serialize,
{
    let answer = ask.run_body().await?;
    let bytes = <JsonEncoding as Encodes<S::Output>>::encode(&answer).map_err(|_| Fault::Unreadable)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| Fault::Unreadable)
}

/// Asks the server.
async fn fetch(path: &'static str, query: String) -> Result<String, Fault> {
    async fn ask(path: &str) -> Result<(bool, String), JsValue> {
        let headers = Headers::new()?;
        headers.set("accept", "application/json")?;
        let request = RequestInit::new();
        request.set_headers(&headers);
        let response = JsFuture::from(window().fetch_with_str_and_init(path, &request)).await?;
        let response: Response = response.dyn_into()?;
        let text = JsFuture::from(response.text()?).await?;
        Ok((response.ok(), text.as_string().unwrap_or_default()))
    }
    let address = if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    };
    match ask(&address).await {
        Ok((true, text)) => Ok(text),
        Ok((false, text)) => Err(decode(&text).unwrap_or_else(|network| network)),
        Err(_) => Err(Fault::Network),
    }
}

fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    <JsonEncoding as Decodes<T>>::decode(Bytes::copy_from_slice(text.as_bytes())).map_err(|_| Fault::Network)
}

/// The form of an answer inside a page: the text after a `+`, or the fault after a `-`.
#[derive(Debug)]
pub struct Inside;

impl Encoder<Result<String, Fault>> for Inside {
    type Error = Fault;
    type Encoded = String;

    fn encode(answer: &Result<String, Fault>) -> Result<Self::Encoded, Self::Error> {
        match answer {
            Ok(text) => Ok(format!("+{text}")),
            Err(fault) => {
                let bytes = <JsonEncoding as Encodes<Fault>>::encode(fault).map_err(|_| Fault::Unreadable)?;
                Ok(format!("-{}", String::from_utf8_lossy(&bytes)))
            }
        }
    }
}

impl Decoder<Result<String, Fault>> for Inside {
    type Error = Fault;
    type Encoded = str;

    fn decode(text: &Self::Encoded) -> Result<Result<String, Fault>, Self::Error> {
        match text.split_at_checked(1) {
            Some(("+", answer)) => Ok(Ok(answer.to_owned())),
            Some(("-", fault)) => decode(fault).map(Err),
            _ => Err(Fault::Network),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::fault::Incident;

    #[test]
    fn answers_survive_the_page() {
        let internal = Fault::Internal(Incident("01JNGZ8K4T6Q2V9XW3M5R7YB1C".to_owned()));
        for answer in [
            Ok(r#"{"name":"Renée </script> O'Brien"}"#.to_owned()),
            Ok(String::new()),
            Err(internal),
            Err(Fault::SignedOut),
        ] {
            let written = Inside::encode(&answer).expect("text");
            assert_eq!(Inside::decode(&written), Ok(answer));
        }
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for text in ["", "{}", "é", "-", "-{}"] {
            assert_eq!(Inside::decode(text), Err(Fault::Network), "{text:?}");
        }
        assert_eq!(decode::<u8>("300"), Err(Fault::Network));
    }
}
