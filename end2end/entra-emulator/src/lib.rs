//! A local stand-in for Microsoft Entra ID and Microsoft Graph.
