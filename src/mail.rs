//! Mail: one SMTP server, one kind of mail, one connection that is kept.
//!
//! A mail goes out by itself alone: nothing of ours waits for it with a database connection in hand, every step has its
//! time, and each way it can go wrong is told apart, since some are about one address and some about the server. The
//! words stand in `text/invitation_mail.rs`.

mod connection;
mod message;
mod server;

use std::{fmt, sync::Arc};

use tokio::sync::Mutex;

use self::connection::Connection;
pub use self::{
    connection::NotSent,
    message::{Letter, Unsendable},
    server::{BadServer, MailServer},
};
pub use crate::text::invitation_mail::Invite;

/// Sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    server: MailServer,
    /// The site's own host: what we are called in a greeting, and what our messages' names end in.
    host: String,
    /// The connection from one mail to the next. Whoever sends has it alone.
    kept: Mutex<Option<Connection>>,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Mailer").field(&self.0.server).finish()
    }
}

impl Mailer {
    /// Sends by this server, for the site of this host.
    pub fn new(server: MailServer, host: &str) -> Self {
        Self(Arc::new(Inner {
            server,
            host: host.to_owned(),
            kept: Mutex::new(None),
        }))
    }

    /// Where mail goes out, for the operator.
    pub fn place(&self) -> String {
        self.0.server.place()
    }

    /// Sends a letter: `Ok` once the server has said that it takes the mail on.
    ///
    /// # Errors
    /// [`NotSent`].
    pub async fn send(&self, letter: &Letter<'_>) -> Result<(), NotSent> {
        let inner = &self.0;
        let message = message::compose(letter, &inner.server.from, &inner.host)?;
        let mut kept = inner.kept.lock().await;
        // Taken out while it is in use: what is dropped half-way is not used again.
        if let Some(mut connection) = kept.take()
            && connection.is_alive().await
        {
            let sent = connection.send(&message).await;
            return Self::keep(&mut kept, connection, sent);
        }
        let mut connection = Connection::open(&inner.server, &inner.host).await?;
        let sent = connection.send(&message).await;
        Self::keep(&mut kept, connection, sent)
    }

    fn keep(
        kept: &mut Option<Connection>,
        connection: Connection,
        sent: Result<(), NotSent>,
    ) -> Result<(), NotSent> {
        if !matches!(sent, Err(NotSent::Unavailable(_))) {
            *kept = Some(connection);
        }
        sent
    }

    /// Whether the server answers and takes our credentials. Sends nothing.
    ///
    /// # Errors
    /// [`NotSent::Unavailable`].
    pub async fn check(&self) -> Result<(), NotSent> {
        let mut connection = Connection::open(&self.0.server, &self.0.host).await?;
        connection.close().await;
        Ok(())
    }

    /// Says goodbye to the server.
    pub async fn close(&self) {
        if let Some(mut connection) = self.0.kept.lock().await.take() {
            connection.close().await;
        }
    }
}
