//! What a record of the vault is: a JSON object without nulls, under an id.

use std::fmt;
use std::io;

use rand_core::CryptoRng;
use satchel_seal::RECORD_BYTES_MIN;
use satchel_terms::{DeviceId, FirmId, OrderId};
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::{Zeroize as _, Zeroizing};

use crate::journal::RECORD_BYTES_MAX;

/// The most bytes of a record's JSON.
pub const PLAINTEXT_BYTES_MAX: usize = RECORD_BYTES_MAX - RECORD_BYTES_MIN;
/// How deep objects and arrays of a record may stand within each other, itself included.
pub const DEPTH_MAX: usize = 64;

/// Names a record within its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 16]);

impl RecordId {
    /// The record that the vault keeps of itself, among the settings.
    pub(crate) const VAULT: Self = Self([0; 16]);

    /// Makes a new one from 128 random bits.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Takes the id of a record of which there is only one, such as a setting: random bytes written into the source once.
    /// Sixteen zeros are the vault's own.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Writes 32 lower-case hexadecimal digits.
impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<OrderId> for RecordId {
    fn from(id: OrderId) -> Self {
        Self(*id.as_bytes())
    }
}

impl From<FirmId> for RecordId {
    fn from(id: FirmId) -> Self {
        Self(*id.as_bytes())
    }
}

impl From<DeviceId> for RecordId {
    fn from(id: DeviceId) -> Self {
        Self(*id.as_bytes())
    }
}

/// Says what a record must not be. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordRuleError {
    /// Not a JSON object.
    #[error("a record of the vault is a JSON object")]
    NotAnObject,
    /// A null, which in a change means that a member is taken away.
    #[error("a record of the vault holds no null")]
    HoldsNull,
    /// Deeper than [`DEPTH_MAX`].
    #[error("a record of the vault is at most {DEPTH_MAX} levels deep")]
    TooDeep,
    /// Longer than [`PLAINTEXT_BYTES_MAX`].
    #[error("this is larger than the vault can hold in one piece")]
    TooLong,
    /// The place of the vault's own record.
    #[error("this place in the vault is its own")]
    Reserved,
}

/// What a record holds. Overwritten when dropped, as far as its texts go; numbers and names of members of a replaced value are
/// overwritten too, what the allocator moved is not.
#[derive(Clone)]
pub(crate) struct Object(Value);

impl Object {
    /// Takes what is to be stored.
    pub(crate) fn of(value: &impl Serialize) -> Result<Self, RecordRuleError> {
        let object = Self(serde_json::to_value(value).map_err(|_| RecordRuleError::NotAnObject)?);
        if !object.0.is_object() {
            return Err(RecordRuleError::NotAnObject);
        }
        check(&object.0, 1, Nulls::Refused)?;
        Ok(object)
    }

    /// Takes what is to change: a JSON merge patch (RFC 7396), in which a null takes a member away.
    pub(crate) fn of_patch(patch: &Value) -> Result<Self, RecordRuleError> {
        if !patch.is_object() {
            return Err(RecordRuleError::NotAnObject);
        }
        check(patch, 1, Nulls::TakeAway)?;
        Ok(Self(patch.clone()))
    }

    /// Reads what was stored; nothing where it is no object.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let object = Self(serde_json::from_slice(bytes).ok()?);
        object.0.is_object().then_some(object)
    }

    /// Reads what came from outside, and asks of it what is asked of everything that is stored.
    pub(crate) fn from_outside(bytes: &[u8]) -> Result<Self, RecordRuleError> {
        let object = Self::from_bytes(bytes).ok_or(RecordRuleError::NotAnObject)?;
        check(&object.0, 1, Nulls::Refused)?;
        Ok(object)
    }

    /// Returns what is stored.
    pub(crate) const fn value(&self) -> &Value {
        &self.0
    }

    /// Lets what is stored be changed.
    pub(crate) const fn value_mut(&mut self) -> &mut Value {
        &mut self.0
    }

    /// Returns a text of the object itself.
    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.0.get(member)?.as_str()
    }

    /// Returns a whole number of the object itself.
    pub(crate) fn number(&self, member: &str) -> Option<u64> {
        self.0.get(member)?.as_u64()
    }

    /// Applies a merge patch.
    pub(crate) fn merge(&mut self, mut patch: Self) {
        merge(&mut self.0, patch.0.take());
    }

    /// Writes the JSON.
    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, RecordRuleError> {
        let mut bytes = WipedBuffer(Zeroizing::new(Vec::new()));
        serde_json::to_writer(&mut bytes, &self.0).map_err(|_| RecordRuleError::TooLong)?;
        Ok(bytes.0)
    }
}

