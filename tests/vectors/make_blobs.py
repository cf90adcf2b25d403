"""sealed-blob.json and wraps.json."""

import base64
import copy
import json

from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from blobs import (
    HPKE,
    PREFIX,
    REGION,
    RSA_OAEP,
    WORKSPACE,
    content_key_of,
    context_of,
    encryptiondata,
    gcm_unwrap,
    gcm_wrap,
    oaep_unwrap,
    oaep_wrap,
    open_sealed,
    read_encryptiondata,
    seal,
    seal_region,
    sealed_length_of,
)
from formats import (
    Key,
    b64u,
    bad,
    dump,
    fixed,
    fixed_id,
    good,
    hpke_open,
    hpke_seal,
    key,
    need,
    pattern,
    pem,
    rsa_key,
    sha256,
)

FIRM, OTHER_FIRM = fixed_id("firm"), fixed_id("other firm")
ORDER, OTHER_ORDER, VAULT = fixed_id("order"), fixed_id("other order"), fixed_id("vault")


def flip(data, index):
    return data[:index] + bytes([data[index] ^ 1]) + data[index + 1:]


# ---- sealed-blob.json -----------------------------------------------------------------------------------------------

def blob_vectors():
    vectors = []
    for length in (0, 1, 16, 17, REGION - 1, REGION, REGION + 1, 2 * REGION + 7):
        content_key, plaintext = fixed(f"content key {length}"), pattern(length)
        sealed, tags = seal(content_key, plaintext)
        assert len(sealed) == sealed_length_of(length)
        digest = sha256(plaintext)
        vector = {"name": f"{length} bytes", "contentKey": content_key.hex(), "plaintextLength": length,
                  "plaintextSha256": digest.hex(), "sealedLength": len(sealed), "sealedSha256": sha256(sealed).hex(),
                  "tagsSha256": tags, "sealed": sealed.hex() if len(sealed) <= 256 else None}
        vectors.append(good(vector, open_sealed, content_key, sealed, length, digest))
    return vectors


def damaged_vectors():
    content_key, plaintext = fixed("damaged"), pattern(61)
    sealed = seal(content_key, plaintext)[0]
    dotnet, java = bytes(4) + (1).to_bytes(8, "little"), (1).to_bytes(8, "big") + bytes(4)
    second = pattern(REGION + 61)[REGION:]

    def region(nonce, text):
        return nonce + AESGCM(content_key).encrypt(nonce, text, None)

    cases = [
        ("a bit of the tag flipped", 0, flip(sealed, len(sealed) - 1), plaintext),
        ("a bit of the ciphertext flipped", 0, flip(sealed, 12), plaintext),
        ("a bit of the nonce flipped", 0, flip(sealed, 11), plaintext),
        ("the last byte cut", 0, sealed[:-1], plaintext),
        ("cut to nothing", 0, b"", plaintext),
        ("a byte added", 0, sealed + b"\0", plaintext),
        ("an empty region added at the end", 0, sealed + seal_region(content_key, 1, b""), plaintext),
        ("an empty region where the plaintext has 0 bytes", 0, seal_region(content_key, 0, b""), b""),
        ("the plaintext is one byte longer than expected", 0, sealed, plaintext[:-1]),
        ("the plaintext is one byte shorter than expected", 0, sealed, plaintext + b"\0"),
        ("sealed under another content key", 0, seal(fixed("another"), plaintext)[0], plaintext),
        ("another plaintext of the same length", 0, sealed, bytes(61)),
        (".NET's nonce in region 0", 0, region(dotnet, plaintext), plaintext),
        ("nonce 1 in region 0", 0, seal_region(content_key, 1, plaintext), plaintext),
        ("Java's nonce in region 1", 1, region(java, second), None),
        (".NET's nonce in region 1", 1, region(bytes(4) + (2).to_bytes(8, "little"), second), None),
        ("nonce 0 in region 1", 1, seal_region(content_key, 0, second), None),
        ("nonce 2 in region 1", 1, seal_region(content_key, 2, second), None),
        ("region 1 cut off", 1, b"", None),
        ("a tag flipped in region 1", 1, flip(seal_region(content_key, 1, second), -1 % (61 + 28)), None),
    ]
    first = seal_region(content_key, 0, pattern(REGION))
    vectors = []
    for name, after, tail, expected in cases:
        whole = expected if expected is not None else pattern(REGION) + second
        digest = sha256(whole)
        vector = {"name": name, "contentKey": content_key.hex(), "plaintextLength": len(whole),
                  "plaintextSha256": digest.hex(), "wholeRegionsBefore": after, "sealed": tail.hex()}
        vectors.append(bad(vector, open_sealed, content_key, first * after + tail, len(whole), digest))
    return vectors


