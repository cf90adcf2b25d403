"""Exports against the reader in export_reader.py, which shares no code with Satchel.

The reader reads what the example `sample_export` of crates/store writes and the exports in tests/fixtures, record by record; of the
vectors it says what they say. `cargo xtask test --only interop` runs this.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

import export_reader
from vault_keys import Refused

SUITE_SECONDS_MAX = 180
PROGRAM_SECONDS_MAX = 60
TESTS = pathlib.Path(__file__).resolve().parent.parent
READER = TESTS / "interop" / "export_reader.py"


class Vectors(unittest.TestCase):
    def test_files_are_read_and_refused_as_in_the_vectors(self):
        vectors = json.loads((TESTS / "vectors" / "export.json").read_text())
        self.assertTrue(vectors["files"])
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="satchel-exports-")))
        numbers = {name: number for number, name in export_reader.TABLES.items()}
        for vector in vectors["files"]:
            with self.subTest(vector["name"]):
                path, records, files = folder / "file.satchel", [], {}
                path.write_bytes(bytes.fromhex(vector["file"]))

                def on_record(table, record_id, record):
                    records.append({"table": numbers[table], "id": record_id, "record": record})

                def on_file(record_id, _, piece):
                    files[record_id] = files.get(record_id, "") + (piece or b"").hex()

                arguments = (path, vector["kind"], vector["secret"], on_record, on_file)
                if vector["name"] == "refused: a record with a null":
                    # What a record may be is the vault's to say.
                    continue
                if vector["refused"]:
                    self.assertRaises(Refused, export_reader.read, *arguments)
                    continue
                about, missing = export_reader.read(*arguments)
                self.assertEqual((about, records, files, missing),
                                 (vector["about"], vector["records"], vector["files"], vector["missing"]))


class Sample:
    """Exports with what is to be found in them."""

    def __init__(self, folder):
        self.folder = folder
        self.secrets = json.loads((folder / "secrets.json").read_text())
        self.expected = json.loads((folder / "expected.json").read_text())

    def records(self, name):
        draft = self.expected["draft"]
        return {(record["table"], record["id"]): record["record"] for record in self.expected["records"]
                if name == "vault.satchel" or record["id"] == draft
                or record["table"] == "attachments" and record["record"]["order"].replace("-", "") == draft}

    def read(self, name, *options, way="--words", secret=None):
        line = secret or self.secrets["recoveryWords" if way == "--words" else "passphrase"]
        command = [sys.executable, READER, self.folder / name, way, *options]
        return subprocess.run(command, input=line + "\n", capture_output=True, text=True, timeout=PROGRAM_SECONDS_MAX)


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="satchel-exports-")))
        program = pathlib.Path(os.environ["SATCHEL_EXAMPLES"]) / "sample_export"
        subprocess.run([program, cls.folder / "sample"], check=True, timeout=PROGRAM_SECONDS_MAX)
        fixtures = sorted((TESTS / "fixtures").glob("export-*"))
        assert fixtures, "there is an export in tests/fixtures"
        cls.samples = [Sample(cls.folder / "sample"), *map(Sample, fixtures)]

    def test_what_satchel_wrote_is_read_record_by_record(self):
        for sample in self.samples:
            for name in ("vault.satchel", "draft.satchel"):
                for way in ("--words", "--passphrase"):
                    with self.subTest(sample.folder, name=name, way=way):
                        done = sample.read(name, way=way)
                        self.assertEqual((done.returncode, done.stderr), (0, ""))
                        about, *records = map(json.loads, done.stdout.splitlines())
                        found = {(record["table"], record["id"]): record["record"] for record in records}
                        self.assertEqual(found, sample.records(name))
                        self.assertEqual(about["kind"], name.removesuffix(".satchel"))
                        self.assertEqual(about["counts"]["records"], len(records))

    def test_attached_files_open(self):
        for sample in self.samples:
            for name, text in sample.expected["attachments"].items():
                with self.subTest(sample.folder, name=name):
                    out = self.folder / f"{name}.txt"
                    done = sample.read("vault.satchel", "--attachment", name, out)
                    self.assertEqual((done.returncode, out.read_text()), (0, text), done.stderr)
                    out.unlink()

    def test_another_secret_opens_nothing(self):
        for way, secret in (("--passphrase", "another passphrase"),
                            ("--words", "legal winner thank year wave sausage worth useful legal winner thank yellow")):
            done = self.samples[0].read("vault.satchel", way=way, secret=secret)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("does not open", done.stderr)

    def test_damage_is_found_and_nothing_is_printed(self):
        sample, words = self.samples[0], self.samples[0].secrets["recoveryWords"]
        whole, path = (sample.folder / "draft.satchel").read_bytes(), self.folder / "damaged.satchel"
        for place in range(0, len(whole), 7):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1:])
            with self.assertRaises(Refused, msg=place):
                export_reader.read(path, "recovery-words", words, export_reader.nothing, export_reader.nothing)
        for length in (*range(0, len(whole), 97), len(whole) - 1):
            path.write_bytes(whole[:length])
            with self.assertRaises(Refused, msg=length):
                export_reader.read(path, "recovery-words", words, export_reader.nothing, export_reader.nothing)


def stop(number, _):
    raise SystemExit(f"ended by {signal.Signals(number).name}")


if __name__ == "__main__":
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    signal.alarm(SUITE_SECONDS_MAX)
    unittest.main(verbosity=2)
