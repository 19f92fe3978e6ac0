"""Static files, named by their content."""

import re

from django.core.management import call_command


def test_scripts_import_each_other_by_hashed_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "courseware.static_files.HashedFiles"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)

    imported = [
        name
        for script in (tmp_path / "js").glob("keep.*.js")
        for name in re.findall(r'from "\./([^"]+)";', script.read_text())
    ]
    assert len(imported) == 2
    for name in imported:
        assert re.search(r"\.[0-9a-f]{12}\.js$", name), name
        assert (tmp_path / "js" / name).exists()
