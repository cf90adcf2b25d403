"""Chains of statements.json: rosters, and the entries of a log."""

import make_documents as make
import statements
import together as readers
from formats import N, b64u, bad, compact_of, dump, fixed_id, good, jws_hash, key, rs, sha, sign, un64u
from make_documents import NOW, device, hash_of, roster, signed, workspace


def other_s(compact):
    """The same statement with the other value of s, which anybody can write."""
    head, body, signature = compact.split(".")
    raw = un64u(signature)
    return f"{head}.{body}.{b64u(rs(int.from_bytes(raw[:32], 'big'), N - int.from_bytes(raw[32:], 'big')))}"


def other_header(kind, value, signer):
    """The same payload by the same signer under a header in another order, hence with another hash."""
    header = dump({"typ": statements.TYPES[kind], "kid": key(signer).thumbprint, "alg": "ES256"})
    return compact_of(header, dump(value).encode(), key(signer))


def roster_story():
    """Six rosters: an approver admits a device, which becomes one too; the first leaves; then new keys of the firm."""
    one, two, three, nobody = device(1), device(2), device(3), device(2, member=None)
    gone, second, keys = device(1, revokedAt=NOW + 400), [device(2)["device"]], workspace(1, 2)
    return [
        ("admin", roster(devices=[one])),
        ("device-1", roster(devices=[one, nobody])),
        ("admin", roster(devices=[one, two], approvers=[one["device"], *second])),
        ("device-1", roster(devices=[gone, two, three], approvers=[one["device"], *second], workspaceKeys=keys)),
        ("admin", roster(devices=[gone, two, three], approvers=second, adminKey=key("admin-2").jwk,
                         workspaceKeys=keys)),
        ("admin-2", roster(devices=[gone, two, three], approvers=second, adminKey=key("admin-2").jwk,
                           recoveryKey=key("recovery-2").jwk, workspaceKeys=keys)),
    ]


def chained(story):
    """Number and sign (signer, roster) one after the other; members under "force" are written as they are."""
    found = []
    for index, (signer, value) in enumerate(story):
        chain = {"number": index + 1, "issuedAt": NOW + 100 * index,
                 "previous": jws_hash(found[-1]) if index else None}
        whole = value | chain | value.get("force", {})
        whole.pop("force", None)
        found.append(signed("roster", whole, signer))
    return found


class Chains:
    """Collects chains of rosters; of a wrong one all but the last are right."""

    def __init__(self):
        self.vectors, self.story = [], roster_story()

    def add(self, name, steps, check=bad, fingerprint=None):
        fingerprint = fingerprint or key("admin").thumbprint
        rosters = chained(steps) if isinstance(steps[0], tuple) else steps
        vector = {"name": name, "adminFingerprint": fingerprint, "rosters": rosters}
        if check is bad and len(rosters) > 1:
            readers.read_rosters(fingerprint, rosters[:-1])
        self.vectors.append(check(vector, readers.read_rosters, fingerprint, rosters))

    def instead(self, index, signer=None, force=None, **changes):
        """The story up to `index`, with that roster signed or written otherwise."""
        who, value = self.story[index]
        return [*self.story[:index], (signer or who, value | changes | ({"force": force} if force else {}))]

    def after(self, old, signer, new):
        """Two rosters: what the admin began with, and the next."""
        return [("admin", old), (signer, new)]


def chains_and_signers(found):
    add, instead, story = found.add, found.instead, found.story
    for length in (1, 6):
        add(f"the first {length} of the story", story[:length], good)
    add("another fingerprint", story[:1], fingerprint=key("admin-2").thumbprint)
    add("roster 1 signed by a device", instead(0, "device-1"))
    add("roster 1 signed by the recovery key", instead(0, "recovery"))
    whole = chained(story[:3])
    add("the chain begins with roster 2", whole[1:2])
    add("a roster left out", [whole[0], *whole[2:3]])
    add("roster 1 with the other value of s", [other_s(whole[0]), whole[1]], good)
    first = story[0][1] | {"number": 1, "issuedAt": NOW, "previous": None}
    add("roster 1 under a header in another order", [other_header("roster", first, "admin"), whole[1]])
    whole_text = signed("roster", story[1][1] | {"number": 2, "previous": sha(whole[0].encode())}, "device-1")
    add("previous is the hash of the whole compact text", [whole[0], whole_text])
    add("number 3 after 1", instead(1, force={"number": 3}))
    add("previous is another hash", instead(1, force={"previous": hash_of("x")}))
    add("another firm", instead(1, firm=fixed_id("other firm")))
    add("signed by a device that is approver only from this roster on", instead(2, "device-2"))
    two = roster()
    add("signed by a device that is no approver", found.after(two, "device-2", two))
    add("signed by a device that this roster admits", [*story[:1], ("device-2", story[1][1])])
    add("signed by an approver's HPKE key", instead(1, "device-1 hpke"))
    small = roster(devices=[device(1)])
    newer = small | {"adminKey": key("admin-2").jwk}
    add("signed by the admin key that this roster brings", found.after(small, "admin-2", newer))
    add("signed by the admin key that the last roster replaced", [("admin", small), ("admin", newer), ("admin", newer)])
    revoked = roster(devices=[device(1, revokedAt=NOW)])
    add("signed by an approver whom the last roster revoked", found.after(revoked, "device-1", revoked))
    for name, changes in (("the admin key", {"adminKey": key("admin-2").jwk}),
                          ("the recovery key", {"recoveryKey": key("recovery-2").jwk}), ("the approvers", {
                              "approvers": []})):
        add(f"an approver changes {name}", found.after(small, "device-1", small | changes))
    add("an approver adds an approver", instead(1, approvers=[device(1)["device"], device(2)["device"]]))


