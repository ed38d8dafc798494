"""`@asset`: a function that updates an asset."""

from airflow.sdk import asset, get_current_context

from couture_operators import Asset
from couture_operators.assets import expression_of
from couture_operators.serialize import dag_to_dict


def test_a_function_becomes_an_asset_and_a_dag_that_updates_it(run, runtime):
    seen = []

    @asset(schedule="@daily", uri="s3://bucket/report", retries=2, tags=["reports"])
    def report(self, context, raw):
        """The daily report."""
        seen.append((self.uri, context["ds"], raw, get_current_context()["ds"]))
        return 5

    assert (report.name, report.uri) == ("report", "s3://bucket/report")
    assert str(expression_of([report])) == "(s3://bucket/report)"
    stored = dag_to_dict(report.dag)
    assert (stored["dag_id"], stored["schedule"]["cron"], stored["tags"]) == (
        "report",
        "0 0 * * *",
        ["reports"],
    )
    (task,) = stored["tasks"]
    assert (task["retries"], task["outlets"][0]["asset"]) == (2, "s3://bucket/report")
    assert [one["asset"] for one in task["inlets"]] == ["raw"]
    assert run(report.dag.get_task("report")).state == "success"
    assert seen == [("s3://bucket/report", "2024-01-02", Asset("raw"), "2024-01-02")]
    assert runtime.pushed[0]["json"] == "5"


def test_a_function_may_update_several_assets():
    @asset.multi(outlets=[Asset("a"), Asset("b")], schedule=None)
    def both():
        pass

    (task,) = dag_to_dict(both)["tasks"]
    assert [one["asset"] for one in task["outlets"]] == ["a", "b"]
