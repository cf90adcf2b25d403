//! The ways into a vault: passphrase, recovery words, the firm's key; and what is said where one does not open it.

use std::fs;

use satchel_seal::{ChosenPassphrase, Passphrase, RecipientSecret, RecoveryWords};
use satchel_store::{
    Answer, CreateVaultError, Finding, KEY_FILE, Keyring as _, KeyringError, OpenVaultError, ProtectionError, RecordId,
    RecoveryKit, Secret, Table, UnlockError, Vault, Way,
};
use satchel_terms::FirmId;

use crate::support::{Desk, Draft, Outcome, copy_folder, random};

const PASSPHRASE: &str = "a dozen  \u{fb01}gs, na\u{ef}ve";

fn chosen(text: &str) -> anyhow::Result<ChosenPassphrase> {
    Ok(ChosenPassphrase::new(text)?)
}

fn typed(text: &str) -> anyhow::Result<Passphrase> {
    Ok(Passphrase::typed(text)?)
}

fn record() -> RecordId {
    RecordId::from_bytes([7; 16])
}

/// A vault with a draft in it.
fn desk() -> anyhow::Result<(Desk, Vault)> {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    vault.put(Table::Drafts, record(), &Draft::titled("kept"))?;
    Ok((desk, vault))
}

fn open_by(desk: &Desk, secret: &Secret<'_>) -> Result<(Vault, Vec<Finding>), OpenVaultError> {
    Vault::open_by(&desk.folder(), secret, Some(&desk.keyring), random())
}

fn is_whole(vault: &mut Vault) -> anyhow::Result<()> {
    anyhow::ensure!(vault.read::<Draft>(Table::Drafts, record())? == Some(Draft::titled("kept")), "the draft is gone");
    Ok(())
}

/// Makes words, keeps them and returns them as somebody types them from the sheet.
fn keep_words(vault: &mut Vault) -> anyhow::Result<RecoveryWords> {
    let kit = RecoveryKit::make(&mut random());
    let words = kit.words();
    vault.keep_recovery_kit(&kit, kit.asked().map(|number| words[number - 1]))?;
    Ok(RecoveryWords::typed(&words.join(" "))?)
}

#[test]
fn a_passphrase_is_set_changed_and_taken_away_by_whoever_knows_it() -> Outcome {
    let (desk, mut vault) = desk()?;
    let entry = |desk: &Desk, vault: &Vault| desk.keyring.read(vault.id());
    let first_entry = entry(&desk, &vault)?;
    vault.set_passphrase(&chosen(PASSPHRASE)?)?;
    assert_eq!(vault.own_ways(), [Way::Passphrase]);
    assert_eq!(*entry(&desk, &vault)?, *first_entry, "it stays, for the generation");
    assert!(matches!(vault.set_passphrase(&chosen("another passphrase")?), Err(ProtectionError::HasPassphrase)));
    assert!(matches!(vault.restore_keyring(&desk.keyring), Err(ProtectionError::HasPassphrase)));
    drop(vault);

    assert_eq!(Vault::ways(&desk.folder())?, [Way::Passphrase]);
    assert!(matches!(desk.try_open(), Err(OpenVaultError::Unlock(UnlockError::NotByKeyring))));
    for wrong in ["a dozen figs, na\u{ef}ve", "A dozen  figs, na\u{ef}ve", &format!("{PASSPHRASE} "), "x"] {
        let refused = open_by(&desk, &Secret::Passphrase(&typed(wrong)?)).map(|_| ());
        assert!(matches!(refused, Err(OpenVaultError::Unlock(UnlockError::WrongPassphrase))), "{wrong}: {refused:?}");
    }
    // As another keyboard types it: the accent by itself, the ligature as two letters.
    let passphrase = typed("a dozen  figs, nai\u{308}ve")?;
    let (mut vault, findings) = open_by(&desk, &Secret::Passphrase(&passphrase))?;
    assert!(findings.is_empty(), "{findings:?}");
    is_whole(&mut vault)?;

    let (next, wrong) = (chosen("quite another one")?, typed("something else")?);
    let refused = vault.change_passphrase(&Secret::Passphrase(&wrong), &next);
    assert!(matches!(refused, Err(ProtectionError::Unlock(UnlockError::WrongPassphrase))), "{refused:?}");
    vault.change_passphrase(&Secret::Passphrase(&passphrase), &next)?;
    let refused = vault.remove_passphrase(&Secret::Passphrase(&passphrase), &desk.keyring);
    assert!(matches!(refused, Err(ProtectionError::Unlock(UnlockError::WrongPassphrase))), "the old one: {refused:?}");
    vault.remove_passphrase(&Secret::Passphrase(next.as_typed()), &desk.keyring)?;
    assert_eq!(vault.own_ways(), [Way::Keyring]);
    let last_entry = entry(&desk, &vault)?;
    assert_ne!(first_entry[1..33], last_entry[1..33], "a fresh slot key");
    assert_eq!(last_entry[33..], 2_u64.to_be_bytes(), "as often as it was opened");
    drop(vault);
    is_whole(&mut desk.open()?)?;
    let refused = open_by(&desk, &Secret::Passphrase(next.as_typed())).map(|_| ());
    assert!(matches!(refused, Err(OpenVaultError::Unlock(UnlockError::NoPassphrase))), "{refused:?}");
    Ok(())
}

