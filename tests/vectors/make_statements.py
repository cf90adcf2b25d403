"""statements.json: the documents, and what is only seen in several statements together."""

import make_documents as make
import statements
import together as readers
from blobs import sealed_length_of, workspace_check
from formats import b64u, bad, dump, fixed, fixed_id, good, key, need, sha, sign, un64u
from make_chains import log_chains, other_header, other_s, roster_chains
from make_documents import FIRM, NOW, changed, hash_of, signed

KEYS = ("device-1", "device-2", "device-3", "device-4", "device-1 hpke", "device-2 hpke", "device-3 hpke",
        "device-4 hpke", "admin", "admin-2", "recovery", "recovery-2", "identity", "identity-spare", "receipt",
        "receipt-2", "operator-1", "operator-2", "reply")


def pairs():
    """An order document and the manifest that names it."""
    vectors, device_key = [], key("device-1").jwk
    first = make.small_base("manifest") | {"blobs": [make.blob("r1/document", 4124), make.blob("r1/files/1", 48241)]}
    document = make.small_base("order") | {"quote": first["quote"], "files": make.order()["files"][:1]}

    def add(name, check, one=first, two=document, signer="device-1"):
        compacts = signed("manifest", one), signed("order", two, signer)
        vector = {"name": name, "manifest": compacts[0], "document": compacts[1], "signer": "device-1"}
        vectors.append(check(vector, readers.read_pair, *compacts, device_key))

    add("revision 1", good)
    add("revision 1 with every kind of value", good, make.manifest(), make.order())
    add("revision 2", good, make.manifests()[1][1], make.orders()[1][1])
    add("created at different times", good, first, document | {"createdAt": NOW + 1})
    other = {"firm": fixed_id("other firm"), "order": fixed_id("other order"), "revision": 2,
             "device": fixed_id("device 2"), "catalogue": {"service": "records-retrieval", "version": 2},
             "quote": make.quote(("custodian", 3, 4500))}
    for name, value in other.items():
        add(f"another {name}", bad, first, document | {name: value})
    add("another service", bad, first, changed(document, "catalogue service", "subpoena"))
    add("quote lines in another order", bad, first | {"quote": make.QUOTE}, document | {
        "quote": make.quote(("rush", 1, 2500), ("custodian", 3, 4500))})
    add("the document signed by another device", bad, signer="device-2")
    one, two = make.order()["files"][0], make.file("r1/files/2", "b.pdf", 5)
    for name, files in (("without the file", []), ("a file more", [one, two]),
                        ("a file of another length", [one | {"length": one["length"] + 1}]),
                        ("a file of 0 bytes", [one | {"length": 0}]), ("another file", [two | {"length": 48213}])):
        add(f"the document's files: {name}", bad, first, document | {"files": files})
    both = first | {"blobs": [*first["blobs"], make.blob("r1/files/2", sealed_length_of(5))]}
    add("two files", good, both, document | {"files": [one, two]})
    add("two files, the document without the second", bad, both, document)
    add("two files, their lengths exchanged", bad, both, document | {
        "files": [one | {"length": 5}, two | {"length": one["length"]}]})
    manifest, order = make.manifests()[1][1], make.orders()[1][1]
    add("revision 2, only a file of revision 1", good, manifest | {"blobs": manifest["blobs"][:2]},
        order | {"files": order["files"][:1]})
    add("revision 2, without the file of revision 1", good, manifest, order | {"files": order["files"][1:]})
    add("revision 2, without the file of revision 2", bad, manifest, order | {"files": order["files"][:1]})
    return vectors


def workspace_checks():
    vectors = []
    for name, firm, secret in (("a workspace key", FIRM, fixed("workspace key")),
                               ("of another firm", fixed_id("other firm"), fixed("workspace key")),
                               ("another workspace key", FIRM, fixed("workspace key 1")),
                               ("32 bytes 00", FIRM, bytes(32))):
        check = workspace_check(secret, firm)
        assert check == b64u(un64u(check, 32))
        vectors.append({"name": name, "firm": firm, "key": secret.hex(), "check": check})
    need(len({vector["check"] for vector in vectors}) == len(vectors), "two keys or firms with one check")
    return vectors


