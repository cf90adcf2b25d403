"""The suite of the blob stores against Azurite over HTTPS. Doubles on loopback play the platform's managed identity and
Key Vault. Arguments choose what cargo builds: `--package satchel-cloud`, or `--workspace` where all is built already."""

import http.server
import json
import os
import subprocess
import sys
import threading
import urllib.parse

import vault
from azurite import ACCOUNT, Azurite, Bearer

SUITE_SECONDS_MAX = 600
CARGO_SECONDS_MAX = 1800
IDENTITY_HEADER = "known to the platform and to this process"


class Identity(http.server.BaseHTTPRequestHandler):
    """Issues tokens as the platform does for a container: by GET, to whoever knows the header."""

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
        if self.headers.get("X-IDENTITY-HEADER") != IDENTITY_HEADER or "resource" not in query:
            self.send_error(401)
            return
        token = Bearer().get_token()
        answer = {
            "access_token": token.token,
            "expires_on": str(token.expires_on),
            "resource": query["resource"],
            "token_type": "Bearer",
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    suite = [os.environ["SATCHEL_CARGO"], "test", *sys.argv[1:], "--test", "api", "--locked"]
    # Built before the emulator starts, so that nobody waits for the compiler with a server open.
    subprocess.run([*suite, "--no-run"], check=True, timeout=CARGO_SECONDS_MAX)
    identity = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Identity)
    threading.Thread(target=identity.serve_forever, daemon=True).start()
    with Azurite() as azurite:
        keys = vault.start(azurite.certificate, azurite.key)
        environment = os.environ | {
            "SATCHEL_AZURITE_ENDPOINT": f"https://127.0.0.1:{azurite.port}/{ACCOUNT}",
            "SATCHEL_AZURITE_ACCOUNT": ACCOUNT,
            "SATCHEL_AZURITE_CERTIFICATE": str(azurite.certificate),
            "SATCHEL_VAULT_PORT": str(keys.server_port),
            "IDENTITY_ENDPOINT": f"http://127.0.0.1:{identity.server_port}/msi/token",
            "IDENTITY_HEADER": IDENTITY_HEADER,
        }
        outcome = subprocess.run([*suite, "--", "azurite::"], env=environment, timeout=SUITE_SECONDS_MAX)
        keys.shutdown()
    identity.shutdown()
    sys.exit(outcome.returncode)


if __name__ == "__main__":
    main()
