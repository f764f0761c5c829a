//! How something stands: a picture and words. Shape and word carry the meaning, colour only repeats it.

use leptos::prelude::*;

use super::element::{Icon, Picture};
use crate::wire::tenant::{Said, Tone};

/// The class and the picture of a tone.
pub const fn look(tone: Tone) -> (&'static str, Picture) {
    match tone {
        Tone::Ok => ("ok", Picture::Ok),
        Tone::Warn => ("warn", Picture::Warn),
        Tone::Fail => ("bad", Picture::Fail),
        Tone::Info => ("info", Picture::Info),
        Tone::Skip => ("off", Picture::Skip),
        Tone::Busy => ("now", Picture::Decides),
    }
}

/// A state in a word or two.
#[component]
pub fn StateWord(
    /// The state.
    said: Said,
) -> impl IntoView {
    let (class, picture) = look(said.tone);
    view! {
        <span class=format!("state {class}")>
            <Icon picture />
            <span>{said.words}</span>
        </span>
    }
}

/// What just happened, above the heading. The status is there from the first render, and empty while there is nothing to
/// say, so that what it says later is heard.
#[component]
pub fn Notice(
    /// What to say.
    said: Option<Said>,
) -> impl IntoView {
    let class = said.as_ref().map(|said| format!("banner {}", look(said.tone).0));
    view! {
        <output class=class>
            {said
                .map(|said| {
                    view! {
                        <Icon picture=look(said.tone).1 />
                        <span class="text">{said.words}</span>
                    }
                })}
        </output>
    }
}

#[cfg(test)]
mod tests {
    use leptos::tachys::view::RenderHtml as _;

    use super::*;

    fn said(tone: Tone) -> Said {
        Said {
            tone,
            words: "Said <here>".to_owned(),
        }
    }

    #[test]
    fn every_tone_has_a_shape_of_its_own() {
        let tones = [
            Tone::Ok,
            Tone::Warn,
            Tone::Fail,
            Tone::Info,
            Tone::Skip,
            Tone::Busy,
        ];
        let shapes = tones.map(|tone| format!("{:?}", look(tone).1));
        let different: std::collections::BTreeSet<_> = shapes.iter().collect();
        assert_eq!(different.len(), tones.len());
    }

    #[test]
    fn a_state_is_a_picture_without_a_name_and_the_words() {
        let html = Owner::new().with(|| view! { <StateWord said=said(Tone::Warn) /> }.to_html());
        assert!(html.contains(r#"class="state warn""#), "{html}");
        assert!(html.contains("#i-warn"), "{html}");
        assert!(html.contains("Said &lt;here&gt;"), "{html}");
    }

    #[test]
    fn a_status_without_words_is_there_and_empty() {
        let html = Owner::new().with(|| view! { <Notice said=None /> }.to_html());
        assert_eq!(html.replace("<!>", ""), r#"<output class=""></output>"#);
    }
}
