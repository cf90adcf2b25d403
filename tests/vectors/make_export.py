"""export.json: streams of chunks, headers and whole export files."""

import export as e
from blobs import gcm_wrap
from formats import b64u, bad, dump, fixed, fixed_id, good, loose, need, pattern, raw_id, sha256

EXPORT, KEY = fixed("export id", 16), fixed("export key")
HEAD = b"a header of any form"
PASSPHRASE = "correct horse ﬁne battery"
WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow"
KDF = {"algorithm": "argon2id", "version": 19, "memoryKib": 8192, "passes": 1, "lanes": 1, "salt": b64u(fixed("export salt", 16))}
VAULT = fixed_id("vault")
DRAFT = fixed_id("draft")


# ---- chunks ---------------------------------------------------------------------------------------------------------

def streams():
    vectors = []

    def add(name, length, check=good, order=None, head=HEAD, tail=b"", size=e.CHUNK):
        chunks = e.seal_chunks(KEY, HEAD, pattern(length), size)
        sealed = b"".join(chunks if order is None else [chunks[index] for index in order]) + tail
        vector = {"name": name, "header": head.hex(), "sealedUnder": HEAD.hex(), "length": length,
                  "order": list(range(len(chunks))) if order is None else order, "chunkBytes": size,
                  "tail": tail.hex(), "sealedSha256": sha256(sealed).hex(),
                  "sealed": sealed.hex() if len(sealed) <= 300 else None}

        def opens():
            need(e.open_chunks(KEY, head, sealed) == pattern(length), "other contents")
        vectors.append(check(vector, opens))

    for name, length in (("one byte", 1), ("one short chunk", 100), ("one byte less than a chunk", e.CHUNK - 1),
                         ("exactly one chunk", e.CHUNK), ("a chunk and a byte", e.CHUNK + 1), ("two whole chunks", 2 * e.CHUNK),
                         ("three chunks", 2 * e.CHUNK + 7)):
        add(name, length)
    add("no contents", 0, bad)
    add("another header", 100, bad, head=HEAD + b"!")
    add("without the last chunk", 2 * e.CHUNK + 7, bad, [0, 1])
    add("without a chunk between", 2 * e.CHUNK + 7, bad, [0, 2])
    add("two chunks swapped", 2 * e.CHUNK + 7, bad, [1, 0, 2])
    add("a chunk twice", 2 * e.CHUNK + 7, bad, [0, 0, 1, 2])
    add("the last chunk twice", 2 * e.CHUNK, bad, [0, 1, 1])
    add("a byte behind a short chunk", 100, bad, tail=b"\0")
    add("a byte behind a whole chunk", e.CHUNK, bad, tail=b"\0")
    add("a chunk that is short before the last", 200, bad, size=100)
    return vectors


# ---- whole files ----------------------------------------------------------------------------------------------------

def slot(kind, export=EXPORT, key=KEY, **changed):
    slot_key = e.passphrase_key(PASSPHRASE, KDF, export) if kind == "passphrase" else e.words_key(WORDS, export)
    wrapped = e.wrap_slot(slot_key, export, kind, fixed("export nonce " + kind, 12), key)
    kdf = {"kdf": KDF} if kind == "passphrase" else {}
    return {"kind": kind, **kdf, "wrapped": wrapped} | changed


def head_of(slots=None, **changed):
    slots = [slot("passphrase"), slot("recovery-words")] if slots is None else slots
    return {"export": b64u(EXPORT), "check": b64u(e.check_of(KEY, EXPORT)), "slots": slots} | changed


def attachment(name, sealed, order=DRAFT):
    return {"version": 1, "order": order, "name": name, "mediaType": "text/plain", "length": len(sealed) - 28 if sealed else 0,
            "sha256": b64u(sha256(b"plain")), "contentKey": b64u(fixed("content key")), "sealedLength": len(sealed),
            "tagsSha256": b64u(sha256(b"tags")), "attachedAtMs": 1_790_000_000_000}


SEALED, FIRST, SECOND = fixed("sealed file", 41), fixed("attachment 1", 16), fixed("attachment 2", 16)
DRAFT_RECORD = e.record(1, raw_id(DRAFT), {"version": 1, "text": "María Delgado"})
FIRST_RECORD = e.record(2, FIRST, attachment("Schedule A.txt", SEALED))
FIRST_FILE = e.item(e.FILE, FIRST + SEALED)
SECOND_RECORD = e.record(2, SECOND, attachment("empty.txt", b""))
SECOND_FILE = e.item(e.FILE, SECOND)
GROUP = DRAFT_RECORD + FIRST_RECORD + FIRST_FILE + SECOND_RECORD + SECOND_FILE
ONE = e.about("draft", records=3, drafts=1, attachments=2, sealedBytes=41)
SETTING = e.record(6, fixed("setting", 16), {"lockAfterMinutes": 15})
STRAY = e.record(2, FIRST, attachment("sent.txt", SEALED, fixed_id("order"))) + FIRST_FILE
WHOLE = e.about(vault=VAULT, records=5, drafts=1, attachments=2, sealedBytes=41)


