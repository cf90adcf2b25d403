"""What each statement refuses: (name, path of the member, its wrong value) for statements.json."""

import make_documents as make
from blobs import REGION, block_list
from formats import (
    MAX_COUNT,
    MAX_INTEGER,
    N,
    b64u,
    bad,
    fixed,
    fixed_id,
    good,
    key,
    loose,
    rsa_jwk,
)
from make_documents import DELETE, changed, modulus, thin, wrong_hash, wrong_key

SEALED = REGION + 28
UNPRINTABLE = [(f"with U+{ord(c):04X}", f"a{c}b") for c in (
    "\0", "\t", "\n", "\x1f", "\x7f", "\x80", "\x9f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069")]


def wrong_text(path, full=True):
    """What a printable text is not."""
    for name, value in [*UNPRINTABLE, ("null", None), ("a number", 1)] if full else UNPRINTABLE[2::8]:
        yield f"{path.split(' ')[-1]} {name}", path, value


def wrong_number(path, most, value=0):
    yield f"{path} {value}", path, value
    yield f"{path} above its range", path, most + 1
    yield f"{path} as a string", path, "1"


def within(found, path, wrap):
    """Changes of a part that the base does not have, as changes of the whole at `path`."""
    for name, inner, value in found:
        yield name, path, wrap(inner, value)


def wrong_catalogue():
    for name, value in (("with a capital", "Records"), ("empty", ""), ("of 65 characters", "a" * 65),
                        ("with an underscore", "records_retrieval"), ("with a letter that is not ASCII", "réc"),
                        ("with a line feed at the end", "records\n"), ("a number", 1)):
        yield f"service {name}", "catalogue service", value
    yield "catalogue with an unknown member", "catalogue name", "x"
    yield "catalogue without a version", "catalogue version", DELETE
    yield from wrong_number("catalogue version", MAX_COUNT)


def wrong_quote(quote):
    line = quote["lines"][0]
    yield "quote in another currency", "quote currency", "eur"
    yield "quote in USD, written in capitals", "quote currency", "USD"
    yield "an amount that is not quantity times unit", "quote", quote | {
        "lines": [line | {"amountCents": 16}], "totalCents": 16}
    yield "a total that is not the sum", "quote totalCents", quote["totalCents"] + 1
    yield "a code twice", "quote", make.quote(("custodian", 3, 4500), ("custodian", 1, 2500))
    yield "a quantity of 2^32", "quote", make.quote(("a", MAX_COUNT + 1, 1))
    yield "a quantity as a string", "quote lines 0 quantity", "3"
    yield "a code with a capital", "quote lines 0 code", "Custodian"
    yield "an empty code", "quote lines 0 code", ""
    yield "an amount that overflows 64 bits to 0", "quote", {"currency": "usd", "totalCents": 0, "lines": [
        {"code": "a", "quantity": 2**31, "unitCents": 2**33, "amountCents": 0}]}
    yield "a sum beyond 2^53 − 1", "quote", {"currency": "usd", "totalCents": MAX_INTEGER, "lines": [
        {"code": code, "quantity": 1, "unitCents": MAX_INTEGER, "amountCents": MAX_INTEGER} for code in "ab"]}
    yield "an amount of 2^53", "quote", make.quote(("a", 2, 2**52))
    yield "an amount of 2^53, unit and quantity in their ranges", "quote", {
        "currency": "usd", "totalCents": 0, "lines": [
            {"code": "a", "quantity": 2, "unitCents": 2**52, "amountCents": 0}]}
    yield "a negative amount", "quote", make.quote(("a", 1, -5))
    yield "a fraction of a cent", "quote", make.quote(("a", 1, 0.5))
    yield "a line with an unknown member", "quote lines 0 note", "x"
    yield "a line without a code", "quote lines 0 code", DELETE
    yield "quote with an unknown member", "quote tax", 0
    yield "quote null", "quote", None


