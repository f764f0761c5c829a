//! The results of an action as a file for a spreadsheet (RFC 4180), with every link that nobody was shown so far.
//!
//! A link in the file is shown by that and never again, so the file is given to a person who opens it and to nothing that
//! fetches ahead of time; and it is a GET alone, so that `HEAD` takes nothing.

use axum::{
    Extension,
    body::Body,
    extract::{RawQuery, State},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use http::{HeaderMap, StatusCode, header};

use crate::{
    domain::{id::InvitationJobId, invitation::Outcome},
    front::Problem,
    server::{
        guard::{self, Behind},
        layers::Facts,
        query::Query,
        reply,
        state::AppState,
    },
    service::{
        ServiceError, Services,
        invitation::{self, Resulted},
    },
    storage::Administrator,
    text::{invitation::Invitations, text},
};

/// People that are read at once.
const AT_ONCE: u32 = 500;

/// `GET /api/invitations/results.csv?job=`.
pub(in crate::server) async fn download(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let admin = match guard::behind(&state, &headers).await {
        Ok(person) => person.administrator().ok(),
        Err(Behind::Nobody) => return StatusCode::UNAUTHORIZED.into_response(),
        Err(Behind::Broken(error)) => {
            let (_, page) = reply::broken(&error, facts.reference);
            return reply::problem(&state, &headers, &page);
        }
    };
    let Some(admin) = admin.filter(|_| is_asked_for(&headers)) else {
        return reply::problem(&state, &headers, &Problem::Forbidden);
    };
    let query = Query::parse(query.as_deref());
    let Some(job) = query.first("job").and_then(|job| job.parse().ok()) else {
        return reply::problem(&state, &headers, &Problem::NotFound);
    };
    let mailed = match invitation::progress(&state.services, &admin, job).await {
        Ok((job, _)) => job.mailed,
        Err(error) => {
            let (_, page) = reply::broken(&error, facts.reference);
            return reply::problem(&state, &headers, &page);
        }
    };
    let named = format!("attachment; filename=\"invitations-{job}.csv\"");
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, named),
    ];
    (
        kind,
        Body::from_stream(lines(state.services.clone(), admin, job, mailed)),
    )
        .into_response()
}

/// Whether a person opens it, from a page of ours or by hand.
pub(in crate::server) fn is_asked_for(headers: &HeaderMap) -> bool {
    let ahead_of_time = ["sec-purpose", "purpose", "x-moz"]
        .iter()
        .any(|name| headers.contains_key(*name));
    let from = headers.get("sec-fetch-site");
    let ours = from.is_none_or(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
    ours && !ahead_of_time
}

/// The lines, as many people at once as are read together, so that a long file takes no memory.
fn lines(
    services: Services,
    admin: Administrator,
    job: InvitationJobId,
    mailed: bool,
) -> impl stream::Stream<Item = Result<String, ServiceError>> {
    let words = text::<Invitations>();
    stream::try_unfold(None, move |after: Option<i64>| {
        let (services, admin) = (services.clone(), admin.clone());
        async move {
            let Some(place) = after else {
                // A byte order mark, by which spreadsheets know that this is UTF-8.
                let head = format!("\u{feff}{}", line(&words.columns.map(str::to_owned)));
                return Ok(Some((head, Some(0))));
            };
            let people = invitation::links(&services, &admin, job, place, AT_ONCE).await?;
            let Some(last) = people.last().map(|person| person.row.place) else {
                return Ok(None);
            };
            let text = people
                .iter()
                .map(|person| row(person, mailed))
                .collect::<String>();
            Ok(Some((text, Some(last))))
        }
    })
}

fn row(person: &Resulted, mailed: bool) -> String {
    let words = text::<Invitations>();
    let said = |outcome: Outcome| (words.outcome)(outcome, mailed).to_owned();
    line(&[
        person.row.name.clone().unwrap_or_default(),
        person.row.email.clone().unwrap_or_default(),
        person.row.object.to_string(),
        said(person.row.outcome),
        person.row.reason.map(words.reason).unwrap_or_default().to_owned(),
        person.link.clone().unwrap_or_default(),
    ])
}

/// One record. Every field is quoted; what a spreadsheet would take for a formula begins with an apostrophe.
fn line(fields: &[String; 6]) -> String {
    let quoted = fields.iter().map(|field| {
        let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let guard = if formula { "'" } else { "" };
        format!("\"{guard}{}\"", field.replace('"', "\"\""))
    });
    let mut line = quoted.collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_formulas_are_none() {
        let fields = ["=cmd()", "a\"b", "-1", "@x,y", "\tz", "plain"].map(str::to_owned);
        assert_eq!(
            line(&fields),
            "\"'=cmd()\",\"a\"\"b\",\"'-1\",\"'@x,y\",\"'\tz\",\"plain\"\r\n"
        );
    }

    #[test]
    fn nothing_that_fetches_ahead_is_answered() {
        let sent = |name: &'static str, value: &str| {
            HeaderMap::from_iter([(
                header::HeaderName::from_static(name),
                value.parse().expect("a value"),
            )])
        };
        assert!(is_asked_for(&HeaderMap::new()));
        assert!(is_asked_for(&sent("sec-fetch-site", "same-origin")));
        assert!(!is_asked_for(&sent("sec-fetch-site", "cross-site")));
        assert!(!is_asked_for(&sent("sec-purpose", "prefetch")));
    }
}
