import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta

from couture_operators import DAG
from couture_operators.exceptions import DagDefinitionError
from couture_operators.serialize import dag_to_dict
from couture_operators.timetables import (
    AssetOrTimeSchedule,
    ContinuousTimetable,
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DagRunInfo,
    DeltaDataIntervalTimetable,
    EventsTimetable,
    MultipleCronTriggerTimetable,
    NullTimetable,
    OnceTimetable,
    Timetable,
    further_slots,
)

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


class Weekdays(Timetable):
    """A run after each day from Monday to Friday."""

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        start = last_automated_data_interval.end if last_automated_data_interval else None
        start = start or restriction.earliest
        if start is None:
            return None
        while start.weekday() > 4:
            start += DAY
        if restriction.latest and start > restriction.latest:
            return None
        return DagRunInfo.interval(start, start + DAY)


def stored(schedule, **more):
    return dag_to_dict(DAG("d", schedule=schedule, **more))["schedule"]


@pytest.mark.parametrize(
    ("timetable", "expected"),
    [
        (NullTimetable(), {"type": "none"}),
        (OnceTimetable(), {"type": "once"}),
        (ContinuousTimetable(), {"type": "continuous"}),
        ("@continuous", {"type": "continuous"}),
        (
            CronDataIntervalTimetable("@daily", timezone="Europe/Madrid"),
            {"type": "cron", "cron": "0 0 * * *", "timezone": "Europe/Madrid"},
        ),
        (
            CronTriggerTimetable("0 2 * * *", timezone="UTC", interval=dt.timedelta(hours=1)),
            {"type": "cron_trigger", "crons": ["0 2 * * *"], "timezone": "UTC", "interval": 3600.0},
        ),
        (
            MultipleCronTriggerTimetable("0 2 * * *", "0 5 * * 1", timezone=dt.UTC),
            {"type": "cron_trigger", "crons": ["0 2 * * *", "0 5 * * 1"], "timezone": "UTC",
             "interval": 0.0},
        ),
        (DeltaDataIntervalTimetable(DAY), {"type": "interval", "seconds": 86400.0}),
        (relativedelta(days=1, hours=2), {"type": "interval", "seconds": 93600.0}),
        (
            EventsTimetable([START + DAY, START, START], restrict_to_events=True),
            {"type": "events", "restrict": True,
             "dates": ["2024-01-01T00:00:00+00:00", "2024-01-02T00:00:00+00:00"]},
        ),
    ],
)  # fmt: skip
def test_timetables_of_airflows_names_are_stored_as_data(timetable, expected):
    assert stored(timetable, start_date=START) == expected


def test_an_own_timetable_names_its_next_hundred_runs():
    found = stored(Weekdays(), start_date=START, end_date=START + 365 * DAY)
    assert (found["type"], found["name"], found["text"]) == ("custom", "Weekdays", "Weekdays")
    assert len(found["slots"]) == 100
    assert found["slots"][4:6] == [
        {"start": "2024-01-05T00:00:00+00:00", "end": "2024-01-06T00:00:00+00:00",
         "run_after": "2024-01-06T00:00:00+00:00"},
        {"start": "2024-01-08T00:00:00+00:00", "end": "2024-01-09T00:00:00+00:00",
         "run_after": "2024-01-09T00:00:00+00:00"},
    ]  # fmt: skip
    assert dt.datetime.fromisoformat(found["asked_at"]).tzinfo is not None


def test_an_own_timetable_ends_where_it_says():
    assert len(stored(Weekdays(), start_date=START, end_date=START + 2 * DAY)["slots"]) == 3
    assert stored(Weekdays())["slots"] == []


def test_an_own_timetable_is_asked_for_more():
    dag = DAG("d", timetable=Weekdays(), start_date=START)
    more = further_slots(dag, (START + 3 * DAY, START + 4 * DAY), 2)
    assert [slot["start"][:10] for slot in more] == ["2024-01-05", "2024-01-08"]
    with pytest.raises(DagDefinitionError, match="no timetable of its own"):
        further_slots(DAG("e"), None, 2)


def test_an_own_timetable_that_fails_or_stands_still_is_named():
    class Broken(Timetable):
        def next_dagrun_info(self, **_):
            raise KeyError("holidays")

    class Still(Timetable):
        def next_dagrun_info(self, **_):
            return DagRunInfo.exact(START)

    with pytest.raises(DagDefinitionError, match="timetable Broken failed: KeyError: 'holidays'"):
        stored(Broken())
    with pytest.raises(DagDefinitionError, match="does not come after the last one"):
        stored(Still())


def test_catchup_is_told_to_an_own_timetable():
    seen = []

    class Curious(Timetable):
        def next_dagrun_info(self, *, last_automated_data_interval, restriction):
            seen.append(restriction)

    stored(Curious(), start_date=START, catchup=True)
    stored(Curious(), start_date=START)
    assert [(one.earliest, one.latest, one.catchup) for one in seen] == [
        (START, None, True), (START, None, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DAG("d", schedule=CronTriggerTimetable("61 * * * *", timezone="UTC")), "61"),
        (lambda: DAG("d", schedule=relativedelta(months=1)), "months or years"),
        (lambda: DeltaDataIntervalTimetable(dt.timedelta(0)), "1 second or more"),
        (lambda: MultipleCronTriggerTimetable(timezone="UTC"), "needs a cron"),
        (lambda: AssetOrTimeSchedule(timetable=OnceTimetable()), "needs assets"),
        (lambda: DAG("d", schedule=5), "assets or a timetable, not 5"),
    ],
)
def test_a_timetable_that_cannot_work_is_refused(make, words):
    with pytest.raises(DagDefinitionError, match=words):
        make()


def test_a_dag_has_one_schedule():
    with pytest.raises(TypeError, match="both schedule and timetable"):
        DAG("d", schedule="@daily", timetable=OnceTimetable())
