//! The page of Microsoft Entra ID as markup: the same facts as [`super::page`], drawn by the same components that a page
//! without a script is drawn by.

use super::page;
use crate::{
    components::rail::Asked,
    pages::entra::drawn,
    server::{guard::Call, query::Query},
    service::ServiceError,
    storage::SignedIn,
    wire::drawn::Drawn,
};

/// The page for the query of its address.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn view(call: &Call<SignedIn>) -> Result<Drawn, ServiceError> {
    let page = page(call).await?;
    let query = Query::parse(call.arrival.parts.uri.query());
    let value = |name| query.first(name).map(str::to_owned);
    let asked = Asked {
        open: value("open"),
        kept: ["test", "form"]
            .into_iter()
            .find_map(|name| Some((name, value(name)?))),
    };
    Ok(drawn::draw(page, asked))
}
