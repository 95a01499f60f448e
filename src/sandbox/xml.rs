//! XML answers of the `ec2` and `query` protocols as a small tree.

/// An element: a name, and either text or children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    name: String,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Text(String),
    Children(Vec<Element>),
}

/// An element as a document of its own.
#[must_use]
pub fn document(root: &Element) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    root.write(&mut text);
    text
}

/// Text as it stands between tags.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            other => out.push(other),
        }
    }
}

impl Element {
    /// An element with text.
    pub fn text(name: impl Into<String>, text: impl ToString) -> Self {
        Self {
            name: name.into(),
            content: Content::Text(text.to_string()),
        }
    }

    /// An element with children.
    pub fn parent(name: impl Into<String>, children: Vec<Element>) -> Self {
        Self {
            name: name.into(),
            content: Content::Children(children),
        }
    }

    /// A list: `<name><item>…</item></name>` with `item` as the items' element name.
    pub fn list(name: impl Into<String>, item: &str, items: Vec<Vec<Element>>) -> Self {
        Self::parent(
            name,
            items
                .into_iter()
                .map(|children| Self::parent(item, children))
                .collect(),
        )
    }

    /// A list of texts.
    pub fn texts<T: ToString>(
        name: impl Into<String>,
        item: &str,
        items: impl IntoIterator<Item = T>,
    ) -> Self {
        Self::parent(
            name,
            items
                .into_iter()
                .map(|text| Self::text(item, text))
                .collect(),
        )
    }

    /// Writes it out.
    pub fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        out.push('>');
        match &self.content {
            Content::Text(text) => escape(text, out),
            Content::Children(children) => children.iter().for_each(|child| child.write(out)),
        }
        out.push_str("</");
        // The name may carry attributes (`x xmlns="…"`), the end tag may not.
        out.push_str(self.name.split(' ').next().unwrap_or_default());
        out.push('>');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_its_element() {
        let element = Element::text("Name", "a<b>&\"c'");
        assert_eq!(
            document(&element).lines().last(),
            Some("<Name>a&lt;b&gt;&amp;&quot;c&apos;</Name>")
        );
    }
}
