"""Vaults against the reader in vault_reader.py, which shares no code with Satchel.

The reader reads what the example `sample_vault` of crates/store writes and the vaults in tests/fixtures, record by record;
of a damaged vault it finds what Satchel finds, which takes part as `list_vault`; of the vectors it says what they say.
`cargo xtask test --only interop` runs this.
"""

import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import vault_reader
from vault_keys import KeyFile, Refused, base64url, derived
from vault_reader import REGION_BYTES, Journal, Records

SUITE_SECONDS_MAX = 180
PROGRAM_SECONDS_MAX = 60
TESTS = pathlib.Path(__file__).resolve().parent.parent
READER = TESTS / "interop" / "vault_reader.py"
OWN_RECORD = ("settings", "00" * 16)


class Vectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = json.loads((TESTS / "vectors" / "vault.json").read_text())
        cls.vault = cls.vectors["vaultId"]
        cls.vault_bytes, cls.key = (bytes.fromhex(cls.vectors[name].replace("-", "")) for name in ("vaultId", "vaultKey"))

    def journal(self, file):
        return Journal(file, self.vault_bytes, self.key)

    def test_the_chain_key(self):
        self.assertEqual(derived(self.key, self.vault_bytes, b"satchel/1 chain").hex(), self.vectors["chainKey"])

    def test_records_open_at_their_place(self):
        keys = self.journal(bytes.fromhex(self.vectors["journals"][0]["file"])).table_keys
        for vector in self.vectors["records"]:
            with self.subTest(vector["name"]):
                place = (vector["table"], vector["kind"], bytes.fromhex(vector["recordId"]), vector["revision"])
                opened = vault_reader.open_record(keys, place, bytes.fromhex(vector["record"]))
                self.assertEqual(opened, None if vector["refused"] else bytes.fromhex(vector["plaintext"]))

    def test_journals_are_read_also_behind_damage(self):
        for vector in self.vectors["journals"]:
            with self.subTest(vector["name"]):
                file = bytes.fromhex(vector["file"])
                if vector["stopsAt"] == 0:
                    self.assertRaises(Refused, self.journal, file)
                    continue
                journal = self.journal(file)
                entries = list(journal.entries())
                self.assertEqual([entry.sequence for entry in entries], vector["readable"])
                gaps = [{"offset": offset, "entries": count} for offset, count in journal.gaps]
                self.assertEqual((gaps, journal.cut_at), (vector["gaps"], vector["cutAt"]))
                for entry, expected in zip(entries, vector["entries"], strict=False):
                    found = {"sequence": entry.sequence, "table": entry.table, "kind": entry.kind,
                             "recordId": entry.id.hex(), "revision": entry.revision, "plaintext": entry.plaintext.hex()}
                    self.assertEqual(found, expected)

    def test_key_slots_open_by_their_secrets(self):
        ways = {"keyring": "keyringEntry", "passphrase": "passphrase", "recovery-words": "recoveryWords",
                "firm-recovery": "recoveryPrivateScalar"}
        for vector in self.vectors["keySlots"]:
            with self.subTest(vector["name"]):
                try:
                    key_file = KeyFile(vector["file"].encode())
                except Refused:
                    self.assertFalse(vector["parses"])
                    continue
                if key_file.vault != vector["vaultId"]:
                    self.assertFalse(vector["parses"])
                    continue
                self.assertTrue(vector["parses"])
                secrets = {kind: vector["secrets"][name] for kind, name in ways.items()}
                opened = {kind: opened_by(key_file, kind, secret) for kind, secret in secrets.items()}
                expected = {kind: self.key if kind in vector["opens"] else None for kind in ways}
                self.assertEqual(opened, expected)


    def test_every_way_to_the_key_from_the_command_line(self):
        slots, journals = ({vector["name"]: vector for vector in self.vectors[name]} for name in ("keySlots", "journals"))
        secrets = slots["all four slots"]["secrets"]
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="satchel-vaults-")))
        (folder / "vault.keys").write_text(slots["all four slots"]["file"])
        (folder / "journal.satchel").write_bytes(bytes.fromhex(journals["only the header"]["file"]))
        private, pem = ec.derive_private_key(int(secrets["recoveryPrivateScalar"], 16), ec.SECP256R1()), folder / "key.pem"
        pem.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                              serialization.NoEncryption()))
        for options, line, code in ((["--passphrase"], secrets["passphrase"], 0), (["--words"], secrets["recoveryWords"], 0),
                                    (["--recovery-key", pem], "", 0), (["--passphrase"], "another", 1),
                                    (["--words"], "another", 1), (["--keyring", secrets["keyringEntry"]], "", 3)):
            with self.subTest(options, line=line):
                done = subprocess.run([sys.executable, READER, folder, *options], input=line + "\n", capture_output=True,
                                      text=True, timeout=PROGRAM_SECONDS_MAX)
                self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        # Nothing of the vault is there, so it is older than what the keyring says.
        self.assertIn("olderCopy", done.stderr)