/// What is stored is not shown.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Object(..)")
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        wipe(self.0.take());
    }
}

#[derive(Clone, Copy)]
enum Nulls {
    Refused,
    TakeAway,
}

fn check(value: &Value, depth: usize, nulls: Nulls) -> Result<(), RecordRuleError> {
    if depth > DEPTH_MAX {
        return Err(RecordRuleError::TooDeep);
    }
    match value {
        Value::Null => Err(RecordRuleError::HoldsNull),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        // In an array a merge patch keeps nulls, and they would be stored.
        Value::Array(values) => values.iter().try_for_each(|value| check(value, depth + 1, Nulls::Refused)),
        Value::Object(members) => members.values().try_for_each(|value| match (value, nulls) {
            (Value::Null, Nulls::TakeAway) => Ok(()),
            _ => check(value, depth + 1, nulls),
        }),
    }
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(changes) = patch else {
        return wipe(std::mem::replace(target, patch));
    };
    if !target.is_object() {
        wipe(std::mem::replace(target, Value::Object(Map::new())));
    }
    let Some(members) = target.as_object_mut() else { return };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(&name).into_iter().for_each(wipe);
        } else {
            merge(members.entry(name).or_insert(Value::Null), change);
        }
    }
}

fn wipe(value: Value) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(mut text) => text.zeroize(),
        Value::Array(values) => values.into_iter().for_each(wipe),
        Value::Object(members) => {
            for (mut name, value) in members {
                name.zeroize();
                wipe(value);
            }
        }
    }
}

/// A buffer that overwrites what it leaves behind when it grows, and does not grow beyond a record.
struct WipedBuffer(Zeroizing<Vec<u8>>);

impl io::Write for WipedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + bytes.len();
        if needed > PLAINTEXT_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(1024).next_power_of_two()));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The cases of RFC 7396, appendix A, whose target is an object and whose patch is one without nulls in arrays.
    #[test]
    fn merges_as_the_rfc_says() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut object = Object::of(&target).expect("an object");
            object.merge(Object::of_patch(&patch).expect("a patch"));
            assert_eq!(object.0, result, "{target} {patch}");
        }
    }

    fn nested(depth: usize) -> Value {
        (1..depth).fold(json!({}), |value, _| json!({ "a": value }))
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for (value, expected) in [
            (json!({"a": [{"b": 1}], "c": ""}), Ok(())),
            (json!("text"), Err(RecordRuleError::NotAnObject)),
            (json!([]), Err(RecordRuleError::NotAnObject)),
            (json!(null), Err(RecordRuleError::NotAnObject)),
            (json!({"a": null}), Err(RecordRuleError::HoldsNull)),
            (json!({"a": [null]}), Err(RecordRuleError::HoldsNull)),
            (nested(DEPTH_MAX), Ok(())),
            (nested(DEPTH_MAX + 1), Err(RecordRuleError::TooDeep)),
        ] {
            assert_eq!(Object::of(&value).map(|_| ()), expected, "{value}");
        }
        for (patch, expected) in [
            (json!({"a": null, "b": {"c": null}}), Ok(())),
            (json!({"a": [null]}), Err(RecordRuleError::HoldsNull)),
            (json!({"a": [{"b": null}]}), Err(RecordRuleError::HoldsNull)),
            (json!(1), Err(RecordRuleError::NotAnObject)),
            (nested(DEPTH_MAX + 1), Err(RecordRuleError::TooDeep)),
        ] {
            assert_eq!(Object::of_patch(&patch).map(|_| ()), expected, "{patch}");
        }
    }

    #[test]
    fn the_longest_record_and_one_past_it() {
        let around = r#"{"a":""}"#.len();
        let of_length = |length: usize| json!({ "a": "x".repeat(length - around) });
        let written = |length| Object::of(&of_length(length)).expect("an object").to_bytes().map(|bytes| bytes.len());
        assert_eq!(written(PLAINTEXT_BYTES_MAX), Ok(PLAINTEXT_BYTES_MAX));
        assert_eq!(written(PLAINTEXT_BYTES_MAX + 1), Err(RecordRuleError::TooLong));
    }
}