def metadata_vectors():
    ours = encryptiondata(RSA_OAEP, "https://kv-hartwell.vault.azure.net/keys/intake/0123456789abcdef0123456789abcdef",
                          fixed("encrypted key", 256))
    python = json.loads(json.dumps(ours))
    python["KeyWrappingMetadata"]["EncryptionLibrary"] = "Python 12.31.1"
    del python["EncryptionMode"]
    vectors = []

    def add(name, value, check=bad):
        text = value if isinstance(value, str) else dump(value)
        result = check({"name": name, "json": text}, read_encryptiondata, text.encode())
        empty = {"algorithm": None, "keyId": None, "encryptedKey": None}
        if check is good:
            found = read_encryptiondata(text.encode())
            empty = {"algorithm": found[0], "keyId": found[1], "encryptedKey": found[2].hex()}
        vectors.append({"name": name, "json": text} | empty | {"refused": result["refused"]})

    def changed(path, value=None):
        new = copy.deepcopy(ours)
        *parents, last = path.split(".")
        place = new
        for parent in parents:
            place = place[parent]
        if value is None:
            del place[last]
        else:
            place[last] = value
        return new

    add("as Satchel writes it", ours, good)
    add("as Python writes it, without EncryptionMode", json.dumps(python), good)
    add("as Python writes it, with EncryptionMode", json.dumps(python | {"EncryptionMode": "FullBlob"}), good)
    add("without KeyWrappingMetadata", changed("KeyWrappingMetadata"), good)
    add("with white space between tokens", json.dumps(ours, indent=2) + "\r\n\t ", good)
    wrapped = {"KeyId": key("reply").thumbprint, "EncryptedKey": base64.b64encode(fixed("hpke", 121)).decode(),
               "Algorithm": HPKE}
    add("wrapped by HPKE", changed("WrappedContentKey", wrapped), good)
    wrapped = {"KeyId": "workspace/3", "EncryptedKey": base64.b64encode(fixed("ws", 68)).decode(),
               "Algorithm": WORKSPACE}
    add("wrapped under a workspace key", changed("WrappedContentKey", wrapped), good)
    full = "x" * (8192 - len(dump(changed("KeyWrappingMetadata.EncryptionLibrary", ""))))
    add("8,192 bytes long", changed("KeyWrappingMetadata.EncryptionLibrary", full), good)
    add("8,193 bytes long", changed("KeyWrappingMetadata.EncryptionLibrary", full + "x"))
    ours, long = changed("WrappedContentKey", wrapped), ours
    for name, path, value in METADATA_CHANGES:
        add(name, changed(path, value))
    ours = long
    text, encoded = dump(ours), ours["WrappedContentKey"]["EncryptedKey"]
    assert "+" in encoded and "/" in encoded and encoded.endswith("==")
    add("base64url instead of base64", text.replace(encoded, encoded.replace("+", "-").replace("/", "_")))
    add("base64 without padding", text.replace(encoded, encoded.rstrip("=")))
    add("base64 with a line feed", text.replace(encoded, encoded[:64] + "\\n" + encoded[64:]))
    loose = encoded[:-3] + chr(ord(encoded[-3]) + 1) + "=="
    add("base64 with unused bits that are not zero", text.replace(encoded, loose))
    add("a member twice", text.replace('"Protocol":"2.0"', '"Protocol":"2.0","Protocol":"2.0"'))
    add("a member twice at the top", text[:-1] + ',"EncryptionMode":"FullBlob"}')
    twice = '"Protocol":"2.0","Protoc\\u006fl":"2.0"'
    add("a member twice, once with an escape", text.replace('"Protocol":"2.0"', twice))
    add("text after the value", text + "{}")
    add("a byte order mark", "\ufeff" + text)
    add("a float", text.replace("4194304", "4194304.0"))
    add("cut off", text[:-1])
    add("an array", "[" + text + "]")
    add("empty", "")
    return vectors


