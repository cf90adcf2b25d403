"""Vault record, journal and key slots of docs/FORMATS.md."""

import hmac
import re
import unicodedata

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from mnemonic import Mnemonic

from blobs import context_of, gcm_unwrap, gcm_wrap
from formats import (
    Refused,
    b64u,
    hkdf,
    hpke_open,
    integer,
    is_id,
    members,
    need,
    number,
    parse,
    point,
    raw_id,
    sha256,
    text_of,
    thumbprint,
    un64u,
)

MAX_ENTRY = 16 * 1024 * 1024
FIXED = 8 + 1 + 1 + 16 + 8
WORDS = Mnemonic("english")
KINDS = ("keyring", "passphrase", "recovery-words", "firm-recovery")


def _record_key(vault_key, vault, table):
    return hkdf(vault_key, raw_id(vault), b"satchel/1 record\0" + bytes([table]))


def _record_data(table, kind, record_id, revision):
    return bytes([1, table, kind]) + record_id + revision.to_bytes(8, "big")


def seal_record(vault_key, vault, place, nonce, plaintext):
    """`place` is (table, kind, record id, revision)."""
    sealed = AESGCM(_record_key(vault_key, vault, place[0])).encrypt(nonce, plaintext, _record_data(*place))
    return b"\1" + nonce + sealed


def open_record(vault_key, vault, place, record):
    need(record[:1] == b"\1", "another version")
    need(len(record) >= 1 + 12 + 16, "a record that is too short")
    need(1 <= place[0] <= 7, "an unknown table")
    need(1 <= place[1] <= 3, "an unknown kind")
    try:
        plaintext = AESGCM(_record_key(vault_key, vault, place[0])).decrypt(
            record[1:13], record[13:], _record_data(*place))
    except InvalidTag as error:
        raise Refused("the record does not open") from error
    need(place[1] != 3 or not plaintext, "a delete that is not empty")
    return plaintext


# ---- journal --------------------------------------------------------------------------------------------------------

def chain_key(vault_key, vault):
    return hkdf(vault_key, raw_id(vault), b"satchel/1 chain")


def link(key, *parts):
    return hmac.digest(key, b"".join(parts), "sha256")


def header(vault, first=1, magic=b"SATCHELJ", version=2, spare=bytes(6)):
    return magic + version.to_bytes(2, "big") + spare + raw_id(vault) + first.to_bytes(8, "big")


def entry(key, previous_chain, sequence, place, record):
    table, kind, record_id, revision = place
    body = (sequence.to_bytes(8, "big") + bytes([table, kind]) + record_id + revision.to_bytes(8, "big") + record)
    start = (len(body) + 32).to_bytes(4, "big") + body
    return start + link(key, previous_chain, start)


def read_journal(vault_key, vault, file):
    """(entries that count, where it stopped or None, why or None)"""
    try:
        need(len(file) >= 40, "the header is cut")
        need(file[:8] == b"SATCHELJ", "another magic")
        need(file[8:10] != b"\0\1", "a format from before the first release")
        need(file[8:10] == b"\0\2", "another format")
        need(file[10:16] == bytes(6), "bytes that are to be 00")
        need(file[16:32] == raw_id(vault), "another vault")
    except Refused as reason:
        return [], 0, str(reason)
    key = chain_key(vault_key, vault)
    entries, offset, chain = [], 40, link(key, file[:40])
    sequence = int.from_bytes(file[32:40], "big")
    while offset < len(file):
        try:
            found, end, chain = _read_entry((vault_key, key), vault, file, offset, chain, sequence)
        except Refused as reason:
            return entries, offset, str(reason)
        entries.append(found)
        offset, sequence = end, sequence + 1
    return entries, None, None


