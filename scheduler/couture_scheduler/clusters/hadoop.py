"""Files of a Hadoop configuration group (`core-site.xml`, ...), without and with their secrets.

A file is `<configuration>` with `<property>`s, each a `<name>` and a `<value>` (Hadoop's own format).
"""

import re
from xml.etree import ElementTree as ET

from couture_scheduler.clusters.bad_file import BadFile
from couture_scheduler.clusters.secrets import is_secret, names_secret
from couture_scheduler.sensitive import HIDDEN

_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_NO_ELEMENT = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_IN_COMMENT = re.compile(
    rb"<name>([^<]*)</name>((?:(?!<name>).)*?)<value>(.*?)</value>", re.DOTALL | re.IGNORECASE
)
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
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
        BadFile: it is no UTF-8 XML, declares a document type, or is no flat list of properties.
    """
    if b"\0" in data:  # UTF-16, which the parser would take and the next line not see through
        raise BadFile("its encoding must be UTF-8")
    if b"<!DOCTYPE" in data.upper() or b"<!ENTITY" in data.upper():
        raise BadFile("it declares a document type, which configuration does not need")
    declared = _ENCODING.search(data)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise BadFile("its encoding must be UTF-8")
    try:
        builder = ET.TreeBuilder(insert_comments=True, insert_pis=True)
        root = ET.fromstring(data, parser=ET.XMLParser(target=builder))  # noqa: S314 - see above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadFile(f"it is no XML: {error}") from error
    if root.tag != "configuration":
        raise BadFile(f"its outermost element is <{root.tag}>, not <configuration>")
    for one in root:
        if one.tag is not ET.Comment:
            _check(one)
    return root


def _check(one: ET.Element) -> None:
    """Refuse what Hadoop would read in another way than we: then secrets could not be told."""
    if one.tag != "property" or one.attrib:
        raise BadFile("<configuration> may hold <property>s without attributes only")
    fields = [field for field in one if field.tag is not ET.Comment]
    if any(len(field) or field.attrib or not isinstance(field.tag, str) for field in fields):
        raise BadFile("the fields of a <property> must be text, without elements or comments")
    if not (one.findtext("name") or "").strip():
        raise BadFile("a <property> has no <name>")
    if any(len(one.findall(name)) > 1 for name in ("name", "value")):
        raise BadFile("a <property> has two <name>s or <value>s")


def secrets(root: ET.Element) -> dict[str, list[ET.Element]]:
    """Return the `<value>`s that nobody is shown, by the property's name, which may come twice."""
    found: dict[str, list[ET.Element]] = {}
    for name, value in _values(root):
        if is_secret(name, value.text or ""):
            found.setdefault(name, []).append(value)
    return found


def _values(root: ET.Element) -> list[tuple[str, ET.Element]]:
    pairs = ((one.findtext("name"), one.find("value")) for one in root.iter("property"))
    return [
        ((name or "").strip(), value) for name, value in pairs if value is not None and value.text
    ]


def hide(data: bytes) -> bytes:
    """Return a file with `***` for its secrets, those of properties in comments too.

    One without secrets stays as it is, byte by byte.
    """
    data = _COMMENT.sub(_hide_in_comment, data)
    root = read(data)
    found = secrets(root)
    for value in (one for values in found.values() for one in values):
        value.text = HIDDEN
    return _write(root, data) if found else data


def _hide_in_comment(comment: re.Match[bytes]) -> bytes:
    return _IN_COMMENT.sub(_hide_property, comment[0])


def _hide_property(found: re.Match[bytes]) -> bytes:
    name, between, value = (part.decode(errors="replace") for part in found.groups())
    if not is_secret(name, value):
        return found[0]
    return f"<name>{name}</name>{between}<value>{HIDDEN}</value>".encode()


def restore(data: bytes, kept: bytes | None) -> bytes:
    """Return a file with the kept secrets in the place of `***`.

    Raises:
        BadFile: there is no kept one for a `***`.
    """
    root = read(data)
    known = {} if kept is None else secrets(read(kept))
    hidden = [
        (name, value)
        for name, value in _values(root)
        if value.text == HIDDEN and (name in known or names_secret(name))
    ]
    for name, value in hidden:
        if name not in known:
            raise BadFile(f"{name} is {HIDDEN}, and there is no value of it here: write it in")
        values = known[name]
        value.text = (values.pop(0) if len(values) > 1 else values[0]).text
    return _write(root, data) if hidden else data


def _write(root: ET.Element, before: bytes) -> bytes:
    """Return the changed file, with the declaration and the comments that stood above its root."""
    blank = _NO_ELEMENT.sub(lambda found: b" " * len(found[0]), before)
    root.tail = None
    return before[: blank.index(b"<configuration")] + ET.tostring(root) + b"\n"