METADATA_CHANGES = [
    ("protocol 1.0", "EncryptionAgent.Protocol", "1.0"),
    ("protocol 2.1", "EncryptionAgent.Protocol", "2.1"),
    ("protocol as a number", "EncryptionAgent.Protocol", 2),
    ("another encryption algorithm", "EncryptionAgent.EncryptionAlgorithm", "AES_CBC_256"),
    ("another wrapping algorithm", "WrappedContentKey.Algorithm", "RSA-OAEP"),
    ("AES key wrap", "WrappedContentKey.Algorithm", "A256KW"),
    ("DataLength 1048576", "EncryptedRegionInfo.DataLength", 1_048_576),
    ("DataLength as a string", "EncryptedRegionInfo.DataLength", "4194304"),
    ("NonceLength 16", "EncryptedRegionInfo.NonceLength", 16),
    ("another EncryptionMode", "EncryptionMode", "PartialBlob"),
    ("an unknown member at the top", "ContentEncryptionIV", "AAAAAAAAAAAAAAAAAAAAAA=="),
    ("an unknown member in WrappedContentKey", "WrappedContentKey.Extra", "x"),
    ("an unknown member in EncryptionAgent", "EncryptionAgent.Extra", "x"),
    ("an unknown member in EncryptedRegionInfo", "EncryptedRegionInfo.TagLength", 16),
    ("an unknown member in KeyWrappingMetadata", "KeyWrappingMetadata.Extra", "x"),
    ("a KeyWrappingMetadata without EncryptionLibrary", "KeyWrappingMetadata", {}),
    ("EncryptionLibrary as a number", "KeyWrappingMetadata.EncryptionLibrary", 1),
    ("WrappedContentKey missing", "WrappedContentKey", None),
    ("EncryptionAgent missing", "EncryptionAgent", None),
    ("EncryptedRegionInfo missing", "EncryptedRegionInfo", None),
    ("KeyId missing", "WrappedContentKey.KeyId", None),
    ("KeyId as a number", "WrappedContentKey.KeyId", 3),
    ("WrappedContentKey as a string", "WrappedContentKey", "x"),
    ("EncryptedKey as an array", "WrappedContentKey.EncryptedKey", [1, 2, 3]),
]


# ---- wraps.json -----------------------------------------------------------------------------------------------------

RSA_ID = "https://kv-hartwell.vault.azure.net/keys/intake/0123456789abcdef0123456789abcdef"
RSA_3072_ID = "https://kv-hartwell.vault.azure.net/keys/intake/fedcba9876543210fedcba9876543210"
WORKSPACE_KEY, WORKSPACE_NUMBER = fixed("workspace key"), 3


def ephemeral(label):
    return Key("ephemeral " + label).private


