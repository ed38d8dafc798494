"""Notebooks as tasks: real kernels, every way to fail, nothing left behind."""

import json
import textwrap
from pathlib import Path

import nbformat
import psutil
import pytest
from deployment import Deployment, is_alive, kill, wait_until
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sqlalchemy import select

from couture_scheduler.db.tables import attempt
from couture_scheduler.worker.running import log_path

pytestmark = pytest.mark.processes


def save_notebook(
    deployment: Deployment, name: str, *cells: str, folder: str = "notebooks"
) -> Path:
    """Save a notebook of code cells; one that begins with "parameters:" is tagged so."""
    made = []
    for source in map(textwrap.dedent, cells):
        tagged = source.startswith("parameters:")
        made.append(new_code_cell(source.removeprefix("parameters:").strip()))
        made[-1].metadata["tags"] = ["parameters"] if tagged else []
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(cells=[new_markdown_cell("# Test"), *made], metadata=metadata)
    path = deployment.settings.home_path / folder / name
    path.write_text(nbformat.writes(notebook))
    return path


def start(deployment: Deployment, dag_id: str, arguments: str) -> str:
    deployment.write(
        f"{dag_id}.py",
        f"""
        from couture_operators import CoutureJupyterOperator
        with DAG("{dag_id}", schedule=None, start_date=START, is_paused_upon_creation=False):
            CoutureJupyterOperator(task_id="nb", {arguments})
        """,
    )
    return deployment.trigger(dag_id)


def draft(deployment: Deployment, dag_id: str, run: str) -> Path:
    return deployment.settings.outputs_path / dag_id / run / "nb" / "1.ipynb"


def texts(notebook: nbformat.NotebookNode) -> list[str]:
    return [
        "".join(out.get("text", "") for out in cell.get("outputs", [])) for cell in notebook.cells
    ]


def mark_and_wait(mark: Path) -> str:
    """Return a cell that writes its pid to a file, whole or not at all, and sleeps."""
    return f"""
        import os, pathlib, time
        new = pathlib.Path({str(mark)!r} + ".new")
        new.write_text(str(os.getpid()))
        new.rename({str(mark)!r})
        time.sleep(100)"""


def reason_of_failure(deployment: Deployment, dag_id: str, arguments: str) -> tuple[str, str]:
    run = start(deployment, dag_id, arguments)
    ti = deployment.wait_for_state(dag_id, run, "nb", "failed", seconds=15)
    return run, ti.reason


def test_parameters_override_the_defaults_but_nothing_derived_from_them(running: Deployment):
    save_notebook(running, "twice.ipynb", "parameters:a = 1\ntwice = a * 2", "print(a, twice)")
    run = start(
        running,
        "twice",
        "input_nb='twice.ipynb', output_nb='r/out.ipynb', parameters={'a': 9}, export_html=True",
    )
    assert running.wait_for_run("twice", run) == "success"
    target = running.settings.outputs_path / "r" / "out.ipynb"
    notebook = nbformat.read(target, as_version=4)
    tags = [cell.metadata.tags for cell in notebook.cells]
    assert tags == [[], ["parameters"], ["injected-parameters"], []]
    assert notebook.cells[2].source == "# Parameters\na = 9\n"
    assert texts(notebook)[3] == "9 2\n"
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, 3]
    assert draft(running, "twice", run).read_bytes() == target.read_bytes()
    assert "<html" in target.with_suffix(".html").read_text()
    log = running.log("twice", run, "nb")
    assert "Cell 3 of 3" in log
    assert "9 2" in log


def test_the_kernel_knows_its_folder_and_its_task(running: Deployment):
    (running.settings.home_path / "notebooks" / "data.csv").write_text("1,2,3")
    save_notebook(
        running,
        "where.ipynb",
        "print(open('data.csv').read())",
        "import os; print(os.environ['AIRFLOW_CTX_DAG_ID'], 'COUTURE_DB_URL' in os.environ)",
        "print([n for n in dir() if 'os' in n and n != 'os'], In[1][:5])",
    )
    run = start(running, "where", "input_nb='where.ipynb'")
    assert running.wait_for_run("where", run) == "success"
    shown = texts(nbformat.read(draft(running, "where", run), as_version=4))
    assert shown[1:] == ["1,2,3\n", "where False\n", "[] print\n"]


