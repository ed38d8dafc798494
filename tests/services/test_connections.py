"""Connections: several may share an id, secrets are hidden and kept, tests are off by default."""

import json
import socket

import pytest
from sqlalchemy import select

from couture_scheduler.db.tables import audit, connection
from couture_scheduler.errors import Conflict, Forbidden, Invalid, NotFound
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.bulk import BulkBody
from couture_scheduler.schemas.connections import (
    ConnectionBody,
    ConnectionQuery,
    ConnectionsImport,
)
from couture_scheduler.services import connection_trial
from couture_scheduler.services.connection_files import export_connections, import_connections
from couture_scheduler.services.connection_views import (
    add_connection,
    change_connection,
    get_connection_views,
    remove_connection,
)
from couture_scheduler.services.connections import (
    bulk_connections,
    delete_connection,
    get_connection,
    get_connections,
    patch_connection,
    post_connection,
)

EXTRA = '{"sslmode":"require","client_token":"t0ken","nested":{"password":"p"}}'


def body(**fields):
    return ConnectionBody.model_validate({"connection_id": "db", "conn_type": "postgres", **fields})


def add(call, **fields):
    return add_connection(call(), body=body(**fields))


def secrets(call):
    return export_connections(call()).connections


def test_secrets_are_hidden_encrypted_and_in_no_audit_row(world, call):
    found = post_connection(call(), body=body(password="s3cret", extra=EXTRA, login="ada"))
    assert (found.password, found.login) == ("***", "ada")
    assert found.extra == (
        '{"sslmode": "require", "client_token": "***", "nested": {"password": "***"}}'
    )
    with world.db.read() as tx:
        row = tx.first(select(connection))
        logged = str(tx.rows(select(audit)))
    assert "s3cret" not in str(row) + logged
    assert "t0ken" not in str(row) + logged


def test_an_extra_that_is_no_json_is_hidden_as_a_whole(world, call):
    assert post_connection(call(), body=body(extra="pem: abc")).extra == "***"
    patch_connection(
        call(), connection_id="db", body=body(extra="***", login="u"), query=UpdateMask()
    )
    assert secrets(call)["db"][0]["extra"] == "pem: abc"


def test_hidden_secrets_that_are_sent_back_stay(world, call):
    shown = post_connection(call(), body=body(password="s3cret", extra=EXTRA))
    sent = body(password=shown.password, extra=shown.extra.replace("require", "off"), login="u")
    patch_connection(call(), connection_id="db", body=sent, query=UpdateMask())
    [one] = secrets(call)["db"]
    assert (one["password"], one["login"]) == ("s3cret", "u")
    assert (
        one["extra"] == '{"sslmode": "off", "client_token": "t0ken", "nested": {"password": "p"}}'
    )


def test_a_secret_can_be_replaced_and_taken_away(world, call):
    post_connection(call(), body=body(password="s3cret", extra=EXTRA))
    sent = body(password="", extra='{"client_token": "new"}')
    patch_connection(call(), connection_id="db", body=sent, query=UpdateMask())
    [one] = secrets(call)["db"]
    assert (one["password"], one["extra"]) == (None, '{"client_token": "new"}')


def test_a_mask_says_what_changes(world, call):
    post_connection(call(), body=body(host="h", schema="s"))
    found = patch_connection(
        call(),
        connection_id="db",
        body=body(host="other", schema="t"),
        query=UpdateMask(update_mask=["schema"]),
    )
    assert (found.host, found.schema_) == ("h", "t")


def test_the_mark_of_a_secret_makes_no_connection(world, call):
    for sent in (body(password="***"), body(extra='{"token": "***"}')):
        with pytest.raises(Invalid):
            post_connection(call(), body=sent)


def test_several_connections_share_an_id(world, call):
    first, second = add(call, host="a"), add(call, host="b")
    assert (first.sharing, second.sharing) == (1, 2)
    listed = get_connections(call(), query=ConnectionQuery())
    assert [one.host for one in listed.connections] == ["a", "b"]
    assert get_connection(call(), connection_id="db").host == "a"
    change_connection(call(), number=second.id, body=body(host="c"), query=UpdateMask())
    remove_connection(call(), number=first.id)
    assert get_connection(call(), connection_id="db").host == "c"