#[test]
fn where_there_is_no_keyring_a_passphrase_does_and_that_is_told_once() -> Outcome {
    let desk = Desk::new()?;
    let passphrase = chosen(PASSPHRASE)?;
    let (mut vault, findings) = Vault::create_with_passphrase(&desk.folder(), &passphrase, None, random())?;
    assert_eq!(findings, [Finding::NoKeyring]);
    vault.put(Table::Drafts, record(), &Draft::titled("kept"))?;
    let id = vault.id();
    drop(vault);
    desk.keyring.set_answer(Answer::NoService);
    for _ in 0..2 {
        for keyring in [None, Some(&desk.keyring as &dyn satchel_store::Keyring)] {
            let secret = Secret::Passphrase(passphrase.as_typed());
            let (mut vault, findings) = Vault::open_by(&desk.folder(), &secret, keyring, random())?;
            assert!(findings.is_empty(), "{findings:?}");
            is_whole(&mut vault)?;
        }
    }
    // One that is there notes the generation, in an entry whose key opens nothing.
    desk.keyring.set_answer(Answer::Well);
    let backup = desk.place.path().join("backup");
    for generation in [6_u64, 7] {
        let (_, findings) = open_by(&desk, &Secret::Passphrase(passphrase.as_typed()))?;
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!(desk.keyring.read(id)?[33..], generation.to_be_bytes());
        if generation == 6 {
            copy_folder(&desk.folder(), &backup)?;
        }
    }
    fs::remove_dir_all(desk.folder())?;
    copy_folder(&backup, &desk.folder())?;
    let (vault, findings) = open_by(&desk, &Secret::Passphrase(passphrase.as_typed()))?;
    assert_eq!(findings, [Finding::OlderCopy]);
    drop(vault);
    assert!(matches!(desk.try_open(), Err(OpenVaultError::Unlock(UnlockError::NotByKeyring))));
    // A keyring that is there and locked is another matter, each time.
    for answer in [Answer::Locked, Answer::Denied] {
        desk.keyring.set_answer(answer);
        let (_, findings) = open_by(&desk, &Secret::Passphrase(passphrase.as_typed()))?;
        assert_eq!(findings, [Finding::NotNotedInKeyring], "{answer:?}");
    }
    Ok(())
}