def read_on(vault_key, vault, file):
    """(sequences of all entries that can be read, gaps, where a write that never ended begins or None); a gap is (where it
    begins, how many entries it holds or None). `file` has a right header."""
    key, offset, sequence = chain_key(vault_key, vault), 40, int.from_bytes(file[32:40], "big")
    found, gaps, chain = [], [], link(key, file[:40])
    while offset < len(file):
        if _stands_at(key, file, offset, chain, [sequence]):
            try:
                _, end, next_chain = _read_entry((vault_key, key), vault, file, offset, chain, sequence)
                found.append(sequence)
            except Refused:
                gaps.append((offset, 1))
                end = offset + 4 + int.from_bytes(file[offset:offset + 4], "big")
                next_chain = file[end - 32:end]
            offset, sequence, chain = end, sequence + 1, next_chain
            continue
        later = range(offset + 1, len(file) - 4 - FIXED - 29 - 32 + 1)
        # Only the header says which the first is, and it is not proved.
        known = range(2**64) if offset == 40 else range(sequence, sequence + 2**32)
        following = next((at for at in later if _stands_at(key, file, at, file[at - 32:at], known)), None)
        if following is None:
            if _is_cut(file[offset:]):
                return found, gaps, offset
            return found, [*gaps, (offset, None)], None
        missing = _sequence_at(file, following) - sequence
        gaps.append((offset, missing if missing >= 0 else None))
        offset, sequence, chain = following, _sequence_at(file, following), file[following - 32:following]
    return found, gaps, None


def _sequence_at(file, offset):
    return int.from_bytes(file[offset + 4:offset + 12], "big")


def _stands_at(key, file, offset, chain, sequences):
    """Whether an entry of one of these sequences was written here, behind this chain."""
    end = offset + 4 + int.from_bytes(file[offset:offset + 4], "big")
    return (FIXED + 29 + 32 <= end - offset - 4 <= MAX_ENTRY and end <= len(file)
            and 1 <= file[offset + 12] <= 7 and 1 <= file[offset + 13] <= 3 and _sequence_at(file, offset) in sequences
            and file[end - 32:end] == link(key, chain, file[offset:end - 32]))


def _is_cut(rest):
    length = int.from_bytes(rest[:4], "big")
    ends_within = len(rest) < 4 or FIXED + 29 + 32 <= length <= MAX_ENTRY and len(rest) < 4 + length
    return ends_within or not any(rest)


def _read_entry(keys, vault, file, offset, chain, sequence):
    need(len(file) - offset >= 4, "the length is cut")
    length = int.from_bytes(file[offset:offset + 4], "big")
    need(length <= MAX_ENTRY, "a length over 16 MiB")
    need(length >= FIXED + 29 + 32, "a length below that of an empty record")
    end = offset + 4 + length
    need(end <= len(file), "the entry is cut")
    expected = link(keys[1], chain, file[offset:end - 32])
    need(file[end - 32:end] == expected, "the chain differs")
    body = file[offset + 4:end - 32]
    need(int.from_bytes(body[:8], "big") == sequence, "a sequence out of order")
    place = (body[8], body[9], body[10:26], int.from_bytes(body[26:34], "big"))
    plaintext = open_record(keys[0], vault, place, body[34:])
    return {"sequence": sequence, "table": place[0], "kind": place[1], "recordId": place[2].hex(),
            "revision": place[3], "plaintext": plaintext.hex()}, end, expected


# ---- key slots ------------------------------------------------------------------------------------------------------

def slot_data(vault, rotation, kind):
    return b"\0".join(part.encode("ascii") for part in ("satchel/1 slot", vault, str(rotation), kind))


def wrap_slot(slot_key, vault, rotation, kind, nonce, vault_key):
    return b64u(gcm_wrap(slot_key, nonce, vault_key, slot_data(vault, rotation, kind)))


def passphrase_key(passphrase, kdf):
    """Nothing is trimmed; an empty passphrase is refused at opening."""
    secret = unicodedata.normalize("NFKC", passphrase).encode()
    return hash_secret_raw(secret, un64u(kdf["salt"]), kdf["passes"], kdf["memoryKib"], kdf["lanes"], 32, Type.ID, 19)


def words_key(words, vault):
    listed = [word in WORDS.wordlist for word in words.split(" ")]
    need(len(listed) == 12 and all(listed) and WORDS.check(words), "not 12 words of BIP-39")
    return hkdf(bytes(WORDS.to_entropy(words)), raw_id(vault), b"satchel/1 recovery words")


def recovery_context(slot, vault, rotation):
    return context_of({"kind": "vault-key", "firm": slot["firm"], "subject": f"{vault}/{rotation}"})


