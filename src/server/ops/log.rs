//! The log: one event, one line, in one of two forms, on standard error.
//!
//! Both forms are written here and not by a ready-made formatter, for two promises that none of them makes. The fields
//! of the request's span (its reference, its route) stand on every line of that request, flat, whatever `RUST_LOG`
//! says. And no value can end a line or begin another one: every control character, the terminal's own and those that
//! turn the direction of text are escaped, wherever they came from (a directory's display name, a header, an error of
//! somebody else's program).

use std::{
    error::Error,
    fmt,
    fmt::Write as _,
    io::{IsTerminal as _, Write as _},
    sync::Arc,
};

use serde_json::Value;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt as _, LevelFilter, filter_fn},
    layer::{Context, Filter, SubscriberExt as _},
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use super::traces::Traces;
use crate::{
    config::{LogFormat, Observe},
    domain::id::Ids,
};

/// Where lines go: each one whole, its line end included.
type Sink = Arc<dyn Fn(&[u8]) + Send + Sync>;

/// Standard error. A log that cannot be written must not stop a request.
fn standard_error() -> Sink {
    Arc::new(|line| drop(std::io::stderr().lock().write_all(line)))
}

/// What `RUST_LOG` lets through, and always our own spans: a line that is let through has its request's fields.
fn filter<S>(directives: &str) -> impl Filter<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    EnvFilter::try_new(directives)
        .unwrap_or_else(|_| EnvFilter::new("info"))
        .or(filter_fn(is_own_span).with_max_level_hint(LevelFilter::INFO))
}

/// Whether it is a span of this program, and none of a library.
pub(super) fn is_own_span(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    metadata.is_span()
        && *metadata.level() <= Level::INFO
        && (target == "sonicsaas" || target.starts_with("sonicsaas::"))
}

/// Starts the log, and hands spans to `traces` where there are any. A panic becomes a line as well. A second start in one
/// process changes nothing.
pub fn start(observe: &Observe, ids: Ids, traces: Option<&Traces>) {
    let colour = observe.log_format == LogFormat::Text && std::io::stderr().is_terminal();
    let lines = Lines::new(observe.log_format, colour, ids, standard_error());
    let subscriber = tracing_subscriber::registry()
        .with(lines.with_filter(filter(&observe.log_filter)))
        .with(traces.map(Traces::layer));
    if subscriber.try_init().is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            let said = panic.payload_as_str().unwrap_or_default();
            tracing::error!(place, said, "panicked");
        }));
    }
}

/// Writes events as lines.
struct Lines {
    format: LogFormat,
    colour: bool,
    ids: Ids,
    sink: Sink,
}

impl Lines {
    fn new(format: LogFormat, colour: bool, ids: Ids, sink: Sink) -> Self {
        Self {
            format,
            colour,
            ids,
            sink,
        }
    }
}

impl<S> Layer<S> for Lines
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context
            .event_scope(event)
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .iter()
            .rev()
        {
            if let Some(of_span) = span.extensions().get::<Fields>() {
                fields.extend(of_span);
            }
        }
        event.record(&mut fields);
        let metadata = event.metadata();
        let target = fields
            .target
            .take()
            .unwrap_or_else(|| metadata.target().to_owned());
        let line = Line {
            at: moment(&self.ids),
            level: *metadata.level(),
            target: &target,
            fields: &fields,
        };
        let text = match self.format {
            LogFormat::Json => line.json(),
            LogFormat::Text => line.text(self.colour),
        };
        (self.sink)(text.as_bytes());
    }
}

/// RFC 3339 in UTC, to the microsecond.
fn moment(ids: &Ids) -> String {
    let now = ids.now();
    let seconds = now.to_string();
    let micros = now.as_micros().rem_euclid(1_000_000);
    format!("{}.{micros:06}Z", seconds.trim_end_matches('Z'))
}

/// Names and values in the order of their appearance, each name once.
#[derive(Clone, Debug, Default)]
struct Fields {
    message: String,
    target: Option<String>,
    others: Vec<(&'static str, Value)>,
}

impl Fields {
    fn extend(&mut self, outer: &Self) {
        for (name, value) in &outer.others {
            self.set(name, value.clone());
        }
    }