def manifest(base):
    yield "revision 1.5", "revision", 1.5
    yield "previous on revision 1", "previous", make.hash_of("x")
    yield from wrong_catalogue()
    for value in ("", "x" * 65, "é" * 65):
        yield f"clientMatter of {len(value)} characters, {value[:1]!r}", "clientMatter", value
    yield from list(wrong_text("clientMatter"))[:-2]
    yield "clientMatter a number", "clientMatter", 10452
    yield from wrong_quote(base["quote"])
    blobs = make.manifest()["blobs"]
    document, copy, one, two = blobs
    for name, value in (
            ("empty", []), ("without the document", blobs[1:]), ("only a copy", [copy]),
            ("with the copy before the document", [copy, document, one, two]),
            ("with a file before the copy", [document, one, copy, two]),
            ("with files in another order", [document, copy, two, one]), ("with a gap", [document, copy, two]),
            ("with a file twice", [document, copy, one, one]), ("with the document twice", [document, document]),
            ("with the copy twice", [document, copy, copy]),
            ("with the manifest", [*blobs, make.blob("r1/manifest", 99)]),
            ("of another revision", [make.blob(blob["name"].replace("r1", "r2"), 99) for blob in blobs]),
            ("with a file of another revision", [document, copy, make.blob("r2/files/1", 99)]),
            ("with files/0", [document, copy, make.blob("r1/files/0", 99)]),
            ("with files/01", [document, copy, make.blob("r1/files/01", 99)]),
            ("with whole paths", [make.blob(f"orders/{base['order']}/{blob['name']}", 99) for blob in blobs])):
        yield f"blobs {name}", "blobs", value
    yield "a document of 0 bytes", "blobs 0 sealedLength", 0
    yield "a copy of 0 bytes", "blobs", [document, copy | {"sealedLength": 0}]
    for length in (1, 27, 28, SEALED + 1, SEALED + 27, SEALED + 28, 2 * SEALED + 28,
                   50_000 * SEALED + 29, 50_001 * SEALED):
        yield f"sealedLength {length}", "blobs 0 sealedLength", length
    yield "sealedLength as a string", "blobs 0 sealedLength", "48241"
    yield "sealedLength 2^53", "blobs 0 sealedLength", 2**53
    yield "a blob with an unknown member", "blobs 0 etag", "x"
    yield "a blob without tagsSha256", "blobs 0 tagsSha256", DELETE
    yield from wrong_hash("blobs 0 tagsSha256", base["blobs"][0]["tagsSha256"], True)


def wrong_files(path, base, prefix):
    """Of a list of one file at `path`."""
    here = f"{path} 0 "
    for name, value in (("empty", ""), ("of 256 bytes", "n" * 256), ("of 256 bytes in 128 characters", "é" * 128),
                        ("with a slash", "a/b.pdf"), ("with a backslash", "a\\b.pdf"), (".", "."), ("..", ".."),
                        ("of Windows' drive", "C:a.pdf"), ("with a tag", "<b>.pdf"), ("with a space at its end", "a.pdf "),
                        ("with a dot at its end", "a.pdf."), ("with U+200B", "a\u200b.pdf"), ("of a device", "nul.pdf"),
                        ("null", None)):
        yield f"file name {name}", here + "name", value
    yield from list(wrong_text(here + "name"))[::2]
    for name in ("", "application", "application/", "/pdf", "A/b", "a/b/c", "a/b;q=1", "a/b ", "a/.b", "a/*",
                 "a" * 128 + "/b", "a/" + "b" * 128):
        shown = f"of {name.index('/')} / {len(name) - name.index('/') - 1} bytes" if len(name) > 99 else ascii(name)
        yield f"mediaType {shown}", here + "mediaType", name
    for name in (f"{prefix}/0", f"{prefix}/01", f"{prefix}/", f"{prefix}/1/2", f"{prefix}/-1", f"{prefix}/1 ",
                 "document", "r1/document", "log/1", f"orders/{make.ORDER}/{prefix}/1"):
        yield f"a file's blob {name}", here + "blob", name
    yield f"a file's blob {prefix}/4294967296", here + "blob", f"{prefix}/4294967296"
    yield "two files with one blob name", path, [base[0], base[0] | {"name": "other"}]
    yield "contentKey of 31 bytes", here + "contentKey", b64u(bytes(31))
    yield "contentKey of 33 bytes", here + "contentKey", b64u(bytes(33))
    yield "contentKey with unused bits", here + "contentKey", loose(base[0]["contentKey"])
    yield "contentKey in hexadecimal", here + "contentKey", "00" * 32
    yield from wrong_hash(here + "sha256", base[0]["sha256"])
    yield "length negative", here + "length", -1
    yield "length 2^53", here + "length", 2**53
    yield "length as a string", here + "length", "1"
    yield "a file with an unknown member", here + "path", "x"
    yield "a file without a name", here + "name", DELETE