def receipt_pairs():
    vectors = []
    named = make.small_base("manifest")
    compact = signed("manifest", named)
    right = make.receipt_of(named, compact)

    def add(name, check=bad, value=right, manifest=compact, keys=("receipt",), signer="receipt", text=None):
        text = text or signed("receipt", value, signer)
        keys = [key(name).jwk for name in keys]
        vector = {"name": name, "manifest": manifest, "receipt": text, "receiptKeys": keys}
        vectors.append(check(vector, readers.read_receipt, manifest, text, keys))

    add("revision 1", good)
    for name, value in make.manifests()[:4]:
        text = signed("manifest", value)
        add(name, good, make.receipt_of(value, text), text)
    add("signed by the second of two receipt keys", good, keys=("receipt", "receipt-2"), signer="receipt-2")
    add("signed by a receipt key that is not in the bundle", signer="receipt-2")
    add("signed by the identity key", signer="identity")
    add("signed by the device", signer="device-1")
    add("another firm", value=right | {"firm": fixed_id("other firm")})
    add("another order", value=right | {"order": fixed_id("other order")})
    add("another revision", value=right | {"revision": 2, "blobs": [
        blob | {"name": blob["name"].replace("r1", "r2")} for blob in right["blobs"]]})
    add("the hash of another manifest", value=right | {"manifestSha256": hash_of("x")})
    add("the hash of the manifest's payload", value=right | {"manifestSha256": sha(dump(named).encode())})
    add("the hash of the manifest's whole text", value=right | {"manifestSha256": sha(compact.encode())})
    add("a manifest with the other value of s", good, manifest=other_s(compact))
    add("a receipt with the other value of s", good, text=other_s(signed("receipt", right)))
    add("a manifest under a header in another order", manifest=other_header("manifest", named, "device-1"))
    receipt_blobs(add)
    receipt_blocks(add)
    add("under another typ", text=sign("satchel-manifest+jws", dump(right), key("receipt")))
    return vectors


def receipt_blobs(add):
    named = make.small_base("manifest") | {"blobs": make.manifest()["blobs"][:3]}
    text = signed("manifest", named)
    right = make.receipt_of(named, text)

    def given(name, blobs):
        add(name, value=right | {"blobs": blobs}, manifest=text)

    document, copy, file = right["blobs"]
    given("a blob missing", [document, copy])
    given("the copy missing", [document, file])
    given("a blob more", [document, copy, file, file | {"name": "r1/files/2"}])
    longer = make.receipt_of(named | {"blobs": [named["blobs"][2] | {"sealedLength": 48242}]}, text)["blobs"]
    given("another length", [document, copy, *longer])


def receipt_blocks(add):
    """A file of two blocks whose list the receipt gives wrong."""
    most = 4_194_332
    named = make.small_base("manifest") | {"blobs": [
        make.blob("r1/document", 99), make.blob("r1/files/1", most + 30), make.blob("r1/files/2", 0)]}
    text = signed("manifest", named)
    right = make.receipt_of(named, text)

    def lists(*lines):
        return sha("".join(f"{name} {size}\n" for name, size in lines).encode())

    first, second, third = "MDAwMDAwMDA=", "MDAwMDAwMDE=", "MDAwMDAwMDI="
    assert right["blobs"][1]["blockListSha256"] == lists((first, most), (second, 30))
    add("files of two blocks and of none", good, right, text)
    list_of_two = lists((first, most), (second, 30))
    wrong = [("blocks 1", 1, list_of_two), ("blocks 3", 3, list_of_two),
             ("one block for all", 1, lists((first, most + 30))),
             ("a third, empty block", 3, lists((first, most), (second, 30), (third, 0))),
             ("blocks in another order", 2, lists((second, 30), (first, most))),
             ("numbers from 1", 2, lists((second, most), (third, 30))),
             ("blocks of the plaintext", 2, lists((first, most - 28), (second, 2))),
             ("no line feed at the end", 2, sha(f"{first} {most}\n{second} 30".encode())),
             ("numbers not in base64", 2, lists(("00000000", most), ("00000001", 30)))]
    for name, blocks, digest in wrong:
        add(f"block list: {name}", value=changed(right, "blobs 1", right["blobs"][1] | {
            "blocks": blocks, "blockListSha256": digest}), manifest=text)
    add("block list: one block for a blob of 0 bytes", value=changed(right, "blobs 2", right["blobs"][2] | {
        "blocks": 1, "blockListSha256": lists((first, 0))}), manifest=text)


