"""Reads an export of Satchel as docs/FORMATS.md says, "Export file", by one of its slots.

    export_reader.py FILE --passphrase     the passphrase, or
    export_reader.py FILE --words          the 12 recovery words, as one line of standard input

What the file says of itself, and then each record, is printed as a line of JSON; what was missing when it was made is told on standard
error. Nothing is printed before the whole file was found authentic. Ends with 0 if all was read, with 3 if something was told, with 1 if
the file does not open or is not whole. `--attachment ID OUT` writes the plaintext of an attached file as well. Requires Python 3.11
and, from PyPI, cryptography 50; for the words the list of mnemonic 0.21 as well. It holds one chunk in memory, and one record.

It was written from the documents, and shares no code with the crates or with tests/vectors.
"""

import argparse
import hashlib
import json
import pathlib
import sys
import tempfile
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from vault_keys import KDF_BOUNDS, Refused, derived, entropy_of, identity, integer, members, members_once, need, unbase64
from vault_reader import TABLES, write_attachment

HEADER_BYTES_MAX, ABOUT_BYTES_MAX = 4096, 4096
CHUNK_BYTES, TAG_BYTES = 64 * 1024, 16
RECORD_BYTES_MAX = 16 * 1024 * 1024 - 34 - 32 - 29
ABOUT, RECORD, FILE, MISSING, END = 1, 2, 3, 4, 5
SLOTS = {"passphrase": {"kind", "kdf", "wrapped"}, "recovery-words": {"kind", "wrapped"}}
COUNTS = {"records", "drafts", "underWay", "orders", "attachments", "sealedBytes"}
DRAFTS, ATTACHMENTS, SETTINGS = 1, 2, 6


def json_of(text):
    try:
        return json.loads(text.decode(), object_pairs_hook=members_once)
    except (ValueError, RecursionError):
        raise Refused("something is not JSON") from None


class Header:
    """The slots, and every byte before the first chunk."""

    def __init__(self, file):
        fixed = file.read(12)
        need(fixed[:8] == b"SATCHELX", "the file is no export")
        need(fixed[8:10] == b"\0\1", "the file was made by a later version")
        length = int.from_bytes(fixed[10:12], "big")
        need(len(fixed) == 12 and length <= HEADER_BYTES_MAX, "the header is damaged")
        text = file.read(length)
        need(len(text) == length, "the header is cut")
        self.bytes, value = fixed + text, json_of(text)
        members(value, {"export", "check", "slots"})
        self.export, self.check = unbase64(value["export"], 16), unbase64(value["check"], 32)
        need(isinstance(value["slots"], list) and value["slots"], "an export has a slot")
        self.slots = {}
        for slot in value["slots"]:
            need(isinstance(slot, dict) and slot.get("kind") in SLOTS, "an unknown kind of slot")
            members(slot, SLOTS[slot["kind"]])
            unbase64(slot["wrapped"], 60)
            need(slot["kind"] not in self.slots, "two slots of a kind")
            self.slots[slot["kind"]] = slot

    def open(self, kind, secret):
        """The key of the export, by a passphrase or by words."""
        need(kind in self.slots, f"the file does not open by {kind}")
        slot = self.slots[kind]
        if kind == "passphrase":
            kdf = slot["kdf"]
            members(kdf, {"algorithm", "salt", *KDF_BOUNDS})
            need(kdf["algorithm"] == "argon2id", "another algorithm")
            for name, bounds in KDF_BOUNDS.items():
                integer(kdf[name], *bounds)
            need(secret, "the passphrase is empty")
            stretch = Argon2id(salt=unbase64(kdf["salt"], 16), length=32, iterations=kdf["passes"], lanes=kdf["lanes"],
                               memory_cost=kdf["memoryKib"])
            ikm = stretch.derive(unicodedata.normalize("NFKC", secret).encode())
            slot_key = derived(ikm, self.export, b"satchel/1 export passphrase")
        else:
            slot_key = derived(entropy_of(secret), self.export, b"satchel/1 export recovery words")
        wrapped = unbase64(slot["wrapped"], 60)
        try:
            bound = b"satchel/1 export slot\0" + self.export + b"\0" + kind.encode()
            key = AESGCM(slot_key).decrypt(wrapped[:12], wrapped[12:], bound)
        except InvalidTag:
            raise Refused("the slot does not open") from None
        need(derived(key, self.export, b"satchel/1 export check") == self.check, "the slot holds another key")
        return key


class Stream:
    """The contents, chunk by chunk."""

    def __init__(self, file, header, key):
        self.cipher = AESGCM(derived(key, hashlib.sha256(header.bytes).digest(), b"satchel/1 export content"))
        self.file, self.index, self.chunk = file, 0, b""
        self.next = file.read(CHUNK_BYTES + TAG_BYTES)

    def more(self):
        """Opens the next chunk; false behind the last."""
        if not self.next and self.index:
            return False
        sealed, self.next = self.next, self.file.read(CHUNK_BYTES + TAG_BYTES)
        need(len(sealed) > TAG_BYTES, "the file is cut")
        nonce = self.index.to_bytes(11, "big") + (b"\0" if self.next else b"\1")
        try:
            self.chunk = self.cipher.decrypt(nonce, sealed, None)
        except InvalidTag:
            raise Refused("the file is damaged or was cut off") from None
        self.index += 1
        return True

    def pieces(self, length):
        """So many bytes, in pieces of a chunk at most."""
        while length:
            need(self.chunk or self.more(), "the file ends too soon")
            piece, self.chunk = self.chunk[:length], self.chunk[length:]
            length -= len(piece)
            yield piece

    def read(self, length):
        return b"".join(self.pieces(length))

    def is_at_end(self):
        return not self.chunk and not self.more()


