"""From a file in the folder to a log: real processes, no kills."""

import pytest
from deployment import Deployment, wait_until

pytestmark = pytest.mark.processes


def test_a_file_becomes_a_dag_that_runs_and_leaves_a_log(running: Deployment):
    running.write(
        "hello.py",
        """
        with DAG("hello", schedule=None, start_date=START, is_paused_upon_creation=False) as dag:
            one = BashOperator(task_id="one", bash_command="echo hi {{ ds }} {{ dag_run.conf.who }}")

            def pull(ti):
                print("one said", ti.xcom_pull(task_ids="one"))
                return {"n": 42, "deep": [1, 2]}

            two = PythonOperator(task_id="two", python_callable=pull)
            one >> two
        """,
    )
    run = running.trigger("hello", {"who": "Ana"})
    assert running.wait_for_run("hello", run) == "success"
    assert "hi 20" in running.log("hello", run, "one")
    assert "Ana" in running.log("hello", run, "two").split("one said")[1]


def test_values_that_are_no_json_travel_between_tasks(running: Deployment):
    running.write(
        "pickles.py",
        """
        with DAG("pickles", schedule=None, start_date=START, is_paused_upon_creation=False):
            give = PythonOperator(task_id="give", python_callable=lambda: (1, {2, 3}))

            def take(ti):
                assert ti.xcom_pull(task_ids="give") == (1, {2, 3})
                assert ti.xcom_pull(task_ids=["give", "nobody"])[0] == (1, {2, 3})

            give >> PythonOperator(task_id="take", python_callable=take)
        """,
    )
    run = running.trigger("pickles")
    assert running.wait_for_run("pickles", run) == "success"


def test_a_failing_task_says_why_and_shows_the_authors_lines_only(running: Deployment):
    running.write(
        "broken.py",
        """
        def divide():
            return 1 / 0

        with DAG("broken", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="divide", python_callable=divide)
        """,
    )
    run = running.trigger("broken")
    assert running.wait_for_run("broken", run) == "failed"
    ti = running.ti("broken", run, "divide")
    assert ti.reason == "ZeroDivisionError: division by zero"
    log = running.log("broken", run, "divide")
    assert "return 1 / 0" in log


def test_a_helper_module_is_part_of_the_version(running: Deployment):
    running.write("helper_words.py", "WORD = 'old'", header="")
    running.write(
        "uses_helper.py",
        """
        import helper_words
        with DAG("uses_helper", schedule=None, start_date=START, is_paused_upon_creation=False):
            BashOperator(task_id="say", bash_command="echo word-" + helper_words.WORD)
        """,
    )
    before = running.wait_for_dag("uses_helper").version_id
    running.write("helper_words.py", "WORD = 'new'", header="")
    wait_until(lambda: running.dag("uses_helper").version_id != before, what="a new version")
    run = running.trigger("uses_helper")
    assert running.wait_for_run("uses_helper", run) == "success"
    assert "word-new" in running.log("uses_helper", run, "say")


def test_a_syntax_error_keeps_the_last_good_version_usable(running: Deployment):
    text = """
    with DAG("fragile", schedule=None, start_date=START, is_paused_upon_creation=False):
        BashOperator(task_id="a", bash_command="true")
    """
    path = running.write("fragile.py", text)
    version = running.wait_for_dag("fragile").version_id
    path.write_text(path.read_text() + "\ndef broken(:\n")
    error = wait_until(lambda: running.import_error("fragile.py"), what="import error")
    assert error.line == 9
    assert "broken(:" in error.stack_trace
    assert running.dag("fragile").version_id == version
    run = running.trigger("fragile")
    assert running.wait_for_run("fragile", run) == "success"
    running.write("fragile.py", text)
    wait_until(lambda: running.import_error("fragile.py") is None, what="error gone")


def test_a_moved_file_keeps_its_dag(running: Deployment):
    path = running.write(
        "before.py",
        """
        with DAG("moved", schedule=None, start_date=START):
            BashOperator(task_id="a", bash_command="true")
        """,
    )
    running.wait_for_dag("moved")
    path.rename(path.with_name("after.py"))
    wait_until(lambda: (dag := running.dag("moved")) and dag.path == "after.py", what="new path")