#[test]
fn a_vault_with_a_passphrase_is_made_only_where_nothing_is() -> Outcome {
    let (desk, vault) = desk()?;
    let id = vault.id();
    drop(vault);
    let before = fs::read(desk.folder().join(KEY_FILE))?;
    let refused = Vault::create_with_passphrase(&desk.folder(), &chosen(PASSPHRASE)?, None, random()).map(|_| ());
    assert!(matches!(refused, Err(CreateVaultError::Exists)), "{refused:?}");
    assert_eq!(fs::read(desk.folder().join(KEY_FILE))?, before);
    assert!(desk.keyring.read(id).is_ok());
    Ok(())
}

#[test]
fn recovery_words_count_once_two_were_typed_back() -> Outcome {
    let (desk, mut vault) = desk()?;
    for _ in 0..200 {
        let [first, second] = RecoveryKit::make(&mut random()).asked();
        assert!(1 <= first && first < second && second <= 12, "{first}, {second}");
    }
    let kit = RecoveryKit::make(&mut random());
    let (words, [first, second]) = (kit.words(), kit.asked());
    let (right, wrong) = ([words[first - 1], words[second - 1]], "zzz");
    let before = fs::read(desk.folder().join(KEY_FILE))?;
    for (typed, number) in [([wrong, right[1]], first), ([right[0], wrong], second), ([right[0], ""], second)] {
        let refused = vault.keep_recovery_kit(&kit, typed);
        assert!(matches!(refused, Err(ProtectionError::TypedBackWrongly(told)) if told == number), "{refused:?}");
    }
    assert_eq!(fs::read(desk.folder().join(KEY_FILE))?, before, "nothing opens by words that do not count");
    let upper = right.map(|word| format!(" {} ", word.to_uppercase()));
    vault.keep_recovery_kit(&kit, [&upper[0], &upper[1]])?;
    let old = RecoveryWords::typed(&words.join("\n"))?;
    drop(vault);
    let (mut vault, findings) = open_by(&desk, &Secret::RecoveryWords(&old))?;
    assert!(findings.is_empty(), "{findings:?}");
    is_whole(&mut vault)?;
    // New ones take their place.
    let new = keep_words(&mut vault)?;
    drop(vault);
    let refused = open_by(&desk, &Secret::RecoveryWords(&old)).map(|_| ());
    assert!(matches!(refused, Err(OpenVaultError::Unlock(UnlockError::WrongRecoveryWords))), "{refused:?}");
    is_whole(&mut open_by(&desk, &Secret::RecoveryWords(&new))?.0)?;
    is_whole(&mut desk.open()?)?;
    Ok(())
}

/// The entry is deleted, or the folder is on another computer: both restore the keyring's way, which then works by itself.
#[test]
fn words_and_the_firms_key_restore_a_vault_whose_keyring_entry_is_gone() -> Outcome {
    for by_firm in [false, true] {
        let (desk, mut vault) = desk()?;
        let recovery = RecipientSecret::make(&mut random())?;
        let firm = FirmId::make(&mut random());
        vault.keep_firm_recovery(firm, recovery.public())?;
        let key_file = fs::read(desk.folder().join(KEY_FILE))?;
        vault.keep_firm_recovery(firm, recovery.public())?;
        assert_eq!(fs::read(desk.folder().join(KEY_FILE))?, key_file, "one for this key stays as it is");
        let words = keep_words(&mut vault)?;
        let id = vault.id();
        drop(vault);
        let secret = if by_firm { Secret::FirmRecovery(&recovery) } else { Secret::RecoveryWords(&words) };
        desk.keyring.delete(id)?;
        assert!(matches!(desk.try_open(), Err(OpenVaultError::Keyring(KeyringError::NoEntry))));
        let (mut vault, findings) = open_by(&desk, &secret)?;
        assert_eq!(findings, [Finding::KeyringDoesNotOpen]);
        assert!(matches!(desk.keyring.read(id), Err(KeyringError::NoEntry)), "nobody asked for one yet");
        is_whole(&mut vault)?;
        vault.restore_keyring(&desk.keyring)?;
        let entry = desk.keyring.read(id)?;
        vault.restore_keyring(&desk.keyring)?;
        assert_eq!(*desk.keyring.read(id)?, *entry, "an entry that opens the vault is never overwritten");
        drop(vault);
        let mut vault = desk.open()?;
        is_whole(&mut vault)?;
        assert_eq!(vault.id(), id, "the same vault, with the same key");
        let way = Way::FirmRecovery { firm, key_id: recovery.public().thumbprint() };
        assert_eq!(vault.own_ways().len(), 3);
        assert!(vault.own_ways().contains(&way) && vault.own_ways().contains(&Way::RecoveryWords));
    }
    Ok(())
}

