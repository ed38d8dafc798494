"""Each check finds what it is for, and nothing where all is well."""

from dataclasses import replace
from types import SimpleNamespace as Row

import pytest
from sqlalchemy import create_engine, text

from chaos import leaks
from chaos.body import last_line
from chaos.checks import (
    attempts,
    audits,
    census,
    check_all,
    files,
    histories,
    imports,
    limits,
    logs,
    notebooks,
    promises,
    recovery,
    resources,
    slots,
)
from chaos.collect import torn_notebooks
from chaos.evidence import Call, Evidence, Fault, Line, Seen
from chaos.workload import Schedule

TI = ("d", "r", "t", -1)
NOW = 1_800_000_000.0


def step(seq: int, before: str, after: str, actor: str = "agent@h", kind: str = "task_instance"):
    return Row(id=seq, kind=kind, entity_id="1", seq=seq, before=before, after=after, actor=actor,
               at=NOW + seq, token="a1", reason=None)  # fmt: skip


def line(
    kind: str, token: str = "a1", pid: int = 7, wall: float = NOW, try_number: int = 1
) -> Line:
    return Line(kind, TI, try_number, token, pid, "h", wall, wall)


def attempt(token: str = "a1", number: int = 1, state: str = "success", ended_at: float = NOW + 1):
    return Row(id=token, ti_id=1, live_ti_id=None, number=number, try_number=1, state=state,
               reason=None, pid=7, host_id="h1", created_at=NOW, ended_at=ended_at)  # fmt: skip


@pytest.fixture
def good() -> Evidence:
    """One run of one task that went well, asked for by a client."""
    ti = Row(id=1, run_pk=1, dag_id="d", task_id="t", map_index=-1, state="success", version=4,
             try_number=1, attempt_number=1, max_tries=1, pool="p", pool_slots=1,
             operator="PythonOperator", reason=None)  # fmt: skip
    run = Row(id=1, dag_id="d", run_id="r", state="success", version=3, run_type="manual")
    moves = [step(2, "none", "queued"), step(3, "queued", "running"), step(4, "running", "success")]
    states = ("queued", "running", "success")
    whole = [step(n, states[n - 2], states[n - 1], kind="dag_run") for n in (2, 3)]
    for number, one in enumerate(whole):
        one.id = 10 + number
    return Evidence(
        lines=[line("start"), line("effect"), line("end")],
        calls=[Call(1, "trigger_dag_run", "d", "r", "done")],
        imports=["7 /usr/bin/python3 -P -m couture_scheduler.worker.zygote 5"],
        tables={
            "dag_run": [run],
            "task_instance": [ti],
            "attempt": [attempt()],
            "history": moves + whole,
            "pool": [Row(name="p", slots=1, occupied=0, deferred=0)],
            "dag": [
                Row(dag_id="d", max_active_tasks=1, max_active_runs=1, occupied=0, active_runs=0)
            ],
            "audit": [Row(event="trigger_dag_run", dag_id="d", run_id="r")],
            "job": [],
        },
        task_logs={(TI, 1): last_line("a1")},
    )


def texts(found) -> str:
    return " ".join(one.text for one in found)


def test_a_run_that_went_well_is_green(good: Evidence):
    assert check_all(good) == []


def test_i1_a_step_that_is_missing(good: Evidence):
    del good.tables["history"][1]
    assert "it was queued" in texts(histories.check(good))


def test_i1_a_machine_that_resurrects_what_was_over_and_a_person_who_may(good: Evidence):
    ti = good.tables["task_instance"][0]
    ti.state, ti.version = "none", 5
    good.tables["history"].append(step(5, "success", "none", "ada"))
    assert list(histories.check(good)) == []
    good.tables["history"][-1].actor = "agent@h"
    assert "agent@h moved it from success to none" in texts(histories.check(good))


def test_i1_a_row_that_differs_from_its_history(good: Evidence):
    good.tables["task_instance"][0].version = 5
    assert "its history ends in success at 4" in texts(histories.check(good))


def test_i2_an_attempt_that_found_the_lock_taken(good: Evidence):
    good.lines.append(line("OVERLAP", "a2"))
    assert "began while another" in texts(attempts.never_overlap(good))