def order(base):
    yield from thin(False, wrong_catalogue())
    yield from list(wrong_quote(base["quote"]))[2:6]
    yield "revision 2^32", "revision", MAX_COUNT + 1
    one = {"files": [make.file("r1/files/1", "a", 1, mediaType="a/b")]}
    for name, path, value in [*wrong_files("files", one["files"], "r1/files"), *(
            (f"a file of {what}", "files 0 blob", f"{blob}") for what, blob in (
                ("revision 2^32", "r4294967296/files/1"), ("a later revision", "r2/files/1"),
                ("revision 0", "r0/files/1"), ("revision 01", "r01/files/1"), ("a log", "returns/1")))]:
        yield name, "files", changed(one, path, value)["files"]
    for name in ("patient", "patient.", ".name", "Patient.name", "patient.2nd", "2.name", "patient.na-me",
                 "patient name.x", "patient..name", "", "patient._name", "pätient.name", "patient.name\n"):
        yield f"field id {name!a}", "fields", {name: "x"}
    for name, value in (("null", None), ("a fraction", 1.5), ("negative", -1), ("2^53", 2**53),
                        ("an array of numbers", [1, 2]), ("an array of texts and rows", ["a", {"b": "c"}]),
                        ("an array of rows and texts", [{"b": "c"}, "a"]), ("an array of arrays", [["a"]]),
                        ("an object with a number", {"zip": 62701}), ("an object with an object", {"a": {"b": "c"}}),
                        ("an object with null", {"a": None}), ("an object with an array", {"a": ["b"]}),
                        ("rows with rows", [{"a": [{"b": "c"}]}]),
                        ("rows with an object of numbers", [{"a": {"b": 1}}]),
                        ("rows with null", [{"a": None}]), ("rows with a fraction", [{"a": 0.5}]),
                        ("a row's part with a dot", [{"a.b": "c"}]), ("a row's part with a capital", [{"A": "c"}]),
                        ("an array with null", ["a", None]), ("an empty array", []), ("an empty object", {}),
                        ("one empty row", [{}]), ("an empty row after one", [{"a": "b"}, {}]),
                        ("with a tag", "a<b>c"), ("with < at its end", "a <"), ("with U+0000", "a\0"),
                        ("an array with a tag", ["a", "</b"]), ("an object with a tag", {"a": "<!"}),
                        ("rows with an empty array", [{"a": []}]), ("rows with an empty object", [{"a": {}}])):
        yield f"a field {name}", "fields", {"a.b": value}
    yield "fields as an array", "fields", []
    yield "files null", "files", None
    yield from wrong_key("replyKey", base["replyKey"], True)


def copy(base):
    yield from ((f"replyPrivateKey of {n} bytes", "replyPrivateKey", b64u(bytes([1] * n))) for n in (0, 31, 33))
    yield "replyPrivateKey with unused bits", "replyPrivateKey", loose(base["replyPrivateKey"])
    yield "replyPrivateKey in hexadecimal", "replyPrivateKey", "01" * 32
    yield "replyPrivateKey null", "replyPrivateKey", None
    for name, scalar in (("of another key", key("other").scalar), ("0", 0), ("n", N), ("n minus it", N - key(
            "reply").scalar), ("2^256 − 1", 2**256 - 1)):
        yield f"replyPrivateKey {name}", "replyPrivateKey", b64u(scalar.to_bytes(32, "big"))
    yield "document of two parts", "document", base["document"].rsplit(".", 1)[0]
    yield "document empty", "document", ""
    yield "document null", "document", None
    yield "document as an object", "document", {}


