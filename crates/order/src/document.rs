//! The order document: what is signed and sealed to the provider (docs/FORMATS.md).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use satchel_terms::{
    BlobName, CatalogueVersion, DeviceId, EcPublicKey, FILES_MAX, FileEntry, FirmId, INTEGER_MAX, JsonError, KeyBytes,
    OrderId, Quote, Revision, Timestamp, V1, is_inert, parse, write,
};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The most bytes of a document's payload.
pub const DOCUMENT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most fields of an order, and the most values of a row or a composed object.
const NAMES_MAX: usize = 1_000;
/// The most rows of a repeating group, and the most choices of one answer.
const ITEMS_MAX: usize = 1_000;
/// The `typ` of its JWS header.
pub const DOCUMENT_TYP: &str = "satchel-order+jws";

/// Says why a payload is no order document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Not this JSON.
    #[error("the order is not in the expected form")]
    Form(#[from] JsonError),
    /// A rule of the format is broken, by its name in docs/FORMATS.md.
    #[error("the order breaks a rule of its format: {0}")]
    Rule(&'static str),
}

/// An order as it was frozen at Submit. Signed by the device, then sealed to the provider.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderDocument {
    /// Version of the format.
    pub version: V1,
    /// Whose order it is.
    pub firm: FirmId,
    /// The order.
    pub order: OrderId,
    /// Its revision, from 1.
    pub revision: Revision,
    /// The device that signs.
    pub device: DeviceId,
    /// When the order was frozen, by the device's clock.
    pub created_at: Timestamp,
    /// The definition that says what the fields mean.
    pub catalogue: CatalogueVersion,
    /// What was filled in.
    pub fields: Fields,
    /// What it costs.
    pub quote: Quote,
    /// The attached files, those of earlier revisions that still count included.
    pub files: Vec<FileEntry>,
    /// The HPKE key for everything that comes back.
    pub reply_key: EcPublicKey,
}

impl OrderDocument {
    /// Writes the payload.
    ///
    /// # Errors
    /// [`DocumentError`] where a rule of the format is broken.
    pub fn to_payload(&self) -> Result<Vec<u8>, DocumentError> {
        let payload = write(self)?;
        // Nothing is frozen that no reader takes.
        Self::from_payload(&payload)?;
        Ok(payload)
    }

    /// Reads a payload whose signature was verified.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn from_payload(payload: &[u8]) -> Result<Self, DocumentError> {
        let document: Self = parse(payload, DOCUMENT_BYTES_MAX)?;
        document.check()?;
        Ok(document)
    }

    fn check(&self) -> Result<(), DocumentError> {
        if !self.fields.0.values().all(FieldValue::is_inert) {
            return Err(DocumentError::Rule("texts are inert"));
        }
        if self.files.len() > FILES_MAX as usize {
            return Err(DocumentError::Rule("number of files"));
        }
        let mut names = BTreeSet::new();
        let of_this_order = |name| matches!(name, BlobName::File(revision, _) if revision <= self.revision);
        if self.files.iter().all(|file| of_this_order(file.blob) && names.insert(file.blob)) {
            Ok(())
        } else {
            Err(DocumentError::Rule("blob names of the files"))
        }
    }
}

/// The most bytes of a copy: a document's compact text and the reply key.
pub const COPY_BYTES_MAX: usize = 12 * 1024 * 1024;

/// What the firm keeps of an order for its own devices, sealed under the workspace key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderCopy {
    /// Version of the format.
    pub version: V1,
    /// The compact JWS of the document, which whoever reads it verifies.
    pub document: CompactText,
    /// The private half of the document's reply key.
    pub reply_private_key: KeyBytes,
}

impl OrderCopy {
    /// Writes the copy.
    ///
    /// # Errors
    /// [`DocumentError`] where it is too large.
    pub fn to_json(&self) -> Result<Vec<u8>, DocumentError> {
        let text = write(self)?;
        if text.len() <= COPY_BYTES_MAX { Ok(text) } else { Err(DocumentError::Rule("size of the copy")) }
    }

