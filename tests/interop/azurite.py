"""Azurite, the storage emulator, over HTTPS on a free loopback port, with a certificate made for the run."""

import base64
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time

from azure.core.credentials import AccessToken
from azure.storage.blob import BlobServiceClient

START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 10
OPENSSL_SECONDS_MAX = 30
ANSWER_SECONDS_MAX = 30
ACCOUNT = "devstoreaccount1"
TENANT = "00000000-0000-4000-8000-000000000000"
# The newest that this emulator knows; the SDK would take a newer one.
API_VERSION = "2026-06-06"


class Azurite:
    """A running emulator. It keeps everything in memory and is gone after the `with` block."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="satchel-azurite-")
        self._process = None
        try:
            self._start(pathlib.Path(self._folder.name))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._folder.cleanup()

    def service(self, **encryption):
        """Returns a client of the SDK; without keys in `encryption` it reads and writes raw blobs."""
        return BlobServiceClient(
            f"https://127.0.0.1:{self.port}/{ACCOUNT}",
            credential=Bearer(),
            api_version=API_VERSION,
            connection_verify=str(self.certificate),
            connection_timeout=ANSWER_SECONDS_MAX,
            read_timeout=ANSWER_SECONDS_MAX,
            retry_total=0,
            **encryption,
        )

    def _start(self, folder):
        self.certificate, self.key = make_certificate(folder)
        self.port = free_port()
        log = folder / "azurite.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [
                    *(os.environ["SATCHEL_AZURITE"], "--inMemoryPersistence", "--silent", "--disableTelemetry"),
                    *("--blobHost", "127.0.0.1", "--blobPort", str(self.port)),
                    *("--cert", str(self.certificate), "--key", str(self.key), "--oauth", "basic"),
                ],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + START_SECONDS_MAX
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Azurite did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.05)


class Bearer:
    """A token as the emulator wants it: it looks at issuer, audience and times, not at the signature."""

    def get_token(self, *_, **__):
        now = int(time.time())
        claims = {
            "aud": "https://storage.azure.com",
            "iss": f"https://sts.windows.net/{TENANT}/",
            # Whose key a delegated one is.
            "oid": "00000000-0000-4000-8000-000000000001",
            "tid": TENANT,
            "iat": now,
            "nbf": now - 60,
            "exp": now + 3600,
        }
        parts = [json.dumps({"alg": "RS256", "typ": "JWT"}), json.dumps(claims), "no signature"]
        token = ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)
        return AccessToken(token, now + 3600)


def make_certificate(folder):
    """Makes a self-signed certificate for 127.0.0.1, and for a vault that a double plays, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-days", "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:example.vault.azure.net"),
            *("-addext", "basicConstraints=critical,CA:FALSE"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
        timeout=OPENSSL_SECONDS_MAX,
    )
    return certificate, key


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
