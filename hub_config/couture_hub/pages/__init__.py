"""Our own pages of the Hub: their style and the Content-Security-Policy that goes with it."""

import base64
import hashlib
from pathlib import Path

_HERE = Path(__file__).parent
STYLE = (_HERE / "couture.css").read_text()
TEMPLATES = _HERE / "templates"


def policy(*, forms: bool = True) -> str:
    """Return the policy of a page: no script, no other site, this style only."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    action = "'self'" if forms else "'none'"
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action {action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def page(title: str, body: str, *, head: str = "") -> str:
    """Return a page of its own, outside of the Hub's templates."""
    return _PAGE.format(title=title, body=body, head=head, style=STYLE)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{head}
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main class="card">
<p class="brand"><span class="mark" aria-hidden="true"><i></i><i></i><i></i></span>Couture
Workflow</p>
{body}
</main>
</body>
</html>
"""
