"""vault.json: records, journals and key slots."""

import unicodedata

import vault as v
from blobs import gcm_wrap
from formats import (
    b64u,
    bad,
    dump,
    fixed,
    fixed_id,
    good,
    hpke_seal,
    key,
    loose,
    need,
    sha256,
)

VAULT, OTHER = fixed_id("vault"), fixed_id("other vault")
FIRM = fixed_id("firm")
VAULT_KEY = fixed("vault key")
CHAIN_KEY = v.chain_key(VAULT_KEY, VAULT)


def flip(data, index):
    return data[:index] + bytes([data[index] ^ 1]) + data[index + 1:]


# ---- records --------------------------------------------------------------------------------------------------------

def records():
    vectors = []
    first, text = fixed("record 1", 16), b'{"draft":"Maria Delgado"}'

    def add(name, table, kind, revision, plaintext, check=bad, opened=None, damage=None, **sealed):
        """`opened` replaces members of the place at opening; `sealed` those at sealing."""
        place = {"table": table, "kind": kind, "id": first, "revision": revision}
        nonce = fixed("record nonce " + name, 12)
        record = v.seal_record(sealed.get("key", VAULT_KEY), sealed.get("vault", VAULT), tuple(place.values()), nonce,
                               plaintext)
        record = damage(record) if damage else record
        place |= opened or {}
        vector = {"name": name, "table": place["table"], "kind": place["kind"], "recordId": place["id"].hex(),
                  "revision": place["revision"], "nonce": nonce.hex(), "plaintext": plaintext.hex(),
                  "record": record.hex()}

        def read():
            need(v.open_record(VAULT_KEY, VAULT, tuple(place.values()), record) == plaintext, "another plaintext")
        vectors.append(check(vector, read))

    for table in range(1, 8):
        add(f"put in table {table}", table, 1, 1, text, good)
    add("a delta", 1, 2, 2, b"\x00\xff", good)
    add("a delete", 3, 3, 2**40, b"", good)
    add("an empty put", 6, 1, 1, b"", good)
    add("revision 2^64 − 1", 6, 1, 2**64 - 1, text, good)
    add("revision 0", 6, 1, 0, text, good)
    add("1,000 bytes", 2, 1, 1, bytes(i % 251 for i in range(1000)), good)
    for name, opened in (("table", {"table": 2}), ("kind", {"kind": 2}), ("revision", {"revision": 2}),
                         ("record id", {"id": fixed("record 2", 16)})):
        add(f"opened under another {name}", 1, 1, 1, text, opened=opened)
    add("of another vault", 1, 1, 1, text, vault=OTHER)
    add("under another vault key", 1, 1, 1, text, key=fixed("other vault key"))
    add("version 2", 1, 1, 1, text, damage=lambda r: b"\2" + r[1:])
    add("version 0", 1, 1, 1, text, damage=lambda r: b"\0" + r[1:])
    for name, index in (("nonce", 1), ("ciphertext", 13), ("tag", -1)):
        add(f"a bit of the {name} flipped", 1, 1, 1, text, damage=lambda r, i=index: flip(r, i % len(r)))
    add("cut", 1, 1, 1, text, damage=lambda r: r[:-1])
    add("a byte added", 1, 1, 1, text, damage=lambda r: r + b"\0")
    add("28 bytes", 1, 1, 1, b"", damage=lambda r: r[:28])
    add("empty", 1, 1, 1, text, damage=lambda r: b"")
    add("a delete that is not empty", 1, 3, 1, text)
    add("an unknown kind", 1, 4, 1, text)
    add("kind 0", 1, 0, 1, text)
    add("an unknown table", 8, 1, 1, text)
    add("table 0", 0, 1, 1, text)
    return vectors


# ---- journals -------------------------------------------------------------------------------------------------------

class Journal:
    """Writes entries; every one has its own record id unless told otherwise."""

    def __init__(self, first=1, **header):
        self.file = v.header(header.pop("vault", VAULT), first, **header)
        self.key = CHAIN_KEY
        self.chain, self.sequence, self.offsets = v.link(self.key, self.file), first, []

    def entries(self):
        """The bytes of each entry."""
        ends = [*self.offsets[1:], len(self.file)]
        return [self.file[start:end] for start, end in zip(self.offsets, ends, strict=True)]

    def add(self, plaintext=b"x", table=1, kind=1, revision=1, record=None, sequence=None, chain=None):
        sequence = self.sequence if sequence is None else sequence
        record_id = fixed(f"journal record {len(self.offsets)}", 16)
        place = (table, kind, record_id, revision)
        record = record if record is not None else v.seal_record(
            VAULT_KEY, VAULT, place, fixed(f"journal nonce {len(self.offsets)}", 12), plaintext)
        entry = v.entry(self.key, self.chain if chain is None else chain, sequence, place, record)
        self.offsets.append(len(self.file))
        self.file += entry
        self.chain, self.sequence = entry[-32:], sequence + 1
        return self


