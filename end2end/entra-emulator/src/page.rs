//! The pages people see: one frame, no script, nothing from elsewhere.
//!
//! Every page says that this is an emulator, so that nobody takes it for Microsoft's or types a password into it.
//! All text from the directory goes through [`escape`].

pub(crate) mod consent;
pub(crate) mod picker;
pub(crate) mod signed_out;
pub(crate) mod trouble;

const STYLE: &str = include_str!("../assets/page.css");

/// Text made safe for HTML text and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The frame around a page's main part.
pub(crate) fn document(title: &str, main: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<header class="banner"><p><strong>Local emulator of Microsoft Entra ID.</strong> For demos and tests: nobody here is real, and no password is asked.</p></header>
<main>
{main}
</main>
</body>
</html>
"#,
        title = escape(title),
    )
}

/// Hidden inputs of a form.
pub(crate) fn hidden(fields: &[(&str, &str)]) -> String {
    let input = |(name, value): &(&str, &str)| {
        format!(
            r#"<input type="hidden" name="{}" value="{}">"#,
            escape(name),
            escape(value)
        )
    };
    fields.iter().map(input).collect()
}

/// The page of `response_mode=form_post`, as Entra writes it: it posts itself, or asks for a click without script.
pub(crate) fn form_post(action: &str, parameters: &[(String, String)]) -> String {
    let fields = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect::<Vec<_>>();
    format!(
        r#"<html><head><title>Working...</title></head><body><form method="POST" name="hiddenform" action="{}">{}<noscript><p>Script is disabled. Click Submit to continue.</p><input type="submit" value="Submit"></noscript></form><script language="javascript">document.forms[0].submit();</script></body></html>"#,
        escape(action),
        hidden(&fields),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_from_the_directory_becomes_markup() {
        assert_eq!(
            super::escape(r#"<b a="1">&'"#),
            "&lt;b a=&quot;1&quot;&gt;&amp;&#39;"
        );
    }
}
