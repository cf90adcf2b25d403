"""Reads a vault as docs/VAULT.md says, by one of its key slots, and changes nothing in its folder.

    vault_reader.py FOLDER --keyring HEX        what the OS keyring holds for the vault, in hexadecimal digits
    vault_reader.py FOLDER --passphrase         the passphrase, or
    vault_reader.py FOLDER --words              the 12 recovery words, as one line of standard input
    vault_reader.py FOLDER --recovery-key PEM   a file with the firm's recovery key

Each live record is printed as a line of JSON. What is damaged, cut, older or missing is told on standard error, a line of
JSON each. Ends with 0 if all was read, with 3 if something was told, with 1 if the vault does not open.
`--attachment ID OUT` writes the plaintext of an attached file as well, `--journal journal.damaged-1` reads a journal that
was set aside. Requires Python 3.11 and, from PyPI, cryptography 50; for the words the list of mnemonic 0.21 as well.

It was written from docs/VAULT.md and docs/FORMATS.md, and shares no code with the crates or with tests/vectors.
"""

import argparse
import hashlib
import hmac
import json
import pathlib
import sys
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault_keys import KeyFile, Refused, derived, need, unbase64

TABLES = {1: "drafts", 2: "attachments", 3: "outbox", 4: "ledger", 5: "keys", 6: "settings", 7: "orders"}
PUT, DELTA, DELETE = 1, 2, 3
HEADER_BYTES = 40
ENTRY_BYTES_MIN, ENTRY_BYTES_MAX = 95, 16 * 1024 * 1024
CHAIN_BYTES = 32
REGION_BYTES, AROUND_REGION_BYTES = 4 * 1024 * 1024, 12 + 16
OWN_RECORD = (6, bytes(16))


class Entry(NamedTuple):
    offset: int
    end: int
    sequence: int
    table: int
    kind: int
    id: bytes
    revision: int
    sealed: bytes
    plaintext: bytes | None = None


class Journal:
    """A journal's bytes, and what is found wrong with them while `entries` is read."""

    def __init__(self, data, vault, vault_key):
        need(len(data) >= HEADER_BYTES and data[:8] == b"SATCHELJ", "the file is not a journal")
        need(data[8:10] != b"\0\1", "the journal was written by a build from before the first release")
        need(data[8:16] == b"\0\2" + bytes(6), "the journal was written by a newer version")
        need(data[16:32] == vault, "the journal belongs to another vault")
        self.data, self.first_sequence = data, int.from_bytes(data[32:40], "big")
        self.chain_key = derived(vault_key, vault, b"satchel/1 chain")
        self.table_keys = {table: AESGCM(derived(vault_key, vault, b"satchel/1 record\0" + bytes([table])))
                           for table in TABLES}
        # Where entries cannot be read: (offset, how many, None where that is not known).
        self.gaps = []
        # Where a write begins that never ended.
        self.cut_at = None

    def entries(self):
        """Yields every entry that can be read, also behind damage."""
        offset, sequence, chain = HEADER_BYTES, self.first_sequence, self.link(self.data[:HEADER_BYTES])
        while offset < len(self.data):
            entry = self.entry_at(offset, chain)
            if entry and entry.sequence == sequence:
                plaintext = self.open(entry)
                if plaintext is None:
                    self.gaps.append((offset, 1))
                else:
                    yield entry._replace(plaintext=plaintext)
                offset, sequence = entry.end, sequence + 1
            elif entry := self.next_entry(offset, sequence):
                lost = entry.sequence - sequence
                self.gaps.append((offset, lost if lost >= 0 else None))
                offset, sequence = entry.offset, entry.sequence
            elif self.is_cut(offset):
                self.cut_at = offset
                return
            else:
                self.gaps.append((offset, None))
                return
            chain = self.data[offset - CHAIN_BYTES:offset]

    def entry_at(self, offset, chain):
        """The entry that was written at this place behind this chain; nothing where none was."""
        data = self.data
        length = int.from_bytes(data[offset:offset + 4], "big")
        end = offset + 4 + length
        if not ENTRY_BYTES_MIN <= length <= ENTRY_BYTES_MAX or end > len(data):
            return None
        table, kind = data[offset + 12:offset + 14]
        linked, written = data[offset:end - CHAIN_BYTES], data[end - CHAIN_BYTES:end]
        if table not in TABLES or kind not in (PUT, DELTA, DELETE):
            return None
        if not hmac.compare_digest(self.link(chain, linked), written):
            return None
        return Entry(offset, end, int.from_bytes(linked[4:12], "big"), table, kind, linked[14:30],
                     int.from_bytes(linked[30:38], "big"), linked[38:])

    def next_entry(self, damaged, sequence):
        """The next entry behind a damaged one. The 32 bytes before an entry prove its place."""
        # Which the first is, only the header says, and it may be what is damaged.
        sequences = range(2**64) if damaged == HEADER_BYTES else range(sequence, sequence + 2**32)
        for offset in range(damaged + 1, len(self.data) - 4 - ENTRY_BYTES_MIN + 1):
            if self.data[offset] > 1 or int.from_bytes(self.data[offset + 4:offset + 12], "big") not in sequences:
                continue
            if entry := self.entry_at(offset, self.data[offset - CHAIN_BYTES:offset]):
                return entry
        return None

    def is_cut(self, offset):
        """Whether the file ends within the entry that begins here, or holds nothing but zeros from here on."""
        rest = len(self.data) - offset
        length = int.from_bytes(self.data[offset:offset + 4], "big")
        ends_within = rest < 4 or ENTRY_BYTES_MIN <= length <= ENTRY_BYTES_MAX and rest < 4 + length
        return ends_within or not any(self.data[offset:])

    def open(self, entry):
        return open_record(self.table_keys, (entry.table, entry.kind, entry.id, entry.revision), entry.sealed)

    def link(self, *parts):
        return hmac.digest(self.chain_key, b"".join(parts), "sha256")