def test_airflows_calls_know_one_connection_of_an_id(world, call):
    post_connection(call(), body=body(host="a"))
    with pytest.raises(Conflict, match="already"):
        post_connection(call(), body=body(host="b"))
    add(call, host="b")
    with pytest.raises(Conflict, match="2 connections share"):
        patch_connection(call(), connection_id="db", body=body(host="c"), query=UpdateMask())
    delete_connection(call(), connection_id="db")
    with pytest.raises(NotFound):
        get_connection(call(), connection_id="db")


def test_lists_are_filtered_and_paged(world, call):
    for name in ("db_one", "db_two", "web"):
        add_connection(call(), body=body(connection_id=name))
    query = ConnectionQuery(connection_id_pattern="db", limit=1, order_by=["-connection_id"])
    found = get_connection_views(call(), query=query)
    assert [one.connection_id for one in found.connections] == ["db_two"]
    assert found.total_entries == 2


def test_an_id_of_a_connection_has_no_odd_characters():
    with pytest.raises(ValueError, match="connection_id"):
        body(connection_id="a b")


def test_bulk_actions_add_and_delete(world, call):
    actions = [
        {"action": "create", "entities": [{"connection_id": "x", "conn_type": "http"}]},
        {"action": "delete", "entities": ["x"]},
    ]
    sent = BulkBody[ConnectionBody].model_validate({"actions": actions})
    found = bulk_connections(call(), body=sent)
    assert (found.create.success, found.delete.success) == (["x"], ["x"])


def test_what_is_exported_can_be_imported(world, call):
    add(call, host="a", password="s3cret", extra=EXTRA, port=5432)
    add(call, host="b")
    found = secrets(call)
    delete_connection(call(), connection_id="db")
    report = import_connections(call(), body=ConnectionsImport(connections=found))
    assert report.created == ["db"]
    assert secrets(call) == found


def test_an_import_takes_uris_and_replaces_only_if_it_is_told_to(world, call):
    add(call, host="a")
    given = {"db": "postgres://ada:p%40ss@b:1/s?x=1", "web": ["http://one", "http://two"]}
    report = import_connections(call(), body=ConnectionsImport(connections=given))
    assert (report.created, report.kept) == (["web"], ["db"])
    import_connections(call(), body=ConnectionsImport(connections=given, overwrite=True))
    [one] = secrets(call)["db"]
    assert (one["login"], one["password"], one["port"]) == ("ada", "p@ss", 1)
    assert len(secrets(call)["web"]) == 2


@pytest.mark.parametrize("given", [7, {"colour": "red"}, {"host": "no type"}, "postgres://h:x/"])
def test_what_cannot_be_a_connection_is_refused_with_its_id(world, call, given):
    with pytest.raises(Invalid, match="'db'"):
        import_connections(call(), body=ConnectionsImport(connections={"db": given}))


def test_tests_are_off_by_default(world, call):
    with pytest.raises(Forbidden, match="test_connections"):
        connection_trial.try_connection(call(), body=body(host="localhost"))


def test_a_test_says_whether_the_host_answers(world, workflow, call):
    workflow.settings.test_connections = True
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        sent = body(conn_type="http", host="127.0.0.1", port=port)
        found = connection_trial.try_connection(call(), body=sent)
        assert (found.status, f"127.0.0.1:{port} answers" in found.message) == (True, True)
    found = connection_trial.try_connection(call(), body=sent)
    assert not found.status
    assert "cannot be reached" in found.message


