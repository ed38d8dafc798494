"""PapermillOperator: Airflow's form of a notebook task."""

from couture_operators import DAG
from couture_operators.operators.papermill import PapermillOperator


def test_a_notebook_runs_with_rendered_paths_and_parameters(run, runtime):
    with DAG("d"):
        task = PapermillOperator(
            task_id="t",
            input_nb="in.ipynb",
            output_nb="out-{{ ds }}.ipynb",
            parameters={"day": "{{ ds }}"},
            kernel_name="python3",
            language_name="python",
        )
    assert run(task).state == "success"
    (spec,) = runtime.notebooks
    assert (spec.input_nb, spec.output_nb) == ("in.ipynb", "out-2024-01-02.ipynb")
    assert (spec.parameters, spec.kernel_name) == ({"day": "2024-01-02"}, "python3")
