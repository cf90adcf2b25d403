"""Key Vault's double: the REST requests of one EC key, on HTTPS, with real signatures. It refuses to unwrap."""

import base64
import http.server
import json
import pathlib
import ssl
import threading
import urllib.parse

from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

from azurite import TENANT

BODY_BYTES_MAX = 64 * 1024
CHALLENGE = f'Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net"'
# What each version of the key `receipts` is for.
GOOD, FORGES, RSA, FORBIDS, BUSY = (f"{n:032x}" for n in range(1, 6))

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Vault(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if not self.known():
            return
        match self.parts():
            case ["keys", "receipts", version]:
                self.answer(200, {"key": {"kid": self.key_id(version), "key_ops": ["sign"], **public(version)}})
            case _:
                self.fail(404, "KeyNotFound")

    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), BODY_BYTES_MAX))
        if not self.known():
            return
        match self.parts():
            case ["keys", "receipts", version, "sign"]:
                self.sign(version, json.loads(body))
            case _:
                self.fail(403, "Forbidden")

    def sign(self, version, request):
        digest = decoded(request["value"])
        if request["alg"] != "ES256" or len(digest) != 32:
            self.fail(400, "BadParameter")
        elif version == FORBIDS:
            self.fail(403, "Forbidden")
        elif version == BUSY:
            self.fail(429, "Throttled", {"Retry-After": "77"})
        else:
            key = OTHER_KEY if version == FORGES else KEY
            r, s = utils.decode_dss_signature(key.sign(digest, ec.ECDSA(utils.Prehashed(SHA256()))))
            value = encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
            self.answer(200, {"kid": self.key_id(version), "value": value})

    def known(self):
        """Whether the request says who asks. The first of a client does not, and is told where to get a token."""
        if self.headers.get("Authorization", "").startswith("Bearer "):
            return True
        self.fail(401, "Unauthorized", {"WWW-Authenticate": CHALLENGE})
        return False

    def parts(self):
        return urllib.parse.urlparse(self.path).path.strip("/").split("/")

    def key_id(self, version):
        return f"https://{self.headers['Host']}/keys/receipts/{version}"

    def fail(self, status, code, headers=None):
        self.answer(status, {"error": {"code": code, "message": "refused"}}, headers)

    def answer(self, status, value, headers=None):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def public(version):
    if version == RSA:
        numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
        modulus = numbers.n.to_bytes(256, "big")
        return {"kty": "RSA", "n": encoded(modulus), "e": encoded(b"\x01\x00\x01")}
    numbers = KEY.public_key().public_numbers()
    point = {"x": encoded(numbers.x.to_bytes(32, "big")), "y": encoded(numbers.y.to_bytes(32, "big"))}
    return {"kty": "EC", "crv": "P-256", **point}


def start(certificate: pathlib.Path, key: pathlib.Path):
    """Starts the double on a free loopback port and returns its server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vault)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
