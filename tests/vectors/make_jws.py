"""jws.json."""

import json

from formats import (
    N,
    b64u,
    bad,
    compact_of,
    der,
    dump,
    good,
    header_text,
    key,
    loose,
    rs,
    sign,
    signature_numbers,
    un64u,
    verify,
)

TYP = "satchel-manifest+jws"


def jws_good(add):
    one, two = key("device-1"), key("operator-1")
    text = '{"hello":"wörld"}'
    for typ in ("manifest", "order", "bundle", "roster", "receipt", "log-entry"):
        typ = f"satchel-{typ}+jws"
        add(f"typ {typ}", sign(typ, text, one), text, typ=typ)
    add("another key", sign(TYP, text, two), text, signers=[two])
    add("one of two allowed keys", sign(TYP, text, two), text, signers=[one, two])
    add("an empty payload", sign(TYP, "", one), "")
    add("a payload that is not JSON", sign(TYP, "plain text", one), "plain text")
    for order in (("typ", "kid", "alg"), ("kid", "alg", "typ")):
        values = {"alg": "ES256", "kid": one.thumbprint, "typ": TYP}
        header = dump({name: values[name] for name in order})
        add("header members in the order " + ", ".join(order), compact_of(header, text.encode(), one), text)
    header = header_text(TYP, one)
    add("white space in the header", compact_of(header.replace(",", " ,\n\t").replace(":", " : "), text.encode(), one),
        text)
    add("an escape in the header", compact_of(header.replace("ES256", "ES\\u003256"), text.encode(), one), text)
    head, body, signature = sign(TYP, text, one).split(".")
    r, s = (int.from_bytes(part, "big") for part in (un64u(signature)[:32], un64u(signature)[32:]))
    add("s in the lower half", f"{head}.{body}.{b64u(rs(r, min(s, N - s)))}", text)
    add("s in the upper half", f"{head}.{body}.{b64u(rs(r, max(s, N - s)))}", text)


def jws_bad_headers(add):
    one, two, text = key("device-1"), key("device-2"), b"{}"
    right = header_text(TYP, one)

    def header(name, changed, signer=one):
        add(name, compact_of(changed, text, signer))

    for alg in ("none", "HS256", "ES384", "es256", ""):
        header(f"alg {alg or 'empty'}", right.replace("ES256", alg))
    head, body, _ = compact_of(right.replace("ES256", "none"), text, one).split(".")
    add("alg none without a signature", f"{head}.{body}.")
    header("another typ", right.replace("manifest", "order"))
    header("typ in capitals", right.replace(TYP, TYP.upper()))
    header("typ with the prefix application/", right.replace(TYP, "application/" + TYP))
    add("signed by a key that may not sign here", sign(TYP, text, two))
    header("an allowed kid, signed by another key", right, two)
    add("an allowed key under the kid of another", compact_of(header_text(TYP, two), text, one))
    add("an allowed key under the kid of another allowed key", compact_of(header_text(TYP, two), text, one),
        signers=[one, two])
    for extra in ('"crit":["b64"]', f'"jwk":{dump(one.jwk)}', '"jku":"https://keys.example.com/jwks"',
                  '"x5c":["MIIB"]', '"b64":false', '"cty":"json"'):
        header(f"the extra member {extra.split(':')[0]}", right[:-1] + f",{extra}}}")
    for member in ("alg", "kid", "typ"):
        value = json.loads(right)
        del value[member]
        header(f"{member} missing", dump(value))
        header(f"{member} not a string", dump(json.loads(right) | {member: 1}))
        header(f"{member} null", dump(json.loads(right) | {member: None}))
        header(f"{member} twice", right[:-1] + f',"{member}":{json.dumps(json.loads(right)[member])}}}')
    header("alg twice with two values", right.replace('"alg":', '"alg":"none","alg":'))
    header("alg twice, once with an escape", right.replace('"alg":', '"\\u0061lg":"none","alg":'))
    header("the header an array", f"[{right}]")
    header("the header a string", json.dumps(right))
    header("the header not JSON", "ES256")
    header("the header empty", "")
    header("text after the header", right + "{}")
    header("a byte order mark before the header", "\ufeff" + right)


def jws_bad_texts(add):
    one, text = key("device-1"), '{"name":"????>>>>"}'
    right = sign(TYP, text, one)
    head, body, signature = right.split(".")
    signing_input = f"{head}.{body}".encode()
    r, s = signature_numbers(signing_input, one)
    padded = sign(TYP, text + " ", one).split(".")
    assert len(padded[1]) % 4 and "_" in body and len(signature) == 86
    add("the payload padded with =", f"{padded[0]}.{padded[1]}{'=' * (-len(padded[1]) % 4)}.{padded[2]}")
    add("the signature padded with =", right + "==")
    add("unused bits of the signature not zero", loose(right))
    other = loose(padded[1])
    raw = rs(*signature_numbers(f"{padded[0]}.{other}".encode(), one))
    add("unused bits of the payload not zero, signed so", f"{padded[0]}.{other}.{b64u(raw)}")
    standard = body.replace("-", "+").replace("_", "/")
    raw = rs(*signature_numbers(f"{head}.{standard}".encode(), one))
    add("the alphabet of standard base64, signed so", f"{head}.{standard}.{b64u(raw)}")
    add("a space at the end", right + " ")
    add("a line feed at the end", right + "\n")
    add("a space before the payload", f"{head}. {body}.{signature}")
    add("a line feed in the payload", f"{head}.{body[:8]}\n{body[8:]}.{signature}")
    add("one part", head)
    add("two parts", f"{head}.{body}")
    add("four parts", right + ".")
    add("five parts", right + ".AA.AA")
    add("empty", "")
    add("three empty parts", "..")
    add("no signature", f"{head}.{body}.")
    raw = rs(r, s)
    add("a signature of 63 bytes", f"{head}.{body}.{b64u(raw[:63])}")
    add("a signature of 65 bytes", f"{head}.{body}.{b64u(raw + bytes(1))}")
    add("a signature in DER", f"{head}.{body}.{b64u(der(r, s))}")
    for name, pair in (("r = 0", (0, s)), ("s = 0", (r, 0)), ("r = s = 0", (0, 0)), ("r = n", (N, s)),
                       ("s = n", (r, N)), ("s = 2^256 - 1", (r, 2**256 - 1)), ("r and s swapped", (s, r)),
                       ("s + 1", (r, s % (N - 1) + 1))):
        add(f"a signature with {name}", f"{head}.{body}.{b64u(rs(*pair))}")
    add("the payload changed", f"{head}.{b64u(text.replace('name', 'nama').encode())}.{signature}")
    add("the payload emptied", f"{head}..{signature}")
    add("the header of another order of members", f"{b64u(header_swapped(one).encode())}.{body}.{signature}")


def header_swapped(signer):
    return dump({"typ": TYP, "alg": "ES256", "kid": signer.thumbprint})


def jws():
    vectors = []

    def add(name, compact, payload=None, typ=TYP, signers=None):
        signers = signers or [key("device-1")]
        allowed = [signer.jwk for signer in signers]
        vector = {"name": name, "typ": typ, "signers": [signer.name for signer in signers], "compact": compact,
                  "payload": payload}
        if payload is not None:
            assert verify(compact, typ, allowed) == payload.encode(), name
        vectors.append((bad if payload is None else good)(vector, verify, compact, typ, allowed))

    jws_good(add)
    jws_bad_headers(add)
    jws_bad_texts(add)
    return {"keys": [key(name).shown() for name in ("device-1", "device-2", "operator-1")], "vectors": vectors}
