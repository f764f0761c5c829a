//! People sign in, or are refused.

use crate::{app::App, browser::Browser, event::Event};

impl App {
    /// How many codes were redeemed. The application's own tokens are another matter.
    pub(crate) fn redeemed(&self) -> usize {
        let asked = self.emulator.control().log_of("token");
        let codes = asked
            .iter()
            .filter(|asked| asked.form_value("grant_type") == Some("authorization_code"));
        codes.count()
    }

    /// Begins a sign-in and picks a person at Microsoft: the address to which the browser returns.
    pub(crate) async fn pick(&self, browser: &Browser, person: &str, start: &str) -> String {
        let started = browser.get(start).await;
        assert_eq!(started.status, 302, "{}", started.body);
        self.emulator
            .control()
            .sign_in(started.location(), person)
            .expect("the person can sign in")
    }

    /// Signs a person in through Microsoft, wherever that ends.
    pub(crate) async fn sign_in(&self, browser: &Browser, person: &str) -> crate::browser::Reply {
        let target = self.pick(browser, person, sonicsaas::routes::SIGN_IN).await;
        browser.get(&target).await
    }

    /// Signs a person in and is sure of it.
    pub(crate) async fn signed_in(&self, person: &str) -> Browser {
        let browser = self.browser();
        let reply = self.sign_in(&browser, person).await;
        assert_eq!((reply.status, reply.location()), (303, "/dashboard"), "{person}");
        browser
    }

    /// Tries to sign a person in and returns the recorded refusal, after making sure that nobody is signed in and
    /// that the reference the person is shown is the recorded one.
    pub(crate) async fn refused(&self, browser: &Browser, person: &str) -> Event {
        let reply = self.sign_in(browser, person).await;
        self.refusal(browser, &reply).await
    }

    /// The recorded refusal behind a reply of the callback.
    pub(crate) async fn refusal(&self, browser: &Browser, reply: &crate::browser::Reply) -> Event {
        assert_eq!(reply.status, 303, "{}", reply.body);
        let code = reply
            .location()
            .strip_prefix("/login?error=")
            .expect("a refusal")
            .to_owned();
        let mut events = self.events().await.into_iter().rev();
        let event = events
            .find(|event| event.action == "sign_in" && event.outcome != "success")
            .expect("recorded");
        assert_eq!(event.reason.as_deref(), Some(code.as_str()));
        let page = browser.get(reply.location()).await;
        assert!(
            page.body.contains(event.detail("correlation_id")),
            "the page shows the reference"
        );
        assert_eq!(browser.call(sonicsaas::routes::VIEWER).await.status, 401);
        event
    }
}
