//! Next links: how they are made and read, and every way in which following them can go wrong.
//!
//! A next link carries the query on but no header, and its token means nothing to anybody else. What a test makes
//! wrong here is wrong about the links alone: the objects stay what the directory says, so a client that bears it
//! still sees all of them, and one that does not must not mistake a part for the whole.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    reply::{Reply, encode_component},
    request::Incoming,
};

const MARK: &str = "page";
const NEXT: &str = "@odata.nextLink";

/// What is unusual about a page of a collection. Put it into [`crate::Fault::paging`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageTrouble {
    /// No objects, and a link to the page that has them. Graph may do so: nothing is lost.
    Empty,
    /// At most so many objects, and a link to the others. Graph may do so: nothing is lost.
    Short(usize),
    /// There is always one more page, under a link that was never seen before.
    Endless,
    /// The link leads back to the first page.
    ToFirst,
    /// The link leads to the page it stands on.
    ToItself,
    /// The link leads to this origin (`https://evil.example`), path and query as they were.
    ForeignOrigin(String),
    /// The link is this text.
    Link(String),
    /// The token of the link is not one the service knows.
    WornOut,
    /// Not even a list: `value` is missing.
    NoValue,
}

/// Where a page begins and which one it is, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) start: usize,
    pub(crate) number: u32,
}

impl Position {
    pub(crate) const FIRST: Self = Self { start: 0, number: 1 };
}

/// The position a request asks for; `None` for a token that is not ours.
pub(crate) fn position(request: &Incoming) -> Option<Position> {
    let Some(token) = request.query_value("$skiptoken") else {
        return Some(Position::FIRST);
    };
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let mut parts = text.split(':');
    (parts.next() == Some(MARK)).then_some(())?;
    let start = parts.next()?.parse().ok()?;
    let number = parts.next()?.parse().ok()?;
    Some(Position { start, number })
}

/// The link to another page of the same request.
pub(crate) fn link(request: &Incoming, to: Position) -> String {
    let Position { start, number } = to;
    let token = URL_SAFE_NO_PAD.encode(format!("{MARK}:{start}:{number}:{}", crate::random::opaque(24)));
    linked(request, &token)
}

fn linked(request: &Incoming, token: &str) -> String {
    let kept = request.query.iter().filter(|(name, _)| name != "$skiptoken");
    let kept = kept
        .map(|(name, value)| format!("{name}={}&", encode_component(value)))
        .collect::<Vec<_>>()
        .concat();
    format!("{}{}?{kept}$skiptoken={token}", request.base, request.path)
}

/// Makes a page unusual. What is no page stays as it is.
pub(crate) fn edit(trouble: &PageTrouble, request: &Incoming, mut reply: Reply) -> Reply {
    if !reply.status.is_success() {
        return reply;
    }
    let Ok(Value::Object(mut page)) = serde_json::from_slice(&reply.body) else {
        return reply;
    };
    let here = position(request).unwrap_or(Position::FIRST);
    change(trouble, request, here, &mut page);
    reply.body = Value::Object(page).to_string().into_bytes();
    reply
}

fn change(trouble: &PageTrouble, request: &Incoming, here: Position, page: &mut Map<String, Value>) {
    let number = here.number + 1;
    let next = match trouble {
        PageTrouble::Empty => {
            page.insert("value".to_owned(), json!([]));
            let start = here.start;
            link(request, Position { start, number })
        }
        PageTrouble::Short(most) => {
            let Some(objects) = page.get_mut("value").and_then(Value::as_array_mut) else {
                return;
            };
            if objects.len() <= *most {
                return;
            }
            objects.truncate(*most);
            let start = here.start + most;
            link(request, Position { start, number })
        }
        PageTrouble::Endless if page.contains_key(NEXT) => return,
        PageTrouble::Endless => link(request, Position { start: 0, number }),
        PageTrouble::ToFirst => {
            let query = request
                .query_text
                .split('&')
                .filter(|pair| !pair.contains("skiptoken="))
                .collect::<Vec<_>>()
                .join("&");
            format!("{}{}?{query}", request.base, request.path)
        }
        PageTrouble::ToItself => format!("{}{}?{}", request.base, request.path, request.query_text),
        PageTrouble::ForeignOrigin(origin) => {
            let own = page.get(NEXT).and_then(Value::as_str).map(str::to_owned);
            let own = own.unwrap_or_else(|| link(request, Position { start: 0, number }));
            own.replacen(&request.base, origin.trim_end_matches('/'), 1)
        }
        PageTrouble::Link(text) => text.clone(),
        PageTrouble::WornOut => linked(request, &crate::random::opaque(40)),
        PageTrouble::NoValue => {
            page.remove("value");
            return;
        }
    };
    page.insert(NEXT.to_owned(), json!(next));
}