WRONG_URLS = (
    "http://a.example", "http://127.0.0.1:10000", "a.example", "https://", "", "https:a.example", "https:///a.example",
    "https://a.example:65536", "https://1.2.3.4.5", "https://u@a.example", "https://a.example?a", "https://a.example?",
    "https://a.example/", "HTTPS://a.example", "https://A.example", "https://a.example:443",
    "https://a.example:", "https://a.example:0444", "https://ä.example", "https://a%2eexample", "https://127.1",
    "https://[0:0::1]", "https://a.example\n", "https://a.example/a/", "https://a.example/a/../b",
    "https://a.example/%2E%2e/b", "https://a.example/a b")


def wrong_urls():
    for url in WRONG_URLS:
        yield "blobEndpoint", url
    for url in (WRONG_URLS[1], WRONG_URLS[9], WRONG_URLS[10], WRONG_URLS[12]):
        yield "checkoutOrigin", url
        yield "wrappingKeys 0 keyId", url
    yield "checkoutOrigin", "https://a.example/a"
    yield "blobEndpoint", "https://a.example/" + "a" * 1007
    yield "wrappingKeys 0 keyId", "https://a.example/" + "a" * 1007


def wrong_operators():
    right = make.bundle()["operators"][0]
    other = right | {"key": key("operator-2").jwk}
    found = [("an operator with an unknown member", "mail", "jordan@example.com"),
             ("an operator without notAfter", "notAfter", DELETE),
             ("an operator with notBefore null", "notBefore", None),
             ("an operator with notAfter 2^53", "notAfter", 2**53), ("an operator with an empty name", "name", ""),
             ("an operator with a name of 201", "name", "x" * 201),
             ("the admin's key as an operator's", "key", key("admin").jwk),
             ("a receipt key as an operator's", "key", key("receipt").jwk), *wrong_text("name", False)]
    yield from within(found, "operators", lambda path, value: [changed(right, path, value)])
    yield "two operators with one key", "operators", [right, right | {"name": "Other"}]
    yield "the second operator wrong", "operators", [right, other | {"notBefore": -1}]


def wrong_wrapping_keys(base):
    yield "no wrapping key", "wrappingKeys", []
    yield "a wrapping key with an unknown member", "wrappingKeys 0 alg", "RSA-OAEP-256"
    yield "a keyId twice", "wrappingKeys", [*base["wrappingKeys"], base["wrappingKeys"][0] | {
        "key": rsa_jwk(modulus(2048))}]
    for bits in (1024, 2047, 4097):
        yield f"RSA of {bits} bits", "wrappingKeys 0 key", rsa_jwk(modulus(bits))
    for number in (3, 2**32 + 65537):
        yield f"RSA with the exponent {number}", "wrappingKeys 0 key e", rsa_jwk(5, number)["e"]
    n = modulus(2048).to_bytes(256, "big")
    yield "RSA with a zero byte before n", "wrappingKeys 0 key n", b64u(b"\0" + n)
    yield "RSA with a zero byte before e", "wrappingKeys 0 key e", b64u(b"\0\1\0\1")
    yield "RSA with d", "wrappingKeys 0 key d", b64u(fixed("d"))
    yield "RSA with kty RSA-HSM", "wrappingKeys 0 key kty", "RSA-HSM"
    yield "P-256 as a wrapping key", "wrappingKeys 0 key", key("reply").jwk