def plain(first=1, count=4, **header):
    journal = Journal(first, **header)
    for index, (table, kind, text) in enumerate([(1, 1, b'{"draft":1}'), (1, 2, b'{"more":2}'), (2, 1, bytes(20)),
                                                 (1, 3, b"")][:count]):
        journal.add(text, table, kind, index + 1)
    return journal


def spliced(journal, offset, data):
    return journal[:offset] + data + journal[offset + len(data):]


def without_key(file, entries, key=None):
    """`file` with these entries behind it, numbered and linked anew by who has not the key: by SHA-256 as format 1 was, or
    under a `key` of their own."""
    def link(*parts):
        return sha256(b"".join(parts)) if key is None else v.link(key, *parts)

    chain, sequence = file[-32:], 2
    if len(file) == 40:
        chain, sequence = link(file), 1
    for number, entry in enumerate(entries, sequence):
        linked = entry[:4] + number.to_bytes(8, "big") + entry[12:-32]
        chain = link(chain, linked)
        file += linked + chain
    return file


class Journals:
    """Collects vectors of journals."""

    def __init__(self):
        self.vectors = []

    def add(self, name, journal, stops=None):
        file = journal if isinstance(journal, bytes) else journal.file
        entries, stopped, reason = v.read_journal(VAULT_KEY, VAULT, file)
        assert stopped == stops, (name, stopped, stops, reason)
        readable, gaps, cut = v.read_on(VAULT_KEY, VAULT, file) if stopped != 0 else ([], [], None)
        assert readable[:len(entries)] == [entry["sequence"] for entry in entries], name
        first = min([offset for offset, _ in gaps] + [cut] * (cut is not None), default=None)
        assert first == stopped or stopped == 0, (name, gaps, cut)
        self.vectors.append({
            "name": name, "file": file.hex(), "entries": entries, "stopsAt": stopped, "reason": reason,
            "readable": readable, "gaps": [{"offset": offset, "entries": count} for offset, count in gaps],
            "cutAt": cut})


def damaged_journals(found):
    """Files in which entries can be read behind damage."""
    six, add = plain(), found.add
    six.add(b"{}").add(b"{}", table=7)
    at, entries, file = six.offsets, six.entries(), six.file
    add("damage: the ciphertext of the third of six", flip(file, at[2] + 60), at[2])
    add("damage: the chain of the third of six", flip(file, at[3] - 1), at[2])
    add("damage: the length of the third of six, past the end of the file", flip(file, at[2] + 1), at[2])
    add("damage: the ciphertext of the second and of the fifth", flip(flip(file, at[1] + 60), at[4] + 55), at[1])
    add("damage: the ciphertext of the first", flip(file, at[0] + 60), at[0])
    add("damage: the last of six", flip(file, at[5] + 60), at[5])
    add("damage: zeros over the third and fourth", spliced(file, at[2], bytes(at[4] - at[2])), at[2])
    add("damage: zeros over the third, and the file cut in the sixth",
        spliced(file, at[2], bytes(at[3] - at[2]))[:at[5] + 50], at[2])
    add("damage: from the middle of the second to the middle of the fourth missing", file[:at[1] + 50] + file[at[3] + 50:],
        at[1])
    add("damage: bytes between the second and the third", file[:at[2]] + bytes(7) + file[at[2] - 32:], at[2])
    add("damage: the second entry again instead of the third, with the chain that it needs",
        file[:at[2]] + entries[0][-32:] + entries[1] + file[at[3]:], at[2])
    add("damage: the third and fourth left out, with the chain that the fifth needs",
        file[:at[2]] + entries[3][-32:] + file[at[4]:], at[2])
    add("damage: the third and the fifth swapped", file[:at[2]] + entries[4] + entries[3] + entries[2] + entries[5], at[2])
    thousand = plain(1000).file
    for name, bit in (("higher", 0x10000), ("lower", 0x8)):
        header = thousand[:32] + (1000 ^ bit).to_bytes(8, "big")
        add(f"damage: a bit of the header's first sequence, to a {name} one", header + thousand[40:], 40)
    journal = plain(count=2)
    end = len(journal.file)
    add("damage: a record that does not open, the chain right, others behind it",
        journal.add(record=b"\1" + bytes(40)).add().add(), end)