def test_i2_one_attempt_in_two_processes(good: Evidence):
    good.lines.append(line("start", pid=8))
    assert "started twice" in texts(attempts.never_overlap(good))


def test_i3_a_promised_run_that_is_not_there(good: Evidence):
    good.calls.append(Call(2, "trigger_dag_run", "d", "r2", "done"))
    assert "r2 of d was promised" in texts(promises.check(good))


def test_i3_a_run_without_an_answer_may_be_there_or_not(good: Evidence):
    good.calls.append(Call(2, "trigger_dag_run", "d", "r2", "none"))
    assert list(promises.check(good)) == []


def test_i3_a_task_that_is_queued_for_ever(good: Evidence):
    good.tables["task_instance"][0].state = "queued"
    good.tables["attempt"][0].live_ti_id = 1
    assert texts(promises.check(good)).count("for ever") == 2


@pytest.fixture
def scheduled(good: Evidence) -> Evidence:
    start = int(NOW) // 60 * 60
    good.schedules = [Schedule("s", start, seconds=5), Schedule("c", start, cron="* * * * *")]
    good.switched_off = start + 130
    for dag_id, length in (("s", 5), ("c", 60)):
        good.tables["dag_run"] += [
            Row(id=length * 10**10 + at, dag_id=dag_id, run_id=str(at), run_type="scheduled",
                state="success", data_interval_start=float(at))
            for at in range(start, start + 130 - length, length)
        ]  # fmt: skip
    return good


def test_i4_all_slots_have_their_run(scheduled: Evidence):
    assert list(slots.check(scheduled)) == []


def test_i4_a_slot_without_a_run_and_one_with_two(scheduled: Evidence):
    [first, second, *_] = [row for row in scheduled.tables["dag_run"] if row.dag_id == "s"]
    first.data_interval_start = second.data_interval_start
    assert [one.text[:11] for one in slots.check(scheduled)] == ["s: no run f", "s: 2 runs f"]


def test_i4_a_run_that_no_slot_asked_for(scheduled: Evidence):
    [*_, last] = [row for row in scheduled.tables["dag_run"] if row.dag_id == "c"]
    scheduled.tables["dag_run"].append(
        Row(**{**vars(last), "id": 9, "data_interval_start": NOW + 1})
    )
    assert "which is no slot" in texts(slots.check(scheduled))


KILL = Fault(0, "agent.kill", NOW + 1, NOW + 1, (7,), host=True)


@pytest.fixture
def lost(good: Evidence) -> Evidence:
    """The agent was killed, and the task has started again 3 s later."""
    good.tables["attempt"] = [attempt(state="lost", ended_at=NOW + 2), attempt("a2", 2)]
    good.tables["task_instance"][0].attempt_number = 2
    good.lines = [
        line("start"),
        *(line(kind, "a2", 8, NOW + 4) for kind in ("start", "effect", "end")),
    ]
    good.faults = [KILL]
    return good


def test_i5_how_long_a_killed_attempt_was_away(lost: Evidence):
    assert [one.seconds for one in recovery.recoveries(lost)] == [3.0]
    assert list(recovery.check(lost)) == []


def test_i5_what_another_fault_held_up_is_not_counted(lost: Evidence):
    lost.faults.append(Fault(1, "db.pause", NOW + 1.5, NOW + 3.5, outage=True))
    assert [one.seconds for one in recovery.recoveries(lost)] == [1.0]


@pytest.mark.parametrize(("cut_off", "seconds"), [("h1", 1.0), ("other", 3.0)])
def test_i5_what_cut_one_host_off_is_not_counted_there(lost: Evidence, cut_off, seconds):
    lost.faults.append(Fault(1, "far.cut", NOW + 1.5, NOW + 3.5, outage_of=cut_off))
    assert [one.seconds for one in recovery.recoveries(lost)] == [seconds]


@pytest.mark.parametrize(("died", "seconds"), [("h1", 1.0), ("other", 3.0)])
def test_i5_the_time_begins_again_where_the_host_dies_once_more(lost: Evidence, died, seconds):
    lost.faults.append(Fault(1, "agent.kill", NOW + 3, NOW + 3, hosts=(died,), host=True))
    assert [one.seconds for one in recovery.recoveries(lost)] == [seconds]