def chains_and_revocations(found):
    ids = [device(1)["device"], device(2)["device"]]
    one, both = roster(), roster(approvers=ids)
    first, second = device(1, revokedAt=NOW), device(2, revokedAt=NOW)

    def add(name, old, signer, devices, check=bad, **changes):
        new = old | {"devices": devices, "workspaceKeys": workspace(1, 2)} | changes
        found.add(name, found.after(old, signer, new), check)

    add("the admin key revokes an approver's device", one, "admin", [first, device(2)], good)
    add("an approver revokes a device that is no approver's", one, "device-1", [device(1), second], good)
    add("an approver revokes its own device", both, "device-2", [device(1), second], good)
    add("an approver revokes another approver's device", both, "device-2", [first, device(2)])
    add("an approver revokes the device of an approver that it removes", both, "device-2", [first, device(2)],
        approvers=ids[1:])
    dated = both | {"devices": [first, device(2)]}
    add("an approver changes when another approver's device was revoked", dated, "device-2",
        [device(1, revokedAt=NOW + 1), device(2)])


def chains_and_devices(found):
    one, gone = device(2, member=None), device(1, revokedAt=NOW)
    alone = roster(approvers=[one["device"]], devices=[one], workspaceKeys=workspace(1, 2))
    left, other = alone | {"approvers": [], "devices": [gone]}, fixed_id("other member")

    def add(name, check=bad, signer="admin", before=alone, **changes):
        found.add(name, found.after(before, signer, before | changes), check)

    add("a device is gone", approvers=[], devices=[])
    add("a device is exchanged for another", approvers=[], devices=[device(3)])
    add("a device's signing key changed", devices=[one | {"signingKey": key("device-4").jwk}])
    add("a device's HPKE key changed", devices=[one | {"hpkeKey": key("device-4 hpke").jwk}])
    add("a device's admittedAt changed", devices=[one | {"admittedAt": NOW}])
    add("a device's member is set", good, devices=[device(2)])
    add("a device's member is set by an approver", good, "device-2", devices=[device(2)])
    for name, devices in (("device is gone", []), ("device is no longer revoked", [device(1)]),
                          ("device was revoked at another time", [gone | {"revokedAt": NOW + 1}]),
                          ("device's member changed", [gone | {"member": other}]),
                          ("device's member is null again", [gone | {"member": None}])):
        add(f"a revoked {name}", before=left, devices=devices)
    add("a device's member changed", before=alone | {"devices": [device(2)]}, devices=[device(2, member=other)])
    two = alone | {"devices": [gone, one]}
    add("the devices in another order", good, before=two, devices=[one, gone])
    add("a workspace key more", good, workspaceKeys=workspace(1, 2, 3))
    add("a workspace key more, by an approver", good, "device-2", workspaceKeys=workspace(1, 2, 3))
    first, last = workspace(1, 2)
    for name, keys in (("the last dropped", [first]), ("the last changed", [first, last | {"check": hash_of("x")}]),
                       ("the first changed", [first | {"check": hash_of("x")}, last])):
        add(f"workspace keys: {name}", workspaceKeys=keys)
    add("workspace keys: the last dropped by an approver", signer="device-2", workspaceKeys=[first])


def roster_chains():
    found = Chains()
    chains_and_signers(found)
    chains_and_revocations(found)
    chains_and_devices(found)
    return found.vectors


def operator(name, start=0, end=None):
    return {"name": f"The {name}", "key": key(name).jwk, "notBefore": start, "notAfter": end}


