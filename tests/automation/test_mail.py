"""Mails: written with what they tell of, sent once, by a server that may be away."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
from smtp_server import SmtpServer
from sqlalchemy import select
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.db.automation import mail
from couture_scheduler.rules.mails import BadMail, addresses, header
from couture_scheduler.states import AttemptState
from couture_scheduler.worker.mailer import NO_SERVER, Mailer
from couture_scheduler.worker.running import log_path

START = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def smtp(world: World):
    server = SmtpServer()
    world.settings.smtp_host, world.settings.smtp_port = "127.0.0.1", server.port
    world.settings.smtp_from = "couture@example.com"
    yield server.box
    server.close()


@pytest.fixture
def mailer(world: World, vault):
    return Mailer(world.settings, world.db, vault)


def save(world: World, **task) -> None:
    dag = DAG("sales", start_date=START, is_paused_upon_creation=False)
    options = {"email": "ana@example.com, ben@example.com", "retries": 0, **task}
    BashOperator(task_id="load", bash_command="true", dag=dag, **options)
    world.save(dag)


def fail(world: World, **ending) -> str:
    run_id = world.trigger("sales")
    world.step()
    world.claim()
    for token in list(world.claimed):
        world.finish(token, AttemptState.FAILED, **{"reason": "It <broke>.", **ending})
    return run_id


def mails(world: World) -> list:
    with world.db.read() as tx:
        return tx.rows(select(mail).order_by(mail.c.id))


def test_a_failure_is_told_to_the_tasks_addresses(world: World, smtp, mailer):
    world.settings.base_url = "https://hub.example/hub/user-redirect"
    save(world)
    run_id = fail(world)
    log = log_path(world.settings.logs_path, "sales", run_id, "load", 1)
    log.parent.mkdir(parents=True)
    log.write_text("line 1\npassword is ***\nValueError: <b>bad</b>\n")
    assert mailer.send_due() == 1
    (one,) = smtp.received
    assert one.recipients == ["ana@example.com", "ben@example.com"]
    assert one.sender == "couture@example.com"
    assert one.message["Subject"] == f"sales.load failed ({run_id})"
    for part in (
        "It &lt;broke&gt;.",
        "password is ***",
        "&lt;b&gt;bad&lt;/b&gt;",
        "1 of 1",
        "https://hub.example/hub/user-redirect/lab?workflow=dag/sales",
    ):
        assert part in one.text
    assert mails(world)[0].state == "sent"
    assert mailer.send_due() == 0


def test_a_retry_is_told_where_the_task_wants_it(world: World, smtp, mailer):
    save(world, retries=1, retry_delay=timedelta(minutes=5), email_on_retry=True)
    run_id = fail(world)
    mailer.send_due()
    assert smtp.received[0].message["Subject"] == f"sales.load will be tried again ({run_id})"
    save(world, retries=1, email_on_retry=False)
    fail(world)
    assert len(mails(world)) == 1


@pytest.mark.parametrize("task", [{"email_on_failure": False}, {"email": None}])
def test_who_wants_no_mail_gets_none(world: World, task: dict):
    save(world, **task)
    fail(world)
    assert mails(world) == []


def test_nobody_is_told_of_what_a_person_stopped_or_what_starts_again(world: World):
    save(world)
    run_id = world.trigger("sales")
    world.step()
    (row,) = world.claim()
    world.new_agent()
    world.step()
    assert mails(world) == []
    (row,) = world.claim()
    with world.db.write() as tx:
        from couture_scheduler.store.attempts import wish

        wish(tx, row.id, "failed")
    world.heed()
    assert world.states("sales", run_id) == {"load": "failed"}
    assert mails(world) == []


def test_the_mail_and_the_end_are_one_transaction(world: World):
    from couture_scheduler.store import attempts
    from couture_scheduler.store.attempts import Ending

    save(world)
    world.trigger("sales")
    world.step()
    (row,) = world.claim()
    with pytest.raises(RuntimeError), world.db.write() as tx:
        attempts.finish(tx, [Ending(row.token, AttemptState.FAILED)], "agent", world.policy)
        raise RuntimeError
    assert mails(world) == []


def test_a_server_that_is_away_is_asked_again_later(world: World, smtp, mailer):
    save(world)
    fail(world)
    smtp.answers += ["451 later", "451 later"]
    mailer.send_due()
    (one,) = mails(world)
    assert (one.state, one.tries) == ("waiting", 1)
    assert "later" in one.reason
    assert one.due_at == world.clock.now() + timedelta(seconds=30)
    assert mailer.send_due() == 0
    world.clock.advance(31)
    mailer.send_due()
    assert mails(world)[0].due_at == world.clock.now() + timedelta(seconds=60)
    world.clock.advance(61)
    mailer.send_due()
    assert (mails(world)[0].state, len(smtp.received)) == ("sent", 1)


def test_a_server_that_never_answers_is_given_up(world: World, mailer):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        world.settings.smtp_host, world.settings.smtp_port = "127.0.0.1", nobody.getsockname()[1]
        save(world)
        fail(world)
        for _ in range(10):
            mailer.send_due()
            world.clock.advance(3600)
    assert (mails(world)[0].state, mails(world)[0].tries) == ("unsent", 10)


def test_what_the_server_refuses_for_good_is_not_sent_again(world: World, smtp, mailer):
    save(world)
    fail(world)
    smtp.answers.append("550 no such mailbox")
    mailer.send_due()
    assert mails(world)[0].state == "unsent"
    assert "550" in mails(world)[0].reason


def test_without_a_server_the_mail_is_unsent_and_says_so_once(world: World, mailer, caplog):
    save(world)
    fail(world)
    mailer.send_due()
    fail(world)
    mailer.send_due()
    assert [(one.state, one.reason) for one in mails(world)] == [("unsent", NO_SERVER)] * 2
    assert [record.message for record in caplog.records].count(NO_SERVER) == 1


def test_two_agents_send_a_mail_once(world: World, smtp, vault):
    save(world)
    fail(world)
    one, other = (Mailer(world.settings, world.db, vault) for _ in range(2))
    assert one.send_due() + other.send_due() == 1
    assert len(smtp.received) == 1


def test_a_mail_whose_agent_died_is_sent_by_the_next_one(world: World, smtp, vault):
    class Died(BaseException):
        pass

    def dies(_):
        raise Died

    save(world)
    fail(world)
    with pytest.raises(Died):
        Mailer(world.settings, world.db, vault, dies).send_due()
    other = Mailer(world.settings, world.db, vault)
    assert other.send_due() == 0
    world.clock.advance(601)
    other.send_due()
    assert len(smtp.received) == 1


def test_the_password_is_in_no_reason_and_no_log(world: World, smtp, mailer, caplog):
    world.settings.smtp_user, world.settings.smtp_password = "ana", "s3cret-word"
    save(world)
    fail(world)
    smtp.answers.append("451 you said s3cret-word")
    mailer.send_due()
    assert smtp.logins
    assert "s3cret-word" not in mails(world)[0].reason
    assert "s3cret-word" not in caplog.text


def write(requests, world: World, running, **message) -> dict:
    save(world)
    run_id = world.trigger("sales")
    world.step()
    world.claim()
    attempt = running("sales", run_id, "load")
    return requests.answer(
        {"op": "send_email", "subject": "Report", "html": "<p>x</p>", **message}, attempt
    )


def test_a_task_sends_a_mail_with_files(world: World, requests, running, smtp, vault, tmp_path):
    from couture_scheduler.worker.runtime import attachments

    (tmp_path / "report.csv").write_text("a,b\n1,2\n")
    message = {
        "to": ["ana@example.com"],
        "cc": ["ben@example.com"],
        "bcc": ["boss@example.com"],
        "files": attachments([str(tmp_path / "report.csv")]),
    }
    assert write(requests, world, running, **message) == {"value": None}
    assert "Report" not in (mails(world)[0].content or "")
    Mailer(world.settings, world.db, vault).send_due()
    (one,) = smtp.received
    assert one.recipients == ["ana@example.com", "ben@example.com", "boss@example.com"]
    assert (one.message["To"], one.message["Cc"]) == ("ana@example.com", "ben@example.com")
    assert one.message["Bcc"] is None
    (file,) = one.message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("report.csv", b"a,b\n1,2\n")
    assert mails(world)[0].content is None


@pytest.mark.parametrize(
    "message",
    [
        {"to": ["ana@example.com\r\nBcc: all@example.com"]},
        {"to": ["ana@example.com"], "subject": "Hello\r\nBcc: all@example.com"},
        {"to": ["ana@example.com"], "from_email": "me@x\nBcc: all@example.com"},
        {"to": ["nobody"]},
        {"to": []},
    ],
)
def test_headers_cannot_be_smuggled_in(world: World, requests, running, message: dict):
    assert "error" in write(requests, world, running, **message)
    assert mails(world) == []


def test_addresses_are_apart_by_comma_or_semicolon():
    assert addresses("a@x.org; b@x.org,a@x.org") == ["a@x.org", "b@x.org"]
    assert addresses(["Ana <a@x.org>"]) == ["Ana <a@x.org>"]
    with pytest.raises(BadMail):
        header("subject", "two\nlines")
