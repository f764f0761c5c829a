//! One connection to the mail server (RFC 5321), and what each of its answers means for one mail.

use std::time::Duration;

use lettre::transport::smtp::{
    Error as SmtpError,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailBodyParameter, MailParameter},
};
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use super::{
    message::{Composed, Unsendable},
    server::{MailServer, Security},
};

/// So long a server may take to be reached, and to answer a command.
const PATIENCE: Duration = Duration::from_secs(15);
/// So long it may take to look at the whole mail. Giving up early would have it sent twice (RFC 5321 section 4.5.3.2.6).
const PATIENCE_AT_THE_END: Duration = Duration::from_mins(2);

/// Why a mail did not go out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The server takes no mail for this address, now or later.
    #[error("the mail server rejected the address: {0}")]
    AddressRejected(String),
    /// The server does not take this mail, now or later.
    #[error("the mail server rejected the mail: {0}")]
    MailRejected(String),
    /// The server asks to come again later with this mail.
    #[error("the mail server deferred the mail: {0}")]
    Deferred(String),
    /// The server cannot be reached, broke off, or lets us send nothing at all. No address is to blame.
    #[error("the mail server cannot be used: {0}")]
    Unavailable(String),
}

impl From<Unsendable> for NotSent {
    fn from(unsendable: Unsendable) -> Self {
        Self::AddressRejected(unsendable.to_string())
    }
}

pub(super) struct Connection(AsyncSmtpConnection);

impl Connection {
    /// Connects, secures the connection, and says who we are.
    pub(super) async fn open(server: &MailServer, host: &str) -> Result<Self, NotSent> {
        let hello = ClientId::Domain(match host {
            "" => "localhost".to_owned(),
            host => host.to_owned(),
        });
        let secured = || TlsParameters::new(server.host.clone()).map_err(|error| unavailable(&error));
        let at_once = match server.security {
            Security::FromTheStart => Some(secured()?),
            Security::Required | Security::WhereOffered => None,
        };
        let place = (server.host.as_str(), server.port);
        let opening = AsyncSmtpConnection::connect_tokio1(place, Some(PATIENCE), &hello, at_once, None);
        let mut connection = in_time(opening).await.map_err(Why::of_server)?;
        let upgrade = match server.security {
            Security::FromTheStart => false,
            Security::Required => true,
            Security::WhereOffered => connection.can_starttls(),
        };
        if upgrade {
            in_time(connection.starttls(secured()?, &hello))
                .await
                .map_err(Why::of_server)?;
        }
        if let Some((name, password)) = &server.credentials {
            let credentials = Credentials::new(name.clone(), password.expose_secret().to_owned());
            let ways = [Mechanism::Plain, Mechanism::Login];
            in_time(connection.auth(&ways, &credentials))
                .await
                .map_err(Why::of_server)?;
        }
        Ok(Self(connection))
    }

    /// Whether the server still listens. A connection that waited may have been closed at the other end.
    pub(super) async fn is_alive(&mut self) -> bool {
        timeout(PATIENCE, self.0.test_connected()).await.unwrap_or(false)
    }

    /// Sends one mail. After an answer of the server the connection can be used for the next one.
    pub(super) async fn send(&mut self, mail: &Composed) -> Result<(), NotSent> {
        let mut options = vec![];
        let addresses = mail.envelope.to().iter().chain(mail.envelope.from());
        if addresses
            .map(AsRef::<str>::as_ref)
            .any(|address: &str| !address.is_ascii())
        {
            if !self.0.server_info().supports_feature(Extension::SmtpUtfEight) {
                let why = "the server knows no addresses beyond ASCII".to_owned();
                return Err(NotSent::AddressRejected(why));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        if !mail.bytes.is_ascii() && self.0.server_info().supports_feature(Extension::EightBitMime) {
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let sent = self.hand_over(mail, options).await;
        if matches!(
            sent,
            Err(NotSent::AddressRejected(_) | NotSent::MailRejected(_) | NotSent::Deferred(_))
        ) {
            // What was begun is over (RFC 5321 section 4.1.1.5). If that fails, the next mail finds a dead connection.
            let _ = timeout(PATIENCE, self.0.command("RSET\r\n")).await;
        }
        sent
    }

    async fn hand_over(&mut self, mail: &Composed, options: Vec<MailParameter>) -> Result<(), NotSent> {
        let from = Mail::new(mail.envelope.from().cloned(), options);
        // Whoever we say we are is refused for every mail alike.
        in_time(self.0.command(from)).await.map_err(Why::of_server)?;
        for address in mail.envelope.to() {
            let to = Rcpt::new(address.clone(), vec![]);
            in_time(self.0.command(to))
                .await
                .map_err(|why| why.of_mail(NotSent::AddressRejected))?;
        }
        in_time(self.0.command(Data))
            .await
            .map_err(|why| why.of_mail(NotSent::MailRejected))?;
        within(PATIENCE_AT_THE_END, self.0.message(&mail.bytes))
            .await
            .map_err(|why| why.of_mail(NotSent::MailRejected))?;
        Ok(())
    }

    /// Says goodbye.
    pub(super) async fn close(&mut self) {
        let _ = timeout(PATIENCE, self.0.quit()).await;
    }
}

/// Why a step came to nothing.
enum Why {
    /// The server said no, for good.
    Refused(String),
    /// The server said not now.
    NotNow(String),
    /// There was no answer that says anything.
    Broken(String),
}

impl Why {
    /// As the fate of one mail.
    fn of_mail(self, refused: fn(String) -> NotSent) -> NotSent {
        match self {
            Self::Refused(said) => refused(said),
            Self::NotNow(said) => NotSent::Deferred(said),
            Self::Broken(why) => NotSent::Unavailable(why),
        }
    }

    /// As the state of the server.
    fn of_server(self) -> NotSent {
        match self {
            Self::Refused(why) | Self::NotNow(why) | Self::Broken(why) => NotSent::Unavailable(why),
        }
    }
}

async fn in_time<T>(step: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Why> {
    within(PATIENCE, step).await
}

async fn within<T>(patience: Duration, step: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Why> {
    match timeout(patience, step).await {
        Ok(Ok(done)) => Ok(done),
        // RFC 5321 section 3.8: a server that is going down says 421 to anything.
        Ok(Err(error)) if error.status().is_some_and(|code| code.to_string() == "421") => {
            Err(Why::Broken(told(&error)))
        }
        Ok(Err(error)) if error.is_permanent() => Err(Why::Refused(told(&error))),
        Ok(Err(error)) if error.is_transient() => Err(Why::NotNow(told(&error))),
        Ok(Err(error)) => Err(Why::Broken(told(&error))),
        Err(_) => Err(Why::Broken(format!(
            "no answer in {} seconds",
            patience.as_secs()
        ))),
    }
}

/// The error and its causes in one line.
fn told(error: &SmtpError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        let more = deeper.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = deeper.source();
    }
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(300)
        .collect()
}

fn unavailable(error: &SmtpError) -> NotSent {
    NotSent::Unavailable(told(error))
}