    /// Reads a copy that was opened.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn from_json(text: &[u8]) -> Result<Self, DocumentError> {
        Ok(parse(text, COPY_BYTES_MAX)?)
    }
}

/// A compact JWS that nobody verified yet: three parts of base64url.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CompactText(String);

impl CompactText {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CompactText {
    type Error = DocumentError;

    fn try_from(text: String) -> Result<Self, DocumentError> {
        let part = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        let valid = text.split('.').count() == 3 && text.split('.').all(part);
        if valid { Ok(Self(text)) } else { Err(DocumentError::Rule("compact text")) }
    }
}

impl From<CompactText> for String {
    fn from(compact: CompactText) -> String {
        compact.0
    }
}

/// A document holds what people typed, so only the length is printed.
impl fmt::Debug for CompactText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CompactText({} bytes)", self.0.len())
    }
}

/// The values of an order by field id, `section.field`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Fields(pub BTreeMap<String, FieldValue>);

/// The value of a field. What it means is said by the catalogue.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// A text; also a date, a choice, a number with leading zeros.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A count or an amount in cents.
    Number(u64),
    /// A choice of several; never empty.
    Choices(Vec<String>),
    /// A composed kind such as an address, by part; never empty.
    Composed(BTreeMap<String, String>),
    /// The rows of a repeating group, each by the field's last part; never empty, and never rows within rows.
    Rows(Vec<BTreeMap<String, FieldValue>>),
}

impl FieldValue {
    fn is_inert(&self) -> bool {
        match self {
            Self::Text(text) => is_inert(text),
            Self::Choices(choices) => choices.iter().all(|choice| is_inert(choice)),
            Self::Composed(parts) => parts.values().all(|part| is_inert(part)),
            Self::Rows(rows) => rows.iter().flat_map(BTreeMap::values).all(Self::is_inert),
            Self::Flag(_) | Self::Number(_) => true,
        }
    }
}

/// Field values name people, so only their kind is printed.
impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Text(_) => "Text",
            Self::Flag(_) => "Flag",
            Self::Number(_) => "Number",
            Self::Choices(_) => "Choices",
            Self::Composed(_) => "Composed",
            Self::Rows(_) => "Rows",
        };
        write!(f, "{kind}(..)")
    }
}

/// Tells whether a text is a part of a field id: `a-z`, `0-9` and `_`, starting with a letter.
pub(crate) fn is_part(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_field_id(text: &str) -> bool {
    text.split_once('.').is_some_and(|(section, field)| is_part(section) && is_part(field))
}

/// Reads a map whose names are of a form and occur once.
fn named<'de, V: Deserialize<'de>, A: MapAccess<'de>>(
    mut map: A,
    is_name: fn(&str) -> bool,
) -> Result<BTreeMap<String, V>, A::Error> {
    let mut values = BTreeMap::new();
    while let Some(name) = map.next_key::<String>()? {
        if !is_name(&name) {
            return Err(de::Error::custom("a name is not in the expected form"));
        }
        if values.insert(name, map.next_value()?).is_some() {
            return Err(de::Error::custom("a name occurs twice"));
        }
        if values.len() > NAMES_MAX {
            return Err(de::Error::custom("too many names"));
        }
    }
    Ok(values)
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the fields of an order")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Fields, A::Error> {
                named(map, is_field_id).map(Fields)
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor { rows: Rows::Allowed })
    }
}

/// Whether a value may be rows: a field's own may, one within a row may not.
#[derive(Clone, Copy)]
enum Rows {
    Allowed,
    Refused,
}