def bundle(base):
    for place in ("sealed", "live"):
        names = ("a--b", "ab", "a" * 64, "-abc", "abc-", "Sealed", "a_b", "")
        for name in names if place == "live" else names[:1]:
            yield f"container {place} {name!a}", f"containers {place}", name
    yield "one container for both", "containers live", base["containers"]["sealed"]
    yield "containers with an unknown member", "containers logs", "logs"
    yield "containers without live", "containers live", DELETE
    for place, url in wrong_urls():
        shown = ascii(url) if len(url) < 99 else f"of {len(url)} bytes"
        yield f"{place} {shown}", place, url
    yield from wrong_wrapping_keys(base)
    yield from wrong_operators()
    yield from wrong_hash("adminFingerprint", base["adminFingerprint"])
    yield "no receipt key", "receiptKeys", []
    yield "51 receipt keys", "receiptKeys", [key(f"receipt {n}").jwk for n in range(51)]
    yield "a receipt key twice", "receiptKeys", base["receiptKeys"] * 2
    yield "the admin's key as a receipt key", "receiptKeys 0", key("admin").jwk
    yield from wrong_key("receiptKeys 0", base["receiptKeys"][0])
    yield "tenant in upper case", "tenant", base["tenant"].upper()
    yield "tenant as a domain", "tenant", "hartwell.example.com"
    yield "sequence negative", "sequence", -1
    yield "sequence 2^53", "sequence", 2**53
    yield "notAfter 2^53", "notAfter", 2**53
    yield "notAfter null", "notAfter", None
    yield "notAfter a second before issuedAt", "notAfter", base["issuedAt"] - 1
    for name in ("provider", "firmName"):
        yield f"{name} empty", name, ""
        yield f"{name} of 201 characters", name, "é" * 201
        yield from wrong_text(name, False)


def roster(base):
    yield from wrong_number("number", MAX_COUNT)
    for name, value in (("null", None), ("beginning with 2", make.workspace(2)), ("with a gap", make.workspace(1, 3)),
                        ("with 1 twice", make.workspace(1, 1)), ("in another order", make.workspace(2, 1)),
                        ("beginning with 0", make.workspace(0, 1))):
        yield f"workspaceKeys {name}", "workspaceKeys", value
    yield "a workspace key with an unknown member", "workspaceKeys 0 key", b64u(fixed("key"))
    yield "a workspace key without a check", "workspaceKeys 0 check", DELETE
    yield "a workspace key's number as a string", "workspaceKeys 0 number", "1"
    yield from wrong_hash("workspaceKeys 0 check", base["workspaceKeys"][0]["check"])
    yield "number 2 without previous", "number", 2
    yield "previous on number 1", "previous", make.hash_of("x")
    yield "an approver that is no device", "approvers", [fixed_id("nobody")]
    yield "approvers null", "approvers", None
    yield "the admin key as the recovery key", "recoveryKey", base["adminKey"]
    for path in ("adminKey", "recoveryKey"):
        yield from wrong_key(path, base[path])
    yield from wrong_devices(base)


def wrong_devices(base):
    one, two = make.device(1, member=None), make.device(2, member=None)
    yield "a device id twice", "devices", [one, two | {"device": one["device"]}]
    yield "a signing key twice", "devices", [one, two | {"signingKey": one["signingKey"]}]
    yield "an HPKE key twice", "devices", [one, two | {"hpkeKey": one["hpkeKey"]}]
    yield "one device with one key for both", "devices", [two | {"hpkeKey": two["signingKey"]}]
    yield "the HPKE key of one device as the signing key of another", "devices", [
        one, two | {"signingKey": one["hpkeKey"]}]
    member = fixed_id("member 1")
    found = [("the admin key as a device's", "signingKey", base["adminKey"]),
             ("the recovery key as a device's", "hpkeKey", base["recoveryKey"]),
             ("a member in upper case", "member", member.upper()),
             ("a member as a mail address", "member", "maria.delgado@example.com"),
             ("a device with an unknown member", "name", "Laptop"),
             ("a device without revokedAt", "revokedAt", DELETE), ("a device without a member", "member", DELETE),
             ("admittedAt null", "admittedAt", None), ("revokedAt as a fraction", "revokedAt", 1.5),
             ("revokedAt 2^53", "revokedAt", 2**53), ("a device id that is not of version 4", "device",
                                                      one["device"][:14] + "7" + one["device"][15:]),
             *wrong_key("signingKey", one["signingKey"]), *wrong_key("hpkeKey", one["hpkeKey"])]
    yield from within(found, "devices", lambda path, value: [changed(one, path, value)])