def unwrap(algorithm, key_id, encrypted, context):
    """The content key, as a reader that holds all keys of wraps.json."""
    if algorithm == RSA_OAEP:
        keys = {RSA_ID: rsa_key("provider", 2048), RSA_3072_ID: rsa_key("provider", 3072)}
        need(key_id in keys, "another key")
        return content_key_of(oaep_unwrap(keys[key_id], encrypted))
    if algorithm == HPKE:
        need(key_id == key("reply").thumbprint, "another key")
        return content_key_of(hpke_open(key("reply").private, context_of(context), encrypted))
    need(algorithm == WORKSPACE, "another algorithm")
    need(key_id == f"workspace/{WORKSPACE_NUMBER}", "another key")
    return content_key_of(gcm_unwrap(WORKSPACE_KEY, encrypted, context_of(context)))


def wrap_vector(name, algorithm, key_id, context, encrypted, content_key=None):
    check = good if content_key else bad
    vector = {"name": name, "algorithm": algorithm, "keyId": key_id, "context": context,
              "encryptedKey": base64.b64encode(encrypted).decode(),
              "contentKey": content_key.hex() if content_key else None}
    assert not content_key or unwrap(algorithm, key_id, encrypted, context) == content_key
    return check(vector, unwrap, algorithm, key_id, encrypted, context)


def bad_plaintexts(content_key):
    return [("the 32 bytes without the protocol", content_key), ("prefix 2.1", b"2.1\0\0\0\0\0" + content_key),
            ("prefix padded with spaces", b"2.0     " + content_key), ("31 bytes of key", PREFIX + content_key[:31]),
            ("33 bytes of key", PREFIX + content_key + b"\0"), ("nothing", b"")]


def rsa_vectors():
    content_key, public = fixed("wrapped by RSA"), rsa_key("provider", 2048).public_key()
    seed, vectors = fixed("OAEP seed"), []

    def add(name, encrypted, positive=None, key_id=RSA_ID):
        vectors.append(wrap_vector("RSA: " + name, RSA_OAEP, key_id, None, encrypted, positive))

    right = oaep_wrap(public, seed, PREFIX + content_key)
    add("2,048 bits", right, content_key)
    other = rsa_key("provider", 3072).public_key()
    add("3,072 bits", oaep_wrap(other, seed, PREFIX + content_key), content_key, RSA_3072_ID)
    add("wrapped to another key", right[:-1] + b"\0", None, RSA_ID + "x")
    add("damaged", flip(right, 200))
    add("cut", right[:-1])
    for name, plaintext in bad_plaintexts(content_key):
        add(name, oaep_wrap(public, seed, plaintext))
    add("OAEP with SHA-1", oaep_wrap(public, seed, PREFIX + content_key, "sha1"))
    numbers = public.public_numbers()
    block = b"\0\2" + fixed("PKCS1", 213).replace(b"\0", b"\1") + b"\0" + PREFIX + content_key
    add("PKCS #1 v1.5", pow(int.from_bytes(block, "big"), numbers.e, numbers.n).to_bytes(256, "big"))
    return vectors


def context(kind, subject, firm=FIRM):
    return {"kind": kind, "firm": firm, "subject": subject}


def of_blob(name, order=ORDER, firm=FIRM):
    return context("blob", f"{order}/{name}", firm)


def other_contexts(name, others):
    """Contexts under which a wrap for blob `name` does not open."""
    yield from ((f"given as {other}", of_blob(other)) for other in others)
    yield "another order", of_blob(name, OTHER_ORDER)
    yield "another firm", of_blob(name, firm=OTHER_FIRM)
    yield "firm and order swapped", of_blob(name, FIRM, ORDER)
    yield "another kind", context("workspace-key", f"{ORDER}/{name}")
    yield "only the order as the subject", context("blob", ORDER)
    yield "the whole path as the subject", context("blob", f"orders/{ORDER}/{name}")