def journals():
    found, four = Journals(), plain()
    at, add = four.offsets, found.add
    add("four entries", four)
    add("only the header", four.file[:40])
    add("after a compaction: first sequence 1,000", plain(1000))
    add("first sequence near 2^63", plain(2**63))
    add("an entry of 95 bytes", Journal().add(b""))
    add("cut in the last chain", four.file[:-1], at[3])
    add("cut in the middle of the last entry", four.file[:at[3] + 50], at[3])
    add("cut in the length of the last entry", four.file[:at[3] + 3], at[3])
    add("cut after the length of the last entry", four.file[:at[3] + 4], at[3])
    add("zeros after the last entry", four.file + bytes(64), len(four.file))
    add("one byte after the last entry", four.file + b"\0", len(four.file))
    for name, index in (("length", 3), ("sequence", 11), ("table", 12), ("kind", 13), ("record id", 14),
                        ("revision", 37), ("record's version", 38), ("record's nonce", 39), ("ciphertext", 51)):
        stop = at[1]
        add(f"a bit of the {name} of the second entry flipped", flip(four.file, at[1] + index), stop)
    add("a bit of the second entry's chain flipped", flip(four.file, at[2] - 1), at[1])
    add("a bit of the first entry flipped", flip(four.file, at[0] + 60), at[0])
    add("the second entry left out", four.file[:at[1]] + four.file[at[2]:], at[1])
    add("the second and third swapped", four.file[:at[1]] + four.file[at[2]:at[3]] + four.file[at[1]:at[2]]
        + four.file[at[3]:], at[1])
    add("the second entry twice", four.file[:at[2]] + four.file[at[1]:], at[2])
    first, second, third, fourth = four.entries()
    add("the second entry left out, and a chain without the key", without_key(four.file[:at[1]], [third, fourth]), at[1])
    swapped, header = [third, second, fourth], four.file[:40]
    add("the second and third swapped, and a chain without the key", without_key(four.file[:at[1]], swapped), at[1])
    add("the second and third swapped, and a chain under a key of zeros",
        without_key(header, [first, *swapped], bytes(32)), at[0])
    add("a chain of format 1", without_key(header, four.entries()), at[0])
    foreign = Journal()
    foreign.key = v.chain_key(fixed("other vault key"), VAULT)
    foreign.chain = v.link(foreign.key, foreign.file)
    add("a chain under another vault key", foreign.add().add(), 40)
    add("the chain of the third entry begins anew", plain(count=2).add(chain=bytes(32)), at[2])
    other = plain(7)
    add("entries of a file with another first sequence", four.file[:40] + other.file[40:], 40)
    for name, sequence in (("left out", 4), ("repeated", 2), ("0", 0)):
        journal = plain(count=2)
        end = len(journal.file)
        add(f"a sequence {name}, the chain right", journal.add(sequence=sequence).add(), end)
    add("the first entry has not the first sequence", Journal(5).add(sequence=6), 40)
    for name, record in (("under another vault key", v.seal_record(fixed("other"), VAULT, (
            1, 1, fixed("journal record 2", 16), 1), bytes(12), b"x")), ("of version 2", b"\2" + bytes(40)),
                         ("of 28 bytes", b"\1" + bytes(27)), ("of 0 bytes", b"")):
        journal = plain(count=2)
        end = len(journal.file)
        add(f"a record {name}, the chain right", journal.add(record=record).add(), end)
    for name, table, kind in (("table 0", 0, 1), ("table 8", 8, 1), ("kind 0", 1, 0), ("kind 4", 1, 4)):
        add(f"an entry with {name}, sealed and chained right", Journal().add().add(table=table, kind=kind).add(), 140)
    add("a delete that is not empty, sealed and chained right", Journal().add().add(kind=3), 140)
    add("an entry of 94 bytes, chained right", Journal().add().add(record=b"\1" + bytes(27)), 140)
    long = spliced(plain().file, at[2], (16 * 1024 * 1024 + 1).to_bytes(4, "big"))
    add("a length of 16 MiB and 1", long, at[2])
    add("a length of 2^32 − 1", spliced(plain().file, at[2], b"\xff" * 4), at[2])
    add("a length of 0", spliced(plain().file, at[2], bytes(4)), at[2])
    early = (at[3] - at[2] - 5).to_bytes(4, "big")
    add("a length that ends one byte early", spliced(plain().file, at[2], early), at[2])
    for name, file in (("another magic", plain(magic=b"SATCHELK").file), ("format 1", plain(version=1).file),
                       ("format 3", plain(version=3).file),
                       ("the last of the 6 bytes not 00", plain(spare=b"\0\0\0\0\0\1").file),
                       ("the first of the 6 bytes not 00", plain(spare=b"\1\0\0\0\0\0").file),
                       ("another vault", plain(vault=OTHER).file), ("a header of 39 bytes", four.file[:39]),
                       ("nothing", b"")):
        add(f"header: {name}", file, 0)
    damaged_journals(found)
    return found.vectors


