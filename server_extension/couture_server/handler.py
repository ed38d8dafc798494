"""The one HTTP handler: authenticate, parse, call the route's service in a thread, reply."""

import asyncio
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pydantic
from jupyter_server.auth.decorator import allow_unauthenticated
from tornado import web

from couture_scheduler.errors import CoutureError, Invalid
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.workflow import Call
from couture_server import identity
from couture_server.base import LOGIN, JsonHandler, drop_continuation_token
from couture_server.errors import BadInput, answer
from couture_server.openapi import document
from couture_server.routing import PARAMETER, Route

THREADS = ThreadPoolExecutor(8, thread_name_prefix="workflow")
_JSON = "application/json"


async def call_in_thread(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a sync service without blocking the event loop: the only crossing there is."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(THREADS, lambda: function(*args, **kwargs))


def make_handlers(
    routes: Iterable[Route],
) -> list[tuple[str, type["ServiceHandler"], dict[str, Route]]]:
    """Return (pattern, handler, routes by method) for each path of the table."""
    by_path: dict[str, dict[str, Route]] = {}
    for route in routes:
        by_path.setdefault(route.path, {})[route.method] = route
    return [(_pattern(path), ServiceHandler, found) for path, found in by_path.items()]


def _pattern(path: str) -> str:
    return PARAMETER.sub(lambda found: f"(?P<{found[1]}>[^/]+)", path)


class ServiceHandler(JsonHandler):
    """Serves all methods of one path.

    Who is not logged in comes as far as `identity.actor_of`, which knows what the public may do.
    """

    def initialize(self, extension: Any, routes: dict[str, Route]) -> None:
        """Take over the routes of the path.

        Args:
            extension: the open deployment.
            routes: by method.
        """
        self.extension = extension
        self.routes = routes

    async def prepare(self) -> None:
        """Let nobody take a log's continuation_token for a login token: both are called `token`."""
        drop_continuation_token(self.request)
        await super().prepare()

    @allow_unauthenticated
    async def get(self, **path: str) -> None:
        """Read."""
        await self.serve(path)

    @allow_unauthenticated
    async def post(self, **path: str) -> None:
        """Create or act."""
        await self.serve(path)

    @allow_unauthenticated
    async def put(self, **path: str) -> None:
        """Act, as often as one likes with the same effect."""
        await self.serve(path)

    @allow_unauthenticated
    async def patch(self, **path: str) -> None:
        """Change."""
        await self.serve(path)

    @allow_unauthenticated
    async def delete(self, **path: str) -> None:
        """Remove."""
        await self.serve(path)

    async def serve(self, path: dict[str, str]) -> None:
        """Answer by the route of the method."""
        try:
            route = self.routes.get(self.request.method or "")
            call = await self.make_call(route)
            if route is None:
                self.set_header("Allow", ", ".join(sorted(self.routes)))
                self.reply(405, {"detail": f"{self.request.method} is not possible here."})
                return
            result = await self.ask(route, call, path)
        except Exception as error:  # noqa: BLE001 - the border: everything becomes an answer
            status, detail = answer(error)
            self.reply(status, {"detail": detail})
            return
        self.send(route, result)

    async def make_call(self, route: Route | None) -> Call:
        """Return for whom and on what a service is called.

        Raises:
            NoAccount: the person may do nothing (any more); a try to change something is recorded.
        """
        try:
            return await call_in_thread(self._call)
        except identity.NoAccount as error:
            if route is not None and route.service.is_audited:
                await call_in_thread(self._record, route, error)
            raise

    def _call(self) -> Call:
        return Call(self.extension.workflow, identity.actor_of(self))

    def _record(self, route: Route, error: identity.NoAccount) -> None:
        nobody = Actor(self.current_user.username, identity.source_ip_of(self.request), ())
        call = Call(self.extension.workflow, nobody)
        route.service.audit_refusal(call, dict(self.path_kwargs), error)

    async def ask(self, route: Route, call: Call, path: dict[str, str]) -> Any:
        """Call the route's service with what the request says."""
        params: dict[str, Any] = dict(path)
        try:
            params |= await call_in_thread(self.parse, route, path)
        except (Invalid, BadInput) as error:
            await self.refuse(route, call, params, error)
            raise
        return await call_in_thread(route.service, call, **params)

    def parse(self, route: Route, path: dict[str, str]) -> dict[str, Any]:
        """Return the service's parameters."""
        params: dict[str, Any] = {}
        for found in PARAMETER.finditer(route.path):
            text = path[found[1]]
            params[found[1]] = _integer(found[1], text) if found[2] else text
        for name, header in route.headers.items():
            params[name] = self.request.headers.get(header)
        if route.query is not None:
            params["query"] = _validate("query", route.query, self.query(route.query))
        if route.body is not None:
            is_form = route.upload is not None and self.request.files
            given = self.form(str(route.upload)) if is_form else self.body()
            params["body"] = _validate("body", route.body, given)
        return params

    def query(self, schema: type[pydantic.BaseModel]) -> dict[str, Any]:
        """Return the query's values: of a list all, else the last."""
        values: dict[str, Any] = {}
        for name, info in schema.model_fields.items():
            given = self.get_query_arguments(name)
            if given:
                is_list = str(info.annotation).startswith("list")
                values[name] = given if is_list else given[-1]
        return values

    def body(self) -> Any:
        """Return the request's JSON."""
        return _read_json("body", self.request.body or b"{}")

    def form(self, field: str) -> dict[str, Any]:
        """Return the fields of a form, and as `field` the JSON of its only file."""
        given = [one for files in self.request.files.values() for one in files]
        if len(given) != 1:
            raise Invalid("Send one JSON file as the form field file.", field)
        found: dict[str, Any] = {
            name: values[-1].decode(errors="replace")
            for name, values in self.request.body_arguments.items()
        }
        return {**found, field: _read_json("file", given[0].body)}

    async def refuse(
        self, route: Route, call: Call, params: dict[str, Any], error: Exception
    ) -> None:
        """Leave the audit row of a changing call whose input could not be read."""
        if route.service.mutates:
            sentence = CoutureError(str(answer(error)[1]))
            await call_in_thread(route.service.refuse_input, call, params, sentence)

    def send(self, route: Route, result: Any) -> None:
        """Send what the service returned, as JSON or in the form that was asked for."""
        wanted = self.request.headers.get("Accept", _JSON)
        for kind, convert in route.plain.items():
            if kind in wanted and _JSON not in wanted:
                self.set_status(route.status)
                self.finish(convert(result), set_content_type=kind)
                return
        if result is None:
            self.set_status(204)
            self.finish()
            return
        self.set_status(route.status)
        self.finish(result.model_dump_json())


def _read_json(what: str, data: bytes) -> Any:
    try:
        return json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The {what} is not JSON: {error}.") from error


def _integer(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Invalid(f"{name} must be a whole number, not {text!r}.", name) from None


def _validate(place: str, schema: type[pydantic.BaseModel], values: Any) -> pydantic.BaseModel:
    try:
        return schema.model_validate(values)
    except pydantic.ValidationError as error:
        raise BadInput(place, error) from error


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


class OpenApiHandler(JsonHandler):
    """Serves the description of all routes."""

    def initialize(self, extension: Any, routes: tuple[Route, ...]) -> None:
        """Take over the table."""
        self.extension = extension
        self.routes = routes

    @web.authenticated
    async def get(self) -> None:
        """Return the OpenAPI document."""
        await refuse_strangers(self)
        self.finish(json.dumps(await call_in_thread(document, self.routes)))


class NothingHandler(JsonHandler):
    """Answers paths that no route has, in the form of all errors."""

    def initialize(self, extension: Any) -> None:
        """Take over the open deployment."""
        self.extension = extension

    async def prepare(self) -> None:
        """Say so, whatever the method, to those who are logged in."""
        await super().prepare()
        await refuse_strangers(self)
        self.reply(404, {"detail": f"There is nothing at {self.request.path}."})


async def refuse_strangers(handler: Any) -> None:
    """Refuse who is not logged in or has no active account.

    Raises:
        HTTPError: as said.
    """
    if not handler.current_user:
        raise web.HTTPError(403, LOGIN)
    try:
        await call_in_thread(identity.actor_of, handler)
    except identity.NoAccount as error:
        raise web.HTTPError(403, str(error)) from error