    /// The inner span's value wins, and the event's over all.
    fn set(&mut self, name: &'static str, value: Value) {
        // In the log by their short names; to the collector by those of OpenTelemetry's conventions.
        let name = match name {
            "http.request.method" => "method",
            "http.route" => "route",
            "http.response.status_code" => "status",
            // What every line has already, and a library's field must not replace.
            "timestamp" => "field.timestamp",
            "level" => "field.level",
            "target" => "field.target",
            name => name,
        };
        match self.others.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.others.push((name, value)),
        }
    }

    fn record(&mut self, field: &Field, value: Value) {
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        match field.name() {
            "message" => self.message = text(value),
            // A record of the older `log` crate, which comes with its target as a field.
            "log.target" => self.target = Some(text(value)),
            name if name.starts_with("log.") || name.starts_with("otel.") => {}
            name => self.set(name, value),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record(field, Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.record(field, Value::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.record(field, Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.record(field, Value::from(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.record(field, Value::from(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            // Writing into a string cannot fail.
            let _ = write!(text, ": {error}");
            cause = error.source();
        }
        self.record(field, Value::String(text));
    }
}

/// One event, ready to be written.
struct Line<'event> {
    at: String,
    level: Level,
    target: &'event str,
    fields: &'event Fields,
}

impl Line<'_> {
    fn json(&self) -> String {
        let mut line = String::with_capacity(256);
        let mut put = |separator: char, name: &str, value: &Value| {
            line.push(separator);
            push_escaped(&mut line, &Value::from(name).to_string(), Escape::Json);
            line.push(':');
            push_escaped(&mut line, &value.to_string(), Escape::Json);
        };
        put('{', "timestamp", &Value::from(self.at.as_str()));
        put(',', "level", &Value::from(self.level.as_str()));
        put(',', "target", &Value::from(self.target));
        put(',', "message", &Value::from(self.fields.message.as_str()));
        for (name, value) in &self.fields.others {
            put(',', name, value);
        }
        line.push_str("}\n");
        line
    }

    fn text(&self, colour: bool) -> String {
        let mut line = String::with_capacity(256);
        let (before, after) = if colour {
            (colour_of(self.level), "\x1b[0m")
        } else {
            ("", "")
        };
        // Writing into a string cannot fail.
        let _ = write!(line, "{} {before}{:>5}{after} ", self.at, self.level.as_str());
        push_escaped(&mut line, self.target, Escape::Text);
        line.push_str(": ");
        push_escaped(&mut line, &self.fields.message, Escape::Text);
        for (name, value) in &self.fields.others {
            line.push(' ');
            push_escaped(&mut line, name, Escape::Text);
            line.push('=');
            match value {
                Value::String(text) if is_word(text) => line.push_str(text),
                Value::String(text) => {
                    line.push('"');
                    push_escaped(
                        &mut line,
                        &text.replace('\\', "\\\\").replace('"', "\\\""),
                        Escape::Text,
                    );
                    line.push('"');
                }
                other => line.push_str(&other.to_string()),
            }
        }
        line.push('\n');
        line
    }
}

/// Whether the value needs no quotes to be told from what follows it.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:+@{}*%~,;()".contains(&byte))
}

#[derive(Clone, Copy)]
enum Escape {
    Json,
    Text,
}

/// Adds `text` without anything that a terminal, an editor or a line-wise reader would act on.
fn push_escaped(line: &mut String, text: &str, escape: Escape) {
    for letter in text.chars() {
        let code = u32::from(letter);
        // Writing into a string cannot fail.
        let _ = match (escape, letter) {
            _ if !acts(letter) => {
                line.push(letter);
                Ok(())
            }
            (Escape::Text, '\n') => line.write_str("\\n"),
            (Escape::Text, '\r') => line.write_str("\\r"),
            (Escape::Text, '\t') => line.write_str("\\t"),
            (Escape::Text, _) => write!(line, "\\u{{{code:x}}}"),
            (Escape::Json, _) => write!(line, "\\u{code:04x}"),
        };
    }
}

/// Control characters (C0, DEL, C1), Unicode's own line ends, and the marks that turn the direction of what follows.
fn acts(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn colour_of(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        _ => "\x1b[2m",
    }
}

#[cfg(test)]
mod tests;
