//! Microsoft Entra ID: the team's tenant, whether it works, which step of the connection fails, and the exact fix.
//!
//! The server says all that was found out, and draws it ([`super::drawn`] shows it).

pub mod drawn;
pub mod failures;
pub mod regions;
pub mod settings;
pub mod test;

#[cfg(test)]
mod tests;
