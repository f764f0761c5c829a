//! How a refusal must look.

/// How a refusal must look.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// `reason` of the event.
    pub reason: &'static str,
    /// `details.check`, any of these; none is asked for when empty.
    pub checks: Vec<&'static str>,
    /// How often the token endpoint is asked.
    pub redeemed: usize,
    /// Whether the attempt is used up afterwards.
    pub spends: bool,
}

impl Refused {
    /// By a check of the ID token.
    pub(crate) fn by(check: &'static str) -> Self {
        Self::because("token_invalid", check)
    }

    /// For this reason by this check, after the code was redeemed.
    pub(crate) fn because(reason: &'static str, check: &'static str) -> Self {
        Self {
            reason,
            checks: if check.is_empty() { Vec::new() } else { vec![check] },
            redeemed: 1,
            spends: true,
        }
    }

    /// Before the code was redeemed.
    pub(crate) fn early(self) -> Self {
        Self { redeemed: 0, ..self }
    }

    /// Without using the attempt up.
    pub(crate) fn kept(self) -> Self {
        Self {
            redeemed: 0,
            spends: false,
            ..self
        }
    }
}