/// The keyring holds a key under the vault's name which does not open it, as after a restore of the wrong one.
#[test]
fn an_entry_that_opens_nothing_is_replaced_only_after_a_secret_opened_the_vault() -> Outcome {
    let (desk, mut vault) = desk()?;
    let words = keep_words(&mut vault)?;
    let id = vault.id();
    drop(vault);
    let foreign = [&[1][..], &[7; 32], &40_u64.to_be_bytes()].concat();
    desk.keyring.write(id, &foreign)?;
    assert!(matches!(desk.try_open(), Err(OpenVaultError::OtherKey)));
    assert_eq!(*desk.keyring.read(id)?, foreign);
    let (mut vault, findings) = open_by(&desk, &Secret::RecoveryWords(&words))?;
    assert_eq!(findings, [Finding::OlderCopy, Finding::KeyringDoesNotOpen]);
    vault.restore_keyring(&desk.keyring)?;
    drop(vault);
    let (mut vault, findings) = desk.try_open()?;
    assert!(findings.is_empty(), "the generation was kept: {findings:?}");
    is_whole(&mut vault)?;
    drop(vault);
    // One of a newer form is left alone whatever happens.
    desk.keyring.write(id, b"\x02 something newer")?;
    let (mut vault, _) = open_by(&desk, &Secret::RecoveryWords(&words))?;
    let refused = vault.restore_keyring(&desk.keyring);
    assert!(matches!(refused, Err(ProtectionError::Keyring(KeyringError::Form))), "{refused:?}");
    assert_eq!(*desk.keyring.read(id)?, b"\x02 something newer");
    Ok(())
}

#[test]
fn a_forgotten_passphrase_is_replaced_by_whoever_has_the_words() -> Outcome {
    let (desk, mut vault) = desk()?;
    let words = keep_words(&mut vault)?;
    vault.set_passphrase(&chosen(PASSPHRASE)?)?;
    assert_eq!(vault.own_ways(), [Way::RecoveryWords, Way::Passphrase]);
    drop(vault);
    let (mut vault, findings) = open_by(&desk, &Secret::RecoveryWords(&words))?;
    assert!(findings.is_empty(), "{findings:?}");
    let next = chosen("a new one that I know")?;
    let other = RecoveryWords::make(&mut random());
    let refused = vault.change_passphrase(&Secret::RecoveryWords(&other), &next);
    assert!(matches!(refused, Err(ProtectionError::Unlock(UnlockError::WrongRecoveryWords))), "{refused:?}");
    vault.change_passphrase(&Secret::RecoveryWords(&words), &next)?;
    drop(vault);
    is_whole(&mut open_by(&desk, &Secret::Passphrase(next.as_typed()))?.0)?;
    Ok(())
}

