//! JSON of tokens, read without forgiveness.
//!
//! A member that comes twice means two things to two readers, so it is refused; among the claims also when two names
//! differ only by case or by letters that fold to the same (`sub` and `ſub`). A claim of the wrong type is kept apart
//! from an absent one: libraries that mixed them up let expired tokens in (CVE-2026-25537).

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value in which no object holds a member twice.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number that is no whole number of 64 bits.
    Fraction,
    Text(String),
    List(Vec<Self>),
    Object(HashMap<String, Self>),
}

/// One member as a check sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim<T> {
    Absent,
    /// There, but not of the type that the protocol says.
    Wrong,
    Is(T),
}

impl<T> Claim<T> {
    /// The value, when it is there and of the right type.
    pub(super) fn value(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Wrong => None,
        }
    }

    /// Whether the member is absent, or right and fulfils the condition.
    pub(super) fn absent_or(self, condition: impl FnOnce(T) -> bool) -> bool {
        match self {
            Self::Absent => true,
            Self::Wrong => false,
            Self::Is(value) => condition(value),
        }
    }

    /// Whether the member is there, right, and fulfils the condition.
    pub(super) fn present_and(self, condition: impl FnOnce(T) -> bool) -> bool {
        self.value().is_some_and(condition)
    }

    /// Whether the member is absent.
    pub(super) const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// The members of a token's header or payload.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Members(HashMap<String, Json>);

impl Members {
    /// Reads an object; `None` for anything that is not exactly one object in UTF-8 with each member once.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        // Skipped strings are not looked at by the JSON reader, so the whole text is checked first.
        let text = std::str::from_utf8(bytes).ok()?;
        let Json::Object(members) = serde_json::from_str(text).ok()? else {
            return None;
        };
        let names: HashSet<_> = members.keys().map(|name| folded(name)).collect();
        (names.len() == members.len()).then_some(Self(members))
    }

    /// The member as it stands there.
    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Claim<&str> {
        match self.get(name) {
            None => Claim::Absent,
            Some(Json::Text(text)) => Claim::Is(text),
            Some(_) => Claim::Wrong,
        }
    }

    /// A whole number, such as every `NumericDate` that Microsoft writes.
    pub(super) fn number(&self, name: &str) -> Claim<i64> {
        match self.get(name) {
            None => Claim::Absent,
            Some(Json::Integer(number)) => Claim::Is(*number),
            Some(_) => Claim::Wrong,
        }
    }

    /// The names of all members.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// The name as a careless reader would take it.
fn folded(name: &str) -> String {
    if name.is_ascii() {
        name.to_ascii_lowercase()
    } else {
        name.to_uppercase().to_lowercase()
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON without repeated members")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or(Json::Fraction, Json::Integer))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Fraction)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = HashMap::new();
        while let Some((name, value)) = members.next_entry::<String, Json>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member comes twice"));
            }
        }
        Ok(Json::Object(object))
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}
