"""Hosts, for people who may see jobs."""

from datetime import timedelta

from couture_scheduler.schemas.hosts import HostQuery
from couture_scheduler.services.hosts import get_hosts
from couture_scheduler.store import hosts


def test_all_that_is_known_of_a_host_is_shown(sales, call):
    sales.trigger("sales", "run")
    sales.step()
    sales.claim(limit=1)
    [host] = get_hosts(call(), query=HostQuery()).hosts
    assert (host.host, host.epoch, host.slots, host.running) == ("host", 1, 8, 1)
    assert (host.is_present, host.queues) == (True, None)
    assert host.lease_until == sales.clock.now() + timedelta(seconds=30)
    assert host.last_seen == sales.clock.now()


def test_those_that_are_gone_are_listed_too_and_can_be_left_out(sales, call):
    sales.clock.advance(60)
    with sales.db.write() as tx:
        hosts.begin_epoch(tx, "w2", 4, ["heavy"], timedelta(seconds=30))

    def names(**query):
        found = get_hosts(call(), query=HostQuery(**query))
        assert found.total_entries == len(found.hosts)
        return [one.host for one in found.hosts]

    assert names() == ["host", "w2"]
    assert names(is_present=True) == ["w2"]
    assert names(is_present=False) == ["host"]
    assert get_hosts(call(), query=HostQuery(is_present=True)).hosts[0].queues == ["heavy"]