# ---- key slots ------------------------------------------------------------------------------------------------------

PASSPHRASE = "Café № 5 \u2014 ﬁve Maple Street"
SLOT_KEY = fixed("keyring slot key")
WORDS = v.WORDS.to_mnemonic(fixed("recovery words", 16))
KDF = {"algorithm": "argon2id", "version": 19, "memoryKib": 8192, "passes": 1, "lanes": 1,
       "salt": b64u(fixed("salt", 16))}
ALL = {"keyringEntry": (b"\1" + SLOT_KEY + (7).to_bytes(8, "big")).hex(), "passphrase": PASSPHRASE,
       "recoveryWords": WORDS, "recoveryPrivateScalar": f"{key('recovery').scalar:064x}"}
NOTHING = dict.fromkeys(ALL)
ENTRY = {"keyringEntry": ALL["keyringEntry"]}


def slot(kind, vault=VAULT, rotation=1, vault_key=VAULT_KEY, kdf=None, passphrase=PASSPHRASE):
    nonce = fixed(f"slot nonce {kind} {vault} {rotation}", 12)
    if kind == "keyring":
        return {"kind": kind, "wrapped": v.wrap_slot(SLOT_KEY, vault, rotation, kind, nonce, vault_key)}
    if kind == "passphrase":
        slot_key = v.passphrase_key(passphrase, kdf or KDF)
        return {"kind": kind, "kdf": kdf or KDF,
                "wrapped": v.wrap_slot(slot_key, vault, rotation, kind, nonce, vault_key)}
    if kind == "recovery-words":
        slot_key = v.words_key(WORDS, vault)
        return {"kind": kind, "wrapped": v.wrap_slot(slot_key, vault, rotation, kind, nonce, vault_key)}
    found = {"kind": kind, "firm": FIRM, "keyId": key("recovery").thumbprint}
    sealed = hpke_seal(key("recovery").private.public_key(), key(f"ephemeral slot {vault} {rotation}").private,
                       v.recovery_context(found, vault, rotation), vault_key)
    return found | {"wrapped": b64u(sealed)}


def keys_file(slots, vault=VAULT, rotation=1, text=None, **extra):
    text = text or dump({"version": 1, "vault": vault, "rotation": rotation, "slots": slots} | extra)
    return f"{text}\nsha256:{sha256(text.encode()).hex()}\n"


def slots_of(vault=VAULT, rotation=1):
    return [slot(kind, vault, rotation) for kind in v.KINDS]


class Slots:
    """Collects vectors; a right one says which slots open, a wrong one why none does."""

    def __init__(self):
        self.vectors = []

    def add(self, name, file, opens=None, secrets=ALL, vault=VAULT):
        vector = {"name": name, "file": file, "vaultId": vault, "secrets": NOTHING | secrets,
                  "vaultKey": VAULT_KEY.hex() if opens else None, "opens": opens or []}
        if opens:
            found, kinds = v.open_slots(file, vault, vector["secrets"])
            assert found == VAULT_KEY and kinds == opens, (name, kinds)
        try:
            v.parse_slots(file, vault)
            parses = True
        except v.Refused:
            parses = False
        check = good if opens else bad
        self.vectors.append(check(vector | {"parses": parses}, v.open_slots, file, vault, vector["secrets"]))


