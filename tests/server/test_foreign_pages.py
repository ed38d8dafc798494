"""Solo: a page that the person's browser happens to show can do nothing with the login cookie."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest
from permission_matrix import rows
from seeded import TOKEN
from sqlalchemy import func, select
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect
from two_dags import Thing

from couture_scheduler.db.tables import audit

CHANGING = [row for row in rows() if row.method != "GET"]
SALES = Thing("sales", "sales")


@pytest.fixture
def visitor(server):
    """A browser that is logged in: it has Jupyter's cookies."""
    root = server.removesuffix("workflow")
    with httpx.Client(base_url=root) as client:
        assert client.get(f"lab?token={TOKEN}").status_code in (200, 302, 404)
        assert client.get("api/status").status_code == 200
        client.headers["Referer"] = root
        yield client


def count_audited(deployment) -> int:
    with deployment.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(audit))


@pytest.mark.parametrize("row", CHANGING, ids=lambda row: row.name)
def test_no_change_without_the_xsrf_token(visitor, deployment, row):
    before = count_audited(deployment)
    place = row.path.removeprefix("/") if row.path.startswith("/") else f"workflow/{row.path}"
    path = f"{SALES.fill(place)}?{SALES.fill(row.query)}"
    for headers in ({}, {"X-XSRFToken": "2|guess"}):
        answer = visitor.request(row.method, path, json=row.body or {}, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["detail"]
    assert count_audited(deployment) == before


def test_the_own_page_may(visitor):
    headers = {"X-XSRFToken": visitor.cookies["_xsrf"]}
    path = "workflow/api/v2/dags/sales"
    assert visitor.patch(path, json={"is_paused": False}, headers=headers).status_code == 200


def test_another_origin_changes_nothing_even_with_the_xsrf_token(visitor, deployment):
    before = count_audited(deployment)
    headers = {"X-XSRFToken": visitor.cookies["_xsrf"], "Origin": "http://evil.example"}
    path = "workflow/api/v2/dags/sales"
    assert visitor.patch(path, json={"is_paused": True}, headers=headers).status_code in (403, 404)
    assert count_audited(deployment) == before


def test_the_socket_opens_for_pages_of_this_origin_only(visitor, server):
    address = server.replace("http:", "ws:") + "/api/couture/live"
    cookies = "; ".join(f"{one.name}={one.value}" for one in visitor.cookies.jar)
    own = f"http://{urlsplit(server).netloc}"

    async def run():
        headers = {"Cookie": cookies, "Origin": own}
        (await websocket_connect(HTTPRequest(address, headers=headers))).close()
        for origin in ("http://evil.example", "null", f"{own}.evil.example"):
            with pytest.raises(HTTPClientError) as refused:
                await websocket_connect(HTTPRequest(address, headers={**headers, "Origin": origin}))
            assert refused.value.code == 403

    asyncio.run(run())