def device_command(base):
    yield "another action", "action", "wipe"
    yield "action in capitals", "action", "ERASE"
    yield "an erasure without a confirmed recovery", "recoveryConfirmedAt", None
    yield "an erasure, confirmed a second after it was signed", "recoveryConfirmedAt", base["issuedAt"] + 1
    yield "a lock with a confirmed recovery", "action", "lock"
    yield "notAfter a second before issuedAt", "notAfter", base["issuedAt"] - 1
    yield "notAfter 366 days and a second later", "notAfter", base["issuedAt"] + 366 * 86_400 + 1
    yield "recoveryConfirmedAt left out", "recoveryConfirmedAt", DELETE


def receipt(base):
    for value in (2604187, "", "A" * 33, "26/04187", "26 04187", "26-04187a", "26-04187\n", "É"):
        yield f"orderNumber {value!a}", "orderNumber", value
    for name in ("etag", "versionId"):
        for value in ("", "e" * 129, "a b", "a\x7f", "é"):
            yield f"{name} {value!a}"[:40], f"blobs 0 {name}", value
    yield from wrong_hash("manifestSha256", base["manifestSha256"])
    yield from wrong_hash("blobs 0 blockListSha256", base["blobs"][0]["blockListSha256"])
    yield "blobs empty", "blobs", []
    yield "blobs in another order", "blobs", make.receipts()[0][1]["blobs"][::-1]
    yield "sealedLength 28", "blobs 0 sealedLength", 28
    blocks, digest = block_list(0)
    yield "a document of 0 bytes", "blobs 0", base["blobs"][0] | {
        "sealedLength": 0, "blocks": blocks, "blockListSha256": digest}
    yield "blocks as a fraction", "blobs 0 blocks", 1.5
    yield "blocks null", "blobs 0 blocks", None
    yield "etag null", "blobs 0 etag", None
    yield "versionId missing", "blobs 0 versionId", DELETE
    yield "a blob with an unknown member", "blobs 0 tagsSha256", make.hash_of("x")


def log_entry(base):
    yield from wrong_number("number", MAX_COUNT)
    yield from wrong_hash("previous", base["previous"])
    for name, event in (
            ("an unknown kind", {"kind": "note", "text": "x"}), ("no kind", {"status": "new"}), ("null", None),
            ("a text", "new"), ("kind as a number", {"kind": 1, "status": "new"}),
            ("an unknown status", {"kind": "status", "status": "done"}),
            ("a status in capitals", {"kind": "status", "status": "New"}),
            ("a status with an underscore", {"kind": "status", "status": "in_progress"}),
            ("status null", {"kind": "status", "status": None}), ("a status without status", {"kind": "status"}),
            ("a status with a text", {"kind": "status", "status": "new", "text": "x"}),
            ("an empty message", make.message("")), ("message null", make.message(None)),
            ("a message with a tag", make.message("a<b>c")),
            ("a message with < at its end", make.message("a <")), ("a message with U+202E", make.message("a\u202e")),
            ("a message with files", make.message("x") | {"files": []}),
            ("returns without files", {"kind": "returns", "files": []}),
            ("returns null", {"kind": "returns", "files": None}),
            ("returns with a text", make.RETURNS | {"text": "x"})):
        yield f"event: {name}", "event", event


def texts(kind, text):
    """Wrong JSON texts of one kind of statement."""
    if kind == "manifest":
        yield "a member of quote twice", text.replace('"currency":', '"currency":"usd","currency":')
        yield "a quantity of -0", text.replace('"quantity":3', '"quantity":-0')
        yield "half of a surrogate pair", text.replace("10452-003", "\\ud800")
        yield "a raw control character in a string", text.replace("10452-003", "10452\t003")
        yield "a member of a blob twice", text.replace('"sealedLength":4124', '"sealedLength":4124,"sealedLength":4124')
    elif kind == "order":
        yield "a field twice", text.replace('"a.b":', '"a.b":"other","a.b":')
        yield "a member of an object value twice", text.replace('"street":', '"street":"x","street":', 1)
        yield "a member of a row twice", text.replace('"count":2', '"count":1,"count":2')
        yield "a number as 7.0", text.replace('"request.years":7', '"request.years":7.0')
        yield "a number as 7e0", text.replace('"request.years":7', '"request.years":7e0')
        yield "crv twice", text.replace('"crv":', '"crv":"P-256","crv":')
    elif kind == "log-entry":
        yield "kind twice", text.replace('"kind":', '"kind":"status","kind":')
        yield "status twice", text.replace('"status":"new"', '"status":"new","status":"new"')
    elif kind == "roster":
        yield "revokedAt twice", text.replace('"revokedAt":null', '"revokedAt":null,"revokedAt":null', 1)


