"""Readers of manifest, order document, copy, bundle, roster, receipt, log entry and device command, written from docs/FORMATS.md."""

import re
import unicodedata

from cryptography.hazmat.primitives.asymmetric import ec

from blobs import block_list, is_sealed_length
from formats import (
    MAX_COUNT,
    MAX_INTEGER,
    N,
    Refused,
    b64u,
    check_ec_jwk,
    check_rsa_jwk,
    count,
    integer,
    is_id,
    is_uuid,
    members,
    need,
    number,
    parse,
    point,
    text_of,
    thumbprint,
    un64u,
    verify,
)
from urls import check_url

KIB = 1024
LIMITS = {"manifest": 256 * KIB, "bundle": 256 * KIB, "receipt": 256 * KIB, "device-command": 4 * KIB, "log-entry": KIB * KIB,
          "roster": 6 * KIB * KIB, "order": 8 * KIB * KIB, "copy": 12 * KIB * KIB}
TYPES = {kind: f"satchel-{kind}+jws" for kind in LIMITS if kind != "copy"}
STATUSES = ("new", "claimed", "in-progress", "needs-information", "completed", "cancelled")
NUMBER = "([1-9][0-9]{0,9})"
MEDIA_NAME = r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}"
TURNING = {chr(c) for c in (0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def is_hash(value):
    un64u(value, 32)


def is_list(value, low, high=None):
    need(isinstance(value, list), "not an array")
    need(len(value) >= low, "too few elements")
    need(high is None or len(value) <= high, "too many elements")


def printable(value, most=None):
    """`most` counts Unicode scalar values."""
    need(not any(unicodedata.category(c) == "Cc" for c in text_of(value)), "a control character")
    need(not TURNING & set(value), "a character that breaks lines or turns the text")
    need(most is None or 1 <= len(value) <= most, f"a text that has not 1 to {most} characters")


def inert(value):
    """A stored text: what a reader checks of it, apart from its length."""
    need(not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text_of(value)),
         "a character that no inert text has")
    need(not re.search(r"<(?:[A-Za-z/!?]|\Z)", value), "a text with markup")
    return value


def is_token(value):
    need(re.fullmatch(r"[!-~]{1,128}", text_of(value)), "not 1 to 128 printable ASCII characters without spaces")


def is_code(value):
    need(re.fullmatch(r"[a-z0-9-]{1,64}", text_of(value)), "not 1 to 64 of a-z, 0-9 and -")


def unique(values, what):
    values = list(values)
    need(len(set(values)) == len(values), f"{what} occurs twice")


def head(value, *times):
    need(count(value["version"]) == 1, "another version")
    is_id(value["firm"])
    for name in times:
        integer(value[name])


def check_previous(value, number, previous="previous"):
    if number == 1:
        need(value[previous] is None, "previous is not null in the first one")
    else:
        need(value[previous] is not None, "previous is null after the first one")
        is_hash(value[previous])


def check_quote(quote):
    members(quote, "currency", "lines", "totalCents")
    need(quote["currency"] == "usd", "another currency")
    is_list(quote["lines"], 0, 200)
    total = 0
    for line in quote["lines"]:
        members(line, "code", "quantity", "unitCents", "amountCents")
        is_code(line["code"])
        amount = count(line["quantity"]) * integer(line["unitCents"])
        need(amount <= MAX_INTEGER, "an amount beyond 2^53 − 1")
        need(integer(line["amountCents"]) == amount, "an amount that is not quantity times unit")
        total += amount
    unique((line["code"] for line in quote["lines"]), "a code")
    need(total <= MAX_INTEGER, "a total beyond 2^53 − 1")
    need(integer(quote["totalCents"]) == total, "a total that is not the sum")


def check_catalogue(catalogue):
    members(catalogue, "service", "version")
    is_code(catalogue["service"])
    number(catalogue["version"])


def check_blobs(blobs, revision, *others):
    """The list of a manifest or a receipt."""
    is_list(blobs, 1)
    for blob in blobs:
        members(blob, "name", "sealedLength", *others)
        need(is_sealed_length(integer(blob["sealedLength"])), "a sealedLength that no plaintext has")
        need(blob["sealedLength"] or "/files/" in text_of(blob["name"]), "a document or a copy of 0 bytes")
    names = [text_of(blob["name"]) for blob in blobs]
    need(names[:1] == [f"r{revision}/document"], "the document is not first")
    rest = names[1:]
    if rest[:1] == [f"r{revision}/copy"]:
        rest = rest[1:]
    need(rest == [f"r{revision}/files/{n + 1}" for n in range(len(rest))], "names of blobs out of order or with a gap")
    need(len(rest) <= 500, "more than 500 files")


def manifest(value):
    members(value, "version", "firm", "order", "revision", "previous", "device", "createdAt", "catalogue",
            "clientMatter", "quote", "blobs")
    head(value, "createdAt")
    is_id(value["order"])
    is_id(value["device"])
    check_previous(value, number(value["revision"]))
    check_catalogue(value["catalogue"])
    if value["clientMatter"] is not None:
        printable(value["clientMatter"], 64)
    check_quote(value["quote"])
    check_blobs(value["blobs"], value["revision"], "tagsSha256")
    for blob in value["blobs"]:
        is_hash(blob["tagsSha256"])


def check_field(value, in_row=False):
    if isinstance(value, str):
        inert(value)
    if isinstance(value, (str, bool)) or type(value) is int:
        return
    need(value not in ([], {}), "an empty array, row or object")
    if isinstance(value, dict):
        need(all(isinstance(part, str) for part in value.values()), "an object with a value that is not a string")
        list(map(inert, value.values()))
        return
    need(isinstance(value, list), "a value of no kind of field")
    if all(isinstance(part, str) for part in value):
        list(map(inert, value))
        return
    need(not in_row, "rows in a row, or an array of mixed values")
    for row in value:
        need(isinstance(row, dict), "an array of mixed values")
        need(row, "an empty array, row or object")
        for part, cell in row.items():
            need(re.fullmatch(r"[a-z][a-z0-9_]*", part), "not a part of a field's id")
            check_field(cell, True)


def check_file(file, blob_form):
    members(file, "blob", "name", "mediaType", "length", "sha256", "contentKey")
    found = re.fullmatch(blob_form, text_of(file["blob"]))
    need(found, "not a blob name of a file here")
    need(all(int(part) <= MAX_COUNT for part in found.groups()), "a number beyond 2^32 − 1 in a blob name")
    name = text_of(file["name"])
    printable(name)
    need(1 <= len(name.encode()) <= 255, "a file name that has not 1 to 255 bytes")
    need(not set('/\\:*?"<>|\u200b\u2060\ufeff') & set(name), "a character that no file name has")
    need(name == name.strip() and not name.endswith("."), "a file name with a space or dot at its end")
    stem = name.split(".")[0].upper()
    need(not re.fullmatch("CON|PRN|AUX|NUL|(COM|LPT)[1-9]", stem), "a file name that is a device")
    need(re.fullmatch(f"{MEDIA_NAME}/{MEDIA_NAME}", text_of(file["mediaType"])), "not a media type")
    integer(file["length"])
    is_hash(file["sha256"])
    un64u(file["contentKey"], 32)


def order(value):
    members(value, "version", "firm", "order", "revision", "device", "createdAt", "catalogue", "fields", "quote",
            "files", "replyKey")
    head(value, "createdAt")
    is_id(value["order"])
    is_id(value["device"])
    revision = number(value["revision"])
    check_catalogue(value["catalogue"])
    need(isinstance(value["fields"], dict), "not an object")
    for name, field in value["fields"].items():
        need(re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", name), "not a field's id")
        check_field(field)
    check_quote(value["quote"])
    is_list(value["files"], 0, 500)
    for file in value["files"]:
        check_file(file, rf"r{NUMBER}/files/{NUMBER}")
        need(int(file["blob"][1:].split("/")[0]) <= revision, "a file of a later revision")
    unique((file["blob"] for file in value["files"]), "a blob name")
    check_ec_jwk(value["replyKey"])


def copy(value):
    members(value, "version", "document", "replyPrivateKey")
    need(count(value["version"]) == 1, "another version")
    parts = text_of(value["document"]).split(".")
    need(len(parts) == 3, "the document is not a compact JWS")
    document = read("order", [un64u(part) for part in parts][1])
    scalar = int.from_bytes(un64u(value["replyPrivateKey"], 32), "big")
    need(0 < scalar < N, "not a private key")
    raw = point(ec.derive_private_key(scalar, ec.SECP256R1()).public_key())
    need((b64u(raw[1:33]), b64u(raw[33:])) == (document["replyKey"]["x"], document["replyKey"]["y"]),
         "not the private key of the document's replyKey")


def check_keys(value):
    """The keys of a bundle."""
    is_list(value["wrappingKeys"], 1, 50)
    for wrapping in value["wrappingKeys"]:
        members(wrapping, "keyId", "key")
        check_url(wrapping["keyId"])
        check_rsa_jwk(wrapping["key"])
    unique((wrapping["keyId"] for wrapping in value["wrappingKeys"]), "a keyId")
    is_hash(value["adminFingerprint"])
    is_list(value["receiptKeys"], 1, 50)
    is_list(value["operators"], 0, 200)
    for operator in value["operators"]:
        members(operator, "name", "key", "notBefore", "notAfter")
        printable(operator["name"], 200)
        integer(operator["notBefore"])
        if operator["notAfter"] is not None:
            integer(operator["notAfter"])
    keys = [*value["receiptKeys"], *(operator["key"] for operator in value["operators"])]
    for jwk in keys:
        check_ec_jwk(jwk)
    unique([value["adminFingerprint"], *map(thumbprint, keys)], "a key")


def bundle(value, practice=False):
    members(value, "version", "provider", "firm", "firmName", "tenant", "containers", "blobEndpoint",
            "checkoutOrigin", "wrappingKeys", "adminFingerprint", "receiptKeys", "operators", "sequence", "issuedAt",
            "notAfter")
    head(value, "sequence", "issuedAt", "notAfter")
    need(value["issuedAt"] <= value["notAfter"], "issuedAt is after notAfter")
    printable(value["provider"], 200)
    printable(value["firmName"], 200)
    is_uuid(value["tenant"])
    members(value["containers"], "sealed", "live")
    for name in value["containers"].values():
        need(re.fullmatch(r"[a-z0-9](?:-?[a-z0-9])+", text_of(name)) and 3 <= len(name) <= 63, "not a container's name")
    unique(value["containers"].values(), "a container")
    check_url(value["blobEndpoint"], practice)
    check_url(value["checkoutOrigin"], practice, path=False)
    check_keys(value)


def check_workspace_keys(keys):
    is_list(keys, 0)
    for index, workspace in enumerate(keys, 1):
        members(workspace, "number", "check")
        need(number(workspace["number"]) == index, "workspace keys out of order or with a gap")
        is_hash(workspace["check"])


def roster(value):
    members(value, "version", "firm", "number", "previous", "issuedAt", "adminKey", "approvers", "recoveryKey",
            "workspaceKeys", "devices")
    head(value, "issuedAt")
    check_previous(value, number(value["number"]))
    check_workspace_keys(value["workspaceKeys"])
    keys = [value["adminKey"], value["recoveryKey"]]
    is_list(value["devices"], 0, 10_000)
    for device in value["devices"]:
        members(device, "device", "member", "signingKey", "hpkeKey", "admittedAt", "revokedAt")
        is_id(device["device"])
        if device["member"] is not None:
            is_uuid(device["member"])
        keys += [device["signingKey"], device["hpkeKey"]]
        integer(device["admittedAt"])
        if device["revokedAt"] is not None:
            integer(device["revokedAt"])
    for jwk in keys:
        check_ec_jwk(jwk)
    unique(map(thumbprint, keys), "a key")
    ids = [device["device"] for device in value["devices"]]
    unique(ids, "a device id")
    is_list(value["approvers"], 0)
    for approver in value["approvers"]:
        is_id(approver)
        need(approver in ids, "an approver that is no device of the roster")
    unique(value["approvers"], "an approver")


def receipt(value):
    members(value, "version", "firm", "order", "revision", "orderNumber", "manifestSha256", "receivedAt", "blobs")
    head(value, "receivedAt")
    is_id(value["order"])
    number(value["revision"])
    need(re.fullmatch(r"[0-9A-Z-]{1,32}", text_of(value["orderNumber"])), "not an order number")
    is_hash(value["manifestSha256"])
    check_blobs(value["blobs"], value["revision"], "blocks", "blockListSha256", "etag", "versionId")
    for blob in value["blobs"]:
        is_hash(blob["blockListSha256"])
        need((count(blob["blocks"]), blob["blockListSha256"]) == block_list(blob["sealedLength"]),
             "other blocks than the length has")
        is_token(blob["etag"])
        if blob["versionId"] is not None:
            is_token(blob["versionId"])


def log_entry(value):
    members(value, "version", "firm", "order", "number", "previous", "at", "event")
    head(value, "at")
    is_id(value["order"])
    number(value["number"])
    is_hash(value["previous"])
    event = value["event"]
    need(isinstance(event, dict) and isinstance(event.get("kind"), str), "an event without a kind")
    if event["kind"] == "status":
        members(event, "kind", "status")
        need(event["status"] in STATUSES, "an unknown status")
    elif event["kind"] == "message":
        members(event, "kind", "text")
        need(1 <= len(inert(event["text"]).encode()) <= 65_536, "a message that has not 1 to 65,536 bytes")
    elif event["kind"] == "returns":
        members(event, "kind", "files")
        is_list(event["files"], 1, 500)
        for file in event["files"]:
            check_file(file, rf"returns/{NUMBER}")
        unique((file["blob"] for file in event["files"]), "a blob name")
    else:
        raise Refused("an unknown kind of event")


def device_command(value):
    members(value, "version", "firm", "device", "action", "recoveryConfirmedAt", "issuedAt", "notAfter")
    head(value, "issuedAt", "notAfter")
    is_id(value["device"])
    need(value["issuedAt"] <= value["notAfter"] <= value["issuedAt"] + 366 * 86_400, "a notAfter out of bounds")
    confirmed = value["recoveryConfirmedAt"]
    if value["action"] == "lock":
        need(confirmed is None, "a lock with a confirmed recovery")
    else:
        need(value["action"] == "erase", "an unknown action")
        need(confirmed is not None, "an erasure without a confirmed recovery")
        need(integer(confirmed) <= value["issuedAt"], "a recovery confirmed after it was signed")


READERS = {"manifest": manifest, "order": order, "copy": copy, "bundle": bundle, "roster": roster,
           "receipt": receipt, "log-entry": log_entry, "device-command": device_command}


def read(kind, payload, **options):
    need(kind not in LIMITS or len(payload) <= LIMITS[kind], "a payload over its limit")
    value = parse(payload)
    need(isinstance(value, dict), "not an object")
    READERS[kind](value, **options)
    return value


def read_signed(kind, compact, allowed, **options):
    return read(kind, verify(compact, TYPES[kind], allowed), **options)


def peek(kind, compact):
    """A statement whose signature somebody else has verified."""
    return read(kind, un64u(compact.split(".")[1]))
