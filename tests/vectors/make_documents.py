"""The list "documents" of statements.json: each statement alone, right ones and ones that break one rule."""

import base64
import copy
import json

import statements as readers
from blobs import REGION, block_list, sealed_length_of, workspace_check
from formats import (
    MAX_COUNT,
    MAX_INTEGER,
    P,
    b64u,
    bad,
    dump,
    fixed,
    fixed_id,
    good,
    jws_hash,
    key,
    loose,
    rsa_jwk,
    rsa_key,
    sha,
    sign,
)

FIRM, ORDER, DEVICE = fixed_id("firm"), fixed_id("order"), fixed_id("device 1")
NOW = 1_790_000_000
DELETE = object()
SIGNERS = {"manifest": "device-1", "order": "device-1", "copy": "device-1", "bundle": "identity", "roster": "admin",
           "receipt": "receipt", "log-entry": "operator-1", "device-command": "admin"}


def hash_of(label):
    return sha(f"something: {label}".encode())


def signed(kind, value, signer=None):
    text = value if isinstance(value, str) else dump(value)
    return sign(readers.TYPES[kind], text, key(signer or SIGNERS[kind]))


def changed(base, path, value):
    """A copy of `base` where the member at `path` (parts separated by spaces) is another, gone or new."""
    new = copy.deepcopy(base)
    *parents, last = (int(part) if part.isdigit() else part for part in path.split(" "))
    place = new
    for parent in parents:
        place = place[parent]
    if value is DELETE:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return new


# ---- right ones -----------------------------------------------------------------------------------------------------

def quote(*lines):
    return {"currency": "usd", "lines": [{"code": code, "quantity": count, "unitCents": unit,
                                          "amountCents": count * unit} for code, count, unit in lines],
            "totalCents": sum(count * unit for _, count, unit in lines)}


QUOTE = quote(("custodian", 3, 4500), ("rush", 1, 2500))
CATALOGUE = {"service": "records-retrieval", "version": 1}


def blob(name, length):
    return {"name": name, "sealedLength": length, "tagsSha256": hash_of(f"tags {name} {length}")}


def manifest(**changes):
    return {"version": 1, "firm": FIRM, "order": ORDER, "revision": 1, "previous": None, "device": DEVICE,
            "createdAt": NOW, "catalogue": CATALOGUE, "clientMatter": "10452-003", "quote": QUOTE,
            "blobs": [blob("r1/document", 4124), blob("r1/copy", 5602), blob("r1/files/1", 48241),
                      blob("r1/files/2", sealed_length_of(REGION + 1))]} | changes


def manifests():
    first = manifest()
    second = manifest(revision=2, previous=jws_hash(signed("manifest", first)), createdAt=NOW + 60,
                      clientMatter=None, quote=quote(("custodian", 4, 4500)),
                      blobs=[blob("r2/document", 4200), blob("r2/copy", 5700), blob("r2/files/1", 0)])
    limits = manifest(order=fixed_id("order 2"), revision=10, previous=hash_of("revision 9"), quote=quote(),
                      clientMatter="x" * 64, catalogue={"service": "abcdefghijklmnopqrstuvwxyz-0123456789" + "a" * 27,
                                                        "version": MAX_COUNT},
                      blobs=[blob("r10/document", 29)] + [
                          blob(f"r10/files/{n}", length) for n, length in enumerate(
                              (REGION + 28, REGION + 28 + 29, 2 * (REGION + 28), 29, 50_000 * (REGION + 28)), 1)])
    money = manifest(order=fixed_id("order 3"), quote=quote(("a", 1, MAX_INTEGER - 5), ("b", 5, 1), ("c", 0, 7)),
                     clientMatter="Müller 7–9 §2", blobs=[blob("r1/document", 900)])
    last = manifest(revision=MAX_COUNT, previous=hash_of("the one before"), quote=quote(("a", MAX_COUNT, 2**20)),
                    clientMatter=EDGES, blobs=[blob(f"r{MAX_COUNT}/document", 900)])
    wide = manifest(clientMatter="\U0001f3e5" * 64, quote=quote(), blobs=[blob("r1/document", 900)])
    return [("revision 1 with a copy and two files", first), ("revision 2, with an empty file", second),
            ("a restricted order (no copy), limits", limits), ("a total of 2^53 − 1, no files", money),
            ("revision and quantity 2^32 − 1, characters beside the refused ones", last),
            ("a clientMatter of 64 characters in 256 bytes", wide)]


EDGES = " ~\u00a0\u2027\u202f\u2065\u206a\u200b\u200e\u061c\ufeff"


