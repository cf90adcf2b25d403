"""Conventions, keys, JWS and HPKE of docs/FORMATS.md, written from that text alone.

Writers take every "random" value as an argument. Readers raise Refused with a short reason.
"""

import base64
import hashlib
import hmac
import json
import re
from functools import cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAX_INTEGER, MAX_COUNT = 2**53 - 1, 2**32 - 1
MAX_COMPACT = 12 * 1024 * 1024
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Refused(Exception):
    """A reader refuses what it was given."""


def need(condition, reason):
    if not condition:
        raise Refused(reason)


def good(vector, function, *arguments, **options):
    """The vector, after the reader accepted it."""
    try:
        function(*arguments, **options)
    except Refused as reason:
        raise AssertionError(f"{vector['name']}: refused: {reason}") from reason
    return vector | {"refused": None}


def bad(vector, function, *arguments, **options):
    """The vector with the reader's reason to refuse it."""
    try:
        function(*arguments, **options)
    except Refused as reason:
        return vector | {"refused": str(reason)}
    raise AssertionError(f"{vector['name']}: accepted")


# ---- fixed values ---------------------------------------------------------------------------------------------------

def sha256(data):
    return hashlib.sha256(data).digest()


def fixed(label, length=32):
    """Bytes that look random and are always the same for one label."""
    blocks = (sha256(f"satchel vectors/{label}/{i}".encode()) for i in range(-(-length // 32)))
    return b"".join(blocks)[:length]


def fixed_id(label):
    raw = bytearray(fixed("id " + label, 16))
    raw[6], raw[8] = raw[6] & 0x0F | 0x40, raw[8] & 0x3F | 0x80
    h = raw.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def pattern(length):
    block = bytes(i % 251 for i in range(251 * 64))
    return (block * (length // len(block) + 1))[:length]


# ---- conventions ----------------------------------------------------------------------------------------------------

def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def un64u(text, length=None):
    need(isinstance(text, str), "not a string where base64url is expected")
    need(re.fullmatch(r"[A-Za-z0-9_-]*", text) and len(text) % 4 != 1, "not base64url without padding")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(b64u(data) == text, "base64url with unused bits that are not zero")
    need(length is None or len(data) == length, "base64url of another number of bytes")
    return data


def un64(text):
    need(isinstance(text, str), "not a string where base64 is expected")
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused("not standard base64 with padding") from error
    need(base64.b64encode(data).decode() == text, "base64 that is not canonical")
    return data


def loose(text):
    """A base64url text with an unused bit that is not zero."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + letters[letters.index(text[-1]) + 1]


def sha(data):
    """A hash of FORMATS.md, as text."""
    return b64u(sha256(data))


def dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _pairs(pairs):
    value = dict(pairs)
    need(len(value) == len(pairs), "a member occurs twice")
    return value


def _integer(text):
    need(not text.startswith("-") and len(text) <= 16 and int(text) <= MAX_INTEGER, "a number out of 0 … 2^53 − 1")
    return int(text)


def _no_number(_text):
    raise Refused("a number that is not an integer")


def parse(data):
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = json.loads(text, object_pairs_hook=_pairs, parse_int=_integer, parse_float=_no_number,
                           parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refused("not one JSON value in UTF-8") from error
    return value


def members(value, *names):
    need(isinstance(value, dict), "not an object")
    need(not set(value) - set(names), "an unknown member")
    need(not set(names) - set(value), "a member is missing")


def text_of(value):
    need(isinstance(value, str), "not a string")
    return value


def integer(value, low=0, high=MAX_INTEGER):
    """An amount, a length, a time or a sequence."""
    need(type(value) is int, "not an integer")
    need(low <= value <= high, f"a number out of {low} … {high}")
    return value


def count(value):
    """A version, a quantity or a number of things."""
    return integer(value, 0, MAX_COUNT)


def number(value):
    """A revision or a number: what counts from 1."""
    return integer(value, 1, MAX_COUNT)


def is_uuid(value, version="[0-9a-f]", variant="[0-9a-f]"):
    form = rf"[0-9a-f]{{8}}-[0-9a-f]{{4}}-{version}[0-9a-f]{{3}}-{variant}[0-9a-f]{{3}}-[0-9a-f]{{12}}"
    need(isinstance(value, str) and re.fullmatch(form, value), "not an id")


def is_id(value):
    is_uuid(value, "4", "[89ab]")


def raw_id(text):
    return bytes.fromhex(text.replace("-", ""))


# ---- keys -----------------------------------------------------------------------------------------------------------

class Key:
    """A P-256 key from a fixed scalar."""

    def __init__(self, name):
        self.name = name
        self.scalar = int.from_bytes(fixed("P-256 " + name), "big") % (N - 1) + 1
        self.private = ec.derive_private_key(self.scalar, ec.SECP256R1())
        self.raw = point(self.private.public_key())
        self.jwk = {"kty": "EC", "crv": "P-256", "x": b64u(self.raw[1:33]), "y": b64u(self.raw[33:])}
        self.thumbprint = thumbprint(self.jwk)

    def shown(self):
        return {"name": self.name, "privateScalar": f"{self.scalar:064x}", "jwk": self.jwk,
                "thumbprint": self.thumbprint}


@cache
def key(name):
    return Key(name)


def point(public):
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def thumbprint(jwk):
    """RFC 7638: required members only, in the order of their names."""
    names = ("crv", "kty", "x", "y") if jwk["kty"] == "EC" else ("e", "kty", "n")
    return sha(dump({name: jwk[name] for name in names}).encode())


def check_ec_jwk(jwk):
    members(jwk, "kty", "crv", "x", "y")
    need(jwk["kty"] == "EC" and jwk["crv"] == "P-256", "a key of another kind")
    x, y = (int.from_bytes(un64u(jwk[name], 32), "big") for name in "xy")
    need(x < P and y < P and (y * y - x * x * x + 3 * x - B) % P == 0, "a point that is not on the curve")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def check_rsa_jwk(jwk):
    members(jwk, "kty", "n", "e")
    need(jwk["kty"] == "RSA", "a key of another kind")
    n, e = (un64u(jwk[name]) for name in "ne")
    need(n[:1] != b"\0" and e[:1] != b"\0", "an RSA number with a leading zero byte")
    need(2048 <= int.from_bytes(n, "big").bit_length() <= 4096, "an RSA key not of 2,048 to 4,096 bits")
    need(int.from_bytes(e, "big") == 65537, "an RSA exponent other than 65,537")


def rsa_jwk(n, e=65537):
    return {"kty": "RSA"} | {name: b64u(number.to_bytes(-(-number.bit_length() // 8), "big"))
                             for name, number in (("n", n), ("e", e))}


SMALL_PRIMES = [p for p in range(3, 2000) if all(p % d for d in range(2, int(p**0.5) + 1))]


def is_prime(number):
    """Trial division, then Miller-Rabin to fixed bases (the candidates here come from a hash, not from an enemy)."""
    if any(number % p == 0 for p in SMALL_PRIMES):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in SMALL_PRIMES[:12]:
        power = pow(base, odd, number)
        if power not in (1, number - 1):
            for _ in range(twos - 1):
                power = pow(power, 2, number)
                if power == number - 1:
                    break
            else:
                return False
    return True


@cache
def rsa_key(label, bits):
    found = []
    for half in "pq":
        top = 3 << (bits // 2 - 2)
        candidate = int.from_bytes(fixed(f"RSA {label} {half}", bits // 16), "big") | top | 1
        while candidate % 65537 == 1 or not is_prime(candidate):
            candidate += 2
        found.append(candidate)
    p, q = sorted(found, reverse=True)
    d = pow(65537, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p),
                                    rsa.RSAPublicNumbers(65537, p * q))
    return numbers.private_key()


def pem(private):
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                 serialization.NoEncryption()).decode()


# ---- JWS ------------------------------------------------------------------------------------------------------------

def header_text(typ, signer):
    return dump({"alg": "ES256", "kid": signer.thumbprint, "typ": typ})


def signature_numbers(signing_input, signer):
    der = signer.private.sign(signing_input, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    return decode_dss_signature(der)


der = encode_dss_signature


def rs(r, s):
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def compact_of(header, payload, signer):
    """Sign `payload` under the header text as it is given, right or wrong."""
    signing_input = f"{b64u(header.encode())}.{b64u(payload)}"
    return f"{signing_input}.{b64u(rs(*signature_numbers(signing_input.encode(), signer)))}"


def sign(typ, payload, signer):
    payload = payload.encode() if isinstance(payload, str) else payload
    return compact_of(header_text(typ, signer), payload, signer)


def jws_hash(compact):
    """The hash of a JWS: over `header.payload`, so the signature does not matter."""
    return sha(compact.rpartition(".")[0].encode())


def kid_of(compact):
    return parse(un64u(compact.split(".")[0]))["kid"]


def verify(compact, typ, allowed):
    """The payload's bytes; `allowed` are public JWKs."""
    need(len(compact) <= MAX_COMPACT, "a compact text over 12 MiB")
    parts = compact.split(".")
    need(len(parts) == 3, "not three parts")
    header = parse(un64u(parts[0]))
    members(header, "alg", "kid", "typ")
    need(all(isinstance(value, str) for value in header.values()), "a header member that is not a string")
    need(header["alg"] == "ES256", "another algorithm")
    need(header["typ"] == typ, "another typ")
    keys = {thumbprint(jwk): jwk for jwk in allowed}
    need(header["kid"] in keys, "a key that may not sign here")
    payload, signature = un64u(parts[1]), un64u(parts[2])
    need(len(signature) == 64, "a signature that has not 64 bytes")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    need(0 < r < N and 0 < s < N, "a signature number out of 1 … n − 1")
    try:
        check_ec_jwk(keys[header["kid"]]).verify(
            encode_dss_signature(r, s), f"{parts[0]}.{parts[1]}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise Refused("the signature does not verify") from error
    return payload


# ---- HPKE (RFC 9180): base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM ---------------------------------

KEM, SUITE = b"KEM\x00\x10", b"HPKE\x00\x10\x00\x01\x00\x02"


def extract(salt, ikm):
    return hmac.digest(salt, ikm, "sha256")


def expand(prk, info, length):
    out, block = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = hmac.digest(prk, block + info + bytes([counter]), "sha256")
        out += block
    return out[:length]


def hkdf(ikm, salt, info):
    return expand(extract(salt, ikm), info, 32)


def _extract(suite, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def _expand(suite, prk, label, info, length):
    return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def _schedule(dh, enc, recipient, info):
    shared = _expand(KEM, _extract(KEM, b"", b"eae_prk", dh), b"shared_secret", enc + recipient, 32)
    context = b"\0" + _extract(SUITE, b"", b"psk_id_hash", b"") + _extract(SUITE, b"", b"info_hash", info)
    secret = _extract(SUITE, shared, b"secret", b"")
    return _expand(SUITE, secret, b"key", context, 32), _expand(SUITE, secret, b"base_nonce", context, 12)


def hpke_seal(recipient, ephemeral, info, plaintext, aad=None):
    """`recipient` is a public key, `ephemeral` a private one: fixed, where a real writer takes a new one."""
    enc = point(ephemeral.public_key())
    symmetric, nonce = _schedule(ephemeral.exchange(ec.ECDH(), recipient), enc, point(recipient), info)
    return enc + AESGCM(symmetric).encrypt(nonce, plaintext, aad)


def hpke_open(private, info, sealed):
    need(len(sealed) >= 65 + 16, "an HPKE message that is too short")
    enc = sealed[:65]
    try:
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), enc)
        symmetric, nonce = _schedule(private.exchange(ec.ECDH(), sender), enc, point(private.public_key()), info)
        return AESGCM(symmetric).decrypt(nonce, sealed[65:], None)
    except ValueError as error:
        raise Refused("enc is not a point on the curve") from error
    except InvalidTag as error:
        raise Refused("the HPKE message does not open") from error
