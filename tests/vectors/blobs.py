"""Wraps, sealed blobs and encryptiondata of docs/FORMATS.md."""

import base64
import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from formats import Refused, b64u, hkdf, integer, members, need, parse, raw_id, sha, sha256, text_of, un64

REGION = 4_194_304
SEALED_REGION = REGION + 28

# ---- wraps ----------------------------------------------------------------------------------------------------------

RSA_OAEP, HPKE, WORKSPACE = "RSA-OAEP-256", "HPKE-P256-HKDF-SHA256-A256GCM", "A256GCMKW"
PREFIX = b"2.0\0\0\0\0\0"


def context_of(context):
    return b"\0".join(part.encode("ascii") for part in ("satchel/1", context["kind"], context["firm"],
                                                        context["subject"]))


def _mgf1(seed, length, name):
    size = hashlib.new(name).digest_size
    blocks = (hashlib.new(name, seed + i.to_bytes(4, "big")).digest() for i in range(-(-length // size)))
    return b"".join(blocks)[:length]


def _xor(left, right):
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def oaep_wrap(public, seed, message, name="sha256"):
    """RSAES-OAEP by hand (RFC 8017 section 7.1.1, no label), because the seed is to be fixed."""
    numbers, size = public.public_numbers(), public.key_size // 8
    label = hashlib.new(name).digest()
    seed = seed[: len(label)]
    block = label + b"\0" * (size - len(message) - 2 * len(label) - 2) + b"\1" + message
    masked = _xor(block, _mgf1(seed, len(block), name))
    encoded = b"\0" + _xor(seed, _mgf1(masked, len(seed), name)) + masked
    return pow(int.from_bytes(encoded, "big"), numbers.e, numbers.n).to_bytes(size, "big")


def oaep_unwrap(private, wrapped):
    try:
        return private.decrypt(wrapped, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    except ValueError as error:
        raise Refused("the RSA message does not open") from error


def gcm_wrap(symmetric, nonce, message, context):
    return nonce + AESGCM(symmetric).encrypt(nonce, message, context)


def gcm_unwrap(symmetric, wrapped, context):
    need(len(wrapped) >= 12 + 16, "a wrapped key that is too short")
    try:
        return AESGCM(symmetric).decrypt(wrapped[:12], wrapped[12:], context)
    except InvalidTag as error:
        raise Refused("the wrapped key does not open") from error


def workspace_check(workspace_key, firm):
    """What a roster says of a workspace key."""
    return b64u(hkdf(workspace_key, raw_id(firm), b"satchel/1 workspace check"))


def content_key_of(message):
    need(message[:8] == PREFIX, "what was wrapped does not begin with the protocol 2.0")
    need(len(message) == 40, "what was wrapped has not 40 bytes")
    return message[8:]


# ---- sealed blob ----------------------------------------------------------------------------------------------------

def seal_region(content_key, index, plaintext):
    nonce = index.to_bytes(12, "big")
    return nonce + AESGCM(content_key).encrypt(nonce, plaintext, None)


def seal(content_key, plaintext):
    """The sealed bytes and the tags hash."""
    regions = [seal_region(content_key, i // REGION, plaintext[i:i + REGION])
               for i in range(0, len(plaintext), REGION)]
    return b"".join(regions), sha(b"".join(region[-16:] for region in regions))


def sealed_length_of(length):
    return length + 28 * -(-length // REGION)


def is_sealed_length(length):
    rest = length % SEALED_REGION
    return length <= 50_000 * SEALED_REGION and (rest == 0 or rest > 28)


def block_list(length):
    """Number and hash of the blocks of a sealed blob of `length` bytes."""
    sizes = [min(SEALED_REGION, length - start) for start in range(0, length, SEALED_REGION)]
    lines = (f"{base64.b64encode(f'{i:08d}'.encode()).decode()} {size}\n" for i, size in enumerate(sizes))
    return len(sizes), sha("".join(lines).encode())


def open_sealed(content_key, sealed, length, digest):
    need(len(sealed) == sealed_length_of(length), "the sealed length is not that of the plaintext")
    plaintext = b""
    for index, start in enumerate(range(0, len(sealed), SEALED_REGION)):
        region = sealed[start:start + SEALED_REGION]
        need(region[:12] == index.to_bytes(12, "big"), "the nonce is not the region's number")
        try:
            plaintext += AESGCM(content_key).decrypt(region[:12], region[12:], None)
        except InvalidTag as error:
            raise Refused("a region does not open") from error
    need(sha256(plaintext) == digest, "the plaintext's SHA-256 is another one")
    return plaintext


def encryptiondata(algorithm, key_id, encrypted):
    return {"WrappedContentKey": {"KeyId": key_id, "EncryptedKey": base64.b64encode(encrypted).decode(),
                                  "Algorithm": algorithm},
            "EncryptionAgent": {"Protocol": "2.0", "EncryptionAlgorithm": "AES_GCM_256"},
            "EncryptedRegionInfo": {"DataLength": REGION, "NonceLength": 12},
            "KeyWrappingMetadata": {"EncryptionLibrary": "Satchel 1"}, "EncryptionMode": "FullBlob"}


def read_encryptiondata(data):
    """(algorithm, key id, encrypted key)"""
    need(len(data) <= 8192, "longer than 8 KiB")
    value = parse(data)
    need(isinstance(value, dict), "not an object")
    optional = [name for name in ("KeyWrappingMetadata", "EncryptionMode") if name in value]
    members(value, "WrappedContentKey", "EncryptionAgent", "EncryptedRegionInfo", *optional)
    wrapped = value["WrappedContentKey"]
    members(wrapped, "KeyId", "EncryptedKey", "Algorithm")
    members(value["EncryptionAgent"], "Protocol", "EncryptionAlgorithm")
    need(value["EncryptionAgent"]["Protocol"] == "2.0", "another protocol")
    need(value["EncryptionAgent"]["EncryptionAlgorithm"] == "AES_GCM_256", "another encryption algorithm")
    members(value["EncryptedRegionInfo"], "DataLength", "NonceLength")
    need(integer(value["EncryptedRegionInfo"]["DataLength"]) == REGION, "another region length")
    need(integer(value["EncryptedRegionInfo"]["NonceLength"]) == 12, "another nonce length")
    if "KeyWrappingMetadata" in value:
        members(value["KeyWrappingMetadata"], "EncryptionLibrary")
        text_of(value["KeyWrappingMetadata"]["EncryptionLibrary"])
    need(value.get("EncryptionMode", "FullBlob") == "FullBlob", "another encryption mode")
    need(wrapped["Algorithm"] in (RSA_OAEP, HPKE, WORKSPACE), "another wrapping algorithm")
    return wrapped["Algorithm"], text_of(wrapped["KeyId"]), un64(wrapped["EncryptedKey"])
