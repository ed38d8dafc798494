"""Files of a Hadoop configuration group (`core-site.xml`, ...), without and with their secrets.

A file is `<configuration>` with `<property>`s, each a `<name>` and a `<value>` (Hadoop's own format).
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from couture_scheduler.clusters.bad_file import BadFile
from couture_scheduler.sensitive import HIDDEN, is_sensitive

#: names that Hadoop's connectors use for keys, beside those that are secret everywhere
_KEYS = re.compile(r"\b(access|account|encryption|private)\.key\b|\.token\b", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_GROUP = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")
_FILE = re.compile(r"[A-Za-z0-9][\w.-]{0,149}\.xml")


def check_group(name: str) -> str:
    """Return the name of a group; raises BadFile where it cannot be one."""
    if not _GROUP.fullmatch(name):
        raise BadFile(f"the group {name!r} must be letters, digits, '.', '_' and '-'")
    return name


def check_name(name: str) -> str:
    """Return the name of a file in a group; raises BadFile: only XML is allowed (S4.5)."""
    if not _FILE.fullmatch(name):
        raise BadFile(f"{name!r} is no name of an XML file, such as core-site.xml")
    return name


def read(data: bytes) -> ET.Element:
    """Parse a file.

    Raises:
        BadFile: it is no XML, declares a document type, or is no Hadoop configuration.
    """
    if b"<!DOCTYPE" in data.upper() or b"<!ENTITY" in data.upper():
        raise BadFile("it declares a document type, which configuration does not need")
    try:
        builder = ET.TreeBuilder(insert_comments=True, insert_pis=True)
        root = ET.fromstring(data, parser=ET.XMLParser(target=builder))  # noqa: S314 - see above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadFile(f"it is no XML: {error}") from error
    if root.tag != "configuration":
        raise BadFile(f"its outermost element is <{root.tag}>, not <configuration>")
    for one in root.iter("property"):
        if not (one.findtext("name") or "").strip():
            raise BadFile("a <property> has no <name>")
    return root


def secrets(root: ET.Element) -> dict[str, ET.Element]:
    """Return the `<value>`s that nobody is shown, by the property's name."""
    found = {}
    for one in root.iter("property"):
        name, value = (one.findtext("name") or "").strip(), one.find("value")
        if value is not None and value.text and (is_sensitive(name) or _KEYS.search(name)):
            found[name] = value
    return found


def hide(data: bytes) -> bytes:
    """Return a file with `***` for its secrets; one without secrets stays as it is, byte by byte."""
    root = read(data)
    found = secrets(root)
    for value in found.values():
        value.text = HIDDEN
    return _write(root, data) if found else data


def restore(data: bytes, kept: bytes | None) -> bytes:
    """Return a file with the kept secrets in the place of `***`.

    Raises:
        BadFile: there is no kept one for a `***`.
    """
    root = read(data)
    hidden = {name: one for name, one in secrets(root).items() if one.text == HIDDEN}
    if not hidden:
        return data
    known: Mapping[str, ET.Element] = secrets(read(kept)) if kept is not None else {}
    for name, value in hidden.items():
        if name not in known:
            raise BadFile(f"{name} is {HIDDEN}, and there is no value of it here: write it in")
        value.text = known[name].text
    return _write(root, data)


def _write(root: ET.Element, before: bytes) -> bytes:
    """Return the changed file, with the declaration and the comments that stood above its root."""
    blank = _COMMENT.sub(lambda found: b" " * len(found[0]), before)
    root.tail = None
    return before[: blank.index(b"<configuration")] + ET.tostring(root) + b"\n"
