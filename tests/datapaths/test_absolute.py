"""What an absolute path is bound to."""

from __future__ import annotations

import pytest

from debtscan.datapaths.absolute import bound_to, machine_root, without_user


@pytest.mark.parametrize(
    ("path", "bound", "root"),
    [
        ("/tmp/x.csv", "runtime", "/tmp"),
        ("/dev/null", "runtime", "/dev"),
        ("/etc/hosts", "runtime", "/etc"),
        ("/home/ada/.cache/x", "runtime", "/home/\u2039user\u203a/.cache"),
        ("/kaggle/working/x.csv", "platform", "/kaggle/working"),
        ("/content/drive/x.csv", "platform", "/content/drive"),
        ("/dbfs/mnt/x", "platform", "/dbfs/mnt"),
        ("/opt/ml/input/x", "platform", "/opt/ml"),
        ("/mnt/azureml/x", "platform", "/mnt/azureml"),
        ("/home/jovyan/work/x", "platform", "/home/jovyan/work"),
        ("/home/ada/churn/data/x.csv", "home", "/home/\u2039user\u203a/churn"),
        ("/Users/ada/x.csv", "home", "/Users/\u2039user\u203a"),
        ("C:\\Users\\ada\\churn\\x.csv", "home", "C:\\Users\\\u2039user\u203a\\churn"),
        ("~/churn/x.csv", "home", "~/churn"),
        ("D:\\exports\\2024\\x.csv", "drive", "D:\\exports"),
        ("/mnt/analytics/churn/x.csv", "mount", "/mnt/analytics"),
        ("/data/share/churn/x.csv", "mount", "/data/share"),
        ("/mounted/data/x.csv", "platform", "/mounted/data"),
    ],
)  # fmt: skip
def test_a_path_is_bound_to_a_machine_or_not(path, bound, root):
    assert bound_to(path, frozenset({"/mounted"}), in_containers=False) == bound
    assert machine_root(path) == root


def test_where_code_runs_in_containers_an_unknown_folder_is_theirs():
    assert bound_to("/weights/x.pt", frozenset(), in_containers=True) == "platform"
    assert bound_to("/mnt/analytics/x.csv", frozenset(), in_containers=True) == "mount"
    assert bound_to("/home/ada/x.csv", frozenset(), in_containers=True) == "home"


def test_nobody_is_named():
    line = "pd.read_csv('/home/ada/x.csv'); open('/home/jovyan/y')"
    assert without_user(line) == "pd.read_csv('/home/\u2039user\u203a/x.csv'); open('/home/jovyan/y')"