def test_i5_who_starts_again_too_late_or_never(lost: Evidence):
    lost.lines[1:] = [replace(one, wall=NOW + 20) for one in lost.lines[1:]]
    assert "99 of 100 started again within 19.0 s" in texts(recovery.check(lost))
    del lost.lines[1:]
    del lost.__dict__["lines_of_ti"]
    lost.tables["task_instance"][0].state = "queued"
    assert "never started again" in texts(recovery.check(lost))


def test_i10_a_lost_attempt_needs_a_fault(lost: Evidence):
    assert list(attempts.accounted_for(lost)) == []
    lost.faults = []
    assert "lost without a fault" in texts(attempts.accounted_for(lost))


@pytest.mark.parametrize(
    ("silent_for", "cut_off", "explained"), [(9, "h1", True), (9, "other", False), (5, "h1", False)]
)
def test_i10_a_host_may_be_silent_for_longer_than_its_lease_by_two_faults_in_a_row(
    lost: Evidence, silent_for, cut_off, explained
):
    back = NOW + 20
    lost.tables["attempt"][0].ended_at = back + silent_for + 0.5
    lost.faults = [
        Fault(0, "db.away", NOW, back, outage=True),
        Fault(1, "far.silent", back, back + silent_for, outage_of=cut_off),
    ]
    assert (list(attempts.accounted_for(lost)) == []) is explained


def test_i10_a_failed_attempt_needs_a_fault_to_it_or_a_task_that_raises(lost: Evidence):
    lost.tables["attempt"][0].state = "failed"
    lost.faults = [Fault(0, "attempt.kill", NOW + 1, NOW + 1, (9,))]
    assert "failed without a fault" in texts(attempts.accounted_for(lost))
    lost.lines.append(line("raise"))
    del lost.__dict__["lines_of"]
    assert list(attempts.accounted_for(lost)) == []


def test_i10_a_success_without_an_end_and_one_with_two_effects(good: Evidence):
    good.lines[2] = line("effect")
    assert "had its effect 2 times" in texts(attempts.accounted_for(good))
    assert "succeeded, the ledger has" in texts(attempts.accounted_for(good))


def test_i10_a_process_of_an_attempt_that_nobody_knows(good: Evidence):
    good.lines.append(line("start", "zz"))
    assert "unknown to the database" in texts(attempts.accounted_for(good))


def test_i10_a_task_that_failed_with_tries_left(good: Evidence):
    ti = good.tables["task_instance"][0]
    ti.state, good.tables["attempt"][0].state = "failed", "failed"
    assert "failed with tries left" in texts(attempts.accounted_for(good))


def test_i6_more_at_once_than_a_pool_has_slots(good: Evidence):
    good.tables["task_instance"].append(Row(**{**vars(good.tables["task_instance"][0]), "id": 2}))
    other = step(2, "none", "queued")
    other.entity_id, other.id = "2", 3
    good.tables["history"][2].id = 5
    good.tables["history"].append(other)
    assert "2 at once of pool p" in texts(limits.maxima(good))


def test_i11_a_counter_that_is_not_back(good: Evidence):
    good.tables["pool"][0].occupied = 1
    assert "pool p: 1 held" in texts(limits.counters(good))


def test_i7_a_process_that_outlives_its_attempt(good: Evidence):
    good.census = [Seen(NOW + 3, 7, 1, "other", "a1")]
    assert list(census.check(good)) == []
    good.census.append(Seen(NOW + 9, 7, 1, "other", "a1"))
    assert "process 7 lived 8.0 s after the end" in texts(census.check(good))


def test_i7_a_lock_that_is_held_and_a_file_that_is_left(good: Evidence):
    good.survivors, good.left = [TI], ["outputs/x.new"]
    assert len(list(census.check(good))) == 2


def test_i9_a_call_without_its_row_and_a_row_without_its_call(good: Evidence):
    good.tables["audit"].append(Row(event="trigger_dag_run", dag_id="d", run_id="other"))
    good.calls[0] = replace(good.calls[0], run_id="r0")
    assert len(list(audits.check(good))) == 3


