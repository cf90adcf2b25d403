"""What is only seen in several statements together, written from docs/FORMATS.md."""

from blobs import sealed_length_of
from formats import jws_hash, kid_of, need, thumbprint, un64u
from statements import read, read_signed


def peek(kind, compact):
    """A statement whose signature somebody else has verified."""
    return read(kind, un64u(compact.split(".")[1]))


def read_pair(manifest_compact, document_compact, signer):
    """An order document against the manifest that names it."""
    named = read_signed("manifest", manifest_compact, [signer])
    document = read_signed("order", document_compact, [signer])
    for name in ("firm", "order", "revision", "device", "catalogue", "quote"):
        need(named[name] == document[name], f"{name} is another than in the manifest")
    own = f"r{named['revision']}/files/"
    shown = {file["blob"]: sealed_length_of(file["length"]) for file in document["files"]
             if file["blob"].startswith(own)}
    need(shown == {blob["name"]: blob["sealedLength"] for blob in named["blobs"] if blob["name"].startswith(own)},
         "other files of this revision than in the manifest")


def read_bundle(compact, last_sequence, last_compact, now, identity, practice=False):
    value = read_signed("bundle", compact, identity, practice=practice)
    if last_compact is not None:
        last = peek("bundle", last_compact)
        need(value["sequence"] > last_sequence or jws_hash(compact) == jws_hash(last_compact),
             "an older sequence, or the same with another hash")
        for name in ("firm", "tenant", "adminFingerprint"):
            need(value[name] == last[name], f"another {name} than the one that was pinned")
    need(now <= value["notAfter"], "notAfter has passed")


def read_receipt(manifest_compact, compact, keys):
    value, named = read_signed("receipt", compact, keys), peek("manifest", manifest_compact)
    for name in ("firm", "order", "revision"):
        need(value[name] == named[name], f"{name} is another than in the manifest")
    need(value["manifestSha256"] == jws_hash(manifest_compact), "the hash of another manifest")
    shown = [(blob["name"], blob["sealedLength"]) for blob in value["blobs"]]
    need(shown == [(blob["name"], blob["sealedLength"]) for blob in named["blobs"]],
         "other blobs than in the manifest")


def read_log(manifest_compact, operators, entries):
    named, previous, last, returned = peek("manifest", manifest_compact), jws_hash(manifest_compact), 0, set()
    by_kid = {thumbprint(operator["key"]): operator for operator in operators}
    for number, compact in enumerate(entries, 1):
        value = read_signed("log-entry", compact, [operator["key"] for operator in operators])
        need(value["number"] == number, "a number out of order")
        need(value["previous"] == previous, "previous is not the hash of the one before")
        for name in ("firm", "order"):
            need(value[name] == named[name], f"{name} is another than in the manifest")
        need(value["at"] >= last, "at goes backwards")
        operator = by_kid[kid_of(compact)]
        need(operator["notBefore"] <= value["at"], "before the operator's notBefore")
        need(operator["notAfter"] is None or value["at"] <= operator["notAfter"], "after the operator's notAfter")
        blobs = {file["blob"] for file in value["event"].get("files", [])}
        need(not blobs & returned, "a blob that was returned before")
        previous, last, returned = jws_hash(compact), value["at"], returned | blobs


def read_rosters(fingerprint, rosters):
    last = None
    for compact in rosters:
        value = peek("roster", compact)
        if last is None:
            need(value["number"] == 1, "the chain does not begin with roster 1")
            need(thumbprint(value["adminKey"]) == fingerprint, "another admin key than the bundle's fingerprint")
            read_signed("roster", compact, [value["adminKey"]])
        else:
            check_successor(last[0], last[1], value, compact)
        last = (value, compact)


def check_successor(old, old_compact, new, compact):
    need(new["number"] == old["number"] + 1, "a number that is not the next")
    need(new["previous"] == jws_hash(old_compact), "previous is not the hash of the one before")
    need(new["firm"] == old["firm"], "another firm")
    approvers = [device["signingKey"] for device in old["devices"]
                 if device["device"] in old["approvers"] and device["revokedAt"] is None]
    read_signed("roster", compact, [old["adminKey"], *approvers])
    by_admin = kid_of(compact) == thumbprint(old["adminKey"])
    for name in ("adminKey", "approvers", "recoveryKey"):
        need(by_admin or new[name] == old[name], f"an approver changed {name}")
    keys = old["workspaceKeys"]
    need(new["workspaceKeys"][:len(keys)] == keys, "a workspace key was changed or dropped")
    now = {device["device"]: device for device in new["devices"]}
    for device in old["devices"]:
        kept = now.get(device["device"])
        need(kept, "a device is gone")
        for name in ("signingKey", "hpkeKey", "admittedAt"):
            need(kept[name] == device[name], f"{name} of a device changed")
        need(device["member"] in (None, kept["member"]), "the member of a device changed")
        need(device["revokedAt"] in (None, kept["revokedAt"]), "revokedAt of a device changed")
        if kept["revokedAt"] != device["revokedAt"] and device["device"] in old["approvers"]:
            need(by_admin or kid_of(compact) == thumbprint(device["signingKey"]), "an approver revoked another one")
