"""Export file of docs/FORMATS.md."""

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from blobs import gcm_unwrap, gcm_wrap
from formats import Refused, b64u, dump, hkdf, integer, members, need, parse, sha256, text_of, un64u
from vault import WORDS, _check_kdf, unicodedata

CHUNK = 64 * 1024
MAX_HEADER, MAX_ABOUT = 4096, 4096
MAX_RECORD = 16 * 1024 * 1024 - 34 - 32 - 29
ABOUT, RECORD, FILE, MISSING, END = 1, 2, 3, 4, 5
COUNTS = ("records", "drafts", "underWay", "orders", "attachments", "sealedBytes")
SLOT_KINDS = ("passphrase", "recovery-words")


# ---- keys -----------------------------------------------------------------------------------------------------------

def passphrase_key(passphrase, kdf, export):
    secret = unicodedata.normalize("NFKC", passphrase).encode()
    stretched = hash_secret_raw(secret, un64u(kdf["salt"]), kdf["passes"], kdf["memoryKib"], kdf["lanes"], 32, Type.ID, 19)
    return hkdf(stretched, export, b"satchel/1 export passphrase")


def words_key(words, export):
    need(WORDS.check(words), "not 12 words of BIP-39")
    return hkdf(bytes(WORDS.to_entropy(words)), export, b"satchel/1 export recovery words")


def slot_data(export, kind):
    return b"satchel/1 export slot\0" + export + b"\0" + kind.encode()


def wrap_slot(slot_key, export, kind, nonce, export_key):
    return b64u(gcm_wrap(slot_key, nonce, export_key, slot_data(export, kind)))


def check_of(export_key, export):
    return hkdf(export_key, export, b"satchel/1 export check")


# ---- header ---------------------------------------------------------------------------------------------------------

def header(text, magic=b"SATCHELX", version=1, length=None):
    text = text if isinstance(text, bytes) else dump(text).encode()
    return magic + version.to_bytes(2, "big") + (len(text) if length is None else length).to_bytes(2, "big") + text


def read_header(file):
    """(the header's JSON, all bytes before the first chunk)"""
    need(len(file) >= 12, "the header is cut")
    need(file[:8] == b"SATCHELX", "another magic")
    need(file[8:10] == b"\0\1", "another format")
    length = int.from_bytes(file[10:12], "big")
    need(length <= MAX_HEADER, "a header over 4096 bytes")
    need(len(file) >= 12 + length, "the header is cut")
    value = parse(file[12:12 + length])
    members(value, "export", "check", "slots")
    un64u(value["export"], 16)
    un64u(value["check"], 32)
    need(isinstance(value["slots"], list) and value["slots"], "no slot")
    for slot in value["slots"]:
        need(isinstance(slot, dict) and slot.get("kind") in SLOT_KINDS, "an unknown kind of slot")
        members(slot, *(("kind", "kdf", "wrapped") if slot["kind"] == "passphrase" else ("kind", "wrapped")))
        un64u(slot["wrapped"], 60)
        if slot["kind"] == "passphrase":
            _check_kdf(slot["kdf"])
    kinds = [slot["kind"] for slot in value["slots"]]
    need(len(set(kinds)) == len(kinds), "two slots of a kind")
    return value, file[:12 + length]


def open_slot(value, kind, secret):
    export = un64u(value["export"])
    slot = next((slot for slot in value["slots"] if slot["kind"] == kind), None)
    need(slot is not None, "no slot for this secret")
    slot_key = passphrase_key(secret, slot["kdf"], export) if kind == "passphrase" else words_key(secret, export)
    export_key = gcm_unwrap(slot_key, un64u(slot["wrapped"]), slot_data(export, kind))
    need(b64u(check_of(export_key, export)) == value["check"], "another key than the header's")
    return export_key


# ---- chunks ---------------------------------------------------------------------------------------------------------

def content_key(export_key, head):
    return hkdf(export_key, sha256(head), b"satchel/1 export content")


def nonce(index, last):
    return index.to_bytes(11, "big") + bytes([last])


def seal_chunks(export_key, head, plaintext, size=CHUNK):
    """The chunks as a list, so that they can be put together wrongly."""
    cipher = AESGCM(content_key(export_key, head))
    pieces = [plaintext[start:start + size] for start in range(0, len(plaintext), size)] or [b""]
    return [cipher.encrypt(nonce(index, index == len(pieces) - 1), piece, None) for index, piece in enumerate(pieces)]


def open_chunks(export_key, head, sealed):
    cipher, plaintext, pieces = AESGCM(content_key(export_key, head)), b"", []
    pieces = [sealed[start:start + CHUNK + 16] for start in range(0, len(sealed), CHUNK + 16)]
    need(pieces, "no chunk")
    for index, piece in enumerate(pieces):
        need(len(piece) > 16, "a chunk without contents")
        try:
            plaintext += cipher.decrypt(nonce(index, index == len(pieces) - 1), piece, None)
        except InvalidTag as error:
            raise Refused(f"chunk {index} is not authentic") from error
    return plaintext