def test_a_stored_password_is_not_sent_to_another_host(world, workflow, call, monkeypatch):
    workflow.settings.test_connections = True
    tried = []
    answer = connection_trial.ConnectionTestResponse(status=True, message="")
    monkeypatch.setattr(connection_trial, "try_it", lambda one: tried.append(one) or answer)
    post_connection(call(), body=body(host="h", password="s3cret"))
    for login in (None, "u"):
        sent = body(host="h", login=login, password="***")
        connection_trial.try_connection(call(), body=sent)
    for moved in ({"host": "elsewhere"}, {"host": "h", "port": 1}, {"host": "h", "conn_type": "x"}):
        with pytest.raises(Invalid, match="type it again") as refused:
            connection_trial.try_connection(call(), body=body(password="***", **moved))
        assert refused.value.field == "password"
    assert [one["password"] for one in tried] == ["s3cret", "s3cret"]


@pytest.mark.parametrize(
    ("kept", "field"),
    [
        ({"password": "s3cret"}, "password"),
        ({"extra": EXTRA}, "extra"),
        ({"extra": "pem: abc"}, "extra"),
        ({"host": "postgres://u:s3cret@h"}, "host"),
        ({"login": "x://u:s3cret@h"}, "login"),
    ],
)
def test_a_hidden_secret_does_not_move_with_its_connection(call, kept, field):
    shown = add(call, **{"host": "h", "description": "old", **kept})
    sent = {name: getattr(shown, name) for name in ("host", "password", "extra", "login")}
    elsewhere = f"{shown.host}.elsewhere"
    for moved in ({**sent, "host": elsewhere}, {"conn_type": "http"}, {"port": 1}):
        with pytest.raises(Invalid, match="type it again") as refused:
            change_connection(call(), number=shown.id, body=body(**moved), query=UpdateMask())
        assert refused.value.field == field
    stays = body(**sent, description="new")
    change_connection(call(), number=shown.id, body=stays, query=UpdateMask())
    anew = body(**{"host": "elsewhere", field: "typed"})
    change_connection(call(), number=shown.id, body=anew, query=UpdateMask())


def test_a_connection_without_hidden_secrets_moves(call):
    number = add(call, host="h", extra='{"sslmode": "require"}').id
    moved = body(host="elsewhere", port=1, conn_type="mysql")
    assert change_connection(call(), number=number, body=moved, query=UpdateMask()).port == 1


def test_a_test_that_hangs_is_left_alone(monkeypatch):
    from threading import Event

    over = Event()
    monkeypatch.setattr(connection_trial, "_answer", lambda *_: over.wait(20))
    found = connection_trial.try_it({"host": "h", "port": 1, "conn_type": "x"}, within=-0.9)
    over.set()
    assert "No answer from h:1" in found.message


def test_a_database_that_refuses_is_quoted(monkeypatch):
    fields = {"conn_type": "mysql", "host": "127.0.0.1", "port": 1, "login": "a", "password": "b"}
    found = connection_trial.try_it({**fields, "schema": None})
    assert not found.status
    assert "127.0.0.1:1" in found.message


URL = "postgres://ada:s3c/ret@db:5432/sales"
HIDDEN_URL = "postgres://ada:***@db:5432/sales"


def test_a_password_in_a_url_of_host_or_extra_is_not_shown_and_stays(world, call):
    jdbc = "jdbc:x://h/d?user=u&password="
    extra = json.dumps({"url": URL, "jdbc": f"{jdbc}pw1"})
    found = add(call, host=URL, extra=extra)
    assert found.host == HIDDEN_URL
    assert json.loads(found.extra or "") == {"url": HIDDEN_URL, "jdbc": f"{jdbc}***"}
    listed = str(get_connections(call(), query=ConnectionQuery()))
    assert "s3c/ret" not in listed and "pw1" not in listed
    same = body(host=HIDDEN_URL, extra=found.extra, description="new")
    change_connection(call(), number=found.id, body=same, query=UpdateMask())
    kept = secrets(call)["db"][0]
    assert (kept["host"], kept["extra"]) == (URL, extra)


def test_a_new_connection_with_the_mark_of_a_hidden_password_in_its_url_is_refused(call):
    with pytest.raises(Invalid):
        add(call, host=HIDDEN_URL)
