//! A plain HTTP client, just enough to see everything the emulator sends.

use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|problem| panic!("{problem}: {}", self.body))
    }

    /// A parameter of the redirect's query or fragment, decoded.
    pub(crate) fn returned(&self, name: &str) -> Option<String> {
        parameter(self.header("location"), name)
    }

    /// The cookie to send back, as `name=value`.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie")
            .split(';')
            .next()
            .unwrap_or_default()
            .to_owned()
    }
}

/// A parameter of an address's query or fragment, decoded.
pub(crate) fn parameter(address: &str, name: &str) -> Option<String> {
    let (_, parameters) = address.split_once(['?', '#'])?;
    form_urlencoded::parse(parameters.as_bytes())
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

pub(crate) async fn get(address: &str) -> Answer {
    send(Method::GET, address, &[], "").await.expect("an answer")
}

pub(crate) async fn get_with(address: &str, headers: &[(&str, &str)]) -> Answer {
    send(Method::GET, address, headers, "").await.expect("an answer")
}

pub(crate) async fn post_form(address: &str, fields: &[(&str, &str)]) -> Answer {
    post_form_with(address, fields, &[]).await
}

pub(crate) async fn post_form_with(
    address: &str,
    fields: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> Answer {
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let headers = headers.iter().copied().chain([kind]).collect::<Vec<_>>();
    send(Method::POST, address, &headers, &encoded(fields))
        .await
        .expect("an answer")
}

pub(crate) async fn post_json(address: &str, bearer: &str, body: &Value) -> Answer {
    let authorization = format!("Bearer {bearer}");
    let headers = [
        ("content-type", "application/json"),
        ("authorization", authorization.as_str()),
    ];
    send(Method::POST, address, &headers, &body.to_string())
        .await
        .expect("an answer")
}

pub(crate) async fn get_graph(address: &str, bearer: &str) -> Answer {
    get_with(address, &[("authorization", &format!("Bearer {bearer}"))]).await
}

/// One request on a connection of its own. `Err` when the connection ended without a whole answer.
pub(crate) async fn send(
    method: Method,
    address: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Answer, hyper::Error> {
    let (_, rest) = address.split_once("://").expect("an absolute address");
    let authority = rest.split(['/', '?']).next().expect("a host");
    let stream = TcpStream::connect(authority).await.expect("the emulator listens");
    send_on(stream, method, address, headers, body).await
}

/// The same on a stream that is there already.
pub(crate) async fn send_on<S>(
    stream: S,
    method: Method,
    address: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Answer, hyper::Error>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (_, rest) = address.split_once("://").expect("an absolute address");
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (mut sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", authority);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Full::new(Bytes::from(body.to_owned())))
        .expect("a request");
    let (parts, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