def test_a_cell_that_raises(running: Deployment):
    save_notebook(running, "raises.ipynb", "print('before')", "y = 1", "print(x)", "print('after')")
    run, reason = reason_of_failure(
        running, "raises", "input_nb='raises.ipynb', output_nb='no.ipynb'"
    )
    assert reason == "NameError in cell 3: name 'x' is not defined"
    notebook = nbformat.read(draft(running, "raises", run), as_version=4)
    assert "before\n" in texts(notebook)
    assert "error" in [
        out.output_type for cell in notebook.cells for out in cell.get("outputs", [])
    ]
    assert "after\n" not in texts(notebook)
    assert not (running.settings.outputs_path / "no.ipynb").exists()
    assert "Traceback" in running.log("raises", run, "nb")


@pytest.mark.parametrize(
    ("name", "cell", "words"),
    [
        ("killed", "import os; os.kill(os.getpid(), 9)", "killed by signal 9 (SIGKILL)"),
        ("exits", "import os; os._exit(7)", "exit code 7"),
        ("quits", "import sys; sys.exit(0)", "ended itself in cell 2 of 3"),
        ("endless", "while True: pass", "limit of 2 s"),
        (
            "loud",
            "line = 'x' * (1 << 20)\nfor _ in range(1024): print(line)",
            "Cell 2 wrote more than",
        ),
        ("chatty", "while True: print('x' * 1000)", "Cell 2 wrote more than"),
    ],
)
def test_a_cell_that_does_not_end_well(running: Deployment, name: str, cell: str, words: str):
    save_notebook(running, f"{name}.ipynb", "import os; print(os.getpid())", cell, "print('after')")
    limit = "execution_timeout=timedelta(seconds=2)" if name == "endless" else ""
    run, reason = reason_of_failure(running, name, f"input_nb='{name}.ipynb', {limit}")
    assert words in reason
    notebook = nbformat.read(draft(running, name, run), as_version=4)
    assert not is_alive(int(texts(notebook)[1]))
    assert texts(notebook)[3] == ""
    assert draft(running, name, run).stat().st_size < 30_000_000


def test_a_kernel_that_is_killed_from_outside(running: Deployment, tmp_path: Path):
    mark = tmp_path / "pid"
    save_notebook(running, "victim.ipynb", mark_and_wait(mark))
    run = start(running, "victim", "input_nb='victim.ipynb'")
    wait_until(mark.exists, what="the cell runs")
    kill(int(mark.read_text()))
    ti = running.wait_for_state("victim", run, "nb", "failed", seconds=3)
    assert "killed by signal 9 (SIGKILL)" in ti.reason
    assert "in cell 1" in ti.reason


def test_what_a_cell_leaves_running_ends_with_the_task(running: Deployment, tmp_path: Path):
    mark = tmp_path / "pid"
    save_notebook(
        running,
        "daemon.ipynb",
        f"""
        import os, pathlib, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                pathlib.Path({str(mark)!r}).write_text(str(os.getpid()))
                time.sleep(100)
            os._exit(0)
        while not pathlib.Path({str(mark)!r}).exists():
            time.sleep(0.01)""",
    )
    run = start(running, "daemon", "input_nb='daemon.ipynb'")
    assert running.wait_for_run("daemon", run) == "success"
    assert not is_alive(int(mark.read_text()))


def test_notebooks_that_cannot_be_run(running: Deployment):
    path = save_notebook(running, "strange.ipynb", "1")
    content = json.loads(path.read_text())
    content["metadata"]["kernelspec"]["name"] = "fortran77"
    path.write_text(json.dumps(content))
    _, reason = reason_of_failure(running, "strange", "input_nb='strange.ipynb'")
    assert "no kernel 'fortran77'" in reason
    assert "python3" in reason
    path.with_name("half.ipynb").write_text('{"cells": [')
    _, reason = reason_of_failure(running, "half", "input_nb='half.ipynb'")
    assert "half.ipynb is not a notebook: it is no JSON" in reason
    _, reason = reason_of_failure(running, "absent", "input_nb='absent.ipynb'")
    assert "'absent.ipynb' was not found" in reason


def test_a_running_notebook_can_be_opened_and_watched(running: Deployment, tmp_path: Path):
    go = tmp_path / "go"
    save_notebook(
        running,
        "slow.ipynb",
        "print('first')",
        f"""
        import os, time
        print('second')
        while not os.path.exists({str(go)!r}): time.sleep(0.01)""",
    )
    run = start(running, "slow", "input_nb='slow.ipynb', output_nb='slow_out.ipynb'")
    path = draft(running, "slow", run)

    def shows_both() -> bool:
        return path.exists() and texts(nbformat.read(path, as_version=4))[1:] == [
            "first\n",
            "second\n",
        ]

    wait_until(shows_both, what="the outputs so far are on disk")
    assert nbformat.read(path, as_version=4).cells[2].metadata.papermill.status == "running"
    assert "second" in running.log("slow", run, "nb")
    assert not (running.settings.outputs_path / "slow_out.ipynb").exists()
    go.touch()
    assert running.wait_for_run("slow", run) == "success"