struct ValueVisitor {
    rows: Rows,
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = FieldValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a field")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<FieldValue, E> {
        Ok(FieldValue::Text(text.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<FieldValue, E> {
        Ok(FieldValue::Flag(flag))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<FieldValue, E> {
        if number <= INTEGER_MAX { Ok(FieldValue::Number(number)) } else { Err(E::custom("the number is too large")) }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldValue, A::Error> {
        let parts: BTreeMap<String, String> = named(map, is_part)?;
        if parts.is_empty() { Err(de::Error::custom("an empty value")) } else { Ok(FieldValue::Composed(parts)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<FieldValue, A::Error> {
        let (mut choices, mut rows) = (Vec::new(), Vec::new());
        while let Some(item) = items.next_element()? {
            match item {
                Item::Choice(text) => choices.push(text),
                Item::Row(row) => rows.push(row),
            }
            if choices.len() + rows.len() > ITEMS_MAX {
                return Err(de::Error::custom("too many rows or choices"));
            }
        }
        match (choices.is_empty(), rows.is_empty(), self.rows) {
            (false, true, _) => Ok(FieldValue::Choices(choices)),
            (true, false, Rows::Allowed) => Ok(FieldValue::Rows(rows)),
            _ => Err(de::Error::custom("an array is of texts, or of rows, and not empty")),
        }
    }
}

/// What an array can hold.
enum Item {
    Choice(String),
    Row(BTreeMap<String, FieldValue>),
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemVisitor;
        impl<'de> Visitor<'de> for ItemVisitor {
            type Value = Item;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a row")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Item, E> {
                Ok(Item::Choice(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
                let row: BTreeMap<String, InRow> = named(map, is_part)?;
                if row.is_empty() {
                    return Err(de::Error::custom("an empty row"));
                }
                Ok(Item::Row(row.into_iter().map(|(name, InRow(value))| (name, value)).collect()))
            }
        }
        deserializer.deserialize_any(ItemVisitor)
    }
}

/// A value within a row, which is anything but rows.
struct InRow(FieldValue);

impl<'de> Deserialize<'de> for InRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor { rows: Rows::Refused }).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Result<Fields, JsonError> {
        parse(json.as_bytes(), DOCUMENT_BYTES_MAX)
    }

    #[test]
    fn values_of_every_kind_read_as_they_are_written() {
        let json = concat!(
            r#"{"case.parties":[{"name":"Maria Delgado","roles":["plaintiff","cross_defendant"]},{"name":"Northline"}],"#,
            r#""money.advance":2500,"scope.kinds":["medical","billing"],"scope.rush":true,"#,
            r#""subject.address":{"city":"Los Angeles","line1":"12 Alder St"},"subject.ssn":"000-00-0000"}"#,
        );
        let fields = fields(json).expect("fields");
        assert_eq!(serde_json::to_string(&fields).expect("writes"), json);
    }

    #[test]
    fn nothing_else_is_a_value() {
        for json in [
            r#"{"a.b":null}"#,
            r#"{"a.b":1.5}"#,
            r#"{"a.b":-1}"#,
            r#"{"a.b":9007199254740992}"#,
            r#"{"a.b":[]}"#,
            r#"{"a.b":{}}"#,
            r#"{"a.b":[{}]}"#,
            r#"{"a.b":["x",{"y":"z"}]}"#,
            r#"{"a.b":[{"c":[{"d":"e"}]}]}"#,
            r#"{"a.b":{"c":{"d":"e"}}}"#,
            r#"{"a.b":{"c":1}}"#,
            r#"{"a.b":"1","a.b":"2"}"#,
            r#"{"a.b":[{"c":"1","c":"2"}]}"#,
            r#"{"ab":"1"}"#,
            r#"{"a.b.c":"1"}"#,
            r#"{"A.b":"1"}"#,
            r#"{"a.1b":"1"}"#,
        ] {
            assert!(fields(json).is_err(), "{json}");
        }
        assert!(fields(r#"{"a.b":9007199254740991}"#).is_ok());
    }

    #[test]
    fn values_are_not_printed() {
        let fields = fields(r#"{"subject.name":"Maria Delgado"}"#).expect("fields");
        assert!(!format!("{fields:?}").contains("Delgado"));
    }
}