def hpke_vectors():
    content_key, reply, vectors = fixed("wrapped by HPKE"), key("reply"), []
    public, right = reply.private.public_key(), of_blob("returns/1")

    def add(name, used=right, given=None, plaintext=None, key_id=reply.thumbprint, damage=None, positive=None):
        sealed = hpke_seal(public, ephemeral(name), context_of(used), plaintext if plaintext is not None
                           else PREFIX + content_key)
        vectors.append(wrap_vector("HPKE: " + name, HPKE, key_id, given or used,
                                   damage(sealed) if damage else sealed, positive))

    add("a returned document", positive=content_key)
    add("a log entry", of_blob("log/1"), positive=content_key)
    add("log entry 4294967295 of another firm", of_blob("log/4294967295", OTHER_ORDER, OTHER_FIRM),
        positive=content_key)
    for name, given in other_contexts("returns/1", ("returns/2", "returns/11", "log/1")):
        add("a returned document, " + name, given=given)
    add("log entry 1 given as 2", of_blob("log/1"), of_blob("log/2"))
    add("the tag damaged", damage=lambda s: flip(s, len(s) - 1))
    add("the ciphertext damaged", damage=lambda s: flip(s, 65))
    add("enc not on the curve", damage=lambda s: flip(s, 64))
    add("enc compressed", damage=lambda s: bytes([2 + s[64] % 2]) + s[1:33] + s[65:])
    add("cut", damage=lambda s: s[:-1])
    add("only enc", damage=lambda s: s[:65])
    add("another key", key_id=key("other").thumbprint)
    for name, plaintext in bad_plaintexts(content_key):
        add(name, plaintext=plaintext)
    return vectors


def workspace_vectors():
    content_key, vectors, right = fixed("wrapped under a workspace key"), [], of_blob("r1/copy")

    def add(name, used=right, given=None, plaintext=None, key_id=f"workspace/{WORKSPACE_NUMBER}", damage=None,
            positive=None):
        message = PREFIX + content_key if plaintext is None else plaintext
        sealed = gcm_wrap(WORKSPACE_KEY, fixed("nonce " + name, 12), message, context_of(used))
        vectors.append(wrap_vector("workspace: " + name, WORKSPACE, key_id, given or used,
                                   damage(sealed) if damage else sealed, positive))

    add("a copy", positive=content_key)
    add("a copy of revision 2", of_blob("r2/copy"), positive=content_key)
    add("a copy of another order", of_blob("r1/copy", OTHER_ORDER), positive=content_key)
    add("a copy of another firm", of_blob("r1/copy", OTHER_ORDER, OTHER_FIRM), positive=content_key)
    for name, given in other_contexts("r1/copy", ("r2/copy", "r1/document")):
        add("a copy, " + name, given=given)
    add("the tag damaged", damage=lambda s: flip(s, len(s) - 1))
    add("the nonce damaged", damage=lambda s: flip(s, 0))
    add("cut", damage=lambda s: s[:-1])
    add("shorter than a nonce and a tag", damage=lambda s: s[:27])
    add("another number", key_id="workspace/4")
    add("a number with a leading zero", key_id="workspace/03")
    add("a number without the prefix", key_id="3")
    for name, plaintext in bad_plaintexts(content_key):
        add(name, plaintext=plaintext)
    return vectors


