"""Every filter of every list: what is hidden is found as little as what does not exist."""

from permission_matrix import Matrix, Row, rows, rules_of
from two_dags import Thing

from couture_server.handler import ServiceHandler

READING = [row for row in rows() if row.method == "GET"]


def filters(application) -> list[tuple[Row, str, bool]]:
    """Return each filter that takes texts or numbers: its route's row, its name, if numbers."""
    found = []
    for rule in rules_of(application.default_router):
        if not issubclass(rule.target, ServiceHandler):
            continue
        route = rule.target_kwargs["routes"].get("GET")
        for name, field in route.query.model_fields.items() if route and route.query else ():
            if name not in PAGING and field.annotation in FILTERING:
                row = next(row for row in READING if row.path == route.path)
                found.append((row, name, field.annotation in NUMBERS))
    return found


PAGING = ("limit", "offset", "order_by")
NUMBERS = (int | None, list[int])
FILTERING = (str | None, list[str], *NUMBERS)


def test_a_filter_answers_alike_for_what_is_hidden_and_what_does_not_exist(matrix):
    found = filters(matrix.team.service_app)
    assert {"dag_ids", "dag_id", "dag_id_pattern", "source_dag_id"} <= {one[1] for one in found}
    wrong = []
    for row, name, is_number in found:
        words = (_words(matrix.things[kind], is_number) for kind in ("other", "absent"))
        for pair in zip(*words, strict=True):
            hidden, gone = (_filtered(matrix, row, name, word) for word in pair)
            if hidden != gone:
                wrong.append((row.name, name, pair, hidden, gone))
    assert wrong == []


def _filtered(matrix: Matrix, row: Row, name: str, word: str) -> tuple[int, str]:
    query = f"{row.query}&{name}={word}".lstrip("&")
    one = Row("GET", row.path, row.may, row.of, row.ok, query, None)
    answer = matrix.send("seller", one, matrix.things["own"])
    return answer.status_code, answer.text.replace(word, "…")


def _words(thing: Thing, is_number: bool) -> list[str]:
    """Return by what a DAG and what is its own can be looked for."""
    if is_number:
        return [str(one) for one in thing.numbers if isinstance(one, int)]
    more = [f"{kind}_of_{thing.name}" for kind in ("asset", "alias", "tag", "owner")]
    return [thing.dag_id, *more, f"{thing.name}.py"]