def open_record(table_keys, place, sealed):
    """The plaintext of a vault record at its place (table, kind, id, revision); nothing where it does not belong there."""
    table, kind, record_id, revision = place
    if table not in table_keys or kind not in (PUT, DELTA, DELETE) or len(sealed) < 29 or sealed[0] != 1:
        return None
    bound = bytes([1, table, kind]) + record_id + revision.to_bytes(8, "big")
    try:
        plaintext = table_keys[table].decrypt(sealed[1:13], sealed[13:], bound)
    except InvalidTag:
        return None
    return None if kind == DELETE and plaintext else plaintext


class Records:
    """Puts records together from entries, in the order of the journal."""

    def __init__(self, journal):
        # (table, id) → (revision, plaintext of the put, plaintexts of the deltas since)
        self.live, self.lost = {}, {}
        for entry in journal.entries():
            if not self.take(entry, behind_gap=bool(journal.gaps)):
                journal.gaps.append((entry.offset, 1))

    def take(self, entry, behind_gap):
        """Takes an entry; returns whether it follows the ones before it."""
        key, revision = (entry.table, entry.id), entry.revision
        before = self.live.get(key)
        next_one = before is not None and revision == before[0] + 1
        if before is None:
            follows = entry.kind == PUT or behind_gap
        else:
            follows = next_one or behind_gap and revision > before[0]
        if not follows:
            return False
        if entry.kind == DELTA:
            if before is None:
                self.lost[key] = "whole"
                return True
            if not next_one:
                self.lost[key] = "changes"
            self.live[key] = (revision, before[1], [*before[2], entry.plaintext])
            return True
        self.lost.pop(key, None)
        if entry.kind == PUT:
            self.live[key] = (revision, entry.plaintext, [])
        else:
            self.live.pop(key, None)
        return True

    def all(self):
        """Yields (table, id, revision, record) by table and id; what is no JSON object becomes lost."""
        for key, (revision, whole, deltas) in sorted(self.live.items()):
            try:
                record, *patches = [json.loads(text) for text in (whole, *deltas)]
            except ValueError:
                record, patches = None, []
            if not all(isinstance(value, dict) for value in (record, *patches)):
                self.lost[key] = "whole"
                continue
            for patch in patches:
                record = merged(record, patch)
            yield *key, revision, record