class Contents:
    """The items. `on_record` and `on_file` hear of them; a file's pieces come one by one, and None behind the last."""

    def __init__(self, stream, on_record, on_file):
        self.stream, self.on_record, self.on_file = stream, on_record, on_file
        self.counts, self.section, self.draft, self.expected = {"records": 0, "files": 0, "missing": 0}, 0, None, None
        self.missing = []
        kind, length = self.head()
        need(kind == ABOUT and length <= ABOUT_BYTES_MAX, "the file does not begin with a description")
        self.about = json_of(stream.read(length))
        self.check_about()
        while self.item():
            pass
        need(stream.is_at_end(), "something stands behind the end")

    def head(self):
        head = self.stream.read(9)
        return head[0], int.from_bytes(head[1:], "big")

    def check_about(self):
        members(self.about, {"version", "kind", "vault", "madeAt", "satchel", "counts"})
        integer(self.about["version"], 1, 1)
        need(self.about["kind"] in ("draft", "vault"), "another kind of export")
        if self.about["kind"] == "vault":
            identity(self.about["vault"])
        else:
            need(self.about["vault"] is None, "one draft is no vault")
        integer(self.about["madeAt"], 0, 2**53 - 1)
        need(isinstance(self.about["satchel"], str) and 1 <= len(self.about["satchel"]) <= 64, "no version")
        members(self.about["counts"], COUNTS)

    def item(self):
        """Reads one item; false behind the end."""
        kind, length = self.head()
        need((kind in (FILE, MISSING)) == (self.expected is not None), "an attachment and its file are not together")
        if kind == RECORD:
            self.record(length)
        elif kind in (FILE, MISSING):
            self.file(kind, length)
        else:
            need(kind == END and length <= ABOUT_BYTES_MAX, "an item of an unknown kind")
            need(json_of(self.stream.read(length)) == self.counts, "the counts differ")
            need(self.about["kind"] == "vault" or self.draft, "there is no draft")
            return False
        return True

    def record(self, length):
        need(17 <= length <= RECORD_BYTES_MAX + 17, "a record of another length")
        body = self.stream.read(length)
        table, record_id, value = body[0], body[1:17], json_of(body[17:])
        need(table in TABLES and (table, record_id) != (SETTINGS, bytes(16)), "a record of an unknown table")
        need(isinstance(value, dict), "a record is an object")
        one = self.about["kind"] == "draft"
        section = 2 if table == DRAFTS or table == ATTACHMENTS and self.draft else 1 if table == ATTACHMENTS else 0
        need(section >= self.section and (not one or section == 2), "a record in the wrong place")
        need(not one or table != DRAFTS or not self.draft, "more than one draft")
        self.section = section
        if table == DRAFTS:
            self.draft = record_id
        elif table == ATTACHMENTS:
            need(not self.draft or value.get("order", "").replace("-", "") == self.draft.hex(), "a file of another draft")
            self.expected = record_id, value
        self.counts["records"] += 1
        self.on_record(TABLES[table], record_id.hex(), value)

    def file(self, kind, length):
        record_id, record = self.expected
        need(length >= 16 and self.stream.read(16) == record_id, "a file of another record")
        self.expected = None
        if kind == MISSING:
            need(length == 16, "a missing file with contents")
            self.counts["missing"] += 1
            self.missing.append(record_id.hex())
            return
        need(length - 16 == record.get("sealedLength"), "a file of another length than its record says")
        self.counts["files"] += 1
        for piece in self.stream.pieces(length - 16):
            self.on_file(record_id.hex(), record, piece)
        self.on_file(record_id.hex(), record, None)


def read(path, kind, secret, on_record, on_file):
    """Reads a file to its end; returns what it says of itself and the ids of files that were missing."""
    with open(path, "rb") as file:
        header = Header(file)
        contents = Contents(Stream(file, header, header.open(kind, secret)), on_record, on_file)
    return contents.about, contents.missing


def nothing(*_):
    """Hears of an item that nobody asked for."""


def attachment(path, kind, secret, wanted, out):
    """Writes the plaintext of one attached file."""
    found = []
    with tempfile.TemporaryDirectory(dir=pathlib.Path(out).parent) as folder:
        sealed = pathlib.Path(folder) / "sealed"
        with open(sealed, "wb") as copy:
            def on_file(name, record, piece):
                if name == wanted:
                    copy.write(piece or b"")
                    found[:] = [record]
            read(path, kind, secret, nothing, on_file)
        need(found, "no attached file has this id")
        write_attachment(sealed, found[0], out)


def main():
    parser = argparse.ArgumentParser(description="Reads an export of Satchel.")
    parser.add_argument("file", type=pathlib.Path)
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--passphrase", action="store_true")
    way.add_argument("--words", action="store_true")
    parser.add_argument("--attachment", nargs=2, metavar=("ID", "OUT"))
    options = parser.parse_args()
    kind, secret = "passphrase" if options.passphrase else "recovery-words", sys.stdin.readline().removesuffix("\n")
    try:
        about, missing = read(options.file, kind, secret, nothing, nothing)
        print(json.dumps(about, ensure_ascii=False))
        read(options.file, kind, secret, lambda table, record_id, record: print(
            json.dumps({"table": table, "id": record_id, "record": record}, ensure_ascii=False)), nothing)
        if options.attachment:
            attachment(options.file, kind, secret, *options.attachment)
    except (Refused, OSError) as error:
        sys.exit(f"{error}")
    for record_id in missing:
        print(json.dumps({"missing": record_id}), file=sys.stderr)
    sys.exit(3 if missing else 0)


if __name__ == "__main__":
    main()
