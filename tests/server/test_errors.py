"""Every kind of failure has its answer; only our own faults are a 500."""

import pytest
from sqlalchemy.exc import OperationalError
from tornado.web import HTTPError

from couture_scheduler.errors import Conflict, Forbidden, Invalid, NoRoom, NotFound, StaleState
from couture_scheduler.secrets import VaultError
from couture_server.errors import answer


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("gone"), 404),
        (Forbidden("no"), 403),
        (Conflict("twice"), 409),
        (StaleState("moved on"), 409),
        (Invalid("bad"), 422),
        (OperationalError("SELECT 1", {}, Exception("away")), 503),
        (VaultError("wrong key"), 503),
        (NoRoom("full"), 507),
        (HTTPError(401, "who?"), 401),
        (KeyError("bug"), 500),
    ],
)
def test_failures_have_their_status_and_a_sentence(error, status):
    found, detail = answer(error)
    assert found == status
    assert isinstance(detail, str)
    assert detail


def test_a_more_special_error_answers_like_the_general_one():
    class Gone(NotFound):
        pass

    assert answer(Gone("it left"))[0] == 404


def test_invalid_input_names_its_field():
    assert answer(Invalid("bad", "cron"))[1][0]["loc"] == ["body", "cron"]


def test_our_own_faults_tell_nothing_of_the_inside():
    assert "bug" not in answer(KeyError("bug"))[1]