def _check_kdf(kdf):
    members(kdf, "algorithm", "version", "memoryKib", "passes", "lanes", "salt")
    need(kdf["algorithm"] == "argon2id" and integer(kdf["version"]) == 19, "another kdf")
    need(8 * 1024 <= integer(kdf["memoryKib"]) <= 1024 * 1024, "memory out of 8 MiB to 1 GiB")
    need(1 <= integer(kdf["passes"]) <= 16, "passes out of 1 to 16")
    need(1 <= integer(kdf["lanes"]) <= 8, "lanes out of 1 to 8")
    un64u(kdf["salt"], 16)


def _check_slot(slot):
    need(isinstance(slot, dict) and slot.get("kind") in KINDS, "an unknown kind of slot")
    kind = slot["kind"]
    if kind == "firm-recovery":
        members(slot, "kind", "firm", "keyId", "wrapped")
        is_id(slot["firm"])
        un64u(slot["keyId"], 32)
        un64u(slot["wrapped"], 65 + 32 + 16)
        return
    members(slot, *(("kind", "kdf", "wrapped") if kind == "passphrase" else ("kind", "wrapped")))
    un64u(slot["wrapped"], 12 + 32 + 16)
    if kind == "passphrase":
        _check_kdf(slot["kdf"])


def parse_slots(file, vault):
    lines = file.encode().split(b"\n")
    need(len(lines) == 3 and lines[2] == b"", "not two lines that each end in a line feed")
    need(re.fullmatch(rb"sha256:[0-9a-f]{64}", lines[1]), "no checksum line")
    need(lines[1][7:].decode() == sha256(lines[0]).hex(), "the checksum differs")
    value = parse(lines[0])
    members(value, "version", "vault", "rotation", "slots")
    need(integer(value["version"]) == 1, "another version")
    is_id(value["vault"])
    need(value["vault"] == vault, "another vault")
    number(value["rotation"])
    need(isinstance(value["slots"], list) and value["slots"], "not an array of at least one slot")
    for slot in value["slots"]:
        _check_slot(slot)
    kinds = [slot["kind"] for slot in value["slots"]]
    need(len(set(kinds)) == len(kinds), "two slots of a kind")
    return value


def _open_slot(slot, vault, rotation, secrets):
    kind = slot["kind"]
    if kind == "firm-recovery":
        private = ec.derive_private_key(int(secrets["recoveryPrivateScalar"], 16), ec.SECP256R1())
        raw = point(private.public_key())
        jwk = {"kty": "EC", "crv": "P-256", "x": b64u(raw[1:33]), "y": b64u(raw[33:])}
        need(thumbprint(jwk) == slot["keyId"], "another recovery key")
        vault_key = hpke_open(private, recovery_context(slot, vault, rotation), un64u(slot["wrapped"]))
        need(len(vault_key) == 32, "a key that has not 32 bytes")
        return vault_key
    if kind == "keyring":
        raw = bytes.fromhex(secrets["keyringEntry"])
        need(len(raw) == 41 and raw[0] == 1, "not a keyring entry")
        slot_key = raw[1:33]
    elif kind == "passphrase":
        need(secrets["passphrase"] != "", "an empty passphrase")
        slot_key = passphrase_key(text_of(secrets["passphrase"]), slot["kdf"])
    else:
        slot_key = words_key(secrets["recoveryWords"], vault)
    return gcm_unwrap(slot_key, un64u(slot["wrapped"]), slot_data(vault, rotation, kind))


SECRETS = {"keyring": "keyringEntry", "passphrase": "passphrase", "recovery-words": "recoveryWords",
           "firm-recovery": "recoveryPrivateScalar"}


def open_slots(file, vault, secrets):
    """(vault key, the kinds that open); refuses when none does."""
    value, opened, why = parse_slots(file, vault), {}, "no slot for these secrets"
    for slot in value["slots"]:
        if secrets[SECRETS[slot["kind"]]] is None:
            continue
        try:
            opened[slot["kind"]] = _open_slot(slot, vault, value["rotation"], secrets)
        except Refused as reason:
            why = str(reason)
    need(opened, why)
    need(len(set(opened.values())) == 1, "slots of different vault keys")
    return next(iter(opened.values())), list(opened)
