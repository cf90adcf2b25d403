"""The key file of a vault, and the way from each kind of slot to the vault key (docs/FORMATS.md, "Key slots")."""

import base64
import hashlib
import json
import re
import sys
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FILE_BYTES_MAX = 64 * 1024
# What a slot of each kind holds besides its kind, and how long what it wraps is.
SLOTS = {"keyring": ({"wrapped"}, 60), "passphrase": ({"kdf", "wrapped"}, 60), "recovery-words": ({"wrapped"}, 60),
         "firm-recovery": ({"firm", "keyId", "wrapped"}, 113)}
KDF_BOUNDS = {"version": (19, 19), "memoryKib": (8 * 1024, 1024 * 1024), "passes": (1, 16), "lanes": (1, 8)}
ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Refused(Exception):
    """What was given is not read."""


def need(condition, reason):
    if not condition:
        raise Refused(reason)


def unbase64(text, length):
    """Bytes from base64url without padding whose unused bits are zero."""
    need(isinstance(text, str) and re.fullmatch("[A-Za-z0-9_-]*", text), "not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise Refused("not base64url") from None
    need(len(data) == length and base64url(data) == text, "not base64url")
    return data


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def derived(key, vault, info):
    return HKDF(hashes.SHA256(), 32, vault, info).derive(key)


class KeyFile:
    """The slots of a vault's key, each a way to it."""

    def __init__(self, text):
        line, _, check = text.partition(b"\n")
        checksum = b"sha256:" + hashlib.sha256(line).hexdigest().encode() + b"\n"
        need(len(text) <= FILE_BYTES_MAX and check == checksum, "the key file is damaged")
        try:
            value = json.loads(line.decode(), object_pairs_hook=members_once)
        except ValueError:
            raise Refused("the key file is not JSON") from None
        members(value, {"version", "vault", "rotation", "slots"})
        integer(value["version"], 1, 1)
        self.rotation = integer(value["rotation"], 1, 2**32 - 1)
        self.vault = identity(value["vault"])
        self.vault_bytes = bytes.fromhex(self.vault.replace("-", ""))
        self.generation = 0
        slots = value["slots"]
        need(isinstance(slots, list) and slots, "a key file has a slot")
        for slot in slots:
            check_slot(slot)
        self.slots = {slot["kind"]: slot for slot in slots}
        need(len(self.slots) == len(slots), "a key file has one slot of a kind")

    def open_by(self, options):
        """The vault key, by what was given on the command line or is on standard input."""
        if options.keyring:
            return self.by_keyring(bytes.fromhex(options.keyring))
        if options.recovery_key:
            return self.by_recovery(serialization.load_pem_private_key(options.recovery_key.read_bytes(), None))
        line = sys.stdin.readline().removesuffix("\n")
        return self.by_passphrase(line) if options.passphrase else self.by_words(line)

    def by_keyring(self, secret):
        """`secret` is 01 ‖ slot key ‖ generation."""
        need(len(secret) == 41 and secret[0] == 1, "this is not what a keyring holds for a vault")
        self.generation = int.from_bytes(secret[33:], "big")
        return self.unwrapped("keyring", secret[1:33])

    def by_passphrase(self, passphrase):
        need(passphrase, "the passphrase is empty")
        kdf = self.slot("passphrase")["kdf"]
        argon2id = Argon2id(salt=unbase64(kdf["salt"], 16), length=32, iterations=kdf["passes"], lanes=kdf["lanes"],
                            memory_cost=kdf["memoryKib"])
        return self.unwrapped("passphrase", argon2id.derive(unicodedata.normalize("NFKC", passphrase).encode()))

    def by_words(self, words):
        slot_key = derived(entropy_of(words), self.vault_bytes, b"satchel/1 recovery words")
        return self.unwrapped("recovery-words", slot_key)

    def by_recovery(self, private):
        slot = self.slot("firm-recovery")
        need(thumbprint(private.public_key()) == slot["keyId"], "the slot is for another recovery key")
        info = f"satchel/1\0vault-key\0{slot['firm']}\0{self.vault}/{self.rotation}".encode()
        try:
            suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
            return suite.decrypt(unbase64(slot["wrapped"], 113), private, info)
        except (InvalidTag, ValueError):
            raise Refused("the slot does not open") from None

    def unwrapped(self, kind, slot_key):
        wrapped = unbase64(self.slot(kind)["wrapped"], 60)
        bound = f"satchel/1 slot\0{self.vault}\0{self.rotation}\0{kind}".encode()
        try:
            return AESGCM(slot_key).decrypt(wrapped[:12], wrapped[12:], bound)
        except InvalidTag:
            raise Refused("the slot does not open") from None

    def slot(self, kind):
        need(kind in self.slots, f"the key file has no slot of the kind {kind}")
        return self.slots[kind]


def entropy_of(words):
    """The 16 bytes that 12 words of BIP-39 stand for."""
    from mnemonic import Mnemonic
    listed = Mnemonic("english").wordlist
    numbers = [listed.index(word) if word in listed else -1 for word in words.split(" ")]
    need(len(numbers) == 12 and min(numbers) >= 0, "these are not 12 words of the list")
    bits = 0
    for number in numbers:
        bits = bits << 11 | number
    entropy = (bits >> 4).to_bytes(16, "big")
    need(hashlib.sha256(entropy).digest()[0] >> 4 == bits & 15, "one of the words is another one")
    return entropy


def thumbprint(public):
    """RFC 7638, of a P-256 key."""
    numbers = public.public_numbers()
    x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return base64url(hashlib.sha256(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode()).digest())


def check_slot(slot):
    need(isinstance(slot, dict) and slot.get("kind") in SLOTS, "a newer version wrote the key file")
    names, wrapped_bytes = SLOTS[slot["kind"]]
    members(slot, names | {"kind"})
    unbase64(slot["wrapped"], wrapped_bytes)
    if "firm" in names:
        identity(slot["firm"])
        unbase64(slot["keyId"], 32)
    if "kdf" in names:
        members(slot["kdf"], {"algorithm", "salt", *KDF_BOUNDS})
        need(slot["kdf"]["algorithm"] == "argon2id", "another algorithm")
        unbase64(slot["kdf"]["salt"], 16)
        for name, bounds in KDF_BOUNDS.items():
            integer(slot["kdf"][name], *bounds)


def members_once(pairs):
    need(len(dict(pairs)) == len(pairs), "a member occurs twice")
    return dict(pairs)


def members(value, names):
    need(isinstance(value, dict) and set(value) == names, "other members than the format has")


def integer(value, low, high):
    need(type(value) is int and low <= value <= high, "a number out of bounds")
    return value


def identity(value):
    need(isinstance(value, str) and ID.fullmatch(value), "not an id")
    return value
