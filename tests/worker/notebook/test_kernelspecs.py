import sys

from jupyter_client.kernelspec import KernelSpec

from couture_scheduler.worker.notebook.kernelspecs import command


def test_python_is_this_interpreter_and_keeps_no_history_file():
    spec = KernelSpec(argv=["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    assert command(spec, "/run/1.json") == [
        *(sys.executable, "-m", "ipykernel_launcher", "-f", "/run/1.json"),
        "--HistoryManager.hist_file=:memory:",
    ]


def test_other_kernels_are_started_as_they_say():
    spec = KernelSpec(argv=["{resource_dir}/r", "{connection_file}", "{other}"], resource_dir="/k")
    assert command(spec, "/run/1.json") == ["/k/r", "/run/1.json", "{other}"]
