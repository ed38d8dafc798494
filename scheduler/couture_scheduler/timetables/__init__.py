"""Timetables: which runs a schedule asks for (shared with authors), and the schedule in words."""

from couture_operators.timing import (
    CustomTimetable,
    DagRunInfo,
    DataInterval,
    Timetable,
    from_schedule,
)
from couture_scheduler.timetables.words import describe

__all__ = [
    "CustomTimetable",
    "DagRunInfo",
    "DataInterval",
    "Timetable",
    "describe",
    "from_schedule",
]