# ---- items ----------------------------------------------------------------------------------------------------------

def item(kind, body, length=None):
    return bytes([kind]) + (len(body) if length is None else length).to_bytes(8, "big") + body


def record(table, record_id, value):
    text = value if isinstance(value, bytes) else dump(value).encode()
    return item(RECORD, bytes([table]) + record_id + text)


def about(kind="vault", vault=None, made_at=1_790_000_000, satchel="0.1.0", **counts):
    values = dict.fromkeys(COUNTS, 0) | counts
    return item(ABOUT, dump({"version": 1, "kind": kind, "vault": vault, "madeAt": made_at, "satchel": satchel,
                             "counts": values}).encode())


def end(records, files, missing=0):
    return item(END, dump({"records": records, "files": files, "missing": missing}).encode())


def _items(plaintext):
    offset = 0
    while offset < len(plaintext):
        need(len(plaintext) - offset >= 9, "the head of an item is cut")
        kind, length = plaintext[offset], int.from_bytes(plaintext[offset + 1:offset + 9], "big")
        need(ABOUT <= kind <= END, "an unknown kind of item")
        need(length <= len(plaintext) - offset - 9, "an item is cut")
        yield kind, plaintext[offset + 9:offset + 9 + length]
        offset += 9 + length


def _about(body):
    need(len(body) <= MAX_ABOUT, "a description over 4096 bytes")
    value = parse(body)
    members(value, "version", "kind", "vault", "madeAt", "satchel", "counts")
    need(integer(value["version"]) == 1, "another version")
    need(value["kind"] in ("draft", "vault"), "an unknown kind of export")
    need((value["vault"] is None) == (value["kind"] == "draft"), "a vault's id where none is expected, or none")
    integer(value["madeAt"])
    need(1 <= len(text_of(value["satchel"])) <= 64, "a version of another length than 1 to 64")
    members(value["counts"], *COUNTS)
    for number in value["counts"].values():
        integer(number)
    return value


def _record(body):
    need(len(body) >= 17, "a record that is too short")
    need(1 <= body[0] <= 7, "an unknown table")
    need(body[:17] != bytes([6]) + bytes(16), "the vault's own record")
    need(len(body) - 17 <= MAX_RECORD, "a record that is too long")
    value = parse(body[17:])
    need(isinstance(value, dict) and None not in value.values(), "not an object without nulls")
    return body[0], body[1:17], value


class Contents:
    """Reads items in the order that the format asks for."""

    def __init__(self):
        self.records, self.files, self.missing, self.draft, self.waiting, self.behind = [], {}, [], None, None, 0

    def take_record(self, kind_of_export, body):
        table, record_id, value = _record(body)
        need(self.waiting is None, "an attachment without its file")
        # Everything else, attachments without a draft, drafts.
        place = 2 if table == 1 or self.draft else 1 if table == 2 else 0
        need(table in (1, 2) or not self.draft, "a record of another table behind a draft")
        need(place >= self.behind, "a record in the wrong place")
        self.behind = place
        if table == 1:
            need(kind_of_export == "vault" or self.draft is None, "two drafts in an export of one")
            self.draft = record_id
        else:
            need(kind_of_export == "vault" or table == 2 and self.draft, "something else in an export of one draft")
        if table == 2:
            self.waiting = record_id, value
            need(self.draft is None or value.get("order", "").replace("-", "") == self.draft.hex(),
                 "an attachment of another draft")
        self.records.append({"table": table, "id": record_id.hex(), "record": value})

    def take_file(self, kind, body):
        need(len(body) >= 16 and self.waiting and body[:16] == self.waiting[0], "a file without its record")
        if kind == MISSING:
            need(len(body) == 16, "a missing file with contents")
            self.missing.append(body[:16].hex())
        else:
            need(len(body) - 16 == self.waiting[1].get("sealedLength"), "a file of another length than its record says")
            self.files[body[:16].hex()] = body[16:]
        self.waiting = None


def read_contents(plaintext):
    items = list(_items(plaintext))
    need(items and items[0][0] == ABOUT, "no description at the beginning")
    described, found = _about(items[0][1]), Contents()
    need(items[-1][0] == END and len(items) > 1, "no end")
    for kind, body in items[1:-1]:
        need(kind not in (ABOUT, END), "a description or an end in between")
        if kind == RECORD:
            found.take_record(described["kind"], body)
        else:
            found.take_file(kind, body)
    need(found.waiting is None, "an attachment without its file")
    ended = parse(items[-1][1])
    members(ended, "records", "files", "missing")
    need(ended == {"records": len(found.records), "files": len(found.files), "missing": len(found.missing)},
         "other counts at the end")
    need(described["kind"] == "vault" or found.draft, "no draft in an export of one")
    return described, found


def read_export(file, kind, secret):
    value, head = read_header(file)
    export_key = open_slot(value, kind, secret)
    return read_contents(open_chunks(export_key, head, file[len(head):]))