def right_slots(found):
    four, kinds = slots_of(), list(v.KINDS)
    found.add("all four slots", keys_file(four), kinds)
    found.add("slots in another order", keys_file(four[::-1]), kinds[::-1])
    for kind, one in zip(kinds, four, strict=True):
        found.add(f"only {kind}", keys_file([one]), [kind])
        found.add(f"all four slots, only the secret of {kind}", keys_file(four), [kind],
                  {v.SECRETS[kind]: ALL[v.SECRETS[kind]]})
    for rotation in (7, 2**32 - 1):
        found.add(f"rotation {rotation}", keys_file(slots_of(VAULT, rotation), VAULT, rotation), kinds)
    spaces = " Maple Street\t "
    found.add("a passphrase with spaces around it", keys_file([slot("passphrase", passphrase=spaces)]), ["passphrase"],
              {"passphrase": spaces})
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        found.add(f"the passphrase in {form}", keys_file(four[1:2]), ["passphrase"],
                  {"passphrase": unicodedata.normalize(form, PASSPHRASE)})
    kdf = KDF | {"memoryKib": 8193, "passes": 2, "lanes": 3}
    found.add("other parameters of Argon2id", keys_file([slot("passphrase", kdf=kdf)]), ["passphrase"])
    kdf = KDF | {"passes": 16, "lanes": 8}
    found.add("16 passes and 8 lanes", keys_file([slot("passphrase", kdf=kdf)]), ["passphrase"])
    text = dump({"slots": four, "rotation": 1, "vault": VAULT, "version": 1}).replace(",", " , ")
    found.add("white space and members in another order", keys_file(None, text=text), kinds)


