//! A browser for tests: it keeps cookies, sends what a browser sends, and follows no redirect by itself.

use std::{collections::BTreeMap, sync::Mutex};

use reqwest::{Client, Method, header::HeaderMap, redirect::Policy};

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
}

impl Reply {
    /// A header as text, empty when absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    /// Where it redirects to.
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The status as its line says it.
    pub(crate) fn line(&self) -> String {
        http::StatusCode::from_u16(self.status)
            .map_or_else(|_| self.status.to_string(), |status| status.to_string())
    }
}

/// A browser with cookies of one site.
pub(crate) struct Browser {
    client: Client,
    site: String,
    /// Where requests go: the site, or one of several servers behind its name.
    server: String,
    cookies: Mutex<BTreeMap<String, String>>,
    from: Option<String>,
}

impl Browser {
    /// A new, empty browser at `site`, an origin.
    pub(crate) fn at(site: &str) -> Self {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self {
            client,
            site: site.to_owned(),
            server: site.to_owned(),
            cookies: Mutex::default(),
            from: None,
        }
    }

    /// The origin of its pages.
    pub(crate) fn site(&self) -> &str {
        &self.site
    }

    /// The same, behind a proxy that says that it comes from this address.
    pub(crate) fn from(mut self, address: String) -> Self {
        self.from = Some(address);
        self
    }

    /// The same cookies in a second browser.
    pub(crate) fn copy(&self) -> Self {
        self.through(&self.server)
    }

    /// The same cookies in a second browser, whose requests another server of the same site answers.
    pub(crate) fn through(&self, server: &str) -> Self {
        let mut copy = Self::at(&self.site);
        server.clone_into(&mut copy.server);
        copy.from.clone_from(&self.from);
        copy.cookies
            .lock()
            .expect("a jar")
            .clone_from(&*self.cookies.lock().expect("a jar"));
        copy
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("a jar").get(name).cloned()
    }

    /// The names of all cookies.
    pub(crate) fn cookie_names(&self) -> Vec<String> {
        self.cookies.lock().expect("a jar").keys().cloned().collect()
    }

    /// Puts a cookie in.
    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .lock()
            .expect("a jar")
            .insert(name.to_owned(), value.to_owned());
    }

    /// Opens a page: a path of the site, or an address on it.
    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.send(
            Method::GET,
            target,
            &[("accept", "text/html,application/xhtml+xml")],
            None,
        )
        .await
    }

    /// Calls as a script of the page does.
    pub(crate) async fn call(&self, path: &str) -> Reply {
        self.send(
            Method::GET,
            path,
            &[("accept", "application/json"), ("sec-fetch-site", "same-origin")],
            None,
        )
        .await
    }

    /// Posts a form of a page of the site.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let origin = self.site.clone();
        let headers = [
            ("accept", "text/html"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", origin.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, Some(body)).await
    }

    /// Sends anything, with the cookies.
    pub(crate) async fn send(
        &self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Reply {
        let sent = self.try_send(method, target, headers, body).await;
        sent.expect("the server answers")
    }

    /// Sends anything, with the cookies, to a server that may not be there.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> reqwest::Result<Reply> {
        let path = target.strip_prefix(&self.site).unwrap_or(target);
        let address = if path.starts_with('/') {
            format!("{}{path}", self.server)
        } else {
            target.to_owned()
        };
        let mut request = self.client.request(method, address);
        let jar: Vec<_> = self
            .cookies
            .lock()
            .expect("a jar")
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !jar.is_empty() {
            request = request.header("cookie", jar.join("; "));
        }
        if let Some(from) = &self.from {
            request = request.header("x-forwarded-for", from);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await?;
        self.keep(&headers);
        Ok(Reply {
            status,
            headers,
            body,
        })
    }

    fn keep(&self, headers: &HeaderMap) {
        let mut jar = self.cookies.lock().expect("a jar");
        for line in headers.get_all("set-cookie") {
            let line = line.to_str().expect("text");
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').expect("a pair");
            if attributes.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
