"""How widgets look: JupyterLab's variables, and our colours and marks of states.

The same values as in the Lab extension's tokens.css and glyphs.ts, which a test holds against them:
a notebook is shown elsewhere than in Lab, too.
"""

import functools
from importlib.resources import files

from couture_widgets.markup import Markup, tag
from couture_widgets.words import state_name

#: fill, text and tint of each state, in light and in dark themes
COLOURS = {
    "success": ("#2a9d4a #1a7a35 #e7f5ea", "#3fb950 #5fd06e #1c3022"),
    "running": ("#0891b2 #0b7189 #e2f5f9", "#22b8cf #4fd0e2 #173238"),
    "failed": ("#d32f2f #bf2222 #fdecec", "#f4574e #ff8a80 #3f2222"),
    "upstream_failed": ("#d9730d #9c4f06 #fdf1e4", "#f0883e #ffab66 #3b2b1c"),
    "up_for_retry": ("#b08800 #765a00 #fbf5dd", "#d4a72c #e6bd4a #37301a"),
    "up_for_reschedule": ("#4f83cc #2c5c9e #eaf1fb", "#6ea8e6 #93c0f2 #212d3c"),
    "skipped": ("#c2559d #9c3679 #fbebf5", "#db61a2 #f28cc2 #3a2431"),
    "deferred": ("#8b5cf6 #6a3fcb #f1ebfe", "#a371f7 #c0a0ff #2e2640"),
    "queued": ("#7d7d7d #5c5c5c #f2f2f2", "#9e9e9e #c0c0c0 #333333"),
    "scheduled": ("#9a8076 #6b564c #f6f1ee", "#bca79d #d0beb5 #35302d"),
    "none": (
        "#8c8c8c #6b6b6b var(--jp-layout-color1, #fff)",
        "#8f8f8f #b5b5b5 var(--jp-layout-color1, #111)",
    ),
}
_OTHERS = {
    "text2": ("#6b6b6b", "#a6a6a6"),
    "field": ("#8c8c8c", "#757575"),
    "hover": ("#f5f5f5", "#2b2b2b"),
    "sign": ("#ffffff", "#1b1b1b"),
}
_PARTS = ("fill", "text", "tint")
_DISC = ("M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Z", "fill")
_RING_PATH = "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5Z"
_RING = (_RING_PATH, "line")
_DOTS = "".join(f"M{x - 1:.1f} 8a1 1 0 1 1 2 0a1 1 0 0 1-2 0Z" for x in (4.9, 8, 11.1))
#: paths of 16 x 16 with how they are painted
MARKS = {
    "success": [_DISC, ("M4.8 8.3 7.1 10.5 11.3 5.9", "cut-line")],
    "failed": [_DISC, ("M5.6 5.6 10.4 10.4M10.4 5.6 5.6 10.4", "cut-line")],
    "upstream_failed": [_DISC, ("M8 11.7V4.9M5.1 7.5 8 4.6 10.9 7.5", "cut-line")],
    "skipped": [_DISC, ("M5 4.9 9 8 5 11.1Z", "cut"), ("M10.7 5V11", "cut-line")],
    "running": [
        (_RING_PATH, "line faint"),
        ("M8 1.75a6.25 6.25 0 0 1 0 12.5", "line turns"),
        ("M6.5 5.2 11 8 6.5 10.8Z", "fill"),
    ],
    "up_for_retry": [("M13.2 9.6A5.6 5.6 0 1 1 12.4 4.6", "line"), ("M13.6 1.6V6.2H9Z", "fill")],
    "up_for_reschedule": [_RING, ("M8 4.6V8.2L10.4 9.8", "line")],
    "deferred": [_RING, ("M6.3 5.6V10.4M9.7 5.6V10.4", "line")],
    "queued": [_RING, (_DOTS, "fill")],
    "scheduled": [_RING, ("M8 5.8a2.2 2.2 0 1 1 0 4.4a2.2 2.2 0 0 1 0-4.4Z", "fill")],
    "none": [(_RING_PATH, "line dashed")],
}


def state_class(state: str | None) -> str:
    """Return the class that sets --state-fill, --state-text and --state-tint."""
    return f"couture-w-{state_name(state).replace('_', '-')}"


def mark(state: str | None, size: int = 16) -> Markup:
    """Return the mark of a state, in its colour; its word stands beside it."""
    name = state_name(state)
    paths = [
        tag("path", d=d, class_=" ".join(f"couture-w-p-{one}" for one in paint.split()))
        for d, paint in MARKS[name]
    ]
    return tag(
        "svg",
        *paths,
        class_=f"couture-w-mark {state_class(name)}",
        data_state=name,
        width=size,
        height=size,
        viewBox="0 0 16 16",
        aria_hidden="true",
    )


def style() -> Markup:
    """Return the style sheet, as an element."""
    light = _tokens(0)
    dark = _tokens(1)
    states = "".join(
        f".{state_class(name)}{{{''.join(f'--state-{p}:var(--cw-{name}-{p});' for p in _PARTS)}}}"
        for name in COLOURS
    )
    sheet = f".couture-w{{{light}}}body[data-jp-theme-light='false'] .couture-w{{{dark}}}{states}"
    return Markup(f"<style>{sheet}{_rules()}</style>")


@functools.cache
def _rules() -> str:
    return files("couture_widgets").joinpath("widgets.css").read_text("utf-8")


def _tokens(theme: int) -> str:
    found = [f"--cw-{name}:{values[theme]};" for name, values in _OTHERS.items()]
    for name, themes in COLOURS.items():
        values = themes[theme].split(" ", 2)
        found += [f"--cw-{name}-{p}:{v};" for p, v in zip(_PARTS, values, strict=True)]
    return "".join(found)
