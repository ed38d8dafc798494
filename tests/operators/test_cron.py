import datetime as dt
import sys

import pytest

from couture_operators.cron import Cron, CronError


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def times(expression, start, count, zone="UTC"):
    cron, found = Cron(expression, zone), [start]
    for _ in range(count):
        found.append(cron.next(found[-1]))
    return found[1:]


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("61 * * * *", "61 is outside 0-59 in the minute field of '61 * * * *'"),
        ("0 24 * * *", "24 is outside 0-23 in the hour field"),
        ("0 0 0 * *", "0 is outside 1-31 in the day of month field"),
        ("0 0 * 13 *", "13 is outside 1-12 in the month field"),
        ("0 0 * * 8", "8 is outside 0-7 in the day of week field"),
        ("0 5-1 * * *", "The range 5-1 runs backwards in the hour field"),
        ("0 0 * feb-jan *", "The range FEB-JAN runs backwards"),
        ("*/0 * * * *", "The step '0' is not a number from 1 in the minute field"),
        ("a * * * *", "'A' is not a number in the minute field"),
        ("1,,2 * * * *", "'' is not a number in the minute field"),
        ("0 ? * * *", "? may stand for a whole day field only; write * instead, in the hour field"),
        ("0 0 1,? * *", "? may stand for a whole day field only"),
        ("0 0 * * 1#6", "1#6 has no number from 1 to 5 after its #"),
        ("0 0 * * L", "L needs a weekday beside it"),
        ("0 0 * * * *", "has 6 fields; a cron has 5"),
        ("", "has 0 fields"),
        ("@often", "There is no preset '@often'"),
        ("0 0 30 2 *", "'0 0 30 2 *' never happens"),
        ("0 0 31 4,6 *", "never happens"),
        ("² * * * *", "is not a number"),
    ],
)
def test_a_bad_cron_is_refused_with_the_field_and_the_range(expression, complaint):
    with pytest.raises(CronError) as err:
        Cron(expression)
    assert complaint in str(err.value)


def test_an_unknown_time_zone_is_named():
    with pytest.raises(CronError, match="There is no time zone 'Mars/Olympus'"):
        Cron("@daily", "Mars/Olympus")


def test_a_range_of_one_hour_is_that_hour():
    assert times("0 11-11 * * *", utc(2024, 1, 1), 2) == [utc(2024, 1, 1, 11), utc(2024, 1, 2, 11)]


def test_seven_is_sunday_and_names_have_no_case():
    start = utc(2024, 1, 1)
    assert times("0 0 * * 7", start, 5) == times("0 0 * * Sun", start, 5)
    assert times("0 0 * * 5-7", start, 6) == times("0 0 * * fri-sun", start, 6)
    assert times("0 0 1 JAN,jul *", start, 2) == times("0 0 1 1,7 *", start, 2)


def test_restricted_dates_and_weekdays_are_alternatives_unless_one_starts_with_a_star():
    both = times("0 0 13 * 5", utc(2024, 9, 1), 4)
    assert both == [utc(2024, 9, day) for day in (6, 13, 20, 27)]
    starred = times("0 0 */13 * 5", utc(2024, 9, 1), 2)
    assert starred == [utc(2024, 9, 27), utc(2024, 11, 1)]


def test_a_question_mark_is_a_star_in_day_fields():
    start = utc(2024, 1, 1)
    assert times("0 0 ? * 1", start, 5) == times("0 0 * * 1", start, 5)
    assert times("0 0 13 * ?", start, 5) == times("0 0 13 * *", start, 5)


def test_the_last_weekday_of_a_month_is_written_in_both_orders():
    last_fridays = [utc(2024, 1, 26), utc(2024, 2, 23), utc(2024, 3, 29)]
    for text in ("5L", "L5", "friL", "Lfri"):
        assert times(f"0 0 * * {text}", utc(2024, 1, 1), 3) == last_fridays


def test_leap_days_come_every_four_years():
    assert times("0 0 29 2 *", utc(2095, 1, 1), 2) == [utc(2096, 2, 29), utc(2104, 2, 29)]


def test_a_fixed_time_that_the_clock_jumps_over_runs_right_after_the_change():
    found = times("30 2 * * *", utc(2024, 3, 9, 12), 2, "America/New_York")
    assert found == [utc(2024, 3, 10, 7), utc(2024, 3, 11, 6, 30)]


def test_a_fixed_time_that_the_clock_repeats_runs_once():
    found = times("30 1 * * *", utc(2024, 11, 3, 0), 2, "America/New_York")
    assert found == [utc(2024, 11, 3, 5, 30), utc(2024, 11, 4, 6, 30)]


def test_jobs_with_a_star_follow_the_wall_through_a_repeated_hour():
    found = times("30 * * * *", utc(2024, 11, 3, 5), 3, "America/New_York")
    assert found == [utc(2024, 11, 3, hour, 30) for hour in (5, 6, 7)]


def test_jobs_of_a_day_that_never_was_do_not_run():
    found = times("0 12 * * *", utc(2011, 12, 29, 12), 2, "Pacific/Apia")
    assert found == [utc(2011, 12, 29, 22), utc(2011, 12, 30, 22)]


def test_fixed_offsets_are_time_zones_too():
    assert times("0 2 * * *", utc(2024, 1, 1), 1, "+05:30") == [utc(2024, 1, 1, 20, 30)]


@pytest.mark.parametrize("expression", ["* * * * *", "0 0 29 2 *", "0 0 29 2 */7", "0 0 * 2 1#5"])
def test_no_search_takes_many_steps(expression):
    cron = Cron(expression, "America/New_York")
    steps = 0

    def count(*_):
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    try:
        cron.next(utc(2024, 3, 10, 5))
        cron.prev(utc(2024, 3, 10, 5))
    finally:
        sys.setprofile(None)
    assert 0 < steps < 300_000  # minute by minute through four years there are millions
