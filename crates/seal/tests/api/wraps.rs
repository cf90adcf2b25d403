//! A wrapped key opens for whom and for what it was wrapped, and for nothing else.

use satchel_seal::{
    ContentKey, Context, Metadata, RecipientKey, RecipientSecret, SlotBinding, SlotKey, SlotKind, UnwrapError,
    VaultKey, WorkspaceKey, WrappedKey,
};
use satchel_terms::{BlobName, FirmId, OrderId, VaultId};

use crate::support::{Outcome, rng, sealed};

fn content_key() -> anyhow::Result<ContentKey> {
    Ok(sealed(b"words")?.0.content_key)
}

/// Two wraps of one key, one by HPKE and one by the workspace key, with what unwraps them.
type Unwrap = Box<dyn Fn(&WrappedKey, &Context) -> Result<ContentKey, UnwrapError>>;

fn both_wraps(key: &ContentKey, context: &Context) -> anyhow::Result<Vec<(WrappedKey, Unwrap)>> {
    let secret = RecipientSecret::make(&mut rng())?;
    let hpke = RecipientKey::new(secret.public())?.wrap(key, context, &mut rng())?;
    let workspace = WorkspaceKey::make(3, &mut rng());
    let shared = workspace.wrap(key, context, &mut rng())?;
    Ok(vec![
        (hpke, Box::new(move |wrapped, context| secret.unwrap_content_key(wrapped, context))),
        (shared, Box::new(move |wrapped, context| workspace.unwrap_content_key(wrapped, context))),
    ])
}

#[test]
fn a_wrap_is_bound_to_purpose_firm_and_order() -> Outcome {
    let (firm, other_firm) = (FirmId::make(&mut rng()), FirmId::make(&mut rng()));
    let (order, other_order) = (OrderId::make(&mut rng()), OrderId::make(&mut rng()));
    let key = content_key()?;
    let name = |text: &str| text.parse::<BlobName>();
    let context = Context::Blob(firm, order, name("returns/1")?);
    for (wrapped, unwrap) in both_wraps(&key, &context)? {
        assert!(unwrap(&wrapped, &context)?.is(&key));
        for other in [
            Context::Blob(other_firm, order, name("returns/1")?),
            Context::Blob(firm, other_order, name("returns/1")?),
            Context::Blob(firm, order, name("returns/2")?),
            Context::Blob(firm, order, name("log/1")?),
            Context::WorkspaceKey(firm, 1),
        ] {
            assert_eq!(unwrap(&wrapped, &other).err(), Some(UnwrapError::NotAuthentic), "{other:?}");
        }
    }
    Ok(())
}

#[test]
fn every_damaged_byte_and_every_cut_of_a_wrap_is_found() -> Outcome {
    let context = Context::Blob(FirmId::make(&mut rng()), OrderId::make(&mut rng()), "log/1".parse()?);
    for (wrapped, unwrap) in both_wraps(&content_key()?, &context)? {
        for at in 0..wrapped.encrypted_key.len() {
            let mut damaged = wrapped.clone();
            damaged.encrypted_key[at] ^= 1;
            assert!(unwrap(&damaged, &context).is_err(), "byte {at} of {:?}", wrapped.algorithm);
            damaged.encrypted_key.truncate(at);
            assert!(unwrap(&damaged, &context).is_err(), "{at} bytes of {:?}", wrapped.algorithm);
        }
        let renamed = WrappedKey { key_id: "someone else".to_owned(), ..wrapped };
        assert!(unwrap(&renamed, &context).is_err());
    }
    Ok(())
}

#[test]
fn a_workspace_key_reaches_a_device_under_its_number_only() -> Outcome {
    let firm = FirmId::make(&mut rng());
    let secret = RecipientSecret::make(&mut rng())?;
    let device = RecipientKey::new(secret.public())?;
    let key = WorkspaceKey::make(2, &mut rng());
    let wrapped = device.wrap_workspace_key(&key, firm, &mut rng())?;
    assert_eq!(secret.unwrap_workspace_key(&wrapped, firm, 2)?.number(), 2);
    assert!(secret.unwrap_workspace_key(&wrapped, firm, 1).is_err());
    assert!(secret.unwrap_workspace_key(&wrapped, FirmId::make(&mut rng()), 2).is_err());
    Ok(())
}

#[test]
fn a_slot_is_bound_to_vault_rotation_and_kind() -> Outcome {
    let vault_key = VaultKey::make(&mut rng());
    let slot_key = SlotKey::make(&mut rng());
    let binding = SlotBinding { vault: VaultId::make(&mut rng()), rotation: 1, kind: SlotKind::Keyring };
    let wrapped = slot_key.wrap(&vault_key, &binding, &mut rng())?;
    assert!(slot_key.unwrap_vault_key(&wrapped, &binding).is_ok());
    for other in [
        SlotBinding { vault: VaultId::make(&mut rng()), ..binding },
        SlotBinding { rotation: 2, ..binding },
        SlotBinding { kind: SlotKind::RecoveryWords, ..binding },
    ] {
        assert!(slot_key.unwrap_vault_key(&wrapped, &other).is_err(), "{other:?}");
    }
    assert!(SlotKey::make(&mut rng()).unwrap_vault_key(&wrapped, &binding).is_err());
    Ok(())
}

#[test]
fn metadata_reads_as_it_is_written() -> Outcome {
    let context = Context::Blob(FirmId::make(&mut rng()), OrderId::make(&mut rng()), "r1/copy".parse()?);
    for (wrapped_key, _) in both_wraps(&content_key()?, &context)? {
        let metadata = Metadata { wrapped_key };
        assert_eq!(Metadata::from_json(&metadata.to_json()?)?, metadata);
    }
    Ok(())
}
