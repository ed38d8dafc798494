from couture_scheduler.first_start import prepare_home
from couture_scheduler.settings import Settings


def test_a_new_home_has_the_examples_and_a_home_in_use_is_left_alone(tmp_path):
    settings = Settings(home=str(tmp_path / "home"))
    assert prepare_home(settings)
    report = settings.dags_path / "example_sales_report.py"
    assert report.exists()
    assert (settings.home_path / "notebooks" / "testFile2.ipynb").exists()
    report.unlink()
    assert not prepare_home(settings)
    assert not report.exists()
