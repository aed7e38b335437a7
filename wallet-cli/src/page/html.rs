//! HTML that is escaped by construction ([HTML §13.3](https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments)): names of
//! elements and attributes are ours, every text and value goes through [`escape`].

/// A piece of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

/// An element that is being written.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    name: &'static str,
    attributes: String,
    content: String,
}

/// Elements without content and without an end tag.
const VOID: [&str; 4] = ["meta", "link", "input", "br"];

/// Begins an element.
pub(crate) fn el(name: &'static str) -> Element {
    Element { name, attributes: String::new(), content: String::new() }
}

/// A text.
pub(crate) fn text(text: &str) -> Html {
    Html(escape(text))
}

/// Nothing.
pub(crate) fn nothing() -> Html {
    Html::default()
}

impl Html {
    /// The markup.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Element {
    /// Adds an attribute.
    pub(crate) fn attr(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.attributes.push(' ');
        self.attributes.push_str(name);
        self.attributes.push_str("=\"");
        self.attributes.push_str(&escape(value.as_ref()));
        self.attributes.push('"');
        self
    }

    /// Adds an attribute where there is a value for it.
    pub(crate) fn attr_if(self, name: &'static str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Adds an attribute that is there or not.
    pub(crate) fn flag(self, name: &'static str, on: bool) -> Self {
        if on { self.attr(name, "") } else { self }
    }

    /// Adds a class.
    pub(crate) fn class(self, class: &'static str) -> Self {
        self.attr("class", class)
    }

    /// Adds a text.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.content.push_str(&escape(text));
        self
    }

    /// Adds what was written before.
    pub(crate) fn with(mut self, child: impl Into<Html>) -> Self {
        self.content.push_str(&child.into().0);
        self
    }

    /// Adds several.
    pub(crate) fn all<H: Into<Html>>(mut self, children: impl IntoIterator<Item = H>) -> Self {
        for child in children {
            self.content.push_str(&child.into().0);
        }
        self
    }

    /// Adds the style sheet, which is ours and holds nothing that ends the element.
    pub(crate) fn style(mut self, sheet: &'static str) -> Self {
        self.content.push_str(sheet);
        self
    }
}

impl From<Element> for Html {
    fn from(element: Element) -> Self {
        let Element { name, attributes, content } = element;
        if VOID.contains(&name) {
            return Self(format!("<{name}{attributes}>"));
        }
        // A parser drops the first line end of a textarea: this one, rather than one that somebody typed.
        let first = if name == "textarea" { "\n" } else { "" };
        Self(format!("<{name}{attributes}>{first}{content}</{name}>"))
    }
}

/// The text with everything escaped that could end a text or a quoted value.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // A parser would make U+FFFD of it, or worse.
            '\0' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_and_no_value_becomes_markup() {
        let hostile = "\"><script>alert(1)</script>&lt;'\0";
        let page = Html::from(el("p").attr("title", hostile).text(hostile));
        let escaped = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;lt;&#39;\u{fffd}";
        assert_eq!(page.as_str(), format!("<p title=\"{escaped}\">{escaped}</p>"));
    }

    #[test]
    fn a_textarea_keeps_the_first_line_end_that_was_typed() {
        assert_eq!(
            Html::from(el("textarea").text("\na</textarea>")).as_str(),
            "<textarea>\n\na&lt;/textarea&gt;</textarea>"
        );
    }

    #[test]
    fn a_void_element_has_no_end() {
        assert_eq!(
            Html::from(el("input").flag("checked", true).flag("disabled", false)).as_str(),
            "<input checked=\"\">"
        );
    }
}