def file(blob_name, name, length, label="", **changes):
    return {"blob": blob_name, "name": name, "mediaType": "application/pdf", "length": length,
            "sha256": hash_of(f"file {name}{label}"), "contentKey": b64u(fixed(f"content key {name}{label}"))} | changes


def order(**changes):
    return {"version": 1, "firm": FIRM, "order": ORDER, "revision": 1, "device": DEVICE, "createdAt": NOW,
            "catalogue": CATALOGUE, "fields": FIELDS, "quote": QUOTE,
            "files": [file("r1/files/1", "authorization.pdf", 48213), file("r1/files/2", "subpoena.pdf", REGION + 1)],
            "replyKey": key("reply").jwk} | changes


FIELDS = {
    "patient.name": "Maria Delgado", "patient.minor": False, "request.years": 7, "request.rush": True,
    "request.kinds": ["billing", "imaging"], "request.notes": "", "request.zero": 0,
    "patient.address": {"street": "12 Elm Street", "city": "Springfield", "state": "IL", "zip": "62701"},
    "custodians.list": [
        {"name": "Example General Hospital", "count": 2, "urgent": True, "kinds": ["billing"],
         "address": {"street": "1 Main Street", "city": "Springfield"}},
        {"name": "Clinic of Dr. Åse Ødegård \u2014 \u75c5\u9662 \U0001f3e5", "count": MAX_INTEGER, "urgent": False}],
    "a.b": "one letter each", "section_2.field_10": "line one\nline two\ttab \"quoted\" \\ back"}


def orders():
    second = order(revision=2, createdAt=NOW + 60, fields={}, quote=quote(("custodian", 4, 4500)),
                   files=[file("r1/files/2", "subpoena.pdf", REGION + 1), file("r2/files/1", "empty.txt", 0,
                                                                               mediaType="text/plain")])
    names = order(order=fixed_id("order 3"), fields={"a.b": True}, quote=quote(),
                  files=[file("r1/files/1", "n" * 251 + ".pdf", 1), file("r1/files/2", "Vollmacht für …pdf", 2),
                         file("r1/files/3", "console.COM10.x", 3), file("r1/files/4", ".hidden", 4)])
    types = order(revision=MAX_COUNT, fields={}, quote=quote(), files=[
        file(f"r1/files/{n}", "f" + EDGES.replace("\u200b", "").replace("\ufeff", "") + "f", n, mediaType=name) for n, name in enumerate(
            ("a/b", "a" * 127 + "/" + "9" * 127, "0!#$&-^_.+/0!#$&-^_.+", "application/vnd.ms-excel"), 1)])
    return [("revision 1 with every kind of value", order()), ("revision 2, with a file of revision 1", second),
            ("names of files", names), ("revision 2^32 − 1, media types, characters beside the refused ones", types)]


def bundle(**changes):
    return {"version": 1, "provider": "Example Legal Support", "firm": FIRM, "firmName": "Hartwell & Ames LLP",
            "tenant": "5d2c1a90-7b1e-11ee-8c99-a0b1c2d3e4f5",
            "containers": {"sealed": "sealed", "live": "live"},
            "blobEndpoint": "https://sthartwell.blob.core.windows.net",
            "checkoutOrigin": "https://checkout.example.com",
            "wrappingKeys": [{"keyId": "https://kv-hartwell.vault.azure.net/keys/intake/" + fixed("version", 16).hex(),
                              "key": wrapping_jwk(2048)}],
            "adminFingerprint": key("admin").thumbprint, "receiptKeys": [key("receipt").jwk],
            "operators": [{"name": "Jordan Example", "key": key("operator-1").jwk, "notBefore": NOW - 86_400,
                           "notAfter": None}],
            "sequence": 12, "issuedAt": NOW, "notAfter": NOW + 30 * 86_400} | changes


def wrapping_jwk(bits):
    return rsa_jwk(rsa_key("provider", bits).public_key().public_numbers().n)


