"""Our proxy between a visitor and a target, both real, on private ports."""

import asyncio
import contextlib
import json
import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from proxied import MB, Big, Events, Running, Silent, Socket, in_loop, running, until
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.simple_httpclient import HTTPStreamClosedError
from tornado.websocket import websocket_connect

from couture_hub import sockets
from couture_hub.proxy.routes import Proxy


@in_loop
async def test_requests_arrive_as_they_were_sent(tmp_path: Path):
    async with running(tmp_path) as one:
        for method, body in [
            *(("GET", None), ("DELETE", None), ("OPTIONS", None)),
            *(("POST", b"x" * 10), ("PUT", b""), ("PATCH", b"x" * 300_000), ("DELETE", b"why")),
        ]:
            answer = await one.ask(
                "/target/echo/a%2Fb//c%20d+e?q=%2F&q=1&token=t",
                method=method,
                body=body,
                allow_nonstandard_methods=True,
            )
            said = json.loads(answer.body)
            assert said["uri"] == "/target/echo/a%2Fb//c%20d+e?q=%2F&q=1&token=t"
            assert said["method"] == method
            assert said["body"] == len(body or b"")
            assert answer.headers["X-Answer"] == "yes"
            assert answer.headers.get_list("Set-Cookie") == ["a=1", "b=2"]
            assert answer.headers.get_list("Server") == answer.headers.get_list("Server")[:1]


@in_loop
async def test_requests_and_sockets_arrive_at_a_server_without_a_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    async with running(tmp_path) as one:
        with sockets.bind(7) as bound:
            bound.setblocking(False)
            bound.listen()
            one.servers[2].add_socket(bound)
            one.proxy.add_route("/target", {"target": sockets.url_of(bound)})
            said = json.loads((await one.ask("/target/echo")).body)["headers"]
            assert said["Host"] == f"127.0.0.1:{one.port}"
            socket = await websocket_connect(f"ws://127.0.0.1:{one.port}/target/socket")
            assert await socket.read_message()
            socket.close()
            one.servers[2].stop()
        assert (await one.ask("/target/echo")).code == 503


@in_loop
async def test_a_download_of_200_mb_passes_through(tmp_path: Path):
    async with running(tmp_path) as one:
        size = 0

        def count(chunk: bytes) -> None:
            nonlocal size
            size += len(chunk)

        answer = await one.ask("/target/big/200", streaming_callback=count)
        assert (answer.code, size) == (200, 200 * MB)