def key_vectors():
    """Workspace keys and vault keys, HPKE to the key of wraps.json."""
    vectors, public = [], key("reply").private.public_key()

    def read(given, sealed):
        found = hpke_open(key("reply").private, context_of(given), sealed)
        need(len(found) == 32, "a key that has not 32 bytes")

    def add(name, used, given=None, plaintext=None, damage=None, check=bad):
        wrapped = plaintext or fixed("key " + name)
        sealed = hpke_seal(public, ephemeral("key " + name), context_of(used), wrapped)
        sealed = damage(sealed) if damage else sealed
        vector = {"name": name, "context": given or used, "wrapped": b64u(sealed),
                  "key": wrapped.hex() if check is good else None}
        vectors.append(check(vector, read, given or used, sealed))

    def of_vault(rotation, vault=VAULT, firm=FIRM):
        return context("vault-key", f"{vault}/{rotation}", firm)

    number, vault = context("workspace-key", "3"), of_vault(1)
    add("workspace key 3", number, check=good)
    add("workspace key 1 of another firm", context("workspace-key", "1", OTHER_FIRM), check=good)
    add("workspace key 4294967295", context("workspace-key", "4294967295"), check=good)
    add("a vault key", vault, check=good)
    add("a vault key of rotation 12", of_vault(12), check=good)
    add("workspace key 3 given as 4", number, context("workspace-key", "4"))
    add("workspace key 3 given as 03", number, context("workspace-key", "03"))
    add("a workspace key of another firm", number, context("workspace-key", "3", OTHER_FIRM))
    add("a vault key of another vault", vault, of_vault(1, fixed_id("other vault")))
    add("a vault key of another rotation", vault, of_vault(2))
    add("a vault key of another firm", vault, of_vault(1, firm=OTHER_FIRM))
    add("a vault key without its rotation", vault, context("vault-key", VAULT))
    add("a vault key given as a workspace key", vault, context("workspace-key", f"{VAULT}/1"))
    add("a vault key given as a blob's key", vault, context("blob", f"{VAULT}/1"))
    add("a workspace key, damaged", number, damage=lambda s: flip(s, len(s) - 1))
    add("a workspace key, cut", number, damage=lambda s: s[:-1])
    add("a workspace key in the 40 bytes of a content key", number, plaintext=PREFIX + fixed("forty"))
    add("a workspace key of 31 bytes", number, plaintext=fixed("short", 31))
    return vectors


def wraps():
    reply = key("reply")
    return {"rsa": {"privatePem": pem(rsa_key("provider", 2048)), "keyId": RSA_ID},
            "rsa3072": {"privatePem": pem(rsa_key("provider", 3072)), "keyId": RSA_3072_ID},
            "hpke": {"privateScalar": f"{reply.scalar:064x}", "publicJwk": reply.jwk, "thumbprint": reply.thumbprint},
            "workspace": {"key": WORKSPACE_KEY.hex(), "number": WORKSPACE_NUMBER},
            "vectors": rsa_vectors() + hpke_vectors() + workspace_vectors(), "keys": key_vectors()}


def check_own_crypto():
    """RFC 9180's vector for this suite (appendix A.3 has its neighbour; this one is in the RFC's JSON file)."""
    recipient = ec.derive_private_key(
        0x317F915DB7BC629C48FE765587897E01E282D3E8445F79F27F65D031A88082B2, ec.SECP256R1())
    sender = ec.derive_private_key(
        0x90345E3A1D116C1DD39AE76D95AB858C142223A63E44F8F85318CFA91A84858E, ec.SECP256R1())
    sealed = hpke_seal(recipient.public_key(), sender, bytes.fromhex("4f6465206f6e2061204772656369616e2055726e"),
                       bytes.fromhex("4265617574792069732074727574682c20747275746820626561757479"), b"Count-0")
    assert sealed[65:].hex() == ("58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49"
                                 "f8f96f")
    suite = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    sealed = hpke_seal(recipient.public_key(), sender, b"info", b"plaintext")
    assert suite.decrypt(sealed, recipient, b"info") == b"plaintext"
    assert hpke_open(recipient, b"info", suite.encrypt(b"plaintext", recipient.public_key(), b"info")) == b"plaintext"
    for bits in (2048, 3072):
        private = rsa_key("provider", bits)
        assert private.key_size == bits
        assert oaep_unwrap(private, oaep_wrap(private.public_key(), fixed("seed"), b"message")) == b"message"
    block = oaep_wrap(private.public_key(), fixed("seed"), b"m", "sha1")
    assert private.decrypt(block, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)) == b"m"


def sealed_blob():
    return {"plaintext": "byte i is i mod 251", "vectors": blob_vectors(), "damaged": damaged_vectors(),
            "encryptiondata": metadata_vectors()}
