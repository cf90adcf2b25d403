//! Whatever is done to a vault, it answers as a map would.

use std::collections::BTreeMap;

use proptest::prelude::*;
use satchel_store::{CACHED_DELTAS_MIN, RecordId, Summarize, Table, Vault, WriteError};
use serde_json::{Map, Value, json};

use crate::support::Desk;

#[derive(Debug, Clone)]
enum Step {
    Put(Table, u8, Value),
    Change(Table, u8, Value),
    Delete(Table, u8),
    Reopen,
    ReopenWithoutCache,
    Snapshot,
    Compact,
}

fn object(leaf: impl Strategy<Value = Value> + Clone + 'static) -> impl Strategy<Value = Value> {
    let value = leaf.prop_recursive(2, 8, 3, |inner| {
        prop::collection::btree_map("[a-c]", inner, 0..3)
            .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
    });
    prop::collection::btree_map("[a-d]", value, 0..4)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

fn leaf() -> impl Strategy<Value = Value> + Clone {
    prop_oneof![any::<i64>().prop_map(Value::from), ".{0,20}".prop_map(Value::from), Just(json!([1, {"a": "b"}]))]
}

fn step() -> impl Strategy<Value = Step> {
    let table = || prop::sample::select(vec![Table::Drafts, Table::Settings]);
    let id = || 1..5_u8;
    let patch = object(prop_oneof![3 => leaf(), 2 => Just(Value::Null)]);
    prop_oneof![
        4 => (table(), id(), object(leaf())).prop_map(|(table, id, value)| Step::Put(table, id, value)),
        8 => (table(), id(), patch).prop_map(|(table, id, value)| Step::Change(table, id, value)),
        2 => (table(), id()).prop_map(|(table, id)| Step::Delete(table, id)),
        1 => Just(Step::Reopen),
        1 => Just(Step::ReopenWithoutCache),
        2 => Just(Step::Snapshot),
        1 => Just(Step::Compact),
    ]
}

type Model = BTreeMap<(Table, u8), Value>;

/// RFC 7396, section 2, written down once more for the model.
fn patched(target: Option<Value>, patch: &Value) -> Value {
    let Value::Object(changes) = patch else { return patch.clone() };
    let mut members = target.and_then(|value| value.as_object().cloned()).unwrap_or_default();
    for (name, change) in changes {
        let before = members.remove(name);
        if !change.is_null() {
            members.insert(name.clone(), patched(before, change));
        }
    }
    Value::Object(members)
}

fn id(number: u8) -> RecordId {
    RecordId::from_bytes([number; 16])
}

/// Shows of a draft how many members it has, and its text.
struct Shown;

fn summary(value: &Value) -> Vec<u8> {
    format!("{} {value}", value.as_object().map_or(0, Map::len)).into_bytes()
}

impl Summarize for Shown {
    fn version(&self) -> u64 {
        1
    }

    fn shows(&self, table: Table) -> bool {
        table == Table::Drafts
    }

    fn summary(&self, _: Table, _: RecordId, json: &[u8]) -> Option<Vec<u8>> {
        Some(summary(&serde_json::from_slice(json).ok()?))
    }
}

fn compare(vault: &mut Vault, model: &Model) -> anyhow::Result<()> {
    for table in [Table::Drafts, Table::Settings] {
        let expected: Vec<_> = model
            .iter()
            .filter(|((of, _), _)| *of == table)
            .map(|((_, number), value)| (id(*number), value.clone()))
            .collect();
        let found: Vec<(RecordId, Value)> =
            vault.read_all(table).into_iter().map(|(id, value)| Ok((id, value?))).collect::<anyhow::Result<_>>()?;
        anyhow::ensure!(found == expected, "{table:?}: {found:?}, expected {expected:?}");
    }
    let summaries: Vec<_> = vault.summaries(Table::Drafts).map(|(id, bytes)| (id, bytes.to_vec())).collect();
    let drafts = model.iter().filter(|((table, _), _)| *table == Table::Drafts);
    let expected: Vec<_> = drafts.map(|((_, number), value)| (id(*number), summary(value))).collect();
    anyhow::ensure!(summaries == expected, "{summaries:?}, expected {expected:?}");
    anyhow::ensure!(vault.summaries(Table::Settings).next().is_none(), "no list shows settings");
    Ok(())
}

fn run(steps: &[Step]) -> anyhow::Result<()> {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    vault.summarize(Shown);
    let mut model = Model::new();
    for step in steps {
        match step {
            Step::Put(table, number, value) => {
                vault.put(*table, id(*number), value)?;
                model.insert((*table, *number), value.clone());
            }
            Step::Change(table, number, patch) => match (model.get(&(*table, *number)).cloned(), patch) {
                (Some(value), patch) => {
                    // A patch that is applied again changes nothing. Some records are changed until the cache holds them.
                    for _ in 0..if number % 2 == 0 { CACHED_DELTAS_MIN } else { 1 } {
                        vault.change(*table, id(*number), patch)?;
                    }
                    model.insert((*table, *number), patched(Some(value), patch));
                }
                (None, patch) => {
                    let refused = vault.change(*table, id(*number), patch);
                    anyhow::ensure!(matches!(refused, Err(WriteError::Missing)), "{refused:?}");
                }
            },
            Step::Delete(table, number) => {
                let there = vault.delete(*table, id(*number))?;
                anyhow::ensure!(there == model.remove(&(*table, *number)).is_some());
            }
            Step::Compact => vault.compact()?,
            Step::Reopen | Step::ReopenWithoutCache => {
                drop(vault);
                if matches!(step, Step::ReopenWithoutCache) {
                    std::fs::remove_dir_all(desk.folder().join("cache"))?;
                }
                vault = desk.open()?;
                vault.summarize(Shown);
            }
            Step::Snapshot => vault.keep_snapshot()?,
        }
        compare(&mut vault, &model)?;
    }
    drop(vault);
    let mut vault = desk.open()?;
    vault.summarize(Shown);
    compare(&mut vault, &model)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_vault_answers_as_a_map_would(steps in prop::collection::vec(step(), 1..40)) {
        if let Err(error) = run(&steps) {
            prop_assert!(false, "{error:#}");
        }
    }
}