@in_loop
async def test_a_slow_reader_makes_the_target_wait_instead_of_the_proxy_collect(tmp_path: Path):
    async with running(tmp_path) as one:
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        writer.write(b"GET /target/big/400 HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.read(1000)
        seen: list[int] = []

        def stands_still() -> bool:
            seen.append(Big.sent)
            return len(seen) > 50 and len(set(seen[-50:])) == 1

        await until(stands_still)
        assert 0 < Big.sent < 100
        writer.close()


@in_loop
async def test_an_upload_of_150_mb_passes_through(tmp_path: Path):
    async with running(tmp_path) as one:
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        writer.write(b"POST /target/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n" % (150 * MB))
        for _ in range(150):
            writer.write(b"y" * MB)
            await writer.drain()
        assert (await reader.read()).endswith(str(150 * MB).encode())


@in_loop
async def test_a_body_of_unknown_length_passes_through(tmp_path: Path):
    async with running(tmp_path) as one:

        async def produce(write: Any) -> None:
            for _ in range(10):
                await write(b"z" * 1000)

        answer = await one.ask("/target/upload", method="POST", body_producer=produce)
        assert answer.body == b"10000"


@in_loop
async def test_events_arrive_one_by_one(tmp_path: Path):
    async with running(tmp_path) as one:
        times: list[float] = []
        begin = time.monotonic()
        await one.ask(
            "/target/events", streaming_callback=lambda _: times.append(time.monotonic() - begin)
        )
        assert len(times) >= 4
        assert times[0] < 0.25
        assert times[3] - times[0] > 0.7


@in_loop
async def test_many_streams_leave_room_for_other_requests(tmp_path: Path):
    async with running(tmp_path) as one:
        streams = [asyncio.ensure_future(one.ask("/target/events")) for _ in range(40)]
        await until(lambda: Events.open_now == 40)
        assert (await one.ask("/target/echo")).code == 200
        assert not any(stream.done() for stream in streams)
        assert all(answer.body.count(b"data:") == 4 for answer in await asyncio.gather(*streams))


@in_loop
async def test_the_target_hears_of_a_visitor_who_has_gone(tmp_path: Path):
    async with running(tmp_path) as one:
        Silent.gone = asyncio.Event()
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        writer.write(b"GET /target/silent HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"begin")
        writer.close()
        await asyncio.wait_for(Silent.gone.wait(), 5)


@in_loop
async def test_an_answer_cut_short_does_not_look_whole(tmp_path: Path):
    async with running(tmp_path) as one:
        with pytest.raises(HTTPStreamClosedError):
            await one.ask("/target/broken")


@in_loop
async def test_head_and_empty_answers(tmp_path: Path):
    async with running(tmp_path) as one:
        one.proxy.add_route("/", {"target": f"http://127.0.0.1:{one.target_port}"})
        answer = await one.ask("/target/upload", method="HEAD")
        assert answer.code == 405
        assert answer.body == b""


@in_loop
async def test_sockets_keep_subprotocol_frames_and_close_codes(tmp_path: Path):
    async with running(tmp_path) as one:
        socket = await websocket_connect(
            f"ws://127.0.0.1:{one.port}/target/socket?a=%2F",
            subprotocols=["v0", "v1.kernel"],
            max_message_size=64 * MB,
        )
        assert socket.selected_subprotocol == "v1.kernel"
        first = json.loads(await socket.read_message() or "")
        assert first == {"for": "127.0.0.1", "uri": "/target/socket?a=%2F"}
        for message in ("text ü", b"\0\xff binary", b"b" * (20 * MB)):
            await socket.write_message(message, binary=isinstance(message, bytes))
            assert await socket.read_message() == message
        await socket.write_message("close")
        assert await socket.read_message() is None
        assert (socket.close_code, socket.close_reason) == (4001, "as you wish")


@in_loop
async def test_a_socket_closed_by_the_visitor_is_closed_for_the_target(tmp_path: Path):
    async with running(tmp_path) as one:
        Socket.closed = None
        socket = await websocket_connect(f"ws://127.0.0.1:{one.port}/target/socket")
        await socket.read_message()
        socket.close(4002, "bye")
        await until(lambda: Socket.closed is not None)
        assert Socket.closed == (4002, "bye")


@in_loop
async def test_a_socket_that_the_target_refuses_is_refused(tmp_path: Path):
    async with running(tmp_path) as one:
        for path, code in (("/target/no-socket", 403), ("/gone/socket", 503), ("/nowhere", 503)):
            with pytest.raises(HTTPClientError) as raised:
                await websocket_connect(f"ws://127.0.0.1:{one.port}{path}")
            assert raised.value.code == code


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        ("http://127.0.0.1:{port}", True),
        ("https://127.0.0.1:{port}", True),
        ("http://127.0.0.1:1", False),
        ("http://127.0.0.1", False),
        ("https://evil.example", False),
        ("http://127.0.0.1:{port}.evil.example", False),
        ("null", False),
    ],
)
@in_loop
async def test_pages_of_other_sites_open_no_socket(tmp_path: Path, origin: str, is_ours: bool):
    async with running(tmp_path) as one:
        request = HTTPRequest(
            f"ws://127.0.0.1:{one.port}/target/socket",
            headers={"Origin": origin.format(port=one.port)},
        )
        if is_ours:
            assert await (await websocket_connect(request)).read_message()
        else:
            with pytest.raises(HTTPClientError) as raised:
                await websocket_connect(request)
            assert raised.value.code == 403


FORGED = {
    "X-Forwarded-For": "198.51.100.7, 203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "couture.example",
    "X-Forwarded-Port": "443",
    "X-Real-Ip": "198.51.100.7",
    "Forwarded": "for=198.51.100.7",
    "X-Scheme": "https",
}


async def _headers(one: Running, headers: dict[str, str]) -> dict[str, str]:
    return json.loads((await one.ask("/target/echo", headers=headers)).body)["headers"]


