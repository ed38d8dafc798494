"""Servers that hang up, and say why at a moment when nobody asked."""

import pytest
from odd_servers import odd_server

from couture_scheduler.db.database import AWAY, Database

_OUT_OF_TURN = b"\x03\x00\x00\x07\xff\xbf\x0f"  #: a packet of MySQL's: length, number, error 4031


def test_a_mysql_that_says_out_of_turn_why_it_hangs_up_is_away():
    """It came as an error of PyMySQL's own, with a traceback in the agent's log."""
    with odd_server(lambda connection: connection.sendall(_OUT_OF_TURN)) as port:
        db = Database(f"mysql+pymysql://root@127.0.0.1:{port}/couture")
        with pytest.raises(AWAY, match="Packet sequence number"), db.read():
            pass
        db.close()
