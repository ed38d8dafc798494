import pytest

from couture_operators.cron import CronError, describe


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("@daily", "every day at 00:00"),
        ("0 2 * * *", "every day at 02:00"),
        ("30 6 * * 1", "Mondays at 06:30"),
        ("45 7 * * 1-5", "weekdays at 07:45"),
        ("0 8 * * 0,6", "weekends at 08:00"),
        ("0 9,17 * * mon,thu", "Mondays and Thursdays at 09:00 and 17:00"),
        ("* * * * *", "every minute"),
        ("*/15 * * * *", "every 15 minutes"),
        ("*/10 9-17 * * 1-5", "every 10 minutes from 09:00 to 17:59, weekdays"),
        ("5 * * * *", "every hour at :05"),
        ("0 */6 * * *", "every 6 hours"),
        ("15 */2 * * *", "every 2 hours at :15"),
        ("0 0 1 * *", "the 1st of every month at 00:00"),
        ("0 0 L * *", "the last day of every month at 00:00"),
        ("0 12 * * 1#2", "the second Monday of every month at 12:00"),
        ("0 12 * * 5L", "the last Friday of every month at 12:00"),
        ("0 0 * 6 *", "every day in June at 00:00"),
        ("0 0 1,15 * 1", "the 1st and 15th of every month and Mondays at 00:00"),
        ("0 0 */2 * 1", "at the times of the cron 0 0 */2 * 1"),
        ("*/7 * * * *", "at the times of the cron */7 * * * *"),
    ],
)
def test_a_cron_in_words(cron, words):
    assert describe(cron) == words


def test_what_is_no_cron_has_no_words():
    with pytest.raises(CronError, match="has 2 fields; a cron has 5"):
        describe("every day")