def merged(target, patch):
    """A JSON merge patch, as RFC 7396 says."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merged(target.get(name), value)
    return target


def write_attachment(sealed_path, record, out):
    """Opens a sealed file by its record. `out` appears only when all of it is authentic and what the record says."""
    length, part = record["length"], pathlib.Path(f"{out}.part")
    key, whole, tags = AESGCM(unbase64(record["contentKey"], 32)), hashlib.sha256(), hashlib.sha256()
    regions = -(-length // REGION_BYTES)
    try:
        with open(sealed_path, "rb") as sealed, open(part, "xb") as plaintext:
            for number in range(regions):
                region = sealed.read(REGION_BYTES + AROUND_REGION_BYTES)
                need(region[:12] == number.to_bytes(12, "big"), "a region of the sealed file is in another place")
                opened = key.decrypt(region[:12], region[12:], None)
                plaintext.write(opened)
                whole.update(opened)
                tags.update(region[-16:])
            need(sealed.read(1) == b"" and sealed.tell() == record["sealedLength"], "the sealed file has another length")
            need(plaintext.tell() == length, "the attached file has another length")
        need(whole.digest() == unbase64(record["sha256"], 32), "the attached file is another one")
        need(tags.digest() == unbase64(record["tagsSha256"], 32), "the sealed file is another one")
        part.rename(out)
    except InvalidTag:
        raise Refused("the sealed file is damaged") from None
    finally:
        part.unlink(missing_ok=True)


def read(folder, key_file, vault_key, options):
    """Prints what is in the vault; returns what is to be told."""
    journal = Journal((folder / options.journal).read_bytes(), key_file.vault_bytes, vault_key)
    records = Records(journal)
    generation, attachments = 0, {}
    for table, record_id, revision, record in records.all():
        if (table, record_id) == OWN_RECORD:
            generation = record["generation"]
        if TABLES[table] == "attachments":
            attachments[record_id.hex()] = record
        print(json.dumps({"table": TABLES[table], "id": record_id.hex(), "revision": revision, "record": record},
                         ensure_ascii=False))
    sealed = {name: folder / "attachments" / f"{name}.sealed" for name in attachments}
    told = [{"missing": f"attachments/{path.name}"} for path in sealed.values() if not path.exists()]
    if options.attachment:
        name, out = options.attachment
        need(name in attachments, "no attached file has this id")
        write_attachment(sealed[name], attachments[name], out)
    told += [{"damagedAt": offset, "entries": count} for offset, count in journal.gaps]
    told += [{"lost": loss, "table": TABLES[table], "id": record_id.hex()}
             for (table, record_id), loss in sorted(records.lost.items())]
    if journal.cut_at is not None:
        told.append({"cutAt": journal.cut_at})
    if options.keyring and generation < key_file.generation and not journal.gaps:
        told.append({"olderCopy": generation, "lastOpened": key_file.generation})
    return told


def main():
    parser = argparse.ArgumentParser(description="Reads a vault, and changes nothing in it.")
    parser.add_argument("folder", type=pathlib.Path)
    slot = parser.add_mutually_exclusive_group(required=True)
    slot.add_argument("--keyring", metavar="HEX")
    slot.add_argument("--passphrase", action="store_true")
    slot.add_argument("--words", action="store_true")
    slot.add_argument("--recovery-key", metavar="PEM", type=pathlib.Path)
    parser.add_argument("--journal", default="journal.satchel")
    parser.add_argument("--attachment", nargs=2, metavar=("ID", "OUT"))
    options = parser.parse_args()
    try:
        key_file = KeyFile((options.folder / "vault.keys").read_bytes())
        told = read(options.folder, key_file, key_file.open_by(options), options)
    except (Refused, OSError) as error:
        sys.exit(f"{error}")
    for finding in told:
        print(json.dumps(finding), file=sys.stderr)
    sys.exit(3 if told else 0)


if __name__ == "__main__":
    main()