def opened_by(key_file, kind, secret):
    """The vault key, or nothing where the secret does not open the slot."""
    if secret is None:
        return None
    try:
        match kind:
            case "keyring":
                return key_file.by_keyring(bytes.fromhex(secret))
            case "passphrase":
                return key_file.by_passphrase(secret)
            case "recovery-words":
                return key_file.by_words(secret)
            case "firm-recovery":
                return key_file.by_recovery(ec.derive_private_key(int(secret, 16), ec.SECP256R1()))
    except Refused:
        return None


class Sample:
    """A vault with what is to be found in it: `vault`, `keyring.txt` and `expected.json` in a folder."""

    def __init__(self, folder):
        self.vault, self.keyring = folder / "vault", (folder / "keyring.txt").read_text().strip()
        expected = json.loads((folder / "expected.json").read_text())
        self.records = {(record["table"], record["id"]): record for record in expected["records"]}
        self.attachments = expected["attachments"]

    def read(self, *options, keyring=None, vault=None):
        command = [sys.executable, READER, vault or self.vault, "--keyring", keyring or self.keyring, *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS_MAX)


def records_of(output):
    """What the reader printed, without the vault's own record."""
    records = [json.loads(line) for line in output.splitlines()]
    return {(record["table"], record["id"]): record for record in records
            if (record["table"], record["id"]) != OWN_RECORD}


def findings_of(output):
    """What both tell: of a cut, that there is one; of the vault's own record and of files, nothing."""
    findings = [json.loads(line) for line in output.splitlines()]
    cut = [{"cut": True}] if any({"cutAt", "cut"} & set(finding) for finding in findings) else []
    told = [finding for finding in findings if {"damagedAt", "lost", "olderCopy"} & set(finding)]
    # Where something is damaged, Satchel tells of the cut no more: it keeps the whole file.
    damaged = any("damagedAt" in finding for finding in told)
    older = [{"olderCopy": True}] * any("olderCopy" in finding for finding in told)
    return [finding for finding in told if "olderCopy" not in finding] + older + cut * (not damaged)


