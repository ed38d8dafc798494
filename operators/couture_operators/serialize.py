"""The DAG as plain JSON: what the scheduler and the API know of it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from couture_operators import validation, weights
from couture_operators.assets import assets_of
from couture_operators.author_callbacks import OF_DAGS, OF_TASKS, kinds_of
from couture_operators.baseoperator import BaseOperator
from couture_operators.dag import DAG
from couture_operators.exceptions import DagDefinitionError, ParamValidationError
from couture_operators.mapping import MappedOperator, length_sources
from couture_operators.own_timetables import custom_to_dict
from couture_operators.params import validate_params
from couture_operators.taskgroup import TaskGroup

KINDS = {"bash", "python", "notebook", "spark", "dag", "sensor", "mail", "branch", "empty", "other"}


def dag_to_dict(dag: DAG) -> dict[str, Any]:
    """Describe a DAG; raises a sentence naming DAG and field for what JSON cannot hold."""
    tasks = dag.topological_sort()
    priorities = total_weights(tasks)
    sources = length_sources(dag)
    params = {
        name: _json(dag._sentence_name, f"params[{name!r}]", param.to_dict())
        for name, param in dag.params.declared().items()
    }
    _check_params(dag, params)
    return {
        "dag_id": dag.dag_id,
        "display_name": dag._display_name,
        "description": dag.description,
        "doc_md": dag.doc_md,
        "owners": dag.owners,
        "tags": dag.tags,
        "start_date": _iso(dag.start_date),
        "end_date": _iso(dag.end_date),
        "timezone": dag.timezone,
        "catchup": dag.catchup,
        "schedule": _schedule(dag),
        "schedule_text": dag.schedule.text,
        "max_active_runs": dag.max_active_runs,
        "max_active_tasks": dag.max_active_tasks,
        "dagrun_timeout": _seconds(dag.dagrun_timeout),
        "params": params,
        "callbacks": kinds_of(dag, OF_DAGS),
        "is_paused_upon_creation": dag.is_paused_upon_creation,
        "render_template_as_native_obj": dag.render_template_as_native_obj,
        "fresh_interpreter": dag.fresh_interpreter,
        "line": dag._defined_line,
        "notebook": None,
        **_json(dag._sentence_name, "couture", dag.couture),
        "fail_stop": dag.fail_stop,
        **({"warnings": dag._warnings} if dag._warnings else {}),
        "task_groups": [_group(group) for group in dag.task_group.iter_groups()],
        "edge_labels": _edge_labels(dag),
        "tasks": [
            task_to_dict(task, priorities[task.task_id], wanted=task.task_id in sources)
            for task in tasks
        ],
    }


def _schedule(dag: DAG) -> dict[str, Any]:
    if (timetable := dag.schedule.timetable) is None:
        return dag.schedule.to_dict()
    try:
        return _json(dag._sentence_name, "schedule", custom_to_dict(dag, timetable))
    except DagDefinitionError:
        raise
    except Exception as err:
        name = type(timetable).__name__
        raise DagDefinitionError(
            f"{dag._sentence_name}: the timetable {name} failed: {type(err).__name__}: {err}"
        ) from err


def _check_params(dag: DAG, params: dict[str, Any]) -> None:
    """A DAG that starts by itself needs good values for all its params."""
    if dag.schedule.type == "none":
        return
    try:
        validate_params(params, {})
    except ParamValidationError as err:
        raise ParamValidationError(
            f"{dag._sentence_name} has a schedule, so all its params need defaults that fit: {err}"
        ) from err


def _group(group: TaskGroup) -> dict[str, Any]:
    parent = group.parent_group
    return {
        "group_id": group.group_id,
        "parent": parent.group_id if parent else None,
        "label": group.group_display_name or group.label,
        "tooltip": group.tooltip,
        "prefix_group_id": group.prefix_group_id,
        "mapped": group.expand_input.describe() if group.expand_input else None,
    }


def _edge_labels(dag: DAG) -> dict[str, dict[str, str]]:
    labels = {
        first: {second: info["label"] for second, info in edges.items() if info.get("label")}
        for first, edges in dag.edge_info.items()
    }
    return {first: edges for first, edges in labels.items() if edges}


def task_to_dict(task: BaseOperator, weight: int, wanted: bool = False) -> dict[str, Any]:
    """Describe one task.

    Args:
        weight: its total priority.
        wanted: whether the length of its result is needed, because others are mapped over it.
    """
    kind = task.operator_kind if task.operator_kind in KINDS else "other"
    return {
        "task_id": task.task_id,
        "operator": getattr(task, "custom_operator_name", None) or task.task_type,
        "kind": kind,
        "flavour": "notebook" if kind == "notebook" else "plain",
        "description": task._description_text,
        "doc_md": task.doc_md,
        "owner": task.owner,
        "upstream": list(task._upstream_ids),
        "downstream": list(task._downstream_ids),
        "retries": task.retries,
        "retry_delay": task.retry_delay.total_seconds(),
        "retry_exponential_backoff": task.retry_exponential_backoff,
        "max_retry_delay": _seconds(task.max_retry_delay),
        "retry_if_lost": task.retry_if_lost,
        "trigger_rule": task.trigger_rule,
        "depends_on_past": task.depends_on_past,
        "wait_for_downstream": task.wait_for_downstream,
        "ignore_first_depends_on_past": task.ignore_first_depends_on_past,
        "wait_for_past_depends_before_skipping": task.wait_for_past_depends_before_skipping,
        "pool": task.pool,
        "pool_slots": task.pool_slots,
        "priority_weight": task.priority_weight,
        "weight_rule": task.weight_rule,
        "weight": weight,
        "queue": task.queue,
        "execution_timeout": _seconds(task.execution_timeout),
        "start_date": _iso(task.start_date),
        "end_date": _iso(task.end_date),
        "max_active_tis_per_dag": task.max_active_tis_per_dag,
        "sla": _seconds(task.sla),
        "email": task.email,
        "email_on_failure": task.email_on_failure,
        "email_on_retry": task.email_on_retry,
        "do_xcom_push": task.do_xcom_push,
        "template_fields": list(task.template_fields),
        "template_ext": list(task.template_ext),
        "line": task._defined_line,
        "callbacks": kinds_of(task, OF_TASKS),
        "group": task.task_group.group_id if task.task_group else None,
        "label": task.label,
        "is_setup": task.is_setup,
        "is_teardown": task.is_teardown,
        "on_failure_fail_dagrun": task.on_failure_fail_dagrun,
        "mapped": task.expand_input.describe() if isinstance(task, MappedOperator) else None,
        "map_index_template": task.map_index_template,
        "max_active_tis_per_dagrun": task.max_active_tis_per_dagrun,
        "wants_length": wanted,
        "reschedule": bool(getattr(task, "reschedule", False)),
        "triggers_dag": getattr(task, "_triggers_dag", None),
        "marks": getattr(task, "_marks", None),
        "inlets": assets_of(task.inlets),
        "outlets": assets_of(task.outlets),
    }


def total_weights(tasks: list[BaseOperator]) -> dict[str, int]:
    """Each task's priority: its own weight and, by its weight_rule, those of its relatives.

    `tasks` are in topological order. Relatives are kept as bits of one number per task, which stays
    fast for thousands of tasks.
    """
    place = {task.task_id: index for index, task in enumerate(tasks)}
    after: dict[str, int] = {}
    before: dict[str, int] = {}
    for task in tasks:
        before[task.task_id] = _union(before, place, task._upstream_ids)
    for task in reversed(tasks):
        after[task.task_id] = _union(after, place, task._downstream_ids)
    relatives = {"downstream": after, "upstream": before, "absolute": dict.fromkeys(place, 0)}
    all_one = all(task.priority_weight == 1 for task in tasks)
    totals = {}
    for task in tasks:
        if task._weight_strategy is not None:
            totals[task.task_id] = weights.asked_of(task, task._weight_strategy)
            continue
        bits = relatives[task.weight_rule][task.task_id]
        others = bits.bit_count() if all_one else _sum(bits, tasks)
        totals[task.task_id] = task.priority_weight + others
    return totals


def _union(known: dict[str, int], place: dict[str, int], near: dict[str, None]) -> int:
    bits = 0
    for task_id in near:
        bits |= known[task_id] | 1 << place[task_id]
    return bits


def _sum(bits: int, tasks: list[BaseOperator]) -> int:
    return sum(task.priority_weight for index, task in enumerate(tasks) if bits >> index & 1)


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _seconds(duration: dt.timedelta | None) -> float | None:
    return duration.total_seconds() if duration is not None else None


def _json(where: str, field: str, value: Any) -> Any:
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as err:
        validation.refuse(
            where, f"{field} must be plain JSON (texts, numbers, lists, dicts): {err}."
        )