def closed_slots(found):
    """Files that are read, where some slot does not open."""
    four, kinds = slots_of(), list(v.KINDS)
    others = slots_of(OTHER)
    for index, kind in enumerate(kinds):
        swapped = [*four[:index], others[index], *four[index + 1:]]
        found.add(f"the slot {kind} of another vault", keys_file(swapped),
                  [name for name in kinds if name != kind])
    found.add("slots of rotation 1 in rotation 2", keys_file(four, rotation=2))
    for index, kind in enumerate(kinds):
        mixed = [*four[:index], slot(kind, rotation=2), *four[index + 1:]]
        found.add(f"the slot {kind} of rotation 2, the others of rotation 1", keys_file(mixed, rotation=2), [kind])
    crossed = [four[0] | {"wrapped": four[2]["wrapped"]}, four[2] | {"wrapped": four[0]["wrapped"]}]
    found.add("two slots exchanged", keys_file(crossed))
    other_kind = four[0] | {"wrapped": b64u(gcm_wrap(SLOT_KEY, bytes(12), VAULT_KEY, v.slot_data(
        VAULT, 1, "recovery-words")))}
    found.add("a keyring slot for another kind", keys_file([other_kind]))
    damaged = four[0] | {"wrapped": four[0]["wrapped"][:-2] + "AA"}
    found.add("a keyring slot damaged", keys_file([damaged, four[1]]), ["passphrase"])
    found.add("another passphrase", keys_file(four), None, {"passphrase": PASSPHRASE + " "})
    found.add("the passphrase in small letters", keys_file(four), None, {"passphrase": PASSPHRASE.lower()})
    found.add("the passphrase with a space before it", keys_file(four), None, {"passphrase": " " + PASSPHRASE})
    found.add("an empty passphrase, which the slot was made with", keys_file([slot("passphrase", passphrase="")]), None,
              {"passphrase": ""})
    for name, words in (("that are others", v.WORDS.to_mnemonic(fixed("other words", 16))),
                        ("with a wrong checksum", "abandon " * 11 + "abandon"),
                        ("that are not in the list", "satchel " * 11 + "satchel"),
                        ("in the number of 24", v.WORDS.to_mnemonic(fixed("24", 32))), ("in capitals", WORDS.upper()),
                        ("with a capital", WORDS.capitalize()),
                        ("with two spaces", WORDS.replace(" ", "  ", 1)), ("with a space after them", WORDS + " "),
                        ("with a line feed between them", WORDS.replace(" ", "\n", 1)),
                        ("in fullwidth letters", "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in WORDS))):
        found.add(f"words {name}", keys_file(four[2:3]), None, {"recoveryWords": words})
    entry = bytes.fromhex(ALL["keyringEntry"])
    for name, raw in (("version 2", b"\2" + entry[1:]), ("40 bytes", entry[:40]), ("42 bytes", entry + b"\0"),
                      ("another slot key", flip(entry, 5))):
        found.add(f"keyring entry: {name}", keys_file(four[:1]), None, {"keyringEntry": raw.hex()})
    scalar = f"{key('recovery-2').scalar:064x}"
    found.add("another recovery key", keys_file(four), None, {"recoveryPrivateScalar": scalar})
    only = {"recoveryPrivateScalar": ALL["recoveryPrivateScalar"]}
    found.add("firm-recovery of another firm", keys_file([four[3] | {"firm": fixed_id("other firm")}]), None, only)
    found.add("firm-recovery with another keyId", keys_file([
        four[3] | {"keyId": key("recovery-2").thumbprint}]), None, only)
    found.add("no secrets", keys_file(four), None, {})


def refused_slots(found):
    """Files that are not read at all."""
    four = slots_of()
    right = keys_file(four[:2])
    line, check = right.split("\n")[:2]
    last = "0" if check[-1] != "0" else "1"
    for name, file in (
            ("a digit of the checksum changed", f"{line}\n{check[:-1]}{last}\n"),
            ("the line changed", right.replace('"rotation":1', '"rotation":2')),
            ("the checksum in capitals", f"{line}\nsha256:{check[7:].upper()}\n"),
            ("the checksum without sha256:", f"{line}\n{check[7:]}\n"), ("the checksum cut", f"{line}\n{check[:-1]}\n"),
            ("no line feed at the end", right[:-1]), ("no checksum line", line + "\n"),
            ("the tail cut", right[:len(line) // 2]), ("CR LF", right.replace("\n", "\r\n")),
            ("a line more", right + "\n"), ("text after the checksum", right + "x"), ("empty", ""),
            ("a byte order mark", keys_file(None, text="\ufeff" + line)),
            ("text after the value", keys_file(None, text=line + "{}")),
            ("a member twice", keys_file(None, text=line[:-1] + ',"rotation":1}')),
            ("an unknown member", keys_file(four[:1], created=1)), ("version 2", keys_file(four[:1], version=2)),
            ("of another vault", keys_file(slots_of(OTHER), OTHER)),
            ("vault in upper case", keys_file(four[:1], vault=VAULT.upper())),
            ("rotation as a string", keys_file(four[:1], rotation="1")),
            ("rotation 0", keys_file(slots_of(VAULT, 0)[:1], rotation=0)),
            ("rotation 2^32", keys_file(slots_of(VAULT, 2**32)[:1], rotation=2**32)),
            ("no slot", keys_file([])),
            ("an unknown kind of slot", keys_file([four[0], {"kind": "smartcard", "wrapped": four[0]["wrapped"]}])),
            ("a slot without a kind", keys_file([{"wrapped": four[0]["wrapped"]}])),
            ("two slots of a kind", keys_file([four[0], four[0]])), ("slots null", keys_file(None))):
        found.add(f"refused: {name}", file, None, ENTRY)
    for index, member, value in (
            (0, "extra", None), (0, "kdf", KDF), (0, "wrapped", None), (3, "wrapped", loose(four[3]["wrapped"])),
            (0, "wrapped", b64u(bytes(59))), (0, "wrapped", b64u(bytes(61))), (1, "kdf", None),
            (3, "wrapped", b64u(bytes(112))), (3, "wrapped", four[0]["wrapped"]), (3, "keyId", b64u(bytes(31))),
            (3, "firm", FIRM.upper())):
        shown = f"{len(value)} characters" if isinstance(value, str) else "null" if value is None else "given"
        broken = [*four[:index][:1], four[index] | {member: value}]
        found.add(f"refused: {member} of {four[index]['kind']}: {shown}", keys_file(broken), None, ENTRY)
    for member, values in (("memoryKib", (0, 8191, 1_048_577)), ("passes", (0, 17)), ("lanes", (0, 9)),
                           ("version", (16, 18)), ("algorithm", ("argon2i", "scrypt")), ("extra", (1,)),
                           ("salt", (b64u(bytes(15)), b64u(bytes(17)), loose(KDF["salt"])))):
        for value in values:
            broken = [four[0], four[1] | {"kdf": KDF | {member: value}}]
            found.add(f"refused: kdf {member} {value}", keys_file(broken), None, ENTRY)


def key_slots():
    found = Slots()
    right_slots(found)
    closed_slots(found)
    refused_slots(found)
    return found.vectors


def vault():
    return {"vaultId": VAULT, "vaultKey": VAULT_KEY.hex(), "chainKey": CHAIN_KEY.hex(), "records": records(), "journals": journals(),
            "keySlots": key_slots()}
