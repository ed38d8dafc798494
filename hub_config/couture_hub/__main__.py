"""`python -m couture_hub`: the Hub."""

from couture_operators import iri_grammar


def main() -> None:
    """Serve until SIGTERM."""
    iri_grammar.defer()
    from couture_hub.hub import main as serve

    serve()


if __name__ == "__main__":
    main()