class Files:
    def __init__(self):
        self.vectors = []

    def add(self, name, contents, check=good, kind="passphrase", secret=PASSPHRASE, head=None, file=None):
        head = e.header(head_of()) if head is None else head
        file = head + b"".join(e.seal_chunks(KEY, head, contents)) if file is None else file
        vector = {"name": name, "kind": kind, "secret": secret, "file": file.hex(), "about": None, "records": None, "files": None,
                  "missing": None}
        if check is good:
            described, found = e.read_export(file, kind, secret)
            vector |= {"about": described, "records": found.records,
                       "files": {name: data.hex() for name, data in found.files.items()}, "missing": found.missing}
        self.vectors.append(check(vector, e.read_export, file, kind, secret))


def right_files(found):
    found.add("one draft, by the passphrase", ONE + GROUP + e.end(3, 2))
    found.add("one draft, by the recovery words", ONE + GROUP + e.end(3, 2), kind="recovery-words", secret=WORDS)
    found.add("passphrase in another normal form", ONE + GROUP + e.end(3, 2), secret=PASSPHRASE.replace("ﬁ", "fi"))
    found.add("only recovery words", ONE + GROUP + e.end(3, 2), kind="recovery-words", secret=WORDS,
              head=e.header(head_of([slot("recovery-words")])))
    found.add("a vault", WHOLE + SETTING + e.record(7, fixed("order", 16), {"receipt": "…"}) + STRAY + DRAFT_RECORD
              + SECOND_RECORD + SECOND_FILE + e.end(5, 2))
    found.add("a vault with nothing in it", e.about(vault=VAULT) + e.end(0, 0))
    found.add("a vault with a file that was missing", e.about(vault=VAULT, records=2, drafts=1, attachments=1) + DRAFT_RECORD
              + FIRST_RECORD + e.item(e.MISSING, FIRST) + e.end(2, 0, 1))
    found.add("a header with white space and other order of members", ONE + GROUP + e.end(3, 2),
              head=e.header(dump(dict(reversed(head_of().items()))).replace(",", " , ").encode()))


def refused_headers(found):
    whole = ONE + GROUP + e.end(3, 2)
    found.add("refused: another passphrase", whole, bad, secret="correct horse fine batterz")
    found.add("refused: other recovery words", whole, bad, kind="recovery-words",
              secret="zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong")
    found.add("refused: no slot for the words", whole, bad, kind="recovery-words", secret=WORDS,
              head=e.header(head_of([slot("passphrase")])))
    other = fixed("other export key")
    for name, head in (
            ("another magic", e.header(head_of(), magic=b"SATCHELY")), ("a format that is not known", e.header(head_of(), version=2)),
            ("a header over 4096 bytes", e.header(dump(head_of()).encode().ljust(4097))),
            ("no slots", e.header(head_of([]))), ("two slots of a kind", e.header(head_of([slot("passphrase")] * 2))),
            ("an unknown kind of slot", e.header(head_of([slot("passphrase"), slot("recovery-words") | {"kind": "smartcard"}]))),
            ("an unknown member", e.header(head_of() | {"more": 1})), ("a member is missing", e.header({"slots": [slot("passphrase")]})),
            ("a short id", e.header(head_of(export=b64u(EXPORT[:15])))),
            ("the check of another key", e.header(head_of(check=b64u(e.check_of(other, EXPORT))))),
            ("a slot of another export", e.header(head_of([slot("passphrase", fixed("other", 16))]))),
            ("a slot of another key", e.header(head_of([slot("passphrase", key=other)]))),
            ("a wrapped key that is not base64url", e.header(head_of([slot("passphrase", wrapped=loose(slot("passphrase")["wrapped"]) + "=")]))),
            ("64 GiB of memory", e.header(head_of([slot("passphrase", kdf=KDF | {"memoryKib": 64 * 1024 * 1024})]))),
            ("too little memory", e.header(head_of([slot("passphrase", kdf=KDF | {"memoryKib": 8191})]))),
            ("17 passes", e.header(head_of([slot("passphrase", kdf=KDF | {"passes": 17})]))),
            ("9 lanes", e.header(head_of([slot("passphrase", kdf=KDF | {"lanes": 9})])))):
        found.add(f"refused: {name}", whole, bad, head=head)
    # What a vault's own slot would be: other derivations, other bindings.
    stretched = gcm_wrap(e.words_key(WORDS, EXPORT), fixed("n", 12), KEY, b"satchel/1 slot\0recovery-words")
    found.add("refused: a slot with the binding of a vault's", whole, bad, kind="recovery-words", secret=WORDS,
              head=e.header(head_of([slot("recovery-words", wrapped=b64u(stretched))])))
    head = e.header(head_of())
    changed = e.header(head_of([slot("passphrase")]))
    sealed = b"".join(e.seal_chunks(KEY, head, whole))
    found.add("refused: a slot that was taken away", whole, bad, file=changed + sealed)
    found.add("refused: nothing behind the header", whole, bad, file=head)
    found.add("refused: cut", whole, bad, file=(head + sealed)[:-1])
    found.add("refused: a byte more", whole, bad, file=head + sealed + b"\0")
    found.add("refused: only a magic", whole, bad, file=b"SATCHELX")


