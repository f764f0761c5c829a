//! One request to the token endpoint, and what a failed one is called.
//!
//! Never sent twice, since a code is good for one exchange; and no answer is quoted, since it may hold a token.

use http::StatusCode;
use openidconnect::{HttpRequest, HttpResponse, RequestTokenError};

use crate::{
    domain::sign_in::Check,
    entra::{
        error::{EntraError, Rejection},
        http::{LOGIN_LIMIT, Zone, retry_after},
        token_answer::{ErrorBody, TokenBody},
    },
};

/// How the token endpoint answers.
pub(super) type Answered = Result<TokenBody, RequestTokenError<EntraError, ErrorBody>>;

/// Why there is no answer that could be read.
pub(super) fn cause_of(error: RequestTokenError<EntraError, ErrorBody>) -> EntraError {
    match error {
        RequestTokenError::Request(cause) => cause,
        RequestTokenError::Parse(error, _) => {
            // Where and of what kind, not the crate's sentence: that may quote a token.
            let (kind, place) = (error.inner().classify(), error.path());
            unreadable(format!("{kind:?} error at {place}"))
        }
        RequestTokenError::ServerResponse(ErrorBody(error)) => unreadable(error.to_string()),
        RequestTokenError::Other(why) => unreadable(why),
    }
}

pub(super) const TOKEN_ENDPOINT: &str = "the token endpoint's answer";

/// The one request of an exchange, over our own client.
pub(super) async fn exchange(zone: &Zone, request: HttpRequest) -> Result<HttpResponse, EntraError> {
    let malformed = |why: String| EntraError::Malformed {
        what: TOKEN_ENDPOINT,
        why,
    };
    let request = reqwest::Request::try_from(request).map_err(|error| malformed(error.to_string()))?;
    let answer = zone.ask(TOKEN_ENDPOINT, request, LOGIN_LIMIT).await?;
    let status = answer.status;
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Err(EntraError::Unavailable {
            what: TOKEN_ENDPOINT,
            status: status.as_u16(),
            retry_after: retry_after(&answer.headers, None),
        });
    }
    if std::str::from_utf8(&answer.body).is_err() {
        return Err(malformed("no UTF-8".to_owned()));
    }
    let mut response = HttpResponse::new(answer.body);
    *response.status_mut() = status;
    *response.headers_mut() = answer.headers;
    Ok(response)
}

pub(super) fn unreadable(why: String) -> EntraError {
    EntraError::Malformed {
        what: TOKEN_ENDPOINT,
        why,
    }
}

/// What a failed exchange is called.
pub(super) fn rejection_of(cause: EntraError) -> Rejection {
    let check = match &cause {
        EntraError::TooLarge { .. } => Check::TokenTooLarge,
        EntraError::Malformed { .. } => Check::TokenResponseInvalid,
        EntraError::Configuration(_) => Check::TokenExchangeFailed,
        _ => return cause.into(),
    };
    Rejection {
        cause: Some(Box::new(cause)),
        ..Rejection::of(check)
    }
}