/// The secrets of one vault, tried at another, and at one that has no such way.
#[test]
fn each_failure_has_its_own_sentence_and_changes_nothing() -> Outcome {
    let (desk, mut vault) = desk()?;
    let (other_desk, mut other) = self::desk()?;
    let recovery = RecipientSecret::make(&mut random())?;
    let firm = FirmId::make(&mut random());
    let words = keep_words(&mut vault)?;
    let passphrase = chosen(PASSPHRASE)?;
    let secrets =
        [Secret::Passphrase(passphrase.as_typed()), Secret::RecoveryWords(&words), Secret::FirmRecovery(&recovery)];
    drop(other);
    let mut told = Vec::new();
    for (secret, expected) in
        secrets.iter().zip([UnlockError::NoPassphrase, UnlockError::NoRecoveryWords, UnlockError::NoFirmRecovery])
    {
        let refused = open_by(&other_desk, secret).map(|_| ());
        assert!(matches!(&refused, Err(OpenVaultError::Unlock(error)) if *error == expected), "{refused:?}");
        told.push(expected.to_string());
    }
    other = other_desk.open()?;
    keep_words(&mut other)?;
    other.keep_firm_recovery(firm, RecipientSecret::make(&mut random())?.public())?;
    other.set_passphrase(&chosen("of the other vault")?)?;
    drop(other);
    let before = fs::read(other_desk.folder().join(KEY_FILE))?;
    for (secret, expected) in
        secrets.iter().zip([UnlockError::WrongPassphrase, UnlockError::WrongRecoveryWords, UnlockError::WrongFirmKey])
    {
        let refused = open_by(&other_desk, secret).map(|_| ());
        assert!(matches!(&refused, Err(OpenVaultError::Unlock(error)) if *error == expected), "{refused:?}");
        told.push(expected.to_string());
    }
    assert_eq!(fs::read(other_desk.folder().join(KEY_FILE))?, before);
    drop(vault);
    for answer in [Answer::Locked, Answer::Denied, Answer::NoService] {
        desk.keyring.set_answer(answer);
        let Err(OpenVaultError::Keyring(error)) = desk.try_open() else { anyhow::bail!("{answer:?}") };
        assert!(error.to_string().contains("safe"), "{error}");
        told.push(error.to_string());
    }
    desk.keyring.set_answer(Answer::Well);
    for error in
        [OpenVaultError::Keyring(KeyringError::NoEntry), OpenVaultError::OtherKey, OpenVaultError::OtherRotation]
    {
        told.push(error.to_string());
    }
    let count = told.len();
    told.sort();
    told.dedup();
    assert_eq!((told.len(), count), (12, 12), "{told:#?}");
    // A key file of another vault beside this journal.
    fs::copy(desk.folder().join(KEY_FILE), desk.place.path().join("kept"))?;
    let (stranger, vault) = self::desk()?;
    drop(vault);
    fs::copy(stranger.folder().join(KEY_FILE), desk.folder().join(KEY_FILE))?;
    let refused = Vault::open(&desk.folder(), &stranger.keyring, random()).map(|_| ());
    assert!(matches!(refused, Err(OpenVaultError::Journal(_))), "{refused:?}");
    fs::copy(desk.place.path().join("kept"), desk.folder().join(KEY_FILE))?;
    is_whole(&mut desk.open()?)?;
    Ok(())
}

/// What a keyring does in the middle of a change leaves a way that opened before.
#[test]
fn a_keyring_that_fails_leaves_the_passphrase() -> Outcome {
    let (desk, mut vault) = desk()?;
    let passphrase = chosen(PASSPHRASE)?;
    vault.set_passphrase(&passphrase)?;
    let secret = Secret::Passphrase(passphrase.as_typed());
    for answer in [Answer::Locked, Answer::Denied, Answer::NoService] {
        desk.keyring.set_answer(answer);
        assert!(matches!(vault.remove_passphrase(&secret, &desk.keyring), Err(ProtectionError::Keyring(_))));
    }
    desk.keyring.set_answer(Answer::Well);
    // The entry is written, and the key file is not.
    fs::create_dir(desk.folder().join("vault.keys.new"))?;
    let refused = vault.remove_passphrase(&secret, &desk.keyring);
    assert!(matches!(refused, Err(ProtectionError::NotWritten(_))), "{refused:?}");
    drop(vault);
    fs::remove_dir(desk.folder().join("vault.keys.new"))?;
    let (mut vault, findings) = open_by(&desk, &secret)?;
    assert!(findings.is_empty(), "{findings:?}");
    vault.remove_passphrase(&secret, &desk.keyring)?;
    drop(vault);
    is_whole(&mut desk.open()?)?;
    Ok(())
}