def test_two_files_with_one_dag_id_the_first_keeps_it(running: Deployment):
    text = """
    with DAG("wanted", schedule=None, start_date=START):
        BashOperator(task_id="a", bash_command="true")
    """
    running.write("first_owner.py", text)
    running.wait_for_dag("wanted")
    running.write("second_owner.py", text)
    error = wait_until(lambda: running.import_error("second_owner.py"), what="import error")
    assert "first_owner.py" in error.message
    assert "second_owner.py" in error.message
    assert running.dag("wanted").path == "first_owner.py"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("endless", "while True: pass  # dag airflow", "longer than 2 s"),
        ("exits", "import os; os._exit(3)  # dag airflow", "exit code 3"),
        ("sys_exits", "import sys; sys.exit(4)  # dag airflow", "sys.exit(4)"),
        ("hungry", "x = bytearray(2 << 30)  # dag airflow", "more than 300 MB"),
        ("default", "d = DAG('d1', params={'x': object()})", "d1"),
        ("bad_cron", "DAG('d2', schedule='61 * * * *')", "61 is outside 0-59"),
        ("twice", "a = DAG('d3'); b = DAG('d3')", "d3"),
    ],
)
def test_a_bad_file_gets_a_clear_error_and_stops_nothing_else(
    running: Deployment, name: str, text: str, words: str
):
    running.write(f"bad_{name}.py", text)
    error = wait_until(lambda: running.import_error(f"bad_{name}.py"), 20, "import error")
    assert words in error.message
    running.write(
        f"fine_{name}.py",
        f"""
        with DAG("fine_{name}", schedule=None, start_date=START, is_paused_upon_creation=False):
            BashOperator(task_id="a", bash_command="true")
        """,
    )
    run = running.trigger(f"fine_{name}")
    assert running.wait_for_run(f"fine_{name}", run) == "success"


def test_bytes_that_are_no_utf8_are_an_import_error(running: Deployment):
    path = running.settings.dags_path / "latin.py"
    path.write_bytes(b"# airflow dag\nname = '\xe9'\n")
    error = wait_until(lambda: running.import_error("latin.py"), what="import error")
    assert "not valid UTF-8" in error.message


def test_a_file_that_starts_a_thread_runs_without_being_forked(running: Deployment):
    running.write(
        "threads.py",
        """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()

        def name():
            print("ran in", open("/proc/self/cmdline").read().replace("\\0", " "))

        with DAG("threads", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="a", python_callable=name)
        """,
    )
    run = running.trigger("threads")
    assert running.wait_for_run("threads", run) == "success"
    assert "couture_scheduler.worker.attempt" in running.log("threads", run, "a")


def test_variables_and_connections_come_from_the_database(running: Deployment):
    from couture_scheduler.secrets import open_vault
    from couture_scheduler.store import variables

    vault = open_vault(running.settings.home_path)
    with running.db.write() as tx:
        variables.set_variable(tx, "region", vault.encrypt("EMEA"), None)
        variables.set_variable(tx, "api_key", vault.encrypt("k3y-k3y"), None)
        secret = {"password": vault.encrypt("s3cret"), "login": "ana", "host": "db.example"}
        variables.add_connection(tx, {"conn_id": "dwh", "conn_type": "postgres", **secret})
    running.write(
        "asks.py",
        """
        import sys
        from couture_operators import BaseHook, Variable
        KEY = Variable.get("api_key")

        def ask():
            password = BaseHook.get_connection("dwh").password
            assert password == "s3cret"
            print("a careless author prints", password)
            print("and what the import read", KEY, file=sys.stderr)
            assert Variable.get("absent", default_var=None) is None
            Variable.set("left", "behind")
            assert Variable.get("left") == "behind"

        with DAG("asks_" + Variable.get("region"), schedule=None, start_date=START,
                 is_paused_upon_creation=False):
            PythonOperator(task_id="ask", python_callable=ask)
        """,
    )
    run = running.trigger("asks_EMEA")
    assert running.wait_for_run("asks_EMEA", run) == "success"
    log = running.log("asks_EMEA", run, "ask")
    assert "a careless author prints ***" in log
    assert "and what the import read ***" in log
    assert "s3cret" not in log


def test_a_password_in_the_traceback_of_an_import_is_not_shown(running: Deployment):
    running.write(
        "leaks.py", "# airflow dag\nraise ValueError('mysql://u:pass' + 'word@db/sales')\n"
    )
    error = wait_until(lambda: running.import_error("leaks.py"), what="import error")
    assert error.message == "ValueError: mysql://u:***@db/sales"
    assert "u:password" not in error.stack_trace
