"""Sealed blobs against the official storage SDK for Python, over a real storage emulator.

What Satchel seals the SDK opens, and what the SDK encrypts Satchel opens, byte for byte; what was tampered with neither
opens. Satchel takes part as the examples `seal` and `open` of crates/seal. `cargo xtask test --only interop` runs this.
"""

import hashlib
import itertools
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobBlock
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from azurite import Azurite

SUITE_SECONDS_MAX = 180
PROGRAM_SECONDS_MAX = 60
REGION = 4 * 1024 * 1024
SEALED_REGION = 12 + REGION + 16
SIZES = [0, 1, REGION - 1, REGION, REGION + 1, 3 * REGION + 7]
KEY_ID = "https://example.vault.azure.net/keys/firm/0123456789abcdef0123456789abcdef"
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class WrappingKey:
    """An RSA key with both halves: the SDK's `KeyEncryptionKey`, and PEM files for Satchel."""

    def __init__(self, bits, folder):
        self._key = rsa.generate_private_key(65537, bits)
        self.public, self.private = folder / f"{bits}.public.pem", folder / f"{bits}.private.pem"
        pem, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
        spki, pkcs8 = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PrivateFormat.PKCS8
        self.public.write_bytes(self._key.public_key().public_bytes(pem, spki))
        self.private.write_bytes(self._key.private_bytes(pem, pkcs8, no_password))

    def get_kid(self):
        return KEY_ID

    def get_key_wrap_algorithm(self):
        return "RSA-OAEP-256"

    def wrap_key(self, key):
        return self._key.public_key().encrypt(key, OAEP)

    def unwrap_key(self, key, algorithm):
        if algorithm != "RSA-OAEP-256":
            raise ValueError(f"the blob's key is wrapped by {algorithm}")
        return self._key.decrypt(key, OAEP)


class SealedBlobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="satchel-interop-")))
        azurite = cls.enterClassContext(Azurite())
        cls.keys = [WrappingKey(bits, cls.folder) for bits in (2048, 3072)]
        cls.key, cls.other_key = cls.keys
        cls.numbers = itertools.count()
        cls.raw = azurite.service()
        cls.raw.create_container("sealed")
        cls.service = azurite.service
        # One sealed blob and its metadata for the tests that cut or tamper with it: two whole regions and a short one.
        cls.plaintext = plaintext_of(2 * REGION + 7)
        cls.sealed, cls.metadata = cls.seal(cls.plaintext, cls.key)

    # What Satchel sealed

    def test_the_sdk_opens_what_satchel_sealed(self):
        for key, size in [*((self.key, size) for size in SIZES), (self.other_key, REGION + 1)]:
            with self.subTest(size=size, key=key.public.name):
                plaintext = plaintext_of(size)
                name = self.upload(*self.seal(plaintext, key))
                self.assertEqual(self.read_by_sdk(name, key), plaintext)

    def test_the_sdk_opens_ranges_of_what_satchel_sealed(self):
        name = self.upload(self.sealed, self.metadata)
        size = len(self.plaintext)
        for offset, length in [
            (0, 1),
            (REGION - 3, 7),
            (REGION, REGION),
            (REGION - 1, REGION + 2),
            (2 * REGION + 6, 1),
            (5, size - 5),
        ]:
            with self.subTest(offset=offset, length=length):
                self.assertEqual(
                    self.read_by_sdk(name, self.key, offset=offset, length=length),
                    self.plaintext[offset : offset + length],
                )

    def test_the_sdk_opens_what_satchel_sealed_in_pieces(self):
        name = self.upload(self.sealed, self.metadata)
        pieces = {"max_single_get_size": REGION, "max_chunk_get_size": REGION}
        self.assertEqual(self.read_by_sdk(name, self.key, **pieces), self.plaintext)

    def test_satchel_opens_what_it_sealed_itself(self):
        self.assertEqual(self.open(self.sealed, self.metadata, self.key), self.plaintext)

    # What the SDK encrypted

    def test_satchel_opens_what_the_sdk_encrypted(self):
        for key, size in [*((self.key, size) for size in SIZES), (self.other_key, REGION + 1)]:
            # In one request, and in blocks that are no regions.
            for single in (64 * REGION, REGION // 4):
                with self.subTest(size=size, key=key.public.name, single=single):
                    plaintext = plaintext_of(size)
                    name = self.write_by_sdk(plaintext, key, max_single_put_size=single, max_block_size=REGION)
                    sealed, metadata = self.download(name)
                    self.assertEqual(len(sealed), sealed_length(size))
                    self.assertEqual(self.open(sealed, metadata, key), plaintext)

    # What was tampered with

    def test_both_refuse_a_flipped_bit(self):
        last = len(self.sealed) - 1
        for place in (11, 12, SEALED_REGION - 1, SEALED_REGION + 12, last):
            with self.subTest(place=place):
                sealed = bytearray(self.sealed)
                sealed[place] ^= 1
                self.assert_both_refuse(bytes(sealed))

    def test_both_refuse_regions_in_another_order(self):
        first, second, rest = (
            self.sealed[:SEALED_REGION],
            self.sealed[SEALED_REGION : 2 * SEALED_REGION],
            self.sealed[2 * SEALED_REGION :],
        )
        self.assert_both_refuse(second + first + rest)
        self.assert_both_refuse(first + first + rest)

    def test_both_refuse_a_blob_that_was_cut_in_a_region(self):
        self.assert_both_refuse(self.sealed[:-1])

    def test_satchel_refuses_another_protocol(self):
        metadata = json.loads(self.metadata)
        self.assertEqual(metadata["EncryptionAgent"]["Protocol"], "2.0")
        for protocol in ("2.1", "1.0", "2"):
            with self.subTest(protocol=protocol):
                metadata["EncryptionAgent"]["Protocol"] = protocol
                self.assert_satchel_refuses(self.sealed, json.dumps(metadata), self.key)

    def test_both_refuse_the_wrong_key(self):
        self.assert_satchel_refuses(self.sealed, self.metadata, self.other_key)
        name = self.upload(self.sealed, self.metadata)
        with self.assertRaises(HttpResponseError):
            self.read_by_sdk(name, self.other_key)

    # Steps

    @classmethod
    def seal(cls, plaintext, key):
        """Seals with Satchel; returns the sealed bytes and the `encryptiondata`."""
        paths = [cls.new_path(kind) for kind in ("plaintext", "sealed", "json")]
        paths[0].write_bytes(plaintext)
        run("seal", *paths, key.public, KEY_ID).check_returncode()
        return paths[1].read_bytes(), paths[2].read_text()

    def open(self, sealed, metadata, key):
        """Opens with Satchel and returns the plaintext."""
        done, output = self.try_to_open(sealed, metadata, key)
        self.assertEqual(done.returncode, 0, done.stderr)
        return output.read_bytes()

    def try_to_open(self, sealed, metadata, key):
        folder = self.new_path("opened")
        folder.mkdir()
        sealed_path, metadata_path = self.new_path("sealed"), self.new_path("json")
        sealed_path.write_bytes(sealed)
        metadata_path.write_text(metadata)
        return run("open", sealed_path, metadata_path, folder / "plaintext", key.private), folder / "plaintext"

    def upload(self, sealed, metadata):
        """Uploads sealed bytes as Satchel does: one block for each region, then the list with the metadata."""
        blob = self.raw.get_blob_client("sealed", f"blob-{next(self.numbers)}")
        blocks = []
        for number, start in enumerate(range(0, len(sealed), SEALED_REGION)):
            # The SDK writes the base64 of this id to the wire.
            blocks.append(BlobBlock(f"{number:08}"))
            blob.stage_block(blocks[-1].id, sealed[start : start + SEALED_REGION])
        blob.commit_block_list(blocks, metadata={"encryptiondata": metadata})
        self.assertEqual(self.download(blob.blob_name), (sealed, metadata))
        return blob.blob_name

    def download(self, name):
        """Downloads without a key: the bytes as they are stored, and the `encryptiondata`."""
        stream = self.raw.get_blob_client("sealed", name).download_blob()
        return stream.readall(), stream.properties.metadata["encryptiondata"]

    def sdk(self, key, **settings):
        encryption = {"require_encryption": True, "encryption_version": "2.0", "key_encryption_key": key}
        return self.service(**encryption, **settings)

    def read_by_sdk(self, name, key, offset=None, length=None, **settings):
        return self.sdk(key, **settings).get_blob_client("sealed", name).download_blob(offset, length).readall()

    def write_by_sdk(self, plaintext, key, **settings):
        blob = self.sdk(key, **settings).get_blob_client("sealed", f"blob-{next(self.numbers)}")
        blob.upload_blob(plaintext)
        return blob.blob_name

    def assert_both_refuse(self, sealed):
        self.assert_satchel_refuses(sealed, self.metadata, self.key)
        name = self.upload(sealed, self.metadata)
        with self.assertRaises(HttpResponseError) as refused:
            self.read_by_sdk(name, self.key)
        self.assertIn("Decryption failed", str(refused.exception))

    def assert_satchel_refuses(self, sealed, metadata, key):
        """Holds that Satchel ends with an error of its own words and leaves nothing where the plaintext would be."""
        done, output = self.try_to_open(sealed, metadata, key)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertTrue(done.stderr.startswith("Error: "), done.stderr)
        self.assertEqual(list(output.parent.iterdir()), [])

    @classmethod
    def new_path(cls, kind):
        return cls.folder / f"{next(cls.numbers)}.{kind}"


def plaintext_of(size):
    """Returns bytes that are the same in every run and in no two regions."""
    return hashlib.shake_256(b"satchel").digest(size)


def sealed_length(size):
    return size + 28 * -(-size // REGION)


def run(example, *arguments):
    program = pathlib.Path(os.environ["SATCHEL_EXAMPLES"]) / example
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=PROGRAM_SECONDS_MAX)


def stop(number, _):
    raise SystemExit(f"ended by {signal.Signals(number).name}")


if __name__ == "__main__":
    # An exception, so that Azurite is stopped on the way out.
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    signal.alarm(SUITE_SECONDS_MAX)
    unittest.main(verbosity=2)