class Vaults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="satchel-vaults-")))
        run("sample_vault", cls.folder / "sample").check_returncode()
        cls.sample = Sample(cls.folder / "sample")

    def test_what_satchel_wrote_is_read_record_by_record(self):
        fixtures = sorted((TESTS / "fixtures").glob("vault-*"))
        self.assertTrue(fixtures)
        for sample in (self.sample, *map(Sample, fixtures)):
            with self.subTest(sample.vault):
                before = contents_below(sample.vault)
                done = sample.read()
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(records_of(done.stdout), sample.records)
                for name, text in sample.attachments.items():
                    out = self.folder / f"{name}.txt"
                    self.assertEqual(sample.read("--attachment", name, out).returncode, 0)
                    self.assertEqual(out.read_text(), text)
                    out.unlink()
                self.assertEqual(contents_below(sample.vault), before, "the reader changes nothing")

    def test_another_key_opens_nothing(self):
        other = self.sample.keyring[:2] + "00" * 32 + self.sample.keyring[66:]
        done = self.sample.read(keyring=other)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("does not open", done.stderr)

    def test_an_older_copy_is_told(self):
        later = self.sample.keyring[:66] + f"{int(self.sample.keyring[66:], 16) + 1:016x}"
        done = self.sample.read(keyring=later)
        self.assertEqual((done.returncode, json.loads(done.stderr)["lastOpened"]), (3, int(later[66:], 16)))

    def test_a_missing_or_damaged_sealed_file_is_told(self):
        vault = self.copy_of_the_sample()
        name = next(iter(self.sample.attachments))
        sealed, out = vault / "attachments" / f"{name}.sealed", self.folder / "out"
        whole = sealed.read_bytes()
        for place in (0, 12, len(whole) - 1):
            sealed.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
            self.assertEqual(self.sample.read("--attachment", name, out, vault=vault).returncode, 1, place)
            self.assertFalse(out.exists() or out.with_suffix(".part").exists())
        sealed.unlink()
        done = self.sample.read(vault=vault)
        self.assertEqual((done.returncode, json.loads(done.stderr)), (3, {"missing": f"attachments/{name}.sealed"}))

    def test_one_damaged_byte_costs_two_entries_at_most_and_adds_nothing(self):
        file = (self.sample.vault / "journal.satchel").read_bytes()
        key_file = KeyFile((self.sample.vault / "vault.keys").read_bytes())
        key = key_file.by_keyring(bytes.fromhex(self.sample.keyring))

        def read(file):
            journal = Journal(file, key_file.vault_bytes, key)
            return journal, Records(journal)

        written = {entry.plaintext for entry in read(file)[0].entries()}
        count = sum(1 for _ in read(file)[0].entries())
        for place in range(40, len(file), 31):
            journal, records = read(file[:place] + bytes([file[place] ^ 0x40]) + file[place + 1:])
            self.assertTrue(journal.gaps or journal.cut_at is not None, place)
            self.assertGreaterEqual(sum(1 for _ in journal.entries()), count - 2, place)
            plaintexts = {text for _, whole, deltas in records.live.values() for text in (whole, *deltas)}
            self.assertLessEqual(plaintexts, written, place)

    def test_satchel_and_the_reader_find_the_same_behind_damage(self):
        keyring = self.folder / "sample" / "keyring.txt"
        whole = (self.sample.vault / "journal.satchel").read_bytes()
        # The first behind the header; a step that hits every part of an entry in some entry.
        for place in range(40, len(whole), 193):
            for name, damaged in (("flipped", whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1:]),
                                  ("zeros", whole[:place] + bytes(300) + whole[place + 300:]), ("cut", whole[:place])):
                with self.subTest(name, place=place):
                    vault = self.copy_of_the_sample()
                    # With it Satchel would read what is behind it, and the rest later.
                    (vault / "snapshot.satchel").unlink()
                    (vault / "journal.satchel").write_bytes(damaged)
                    ours, theirs = self.sample.read(vault=vault), run("list_vault", vault, keyring)
                    self.assertEqual(theirs.returncode, 0, theirs.stderr)
                    self.assertEqual(records_of(ours.stdout), records_of(theirs.stdout))
                    self.assertEqual(findings_of(ours.stderr), findings_of(theirs.stderr))

    def test_an_attachment_of_several_regions(self):
        plaintext = hashlib.shake_256(b"satchel").digest(2 * REGION_BYTES + 7)
        pieces = [plaintext[start:start + REGION_BYTES] for start in range(0, len(plaintext), REGION_BYTES)]
        key, nonces = bytes(range(32)), [number.to_bytes(12, "big") for number in range(len(pieces))]
        regions = [nonce + AESGCM(key).encrypt(nonce, piece, None) for nonce, piece in zip(nonces, pieces, strict=True)]
        sealed, out = self.folder / "several.sealed", self.folder / "several"
        record = {"length": len(plaintext), "sealedLength": len(plaintext) + 28 * len(regions), "contentKey": base64url(key),
                  "sha256": base64url(hashlib.sha256(plaintext).digest()),
                  "tagsSha256": base64url(hashlib.sha256(b"".join(region[-16:] for region in regions)).digest())}
        sealed.write_bytes(b"".join(regions))
        vault_reader.write_attachment(sealed, record, out)
        self.assertEqual(out.read_bytes(), plaintext)
        first, second, third = regions
        for name, wrong in (("swapped", second + first + third), ("cut", first + second), ("more", b"".join(regions) + b"x"),
                            ("twice", first + first + third)):
            with self.subTest(name):
                sealed.write_bytes(wrong)
                self.assertRaises(Refused, vault_reader.write_attachment, sealed, record, self.folder / "wrong")
                self.assertFalse((self.folder / "wrong").exists())

    def copy_of_the_sample(self):
        copy = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir=self.folder)))
        for name, contents in contents_below(self.sample.vault).items():
            path = copy / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents)
        return copy


def contents_below(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(example, *arguments):
    program = pathlib.Path(os.environ["SATCHEL_EXAMPLES"]) / example
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=PROGRAM_SECONDS_MAX)


def stop(number, _):
    raise SystemExit(f"ended by {signal.Signals(number).name}")


if __name__ == "__main__":
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    signal.alarm(SUITE_SECONDS_MAX)
    unittest.main(verbosity=2)