def practice():
    """Bundles where it matters whether the build is a practice build: (name, payload, practice, check)."""
    base = make.small_base("bundle")
    right = ("http://127.0.0.1:10000", "http://[::1]:8080", "http://127.255.255.255", "https://a.example",
             "http://127.0.0.1:443", "http://127.0.0.1:10000/devstoreaccount1")
    wrong = ("http://a.example", "http://127.0.0.1.a.example", "http://localhost", "http://127.0.0.1@a.example",
             "http://[::2]", "http://128.0.0.1", "http://126.255.255.255", "http://127.0.0.1:80", "http://127.0.0.1/",
             "http://2130706433", "http://[::ffff:7f00:1]")
    for url in right:
        yield f"practice: blobEndpoint {url}", base | {"blobEndpoint": url}, True, good
    for url in wrong:
        yield f"practice: blobEndpoint {url}", base | {"blobEndpoint": url}, True, bad
    for urls, check in ((right[:1], good), ((wrong[0], right[-1]), bad)):
        for url in urls:
            yield f"practice: checkoutOrigin {url}", base | {"checkoutOrigin": url}, True, check
    keys = changed(base, "wrappingKeys 0 keyId", right[0])
    yield "practice: a keyId of http", keys, True, bad


def others():
    """What starts from another right one: (kind, name, payload, check)."""
    zero = make.manifest(revision=0, blobs=[make.blob("r0/document", 99)])
    yield "manifest", "revision 0", zero, bad
    beyond = make.manifest(revision=MAX_COUNT + 1, previous=make.hash_of("x"), blobs=[
        make.blob(f"r{MAX_COUNT + 1}/document", 99)])
    yield "manifest", "revision 2^32", beyond, bad
    yield "receipt", "revision 2^32", make.receipt_of(beyond, make.signed("manifest", beyond)), bad
    yield "order", "revision 0", make.order(revision=0, files=[]), bad
    yield "receipt", "revision 0", make.receipt_of(zero, make.signed("manifest", zero)), bad
    second = make.manifests()[1][1]
    yield "manifest", "revision 2 with previous null", changed(second, "previous", None), bad
    yield from (("manifest", "revision 2: " + name, changed(second, path, value), bad)
                for name, path, value in wrong_hash("previous", second["previous"]) if value is not None)
    later = make.small_base("roster") | {"number": 2, "previous": make.hash_of("roster 1")}
    yield from (("roster", "number 2: " + name, changed(later, path, value), bad)
                for name, path, value in wrong_hash("previous", later["previous"]))
    returns = make.entry({"kind": "returns", "files": [make.file("returns/1", "a", 1, mediaType="a/b")]})
    for name, path, value in list(wrong_files("event files", returns["event"]["files"], "returns"))[::3]:
        yield "log-entry", "returns: " + name, changed(returns, path, value), bad
    yield "log-entry", "returns: a file of an order", changed(returns, "event files 0 blob", "r1/files/1"), bad
    one = make.roster(devices=[make.device(1)])
    yield "roster", "an approver", one, good
    yield "roster", "an approver twice", one | {"approvers": one["approvers"] * 2}, bad
    yield "roster", "an approver in upper case", one | {"approvers": [one["approvers"][0].upper()]}, bad
    yield "roster", "an approver and one that is no device", one | {"approvers": [
        *one["approvers"], fixed_id("nobody")]}, bad
    many = make.small_base("bundle") | {"receiptKeys": [key(f"receipt {n}").jwk for n in range(50)]}
    yield "bundle", "50 receipt keys", many, good
    limit = make.manifest(catalogue={"service": "a", "version": 1}, createdAt=MAX_INTEGER)
    yield "manifest", "createdAt 2^53 − 1", limit, good
    yield "manifest", "createdAt 0", make.manifest(createdAt=0), good
