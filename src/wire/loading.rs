//! How a page's data travels inside the page.
//!
//! The server writes what a page has loaded into the page, and the browser reads it from there instead of asking again.
//! It is written as the JSON that server functions answer with, and read by the same reader: a second reader of the
//! same types would be in everybody's download.

use leptos::{
    prelude::{ArcResource, Resource},
    server::codee::{Decoder, Encoder},
    server_fn::{Bytes, Decodes, Encodes, codec::JsonEncoding},
};
use serde::{Serialize, de::DeserializeOwned};

use super::fault::Fault;

/// What a server function was asked for.
pub type Loading<T> = Resource<Result<T, Fault>, Inside>;

/// Asks a server function, once.
pub fn load<T, F>(ask: fn() -> F) -> Loading<T>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + Send + 'static,
{
    ArcResource::new_with_options(|| (), move |()| ask(), false).into()
}

/// The form of data inside a page.
#[derive(Debug)]
pub struct Inside;

/// What was to be written into a page, or read from it, could not be. Both ends are this crate, so it never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the data of a page")]
pub struct Unreadable;

impl<T: Serialize> Encoder<T> for Inside {
    type Error = Unreadable;
    type Encoded = String;

    fn encode(value: &T) -> Result<Self::Encoded, Self::Error> {
        let bytes = <JsonEncoding as Encodes<T>>::encode(value).map_err(|_| Unreadable)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| Unreadable)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Inside {
    type Error = Unreadable;
    type Encoded = str;

    fn decode(text: &Self::Encoded) -> Result<T, Self::Error> {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        <JsonEncoding as Decodes<T>>::decode(bytes).map_err(|_| Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_holds_is_read_back() {
        let loaded: Result<String, Fault> = Ok("Renée </script> O'Brien".to_owned());
        let written = Inside::encode(&loaded).expect("plain text");
        let read: Result<Result<String, Fault>, _> = Inside::decode(&written);
        assert_eq!(read, Ok(loaded));
        assert_eq!(<Inside as Decoder<u8>>::decode("{}"), Err(Unreadable));
    }
}
