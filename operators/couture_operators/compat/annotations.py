"""Names that Airflow gives to types of arguments, for files that annotate with them: anything fits."""

from typing import Any

ScheduleInterval = ScheduleArg = ScheduleIntervalArg = Delta = Any
DagStateChangeCallback = SLAMissCallback = TaskStateChangeCallback = Any
TaskPreExecuteHook = TaskPostExecuteHook = Any
Chainable = EdgeInfoType = TaskInstanceStateType = Any
DiscoverableHook = TaskDecoratorCollection = Any