def test_notebooks_leave_only_the_warm_kernels(running: Deployment):
    save_notebook(running, "last.ipynb", "1")
    run = start(running, "last", "input_nb='last.ipynb'")
    assert running.wait_for_run("last", run) == "success"

    def kernels() -> list[psutil.Process]:
        agent = psutil.Process(running.pid_of("worker"))
        return [p for p in agent.children(recursive=True) if "ipykernel_launcher" in p.cmdline()]

    wait_until(lambda: len(kernels()) == 1, what="one warm kernel")
    folder = running.settings.run_path / "kernels"
    assert len({path.name.partition(".")[0] for path in folder.glob("*.json")}) == 1


def test_a_killed_attempt_takes_its_kernel_along(running: Deployment, tmp_path: Path):
    mark = tmp_path / "pid"
    save_notebook(running, "orphan.ipynb", mark_and_wait(mark))
    run = start(running, "orphan", "input_nb='orphan.ipynb'")
    wait_until(mark.exists, what="the cell runs")
    log = str(log_path(running.settings.logs_path, "orphan", run, "nb", 1))
    below_agent = psutil.Process(running.pid_of("worker")).children(recursive=True)
    (attempt,) = [p for p in below_agent if log in [file.path for file in p.open_files()]]
    kill(attempt.pid)
    ti = running.wait_for_state("orphan", run, "nb", "failed", seconds=3)
    assert "The task's process was killed by signal 9" in ti.reason
    assert not is_alive(int(mark.read_text()))


@pytest.fixture
def other_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A kernelspec that calls its language R, so that no Python can be used to take it over."""
    folder = tmp_path / "jupyter" / "kernels" / "other"
    folder.mkdir(parents=True)
    argv = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Other", "language": "R"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    return "other"


def test_a_kernel_of_another_language_starts_where_it_belongs(other_language: str, own: Deployment):
    path = save_notebook(
        own, "r.ipynb", "import os; print(os.getcwd(), os.environ['AT_ATTEMPT_KEY'])"
    )
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.kernelspec.update(name=other_language, language="R")
    nbformat.write(notebook, path)
    run = start(own, "r", "input_nb='r.ipynb'")
    assert own.wait_for_run("r", run) == "success"
    folder, key = texts(nbformat.read(draft(own, "r", run), as_version=4))[1].split()
    assert folder == str(path.parent)
    assert key


def test_a_killed_agent_takes_kernels_along(own: Deployment, tmp_path: Path):
    mark = tmp_path / "pids"
    save_notebook(
        own,
        "long.ipynb",
        f"""
        import os, time
        open({str(mark)!r}, 'a').write(str(os.getpid()) + '\\n')
        while not os.path.exists({str(mark)!r} + '.go'): time.sleep(0.01)""",
    )
    run = start(own, "long", "input_nb='long.ipynb'")
    wait_until(lambda: mark.exists() and mark.read_text().endswith("\n"), what="the cell runs")
    kernel = int(mark.read_text())
    kill(own.pid_of("worker"))
    wait_until(lambda: not is_alive(kernel), 2, "the kernel is gone")
    Path(f"{mark}.go").touch()
    assert own.wait_for_run("long", run) == "success"
    assert len(mark.read_text().split()) == 2


def test_what_a_killed_attempt_left_of_its_notebook_goes_with_the_next_try(
    own: Deployment, tmp_path: Path
):
    mark = tmp_path / "began"
    save_notebook(
        own,
        "again.ipynb",
        f"""
        import pathlib, time
        mark = pathlib.Path({str(mark)!r})
        if not mark.exists():
            mark.touch()
            time.sleep(100)""",
    )
    run = start(own, "again", "input_nb='again.ipynb', retries=1, retry_delay=timedelta(0)")
    wait_until(mark.exists, what="the cell sleeps")
    left = draft(own, "again", run).with_name(".1.ipynb.12345.new")
    left.write_text("{")
    kill(wait_until(lambda: pid_of_attempt(own), what="its pid is known"))
    assert own.wait_for_run("again", run) == "success"
    assert not left.exists()


def pid_of_attempt(deployment: Deployment) -> int | None:
    with deployment.db.read() as tx:
        return tx.scalar(select(attempt.c.pid).where(attempt.c.state == "running"))
