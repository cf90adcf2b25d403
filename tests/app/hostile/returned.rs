//! Documents that come back: one is written where the user wants it only as an operator signed it, and otherwise nothing is.

use std::path::{Path, PathBuf};

use serde_json::json;
use tauri::async_runtime::block_on;

use super::forger::Stored;
use super::{Proxy, Scene, Tried, code, rng};

/// Bytes of a region in its sealed form.
const REGION: usize = 4 * 1024 * 1024 + 28;

/// An order for which two documents came back, and a folder to save them in, where one is already.
struct Returned {
    scene: Scene,
    order: String,
    contents: [Vec<u8>; 2],
    folder: PathBuf,
}

impl Returned {
    fn begin() -> Tried<Self> {
        let scene = Scene::begin()?;
        let order = scene.received()?;
        let contents = [13_u8, 17].map(|step| (0..9_000_000_usize).map(|at| (at / 3) as u8 ^ step).collect::<Vec<_>>());
        returns(&scene, &order, &contents)?;
        assert_eq!(scene.check(&order), json!(null));
        let folder = scene.desk.path().join("Client files");
        std::fs::create_dir(&folder)?;
        std::fs::write(folder.join("Records.pdf"), "what was there")?;
        Ok(Self { scene, order, contents, folder })
    }

    fn save(&self, number: u32) -> Result<serde_json::Value, serde_json::Value> {
        // The dialog answers once.
        self.scene.desk.answer(&self.folder.join("Records.pdf")).map_err(|error| error.to_string())?;
        self.scene.satchel.ask("save_returned", json!({ "order": self.order, "number": number }))
    }

    /// Nothing is written, no part of it is left, and the user is told.
    fn is_refused(&self, name: &str, expected: &str) -> Tried {
        let answer = self.save(1);
        assert_eq!(code(&answer), json!(expected), "{name}");
        let told = answer.err().unwrap_or_default()["message"].as_str().unwrap_or_default().to_owned();
        let sentence = if expected == "offline" { "Nothing was changed" } else { "Nothing of it was kept" };
        assert!(told.contains(sentence), "{name}: {told}");
        assert_eq!(names(&self.folder)?, ["Records.pdf"], "{name}");
        assert_eq!(std::fs::read_to_string(self.folder.join("Records.pdf"))?, "what was there", "{name}");
        Ok(())
    }

    /// The server is honest again, and both are saved as they were returned.
    fn recovers(&self) -> Tried {
        self.scene.proxy.be_honest();
        for (contents, number) in self.contents.iter().zip(1..) {
            assert_eq!(self.save(number).map_err(|error| error.to_string())?, json!(true));
            assert!(std::fs::read(self.folder.join("Records.pdf"))? == *contents, "{number}");
            assert_eq!(names(&self.folder)?, ["Records.pdf"]);
        }
        Ok(())
    }
}

/// Has the operator return two documents.
fn returns(scene: &Scene, order: &str, contents: &[Vec<u8>; 2]) -> Tried {
    let paths = ["First.pdf", "Second.pdf"].map(|name| scene.desk.path().join(name));
    for (path, contents) in paths.iter().zip(contents) {
        std::fs::write(path, contents)?;
    }
    block_on(scene.provider.operator()?.return_files(order.parse()?, &paths, rng()))?;
    Ok(())
}

fn names(folder: &Path) -> Tried<Vec<String>> {
    let entries = std::fs::read_dir(folder)?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

#[test]
fn a_document_that_was_changed_in_the_storage_is_not_saved() -> Tried {
    let returned = Returned::begin()?;
    let stored = Stored::of(&returned.scene, &returned.order, "returns/1")?;
    let other = Stored::of(&returned.scene, &returned.order, "returns/2")?.bytes()?;
    let real = stored.bytes()?;
    let flipped = |at: usize| {
        let mut bytes = real.clone();
        bytes[at] ^= 1;
        bytes
    };
    let (first, second, rest) = (&real[..REGION], &real[REGION..2 * REGION], &real[2 * REGION..]);
    for (name, bytes, expected) in [
        ("a byte of the first region", flipped(0), "provider_refused"),
        ("a byte in the middle", flipped(REGION + 2_000_000), "provider_refused"),
        ("the last byte", flipped(real.len() - 1), "provider_refused"),
        ("one byte less", real[..real.len() - 1].to_vec(), "provider_refused"),
        ("a region less at the end", real[..2 * REGION].to_vec(), "provider_refused"),
        ("a region less at the beginning", real[REGION..].to_vec(), "provider_refused"),
        ("regions in another order", [second, first, rest].concat(), "provider_refused"),
        ("a region twice", [first, first, rest].concat(), "provider_refused"),
        ("nothing", Vec::new(), "provider_refused"),
        ("the other document", other.clone(), "provider_refused"),
        ("the beginning of the other document", [&other[..REGION], second, rest].concat(), "provider_refused"),
        // More than was signed for is not even begun.
        ("one byte more", [&real[..], &[0]].concat(), "offline"),
    ] {
        let _until_here = stored.replace(&bytes)?;
        returned.is_refused(name, expected)?;
    }
    returned.recovers()
}

#[test]
fn another_document_in_its_place_is_not_saved() -> Tried {
    let returned = Returned::begin()?;
    let scene = &returned.scene;
    let other = scene.received()?;
    returns(scene, &other, &returned.contents)?;
    let ticket = format!("{}/returns/1", returned.order);
    for path in [
        format!("/v1/orders/{}/returns/2", returned.order),
        // The same bytes, returned for another order: they are sealed to it.
        format!("/v1/orders/{other}/returns/1"),
    ] {
        scene.proxy.lead(&ticket, &path);
        returned.is_refused(&path, "provider_refused")?;
    }
    scene.proxy.say(&ticket, Scene::not_found());
    let answer = returned.save(1);
    assert_eq!(code(&answer), json!("provider_refused"));
    assert_eq!(names(&returned.folder)?, ["Records.pdf"]);
    returned.recovers()
}

/// A ticket leads into the provider's storage. Nowhere else is asked for a document, and nowhere else learns what was returned.
#[test]
fn a_document_is_fetched_from_the_providers_storage_alone() -> Tried {
    let returned = Returned::begin()?;
    let (scene, ticket) = (&returned.scene, format!("{}/returns/1", returned.order));
    let thief = Proxy::before(scene.provider.base())?;
    let real = scene.provider.base().to_owned();
    for place in [
        format!("{}/blobs", thief.base()),
        format!("{}/blobs", real.replace("127.0.0.1", "127.0.0.2")),
        format!("{real}@{}/blobs", thief.base().trim_start_matches("http://")),
        format!("{real}/blobs/../../blobs2"),
        format!("{real}/v1/orders"),
        "file:///etc".to_owned(),
        "https://blobs.example.com".to_owned(),
    ] {
        let (from, to) = (format!("{real}/blobs"), place.clone());
        scene.proxy.rewrite(&ticket, move |answer| {
            answer["url"] = json!(answer["url"].as_str().unwrap_or_default().replace(&from, &to));
        });
        returned.is_refused(&place, "offline")?;
    }
    assert!(thief.asked().is_empty(), "{:?}", thief.asked());
    returned.recovers()
}
