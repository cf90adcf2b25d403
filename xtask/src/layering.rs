//! The edges between packages, written once, and the tests that hold them.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use crate::command::root;

/// What each package of ours may use of ours. Every package may use `satchel-terms`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("satchel-terms", &[]),
    ("satchel-order", &[]),
    ("satchel-sign", &[]),
    ("satchel-seal", &[]),
    ("satchel-wire", &["satchel-order", "satchel-sign"]),
    ("satchel-store", &["satchel-seal"]),
    ("satchel-sync", &["satchel-wire", "satchel-sign"]),
    ("satchel-cloud", &["satchel-wire"]),
    ("satchel-server", &["satchel-order", "satchel-wire", "satchel-sign", "satchel-cloud"]),
    ("satchel-intake", &["satchel-order", "satchel-wire", "satchel-sign", "satchel-seal", "satchel-cloud"]),
    (
        "satchel-practice",
        &[
            "satchel-order",
            "satchel-wire",
            "satchel-sign",
            "satchel-seal",
            "satchel-cloud",
            "satchel-server",
            "satchel-intake",
        ],
    ),
    ("satchel", &["satchel-order", "satchel-wire", "satchel-sign", "satchel-seal", "satchel-store", "satchel-sync"]),
    ("xtask", &[]),
];

/// Libraries that one or two packages alone may name; deny.toml says the same of whole graphs.
const UNDER: &[(&str, &[&str])] = &[
    ("aes-gcm", &["satchel-seal"]),
    ("argon2", &["satchel-seal"]),
    ("bip39", &["satchel-seal"]),
    ("hpke", &["satchel-seal"]),
    ("rsa", &["satchel-seal"]),
    ("ammonia", &["satchel-order"]),
    ("axum", &["satchel-server", "satchel-practice"]),
    ("keyring", &["satchel-store"]),
    ("keyring-core", &["satchel-store"]),
    ("secret-service", &["satchel-store"]),
    ("sled", &["satchel-store"]),
    ("tauri", &["satchel"]),
];

/// The libraries of [`UNDER`] whose users deny.toml names as well: those that nothing from outside uses in turn.
const IN_DENY_TOML: &[&str] = &["axum", "keyring", "keyring-core", "sled", "tauri"];

fn metadata() -> Metadata {
    MetadataCommand::new().current_dir(root()).no_deps().exec().expect("cargo metadata answers")
}

fn normal_dependencies(package: &Package) -> impl Iterator<Item = &str> {
    let normal = |kind| kind == DependencyKind::Normal || kind == DependencyKind::Build;
    package.dependencies.iter().filter(move |dependency| normal(dependency.kind)).map(|d| d.name.as_str())
}

#[test]
fn packages_use_only_what_the_table_allows() {
    let allowed: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let may_use = allowed.get(name).unwrap_or_else(|| panic!("{name} is not in the table of layering.rs"));
        for dependency in normal_dependencies(package).filter(|d| allowed.contains_key(d) && *d != "satchel-terms") {
            assert!(may_use.contains(&dependency), "{name} must not use {dependency}");
        }
    }
}

#[test]
fn libraries_stay_under_their_packages() {
    let under: BTreeMap<_, _> = UNDER.iter().copied().collect();
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        for dependency in normal_dependencies(package) {
            if let Some(packages) = under.get(dependency) {
                let name = package.name.as_str();
                assert!(packages.contains(&name), "{name} must not use {dependency}");
            }
        }
    }
}

#[test]
fn deny_toml_names_the_same_packages() {
    let text = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml can be read");
    let deny: toml::Table = text.parse().expect("deny.toml is TOML");
    let wrappers = |entry: &toml::Value| -> BTreeSet<String> {
        let list = entry.get("wrappers").and_then(toml::Value::as_array);
        list.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let entries = deny["bans"]["deny"].as_array().expect("bans.deny is a list");
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in entries {
        named.insert(entry["crate"].as_str().expect("a crate has a name").to_owned(), wrappers(entry));
    }
    for name in IN_DENY_TOML {
        let (_, packages) = UNDER.iter().find(|(library, _)| library == name).expect("it is in the table");
        let ours: BTreeSet<String> = packages.iter().map(|package| (*package).to_owned()).collect();
        let theirs = named.get(*name).unwrap_or_else(|| panic!("deny.toml does not name {name}"));
        let theirs: BTreeSet<String> = theirs.iter().filter(|p| p.starts_with("satchel")).cloned().collect();
        assert_eq!(theirs, ours, "who may use {name}");
    }
}

/// A table that allows everything would hold nothing: a forbidden edge must be found.
#[test]
fn the_table_forbids_what_the_design_forbids() {
    let allowed: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    for (package, forbidden) in [
        ("satchel-server", "satchel-seal"),
        ("satchel-server", "satchel-store"),
        ("satchel", "satchel-practice"),
        ("satchel", "satchel-server"),
        ("satchel-practice", "satchel-store"),
        ("satchel-practice", "satchel-sync"),
        ("satchel-order", "satchel-sign"),
        ("satchel-cloud", "satchel-seal"),
    ] {
        assert!(!allowed[package].contains(&forbidden), "{package} must not use {forbidden}");
    }
}
