"""Inert text, a second implementation of docs/FORMATS.md. Quadratic in places: it is for vectors only.

The names of known elements are read from docs/FORMATS.md itself, so that the text stays complete.
"""

import json
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
FORMATS = (HERE / "../../docs/FORMATS.md").read_text()
WHITE_SPACE = "\t\n\r "
HIDDEN = {"iframe", "noembed", "noframes", "script", "style"}
CELL = {"td", "th"}


def names(label):
    return set(re.search(rf"- {label}:((?:\n  .*)+)", FORMATS).group(1).split())


LINE = names("Line elements")
KNOWN = HIDDEN | CELL | LINE | names("Others")


class Refused(Exception):
    pass


def refuse_characters(text):
    for character in text:
        n = ord(character)
        control = (n < 32 and character not in "\t\n\r") or 0x7F <= n <= 0x9F
        if control or 0x202A <= n <= 0x202E or 0x2066 <= n <= 0x2069:
            raise Refused(f"U+{n:04X}")


def tag_end(text, at):
    """Returns where a tag ends whose name ends at this position, or nothing where it does not end."""
    state, quote = "before", ""
    slash_or_value = {"/": "before", "=": "value"}
    while at < len(text):
        character, at = text[at], at + 1
        if state == "quoted":
            state = "before" if character == quote else state
        elif character == ">":
            return at
        elif character == "<":
            return None
        elif state == "before":
            state = state if character in WHITE_SPACE + "/" else "name"
        elif state in ("name", "after"):
            state = "after" if character in WHITE_SPACE else slash_or_value.get(character, "name")
        elif state == "value" and character in "\"'":
            state, quote = "quoted", character
        elif state == "value":
            state = state if character in WHITE_SPACE else "unquoted"
        elif character in WHITE_SPACE:
            state = "before"
    return None


def words(text, at):
    bracket = re.compile("[<>]").search(text, at + 1)
    closes = bracket and bracket.group() == ">"
    return ("words", bracket.end(), None) if closes else ("bracket", at + 1, None)


def declaration(text, at):
    end = text.find(">", at)
    return ("removed", end + 1, None) if end >= 0 else ("bracket", at + 1, None)


def comment(text, at):
    for abrupt in (">", "->"):
        if text.startswith(abrupt, at + 4):
            return "removed", at + 4 + len(abrupt), None
    end = re.compile("-->|--!>").search(text, at + 4)
    return ("removed", end.end(), None) if end else ("bracket", at + 1, None)


def known_tag(text, at, end_of_name, name, starts):
    end = tag_end(text, end_of_name)
    if end is None:
        return "bracket", at + 1, None
    if name in HIDDEN and starts:
        for found in re.compile(f"</{name}(?=[\t\n\r />])", re.I | re.A).finditer(text, end):
            end_of_content = tag_end(text, found.end())
            if end_of_content is not None:
                return "removed", end_of_content, None
    return "removed", end, "\n" if name in LINE else " " if name in CELL else None


def found(text, at):
    """Returns what stands behind an opener, where that ends, and the separator that it leaves."""
    if text.startswith("<!--", at):
        return comment(text, at)
    if re.compile(r"<!(\[|doctype|element|entity|attlist|notation)", re.I | re.A).match(text, at):
        return declaration(text, at)
    if re.compile(r"<\?[A-Za-z]").match(text, at):
        return declaration(text, at)
    tag = re.compile(r"<(/?)([A-Za-z][^\t\n\r />]*)(?=[\t\n\r />])").match(text, at)
    if tag:
        name = re.sub("[A-Z]", lambda letter: letter.group().lower(), tag.group(2))
        if name in KNOWN:
            return known_tag(text, at, tag.end(), name, not tag.group(1))
    return words(text, at)


class Writer:
    def __init__(self):
        self.out, self.notices, self.pending, self.open_at = [], [], None, None

    def copy(self, character, open_at=None):
        """Copies a character; `open_at` is its position if it is a `<` that was typed."""
        touches = self.out and self.out[-1] not in WHITE_SPACE and character not in WHITE_SPACE
        if self.pending and touches:
            self.out.append(self.pending)
            self.open_at = None
        self.pending = None
        if self.open_at is not None and re.match("[A-Za-z/!?]", character):
            self.rebracket_open()
        self.open_at = open_at
        self.out.append(character)

    def rebracket_open(self):
        self.out[-1] = "‹"
        self.notices.append((self.open_at, "rebracketed", "<"))

    def take(self, kind, text, separator):
        if kind == "removed":
            self.pending = self.pending if self.pending == "\n" else separator or self.pending
            return
        self.copy("‹")
        if kind == "words":
            for character in text[1:-1]:
                self.copy(character)
            self.copy("›")


def neutralize(text):
    refuse_characters(text)
    writer, at = Writer(), 0
    while at < len(text):
        if not re.compile("<[A-Za-z/!?]").match(text, at):
            writer.copy(text[at], at if text[at] == "<" else None)
            at += 1
            continue
        kind, end, separator = found(text, at)
        writer.notices.append((at, "removed" if kind == "removed" else "rebracketed", text[at:end]))
        writer.take(kind, text[at:end], separator)
        at = end
    if writer.open_at is not None:
        writer.rebracket_open()
    notices = [{"kind": kind, "text": piece} for _, kind, piece in sorted(writer.notices)]
    return "".join(writer.out), notices


def differing():
    """Returns the names of the vectors on which this implementation does not agree."""
    vectors = json.loads((HERE / "inert-text.json").read_text())["vectors"]

    def agrees(vector):
        try:
            stored, notices = neutralize(vector["input"])
        except Refused as refused:
            return vector.get("refused") == str(refused)
        return (vector.get("stored"), vector.get("notices", [])) == (stored, notices)

    return [vector["name"] for vector in vectors if not agrees(vector)]
