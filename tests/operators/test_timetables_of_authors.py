import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from couture_operators import DAG, timing
from couture_operators.assets import Asset
from couture_operators.exceptions import DagDefinitionError
from couture_operators.own_timetables import further_slots, manual_interval
from couture_operators.serialize import dag_to_dict
from couture_operators.timetables import (
    AssetOrTimeSchedule,
    ContinuousTimetable,
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DagRunInfo,
    DataInterval,
    DatasetTriggeredTimetable,
    DeltaDataIntervalTimetable,
    DeltaTriggerTimetable,
    EventsTimetable,
    MultipleCronTriggerTimetable,
    NullTimetable,
    OnceTimetable,
    Timetable,
)

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ZONES = st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"])
MOMENTS = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC))


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
        (relativedelta(years=1, months=1), {"type": "interval", "seconds": 0.0, "months": 13}),
        (
            DeltaTriggerTimetable(DAY, interval=DAY / 2),
            {"type": "delta_trigger", "seconds": 86400.0, "interval": 43200.0},
        ),
        (
            DatasetTriggeredTimetable(Asset("a") | Asset("b")),
            {"type": "assets", "expression": {"any": [{"asset": "a"}, {"asset": "b"}]}},
        ),
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


class Workdays(CronDataIntervalTimetable):
    """The cron's runs but for those of Saturday and Sunday."""

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        info = super().next_dagrun_info(
            last_automated_data_interval=last_automated_data_interval, restriction=restriction
        )
        while info and info.data_interval.start.weekday() > 4:
            info = super().next_dagrun_info(
                last_automated_data_interval=info.data_interval, restriction=restriction
            )
        return info


def overriding(base):
    """A class with the methods of a built-in one, which are an author's then."""

    class Mine(base):
        def next_dagrun_info(self, **given):
            return super().next_dagrun_info(**given)

    return Mine


def test_a_class_derived_from_a_built_in_timetable_is_asked_itself():
    timetable = Workdays("0 0 * * *", timezone="UTC")
    found = stored(timetable, start_date=START, catchup=True)
    days = [slot["start"][8:10] for slot in found["slots"][:7]]
    assert (found["type"], found["name"], found["manual"]) == ("custom", "Workdays", True)
    assert days == ["01", "02", "03", "04", "05", "08", "09"]


def test_a_derived_class_that_overrides_nothing_stays_what_it_derives_from():
    class Nightly(CronTriggerTimetable):
        def __init__(self):
            super().__init__("0 2 * * *", timezone="UTC")

    assert stored(Nightly(), start_date=START)["type"] == "cron_trigger"


def test_what_a_run_covers_that_somebody_starts_is_the_authors_word_too():
    class Yesterday(CronTriggerTimetable):
        def infer_manual_data_interval(self, *, run_after):
            return DataInterval(run_after - DAY, run_after)

    dag = DAG("d", schedule=Yesterday("0 2 * * *", timezone="UTC"), start_date=START)
    assert dag_to_dict(dag)["schedule"]["type"] == "custom"
    assert manual_interval(dag, START) == (START - DAY, START)
    plain = DAG("d", schedule=Weekdays(), start_date=START)
    assert dag_to_dict(plain)["schedule"]["manual"] is False


BUILT_IN = {
    NullTimetable: st.just(()),
    OnceTimetable: st.just(()),
    CronDataIntervalTimetable: st.tuples(st.sampled_from(["0 2 * * *", "*/15 9 * * 1-5"]), ZONES),
    DeltaDataIntervalTimetable: st.tuples(st.timedeltas(DAY / 24, 9 * DAY)),
    EventsTimetable: st.tuples(st.lists(MOMENTS, max_size=9)),
}


@settings(max_examples=100, deadline=None)
@given(st.data(), st.sampled_from(sorted(BUILT_IN, key=str)), MOMENTS, st.none() | MOMENTS)
def test_a_built_in_timetable_answers_an_author_what_it_answers_the_scheduler(
    data, kind, start, end
):
    arguments = data.draw(BUILT_IN[kind])
    bounds = {"start_date": start, "end_date": end and max(start, end), "catchup": True}
    mine = stored(overriding(kind)(*arguments), **bounds)
    assert mine["type"] == "custom"
    theirs = stored(kind(*arguments), **bounds)
    window = {"start": start, "end": bounds["end_date"], "catchup": True}
    both, last = [timing.from_schedule(one) for one in (mine, theirs)], None
    for _ in range(12):
        now = dt.datetime.now(dt.UTC)
        one, other = (asked.next_run(last, now=now, **window) for asked in both)
        assert one == other
        if one is None:
            break
        last = one.data_interval


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
        (lambda: DAG("d", schedule=relativedelta(day=1)), "sets parts of a date"),
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


class Hourly(Timetable):
    """A run for each hour; one that obeys leaves out what is past where catchup is off."""

    def __init__(self, obeys):
        self.obeys = obeys

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        last = last_automated_data_interval
        begin = last.end if last else restriction.earliest
        if self.obeys and not restriction.catchup:
            now = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
            begin = max(begin, now)
        return DagRunInfo.interval(begin, begin + dt.timedelta(hours=1))


@pytest.mark.parametrize("obeys", [False, True])
def test_without_catchup_only_the_timetable_leaves_past_runs_out(obeys):
    found = stored(Hourly(obeys), start_date=START, catchup=False)
    assert found["all"] is not obeys
    last, dates = None, []
    for _ in range(3):
        run = timing.from_schedule(found).next_run(
            last, start=START, end=None, catchup=False, now=START + 400 * DAY
        )
        last = run.data_interval
        dates.append(run.logical_date)
    if not obeys:
        assert dates == [START + dt.timedelta(hours=hour) for hour in range(3)]