def modulus(bits):
    """An odd number of so many bits: no private key belongs to it."""
    raw = int.from_bytes(fixed(f"modulus {bits}", -(-bits // 8)), "big") >> (-bits % 8)
    return raw | 1 | 1 << (bits - 1)


def bundles():
    base = "https://kv-hartwell.vault.azure.net/keys/intake/"
    several = bundle(
        containers={"sealed": "a" * 63, "live": "0-a"}, sequence=13, blobEndpoint="https://st.example.test:8443",
        wrappingKeys=[{"keyId": base + fixed(f"version {bits}", 16).hex(), "key": jwk} for bits, jwk in (
            (3072, wrapping_jwk(3072)), (2048, wrapping_jwk(2048)), (4096, rsa_jwk(modulus(4096))))],
        receiptKeys=[key("receipt").jwk, key("receipt-2").jwk],
        operators=[{"name": name, "key": key(which).jwk, "notBefore": NOW, "notAfter": end} for name, which, end in (
            ("Jordan Example", "operator-1", None), ("Åse Ødegård", "operator-2", NOW + 99))])
    bare = bundle(operators=[], sequence=0, notAfter=NOW, blobEndpoint="https://10.0.0.1/a/b%20c/@",
                  checkoutOrigin="https://[2001:db8::1]:444")
    long = bundle(sequence=MAX_INTEGER, provider="\U0001f3e5" * 200, firmName=EDGES, operators=[],
                  blobEndpoint="https://st.example.com/" + "a" * 1001,
                  wrappingKeys=[{"keyId": "https://kv.example.com/" + "a" * 1001, "key": wrapping_jwk(2048)}])
    return [("one of each", bundle()), ("several keys of each kind", several),
            ("no operators, sequence 0, notAfter is issuedAt", bare), ("the longest texts and URLs", long)]


def device(number, **changes):
    return {"device": fixed_id(f"device {number}"), "member": fixed_id(f"member {number}"),
            "signingKey": key(f"device-{number}").jwk, "hpkeKey": key(f"device-{number} hpke").jwk,
            "admittedAt": NOW + number, "revokedAt": None} | changes


def workspace(*numbers):
    return [{"number": n, "check": workspace_check(fixed(f"workspace key {n}"), FIRM)} for n in numbers]


def roster(**changes):
    return {"version": 1, "firm": FIRM, "number": 1, "previous": None, "issuedAt": NOW, "adminKey": key("admin").jwk,
            "approvers": [DEVICE], "recoveryKey": key("recovery").jwk,
            "workspaceKeys": workspace(1), "devices": [device(1), device(2)]} | changes


def rosters():
    later = roster(number=2, previous=hash_of("roster 1"), workspaceKeys=workspace(1, 2, 3), devices=[
        device(1, revokedAt=NOW + 500), device(2, member=None),
        device(3, member="00000000-0000-0000-0000-00000000000a")])
    return [("roster 1", roster()), ("roster 2, a device revoked, one without a member", later),
            ("no devices", roster(approvers=[], devices=[])),
            ("number 2^32 − 1, two approvers, one of them revoked", roster(
                number=MAX_COUNT, previous=hash_of("the one before"), approvers=[fixed_id("device 2"), DEVICE],
                workspaceKeys=workspace(1, 2), devices=[device(1, revokedAt=NOW + 9), device(2)]))]


def receipt_of(source, compact, **changes):
    def shown(named):
        blocks, digest = block_list(named["sealedLength"])
        return {"name": named["name"], "sealedLength": named["sealedLength"], "blocks": blocks,
                "blockListSha256": digest, "versionId": None,
                "etag": f'"0x8DF{fixed("etag " + named["name"], 6).hex()}"'}
    return {"version": 1, "firm": source["firm"], "order": source["order"], "revision": source["revision"],
            "orderNumber": "26-04187", "manifestSha256": jws_hash(compact), "receivedAt": NOW + 100,
            "blobs": [shown(named) for named in source["blobs"]]} | changes


def receipts():
    first, second, limits, money, last, _ = (receipt_of(value, signed("manifest", value)) for _, value in manifests())
    first["blobs"][0]["versionId"] = "2026-09-21T14:13:20.0000000Z"
    money |= {"orderNumber": "A"}
    money["blobs"][0] |= {"etag": "!", "versionId": "~"}
    last |= {"orderNumber": "0-9A-Z" + "-" * 26}
    last["blobs"][0] |= {"etag": "e" * 128, "versionId": "v" * 128}
    return [("of revision 1", first), ("of revision 2", second), ("without a copy", limits), ("no files", money),
            ("of revision 2^32 − 1, the longest texts", last)]


def entry(event, number=1, **changes):
    return {"version": 1, "firm": FIRM, "order": ORDER, "number": number,
            "previous": jws_hash(signed("manifest", manifest())) if number == 1 else hash_of(f"entry {number - 1}"),
            "at": NOW + 200 + number, "event": event} | changes


def message(text):
    return {"kind": "message", "text": text}


RETURNS = {"kind": "returns", "files": [file("returns/1", "records.pdf", 912_345), file("returns/2", "bill.pdf", 0)]}


def entries():
    found = [(f"status {status}", entry({"kind": "status", "status": status})) for status in readers.STATUSES]
    return found + [("a message", entry(message("Dear Ms. Delgado,\nthe custodian asked for a wet signature."), 2)),
                    ("a message of one byte", entry(message("x"), 3)),
                    ("a message with < and marks", entry(message("1 < 2 <3 <\u200f> \u200e\u061c\u2028\t\r\n"), 3)),
                    ("returned documents", entry(RETURNS, 4)),
                    ("one returned document, number 37", entry(RETURNS | {"files": [
                        file("returns/37", "r.pdf", 1)]}, 5)),
                    ("number 2^32 − 1 of a file and of the entry", entry(RETURNS | {"files": [
                        file(f"returns/{MAX_COUNT}", "r.pdf", 1)]}, MAX_COUNT))]


# ---- wrong ones -----------------------------------------------------------------------------------------------------

def command(**changes):
    return {"version": 1, "firm": FIRM, "device": fixed_id("device 1"), "action": "lock", "recoveryConfirmedAt": None,
            "issuedAt": NOW, "notAfter": NOW + 30 * 86_400} | changes


def commands():
    return [("a lock", command()), ("an erasure", command(action="erase", recoveryConfirmedAt=NOW - 60)),
            ("an erasure, confirmed as it was signed", command(action="erase", recoveryConfirmedAt=NOW)),
            ("for a second", command(notAfter=NOW)), ("for 366 days", command(notAfter=NOW + 366 * 86_400))]


def thin(full, found, most=2):
    """All of `found` for one statement, only the first for the others, which keeps the file small."""
    return list(found) if full else list(found)[:most]


def wrong_everywhere(base, full):
    """Changes that any of the statements refuses."""
    yield "version 2", "version", 2
    yield "an unknown member", "extra", None
    yield from thin(full, [("version 0", "version", 0), ("version as a string", "version", "1")])
    for member in base:
        yield f"{member} missing", member, DELETE
    for member in [name for name in base if name in ("firm", "order", "device")]:
        value = base[member]
        yield from thin(full and member == "firm", most=1, found=[(f"{member} in upper case", member, value.upper()),
                               (f"{member} of UUID version 1", member, value[:14] + "1" + value[15:]),
                               (f"{member} of another variant", member, value[:19] + "c" + value[20:]),
                               (f"{member} without hyphens", member, value.replace("-", "")),
                               (f"{member} in braces", member, "{" + value + "}"), (f"{member} null", member, None)])
    for member in [name for name in base if name.endswith("At") or name == "at"]:
        yield from thin(full, most=1, found=[
            (f"{member} is 2^53", member, 2**53), (f"{member} is a fraction", member, NOW + 0.5),
            (f"{member} is negative", member, -1), (f"{member} is true", member, True),
            (f"{member} is a date", member, "2026-09-21T14:13:20Z")])


def wrong_hash(path, value, full=False):
    return thin(full, [
        (f"{path}: unused bits not zero", path, loose(value)), (f"{path}: 31 bytes", path, b64u(bytes(31))),
        (f"{path}: 33 bytes", path, b64u(bytes(33))), (f"{path}: padded", path, value + "="),
        (f"{path}: hexadecimal", path, "00" * 32), (f"{path}: standard base64", path, "+" + value[1:]),
        (f"{path}: null", path, None)])


def wrong_key(path, jwk, full=False):
    y = jwk["y"]
    long = b64u(bytes(1) + base64.urlsafe_b64decode(y + "="))
    return thin(full, [(f"{path}: {name}", path, value) for name, value in (
        ("not on the curve", jwk | {"y": b64u(fixed("y"))}), ("with d", jwk | {"d": b64u(fixed("d"))}),
        ("the point 0, 0", jwk | {"x": b64u(bytes(32)), "y": b64u(bytes(32))}),
        ("x of 31 bytes", jwk | {"x": b64u(bytes(31))}), ("y with a zero byte before it", jwk | {"y": long}),
        ("y is p", jwk | {"y": b64u(P.to_bytes(32, "big"))}), ("y with unused bits", jwk | {"y": loose(y)}),
        ("with kid", jwk | {"kid": "x"}), ("without y", {name: jwk[name] for name in ("kty", "crv", "x")}),
        ("P-384", jwk | {"crv": "P-384"}), ("kty OKP", jwk | {"kty": "OKP"}), ("RSA", rsa_jwk(modulus(2048))),
        ("null", None))])


def wrong_texts(text, full):
    """Changes of the JSON text, for any statement."""
    yield "version twice", '{"version":1,' + text[1:]
    yield "text after the value", text + "x"
    if not full:
        return
    yield "version twice, once with an escape", '{"ver\\u0073ion":1,' + text[1:]
    yield "a second value", text + "{}"
    yield "a byte order mark", "\ufeff" + text
    yield "cut", text[:-1]
    yield "an array", f"[{text}]"
    yield "a string", json.dumps(text)
    yield "null", "null"
    yield "nothing", ""
    yield "version 1.0", text.replace('"version":1,', '"version":1.0,', 1)
    yield "version 1e0", text.replace('"version":1,', '"version":1e0,', 1)
    yield "version 01", text.replace('"version":1,', '"version":01,', 1)
    yield "a comma too many", text[:-1] + ",}"
    yield "a comment", text[:-1] + "/* x */}"
    yield "NaN", text[:-1] + ',"x":NaN}'


class Documents:
    def __init__(self):
        self.vectors = []

    def add(self, kind, name, payload, check=bad, practice=False, signs=False):
        """Most come without their compact form: the signature is not what they show."""
        text = payload if isinstance(payload, str) else dump(payload)
        options = {"practice": practice} if kind == "bundle" else {}
        compact = None
        if kind != "copy" and (signs or name == "version 2"):
            compact = signed(kind, text)
            check({"name": name}, readers.read_signed, kind, compact, [key(SIGNERS[kind]).jwk], **options)
        vector = {"name": f"{kind}: {name}", "kind": kind, **options, "payload": text, "compact": compact,
                  "signer": SIGNERS[kind] if kind != "copy" else None}
        self.vectors.append(check(vector, readers.read, kind, text.encode(), **options))


def documents():
    import wrong_documents as wrong
    found, bases = Documents(), {"manifest": manifests(), "order": orders(), "copy": copies(), "bundle": bundles(),
                                 "roster": rosters(), "receipt": receipts(), "log-entry": entries(),
                                 "device-command": commands()}
    for kind, right in bases.items():
        full = kind == "manifest"
        for index, (name, payload) in enumerate(right):
            found.add(kind, name, payload, good, signs=index < 2)
        base = right[0][1]
        small = small_base(kind)
        for name, text in [*wrong_texts(dump(small), full), *wrong.texts(kind, dump(base))]:
            found.add(kind, name, text)
        found.add(kind, "what the wrong ones change", small, good)
        found.add(kind, "white space between tokens", json.dumps(small, indent=1, ensure_ascii=False) + "\n", good)
        found.add(kind, "members in another order", dict(reversed(small.items())), good)
        escaped = json.dumps(small).replace("version", "\\u0076ersion", 1).replace("/", "\\/")
        found.add(kind, "escapes", escaped, good)
        for name, path, value in [*wrong_everywhere(small, full), *getattr(wrong, kind.replace("-", "_"))(small)]:
            found.add(kind, name, changed(small, path, value))
    for name, payload, practice, check in wrong.practice():
        found.add("bundle", name, payload, check, practice)
    for kind, name, payload, check in wrong.others():
        found.add(kind, name, payload, check)
    return found.vectors


def small_base(kind):
    """What the wrong ones change: as short as it can be, which keeps the file small."""
    lines, short = quote(("a", 3, 5)), "https://a.example"
    if kind == "manifest":
        return manifest(quote=lines, clientMatter="x", blobs=[blob("r1/document", 99)])
    if kind == "order":
        return order(fields={"a.b": "x"}, quote=lines, files=[])
    if kind == "copy":
        return copies()[0][1] | {"document": signed("order", order(fields={}, files=[], quote=quote()))}
    if kind == "bundle":
        return bundle(provider="A", firmName="B", blobEndpoint=short, checkoutOrigin=short, operators=[], wrappingKeys=[
            {"keyId": short, "key": wrapping_jwk(2048)}])
    if kind == "roster":
        return roster(approvers=[], devices=[])
    if kind == "receipt":
        source = manifest(blobs=[blob("r1/document", 99)])
        return receipt_of(source, signed("manifest", source))
    if kind == "device-command":
        return commands()[1][1]
    return entries()[0][1]


def copies():
    def of(value):
        return {"version": 1, "document": signed("order", value), "replyPrivateKey": b64u(
            key("reply").scalar.to_bytes(32, "big"))}
    return [(f"of the order document: {name}", of(value)) for name, value in orders()[:2]]