def log_chains():
    first = signed("manifest", make.small_base("manifest"))
    second = signed("manifest", make.manifests()[1][1])
    files = [make.file(f"returns/{n}", "a", n, mediaType="a/b") for n in (1, 2, 3)]
    events = [{"kind": "status", "status": "claimed"}, make.message("We begin today."), {
        "kind": "returns", "files": files[:1]}, {"kind": "status", "status": "completed"}]
    vectors, both = [], (operator("operator-1"), operator("operator-2", 0, NOW + 999))

    def chain(signers=("operator-1",), changes=None, count=4, start=first):
        found, last = [], start
        for index, event in enumerate(events[:count]):
            extra = (changes or {}).get(index + 1, {})
            value = make.entry(event, index + 1, previous=jws_hash(last)) | extra
            last = signed("log-entry", value, signers[index % len(signers)])
            found.append(last)
        return found

    def add(name, entries, check=bad, manifest=first, operators=both[:1]):
        vector = {"name": name, "manifest": manifest, "operators": list(operators), "entries": entries}
        vectors.append(check(vector, readers.read_log, manifest, operators, entries))

    log_links(add, chain, (first, second), both)
    log_times(add, chain)
    for name, last, check in (("another", files[2:], good), ("another and the first again", [files[2], files[0]], bad),
                              ("the second again", files[1:2], bad)):
        changes = {number: {"event": {"kind": "returns", "files": part}} for number, part in (
            (1, files[:2]), (2, last))}
        add(f"two returned documents, then in the next entry {name}", chain(changes=changes, count=2), check)
    later = chain(changes={1: {"event": events[2]}})[:3]
    add("a returned document again two entries later", later)
    return vectors


def log_links(add, chain, manifests, both):
    (first, second), right = manifests, chain()
    add("one entry", right[:1], good)
    add("four entries", right, good)
    add("two operators", chain(("operator-1", "operator-2")), good, operators=both)
    add("no entry", [], good)
    add("an operator that is not in the bundle", right[:1], operators=[operator("operator-2")])
    add("signed by the device", chain(("device-1",))[:1])
    add("the first entry left out", right[1:3])
    add("two entries swapped", [right[1], right[0]])
    add("an entry twice", [right[0], right[0]])
    add("entry 1 after the manifest of revision 2", chain(start=second)[:1])
    other = signed("manifest", make.small_base("manifest") | {"createdAt": NOW + 1})
    add("entry 1 for another manifest", right[:1], manifest=other)
    add("an entry exchanged for one with the other value of s", [other_s(right[0]), right[1]], good)
    add("the manifest exchanged for one with the other value of s", right[:1], good, manifest=other_s(first))
    value = make.entry({"kind": "status", "status": "claimed"}, 1, previous=jws_hash(first))
    add("an entry under a header in another order", [other_header("log-entry", value, "operator-1"), right[1]])
    add("previous is the hash of the manifest's whole text", chain(changes={1: {"previous": sha(first.encode())}})[:1])
    add("number 1 again", chain(changes={2: {"number": 1}})[:2])
    add("number 3 after 1", chain(changes={2: {"number": 3}})[:2])
    add("the first entry has number 2", chain(changes={1: {"number": 2}})[:1])
    add("previous of entry 2 is the manifest", chain(changes={2: {"previous": jws_hash(first)}})[:2])
    add("another firm", chain(changes={2: {"firm": fixed_id("other firm")}})[:2])
    add("another order", chain(changes={2: {"order": fixed_id("other order")}})[:2])
    forged = sign("satchel-receipt+jws", un64u(right[1].split(".")[1]), key("operator-1"))
    add("an entry under another typ", [right[0], forged])


def log_times(add, chain):
    """Entries are at 201, 202, 203 and 204 seconds after NOW unless told otherwise."""
    at = NOW + 201
    add("two entries of one time", chain(changes={2: {"at": at}})[:2], good)
    add("at goes backwards by a second", chain(changes={2: {"at": at - 1}})[:2])
    add("at goes backwards to the entry before the last", chain(changes={3: {"at": at}})[:3])
    one, three = chain()[:1], chain()[:3]
    for name, entries, start, end, check in (
            ("one entry, at is notBefore", one, at, None, good), ("one entry, at is notAfter", one, 0, at, good),
            ("a second before notBefore", one, at + 1, None, bad), ("a second after notAfter", one, 0, at - 1, bad),
            ("the third is a second after notAfter", three, 0, at + 1, bad)):
        add(f"in force: {name}", entries, check, operators=[operator("operator-1", start, end)])
    hour = [operator("operator-1", at, at), operator("operator-2", at + 1, None)]
    turns = chain(("operator-1", "operator-2"))[:2]
    add("in force: one operator after the other", turns, good, operators=hour)
    add("in force: the second operator a second too early", turns, operators=[hour[0], operator("operator-2", at + 2)])
    add("in force: the first operator when only the second is", chain()[:2], operators=hour)