def test_i9_a_change_that_is_there_has_its_row_though_nobody_was_answered(good: Evidence):
    good.calls[0] = replace(good.calls[0], answer="none")
    good.tables["audit"] = []
    assert "0 audit rows of 1 to 1 calls" in texts(audits.check(good))


def test_i12_a_log_that_ends_early(good: Evidence):
    good.task_logs[TI, 1] = "begun"
    assert "no last line" in texts(logs.task_logs(good))


BLOCK = 'Traceback (most recent call last):\n  File "x.py", line 1, in f\n    f()\n{}\n'


def test_i8_a_notebook_that_is_there_in_part(good: Evidence, tmp_path):
    (tmp_path / "whole.ipynb").write_text("{}")
    (tmp_path / ".being-written.ipynb").write_text('{"cells": [')
    good.torn = torn_notebooks(tmp_path)
    assert list(files.whole(good)) == []
    (tmp_path / "torn.ipynb").write_text('{"cells": [')
    good.torn = torn_notebooks(tmp_path)
    assert texts(files.whole(good)) == "torn.ipynb is there in part"


def test_i13_an_error_that_nobody_expected(good: Evidence):
    good.process_logs["agent.log"] = BLOCK.format("KeyError: 'x'")
    assert texts(logs.process_logs(good)) == "agent.log: KeyError: 'x'"


def test_i13_a_database_that_is_away_may_be_told_of_only_when_it_is(good: Evidence):
    good.process_logs["agent.log"] = BLOCK.format("sqlalchemy.exc.OperationalError: gone")
    assert len(list(logs.process_logs(good))) == 1
    good.faults = [Fault(0, "db.kill", NOW, NOW + 1)]
    assert list(logs.process_logs(good)) == []


def test_i14_a_process_that_has_grown(good: Evidence):
    start = {"agent": {"megabytes": 100.0, "files": 20.0}}
    good.resources = {"start": start, "end": {"agent": {"megabytes": 120.0, "files": 30.0}}}
    assert list(resources.check(good)) == []
    good.resources["end"]["agent"]["files"] = 61.0
    assert texts(resources.check(good)) == "agent: 61 files, 20 at the start"


def test_g14_a_notebook_whose_last_output_is_missing(good: Evidence):
    good.tables["task_instance"][0].operator = "CoutureJupyterOperator"
    assert "left no notebook" in texts(notebooks.check(good))
    cell = {"cell_type": "code", "execution_count": 1, "outputs": [{"text": last_line("a1")}]}
    good.outputs[TI, 1] = {"cells": [cell]}
    assert list(notebooks.check(good)) == []
    cell["outputs"] = []
    assert "last output is missing" in texts(notebooks.check(good))


def test_g18_a_secret_in_a_log_and_in_a_table(good: Evidence, tmp_path):
    secret = "one that nobody is to see"
    db = create_engine(f"sqlite:///{tmp_path / 'workflow.db'}")
    with db.begin() as connection:
        connection.execute(text("CREATE TABLE history (id INTEGER, reason TEXT)"))
        connection.execute(text("INSERT INTO history VALUES (1, 'as it was')"))
    good.leaks = leaks.find(secret, str(db.url), tmp_path)
    assert list(files.secrets(good)) == []
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "1.log").write_text(f"said: {secret}")
    with db.begin() as connection:
        connection.execute(text("INSERT INTO history VALUES (2, :why)"), {"why": f"since {secret}"})
    good.leaks = leaks.find(secret, str(db.url), tmp_path)
    assert "logs/1.log" in texts(files.secrets(good))
    assert "table history, 1 rows" in texts(files.secrets(good))


def test_g20_a_service_that_imports_a_dag_file(good: Evidence):
    assert list(imports.check(good)) == []
    good.imports.append("8 /usr/bin/python3 -m couture_scheduler.cli.main scheduler")
    assert "imported by 8" in texts(imports.check(good))
    good.imports.clear()
    assert "no import" in texts(imports.check(good))


def test_a_timeline_tells_ledger_history_attempts_and_faults_in_order(lost: Evidence):
    told = lost.timeline(TI)
    assert told == sorted(told)
    for word in ("ledger", "history", "attempt", "fault"):
        assert any(word in one for one in told)