def refused_contents(found):
    two = DRAFT_RECORD + e.record(1, fixed("draft 2", 16), {"version": 1})
    for name, contents in (
            ("no description", GROUP + e.end(3, 2)), ("two descriptions", ONE + ONE + GROUP + e.end(3, 2)),
            ("no end", ONE + GROUP), ("an end in between", ONE + e.end(0, 0) + GROUP + e.end(3, 2)),
            ("something behind the end", ONE + GROUP + e.end(3, 2) + DRAFT_RECORD),
            ("an unknown kind of item", ONE + e.item(6, b"") + GROUP + e.end(3, 2)),
            ("an unknown kind of export", e.about("disk", records=3) + GROUP + e.end(3, 2)),
            ("a vault's id in an export of one draft", e.about("draft", vault=VAULT) + GROUP + e.end(3, 2)),
            ("an item longer than the file", ONE + GROUP + e.item(e.RECORD, b"\1", 2**63)),
            ("an unknown table", WHOLE + e.record(8, FIRST, {"a": 1}) + e.end(1, 0)),
            ("the vault's own record", WHOLE + e.record(6, bytes(16), {"generation": 1}) + e.end(1, 0)),
            ("a record that is no object", WHOLE + e.record(6, FIRST, b"[1]") + e.end(1, 0)),
            ("a record with a null", WHOLE + e.record(6, FIRST, {"a": None}) + e.end(1, 0)),
            ("a file without its record", ONE + DRAFT_RECORD + FIRST_FILE + e.end(1, 1)),
            ("a record without its file", ONE + DRAFT_RECORD + FIRST_RECORD + e.end(2, 0)),
            ("a file of another record", ONE + DRAFT_RECORD + FIRST_RECORD + SECOND_FILE + e.end(2, 1)),
            ("a file twice", ONE + DRAFT_RECORD + FIRST_RECORD + FIRST_FILE + FIRST_FILE + e.end(2, 2)),
            ("a file of another length", ONE + DRAFT_RECORD + FIRST_RECORD + e.item(e.FILE, FIRST + SEALED + b"x") + e.end(2, 1)),
            ("a missing file with contents", ONE + DRAFT_RECORD + FIRST_RECORD + e.item(e.MISSING, FIRST + b"x") + e.end(2, 0, 1)),
            ("two drafts in an export of one", ONE + two + e.end(2, 0)), ("no draft in an export of one", ONE + e.end(0, 0)),
            ("a setting in an export of one draft", ONE + SETTING + GROUP + e.end(4, 2)),
            ("an attachment before the draft", ONE + FIRST_RECORD + FIRST_FILE + DRAFT_RECORD + e.end(2, 1)),
            ("an attachment of another draft", WHOLE + DRAFT_RECORD + STRAY + e.end(2, 1)),
            ("a setting behind a draft", WHOLE + DRAFT_RECORD + SETTING + e.end(2, 0)),
            ("a setting behind an attachment", WHOLE + STRAY + SETTING + e.end(2, 1)),
            ("fewer records than the end says", ONE + GROUP + e.end(4, 2)),
            ("fewer files than the end says", ONE + GROUP + e.end(3, 3)),
            ("2^63 records at the end", ONE + GROUP + e.end(2**63, 2))):
        found.add(f"refused: {name}", contents, bad)


def files():
    found = Files()
    right_files(found)
    refused_headers(found)
    refused_contents(found)
    return found.vectors


def export():
    return {"exportId": EXPORT.hex(), "exportKey": KEY.hex(), "check": e.check_of(KEY, EXPORT).hex(), "streams": streams(),
            "files": files()}
