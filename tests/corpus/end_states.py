"""How the example DAGs end in Airflow, by reasoning; all tasks succeed where nothing is stated.

Each runs once, alone, as a run that somebody triggered for the logical date 2024-01-02 (a Tuesday).
"""

from dataclasses import dataclass, field
from itertools import product


@dataclass
class End:
    """What is not a success; of each list in `either` one set of tasks is skipped too."""

    skipped: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    upstream_failed: set[str] = field(default_factory=set)
    either: list[list[set[str]]] = field(default_factory=list)
    state: str = "success"

    def allows(self, tasks: dict[str, str]) -> bool:
        found = {name: state for name, state in tasks.items() if state != "success"}
        fixed = dict.fromkeys(self.failed, "failed")
        fixed |= dict.fromkeys(self.upstream_failed, "upstream_failed")
        choices = product(*self.either) if self.either else [()]
        return any(
            found == fixed | dict.fromkeys(self.skipped.union(*choice), "skipped")
            for choice in choices
        )


def all_but_one(*patterns: str) -> list[set[str]]:
    """One of a, b, c and d is followed; the others' tasks are skipped."""
    return [
        {pattern.format(other) for other in "abcd" if other != followed for pattern in patterns}
        for followed in "abcd"
    ]


#: values that a run of the DAG is given, as its file says
CONF = {
    "example_params_ui_tutorial": {"required_field": "a text"},  # cannot be triggered without
    "example_passing_params_via_test_command": {"foo": "bar", "miff": "agg"},
    "example_trigger_target_dag": {"message": "Hello World"},
}

_NESTED = End({"false_1", "branch_2", "true_2", "false_2", "join_2", "false_3"})
_SKIP_DAG = End({"skip_operator_1", "skip_operator_2", "all_success", "final_1"})
_SHORT_CIRCUIT = {"false_1", "false_2"}
_IN_RANGE = {"date_in_range"}
_DELETED = ("tag", "tag_template_field", "tag_template", "entry_group", "entry")

ENDS = {
    "1.10.15/main": {
        # a branch is drawn
        "example_branch_operator": End(either=[all_but_one("branch_{}", "follow_branch_{}")]),
        # the date's minute is even, so the first branch is followed
        "example_branch_dop_operator_v3": End({"dummy_task_2"}),
        # without provide_context 1.10 calls `lambda _: ...` with no argument
        "example_complex": End(
            failed={"search_catalog"},
            upstream_failed={
                "search_catalog_result",
                *(f"delete_{name}" for name in _DELETED),
            },
            state="failed",
        ),
        # `join_2` wants one success and gets skipped tasks only
        "example_nested_branch_dag": _NESTED,
        "example_short_circuit_operator": End(set(_SHORT_CIRCUIT)),
        "example_skip_dag": _SKIP_DAG,
    },
    "1.10.15/contrib": {},
    "2.10.5/main": {
        # exit code 99; a Tuesday is no day to sleep in; `stat` gets no files outside of a checkout
        "example_bash_decorator": End(
            {"this_will_skip", "sleep_in"}, failed={"get_file_stats"}, state="failed"
        ),
        # `run_this_last` wants all to succeed
        "example_bash_operator": End({"this_will_skip", "run_this_last"}),
        "example_branch_datetime_operator": End(set(_IN_RANGE)),  # the range lies in 2020
        "example_branch_datetime_operator_2": End(either=[[_IN_RANGE, {"date_outside_range"}]]),
        "example_branch_datetime_operator_3": End(set(_IN_RANGE)),
        "example_weekday_branch_operator": End(
            either=[
                [
                    {"branch_true", "branch_weekend"},  # from Tuesday to Friday
                    {"branch_true", "branch_mid_week"},  # Saturday and Sunday
                    {"branch_false", "make_weekend_choice", "branch_weekend", "branch_mid_week"},
                ]
            ]
        ),
        "example_branch_operator": End(
            either=[
                all_but_one("branch_{}", "follow_{}"),
                all_but_one("ext_py_{}"),
                all_but_one("venv_{}"),
            ]
        ),
        "example_branch_python_operator_decorator": End(
            either=[
                all_but_one("branch_{}", "follow_{}"),
                all_but_one("ext_py_{}"),
                all_but_one("venv_{}"),
            ]
        ),
        "example_branch_dop_operator_v3": End({"empty_task_2"}),
        # nothing to wait for: the sensor times out after its ten minutes
        "example_external_task_marker_child": End(
            failed={"child_task1"},
            upstream_failed={"child_task2", "child_task3"},
            state="failed",
        ),
        # the template names `Dataset`, which is not in the context
        "read_dataset_event_from_classic": End(
            failed={"read_dataset_event_from_classic"}, state="failed"
        ),
        "example_nested_branch_dag": _NESTED,
        # only the next ones are skipped; `task_7` runs when all are done
        "example_short_circuit_decorator": End(_SHORT_CIRCUIT | {"task_4", "task_6"}),
        "example_short_circuit_operator": End(_SHORT_CIRCUIT | {"task_4", "task_6"}),
        "example_skip_dag": _SKIP_DAG,
        # the distribution has no sql/test.sql
        "tutorial_taskflow_templates": End(failed={"template_test"}, state="failed"),
    },
}

_PODS = "its tasks look at the pod of Kubernetes that they run in"
_INDEX = "installs packages from an index"
_OTHERS = "needs runs of other DAGs: test_with_processes.py"

#: DAGs that are not run here, and why; reviewed by hand
NOT_RUN = {
    "1.10.15/main": {
        "example_external_task_marker_child": _OTHERS,
        "example_http_operator": "asks httpbin.org",
        "example_subdag_operator": _OTHERS,
        "test_utils": "sleeps for ever",
    },
    "1.10.15/contrib": {
        "example_kubernetes_annotation": _PODS,
        "example_kubernetes_executor": _PODS,
        "example_papermill_operator": "the notebook is not part of the distribution",
    },
    "2.10.5/main": {
        "example_dag_decorator": "asks httpbin.org",
        "example_passing_params_via_test_command": "in a trial it wants --task-params: "
        "test_with_processes.py",
        "example_sensors": "a sensor waits for an hour, another for a file of a task beside it",
        "example_subdag_operator": _OTHERS,
        "tutorial_objectstorage": "asks a weather service, stores in S3",
        "tutorial_taskflow_api_virtualenv": _INDEX,
    },
}