def bundle_sequences():
    vectors = []
    identity = [key("identity").jwk, key("identity-spare").jwk]
    end, base = NOW + 30 * 86_400, make.small_base("bundle")
    old, right = signed("bundle", base | {"sequence": 11}), signed("bundle", base)

    def add(name, check, compact, last_sequence=None, last=None, now=NOW + 10):
        vector = {"name": name, "lastSequence": last_sequence, "lastCompact": last, "compact": compact, "now": now}
        vectors.append(check(vector, readers.read_bundle, compact, last_sequence, last, now, identity))

    spare = signed("bundle", base, "identity-spare")
    add("the first", good, right)
    add("the next sequence", good, right, 11, old)
    add("a later sequence", good, signed("bundle", base | {"sequence": 99}), 11, old)
    add("the next sequence, issued earlier", good, signed("bundle", base | {"issuedAt": NOW - 1}), 11, old)
    add("the same again", good, right, 12, right)
    add("the first, signed by the spare identity key", good, spare)
    add("the next sequence, signed by the spare identity key", good, spare, 11, old)
    add("a second before notAfter", good, right, now=end - 1)
    add("at the second notAfter", good, right, now=end)
    add("before issuedAt", good, right, now=NOW - 1)
    add("the same again, the other value of s", good, other_s(right), 12, right)
    add("an older sequence", bad, old, 12, right)
    add("the same sequence, another payload", bad, signed("bundle", base | {"firmName": "C"}), 12, right)
    add("the same sequence and payload, signed by the spare key", bad, spare, 12, right)
    add("the same sequence and payload, under a header in another order", bad,
        other_header("bundle", base, "identity"), 12, right)
    add("a second after notAfter", bad, right, now=end + 1)
    add("a second after notAfter, the same again", bad, right, 12, right, now=end + 1)
    for name, value in (("firm", fixed_id("other firm")), ("tenant", fixed_id("other tenant")),
                        ("adminFingerprint", key("admin-2").thumbprint)):
        add(f"the next sequence with another {name} than was pinned", bad, signed("bundle", base | {name: value}), 11,
            old)
    names = {"provider": "D", "firmName": "E", "receiptKeys": [key("receipt-2").jwk]}
    add("the next sequence with other names and keys", good, signed("bundle", base | names), 11, old)
    add("signed by a receipt key", bad, signed("bundle", base, "receipt"))
    add("signed by the admin key", bad, signed("bundle", base, "admin"))
    add("under another typ", bad, sign("satchel-roster+jws", dump(base), key("identity")))
    return vectors


def limits():
    """Payloads too long to be written here: "@" stands for "with", "times" times, where "#" counts from 2;
    then spaces follow up to "padTo" bytes."""
    vectors = []

    def add(name, kind, text, check, repeated=None, times=None, length=None):
        written = text.replace("@", "".join(repeated.replace("#", str(n + 2)) for n in range(times))) \
            if repeated else text
        vector = {"name": name, "kind": kind, "payload": text, "with": repeated, "times": times, "padTo": length}
        vectors.append(check(vector, statements.read, kind, written.encode().ljust(length or 0)))

    def both(name, kind, text, repeated, most):
        add(f"{most} {name}", kind, text, good, repeated, most)
        add(f"{most + 1} {name}", kind, text, bad, repeated, most + 1)

    for kind, most in statements.LIMITS.items():
        base = dump(make.small_base(kind))
        add(f"{kind} at its limit", kind, base, good, length=most)
        add(f"{kind} one byte over its limit", kind, base, bad, length=most + 1)

    def grown(base, element):
        return dump(base).replace(dump(element), dump(element) + "@", 1)

    first = make.blob("r1/files/1", 0)
    both("files after the first of a manifest", "manifest", grown(make.manifest(blobs=[
        make.blob("r1/document", 99), first]), first), "," + dump(make.blob("r1/files/#", 0)), 499)
    line = make.quote(("a", 0, 0))["lines"][0]
    both("lines after the first of a quote", "manifest", grown(make.manifest(quote=make.quote(("a", 0, 0))), line),
         "," + dump(line | {"code": "c#"}), 199)
    first = make.file("r1/files/1", "a", 1)
    both("files after the first of an order", "order", grown(make.small_base("order") | {"files": [first]}, first),
         "," + dump(make.file("r1/files/#", "b", 1)), 499)
    returned = make.file("returns/1", "a", 1)
    both("files after the first of returns", "log-entry", grown(make.entry(
        {"kind": "returns", "files": [returned]}), returned), "," + dump(make.file("returns/#", "b", 1)), 499)
    bundle = make.small_base("bundle")
    first, n = bundle["wrappingKeys"][0], bundle["wrappingKeys"][0]["key"]["n"]
    both("wrapping keys after the first", "bundle", grown(bundle, first), "," + dump(
        {"keyId": "https://a.example/#", "key": first["key"] | {"n": n[:300] + "####" + n[304:]}}), 49)
    both("bytes of a message", "log-entry", dump(make.entry(make.message("@"))), "x", 65_536)
    both("bytes of a message after two of one character", "log-entry", dump(make.entry(make.message("é@"))), "x",
         65_534)
    return vectors


def lists():
    return {"keys": [key(name).shown() for name in KEYS], "documents": make.documents(), "pairs": pairs(),
            "rosterChains": roster_chains(), "workspaceChecks": workspace_checks(), "logChains": log_chains(),
            "receipts": receipt_pairs(), "bundles": bundle_sequences(), "limits": limits()}