@in_loop
async def test_visitors_cannot_say_who_they_are(tmp_path: Path):
    async with running(tmp_path) as one:
        plain = await _headers(one, {})
        assert plain["X-Forwarded-For"] == "127.0.0.1"
        assert plain["X-Forwarded-Proto"] == "http"
        said = await _headers(one, FORGED)
        assert said["X-Forwarded-For"] == "0.0.0.0"
        assert said["X-Forwarded-Proto"] == "http"
        assert said["X-Forwarded-Host"] == f"127.0.0.1:{one.port}"
        assert not {"X-Real-Ip", "Forwarded", "X-Scheme"} & set(said)


@in_loop
async def test_what_proves_the_proxy_to_the_hub_is_told_to_the_hub_only(tmp_path: Path):
    async with running(tmp_path) as one:
        said = await _headers(one, {"X-Couture-Proxy": "mine"})
        assert "X-Couture-Proxy" not in said
        assert one.proxy.proof not in str(said)


@in_loop
async def test_a_declared_proxy_is_believed_about_the_last_address_only(tmp_path: Path):
    async with running(tmp_path, "127.0.0.1") as one:
        said = await _headers(one, FORGED)
        assert said["X-Forwarded-For"] == "203.0.113.9"
        assert said["X-Forwarded-Proto"] == "https"
        assert said["X-Forwarded-Host"] == "couture.example"
        assert not {"X-Real-Ip", "Forwarded"} & set(said)
        odd = await _headers(one, {"X-Forwarded-For": "nonsense", "X-Forwarded-Proto": "gopher"})
        assert odd["X-Forwarded-For"] == "0.0.0.0"
        assert odd["X-Forwarded-Proto"] == "http"


@in_loop
async def test_headers_of_one_hop_end_at_the_proxy(tmp_path: Path):
    async with running(tmp_path) as one:
        said = await _headers(
            one, {"Connection": "X-Secret", "X-Secret": "1", "TE": "trailers", "Keep-Alive": "5"}
        )
        assert not {"X-Secret", "Te", "Keep-Alive", "Upgrade"} & set(said)


@in_loop
async def test_who_is_away_is_said_to_be_away(tmp_path: Path):
    async with running(tmp_path) as one:
        for path in ("/gone/x", "/nowhere"):
            page = await one.ask(path, headers={"Accept": "text/html"})
            assert page.code == 503
            assert b'http-equiv="refresh"' in page.body
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
            call = await one.ask(path)
            assert call.code == 503
            assert json.loads(call.body)["detail"]


@in_loop
async def test_the_control_api_asks_for_the_token(tmp_path: Path):
    async with running(tmp_path) as one:
        url = f"http://127.0.0.1:{one.api_port}/api/routes"
        client = AsyncHTTPClient()
        for headers in ({}, {"Authorization": "token wrong"}, {"Authorization": "token "}):
            assert (await client.fetch(url, headers=headers, raise_error=False)).code == 403
        answer = await client.fetch(url, headers={"Authorization": "token secret"})
        assert set(json.loads(answer.body)) == {"/target", "/gone"}
        assert (await one.ask("/api/routes")).code == 503, "the control API is not public"


@in_loop
async def test_routes_survive_a_restart_and_activity_is_in_utc(tmp_path: Path):
    async with running(tmp_path) as one:
        await one.ask("/target/echo")
        route: Any = one.proxy.get_route("/target")
        assert abs(route["last_activity"] - datetime.now(UTC)) < timedelta(seconds=30)
        one.proxy.remove_route("/gone")
    again = Proxy("secret", tmp_path / "routes.json", frozenset())
    assert set(again.get_routes()) == {"/target"}


@in_loop
async def test_no_token_reaches_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    async with running(tmp_path) as one:
        for path in ("/target/nothing", "/gone/x", "/target/broken", "/target/echo"):
            with contextlib.suppress(HTTPStreamClosedError):
                await one.ask(
                    f"{path}?token=TOP-SECRET", headers={"Authorization": "token TOP-SECRET"}
                )
        assert "GET /gone/x" in caplog.text
        assert "TOP-SECRET" not in caplog.text
