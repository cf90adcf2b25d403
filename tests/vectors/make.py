"""Writes tests/vectors/*.json: a second implementation of docs/FORMATS.md.

inert-text.json is not written but compared: its inputs were chosen by hand.

Requires Python 3.11 and, from PyPI, cryptography 50, argon2-cffi 25 and mnemonic 0.21:

    python -m venv target/vectors && target/vectors/bin/pip install cryptography argon2-cffi mnemonic
    target/vectors/bin/python tests/vectors/make.py            # writes the files
    target/vectors/bin/python tests/vectors/make.py --check    # exits with 1 if a file differs from what it would write

Everything that a real writer takes at random comes from SHA-256 of a label here, so each run writes the same bytes.
Every vector is read back by the readers of this directory before it is written; a negative one carries their reason.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import inert_text  # noqa: E402
import make_blobs  # noqa: E402
import make_export  # noqa: E402
import make_jws  # noqa: E402
import make_statements  # noqa: E402
import make_vault  # noqa: E402

HERE = Path(__file__).resolve().parent


def files():
    make_blobs.check_own_crypto()
    return {"sealed-blob.json": make_blobs.sealed_blob(), "wraps.json": make_blobs.wraps(),
            "jws.json": make_jws.jws(), "statements.json": make_statements.lists(),
            "vault.json": make_vault.vault(), "export.json": make_export.export()}


def line(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def shown(value):
    """JSON with one vector per line."""
    parts = ("[\n" + ",\n".join(map(line, part)) + "\n]" if isinstance(part, list) else line(part)
             for part in value.values())
    return "{" + ",\n".join(f"{line(name)}:{part}" for name, part in zip(value, parts, strict=True)) + "}\n"


def main():
    checking, differs = sys.argv[1:] == ["--check"], bool(inert_text.differing())
    print(f"inert-text.json: {'differs' if differs else 'as read'}")
    for name, value in files().items():
        text = shown(value).encode()
        assert json.loads(text) == value
        path = HERE / name
        if checking:
            same = path.exists() and path.read_bytes() == text
            differs = differs or not same
            print(f"{name}: {'as written' if same else 'differs'}")
        else:
            path.write_bytes(text)
            print(f"{name}: {len(text):,} bytes")
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
