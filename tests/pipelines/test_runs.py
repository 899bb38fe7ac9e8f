"""What the commands of a shell text run, through launchers, and what they do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.commands.script import Script
from debtscan.pipelines.placeholders import assigned, is_template, marked
from debtscan.pipelines.runs import runs


def told(text: str) -> list[tuple[str, str]]:
    return [(run.kind, run.target) for run in runs(Script(text, 1), assigned(text))]


@pytest.mark.parametrize(
    ("command", "target"),
    [
        ("python train.py --epochs 3", "train.py"),
        ("python3.11 -u -W ignore src/train.py", "src/train.py"),
        ("CUDA_VISIBLE_DEVICES=0,1 python train.py", "train.py"),
        ("sudo nohup python train.py > log 2>&1 &", "train.py"),
        ("env A=b python train.py", "train.py"),
        ("time python train.py", "train.py"),
        ("timeout 30m python train.py", "train.py"),
        ("uv run train.py", "train.py"),
        ("uv run --with pandas python train.py", "train.py"),
        ("poetry run python train.py", "train.py"),
        ("conda run -n env python train.py", "train.py"),
        ("torchrun --nproc_per_node=8 train.py --lr 1", "train.py"),
        ("python -m torch.distributed.launch --nproc_per_node 8 train.py", "train.py"),
        ("python -m torch.distributed.run --nnodes=2 train.py", "train.py"),
        ("accelerate launch --config_file a.yaml train.py", "train.py"),
        ("deepspeed --num_gpus 4 train.py --deepspeed ds.json", "train.py"),
        ("mpirun -np 4 -H a:4 python train.py", "train.py"),
        ("srun --gres=gpu:1 python train.py", "train.py"),
        ("docker run --rm -v $PWD:/w image python train.py", "train.py"),
        ("bash -c 'cd x && python train.py'", "train.py"),
        ("bash scripts/train.sh", "scripts/train.sh"),
        ("./train.sh a b", "./train.sh"),
        ("streamlit run app.py", "app.py"),
        ("spark-submit --master local train.py", "train.py"),
        ("papermill in.ipynb out.ipynb -p a 1", "in.ipynb"),
        ("jupyter nbconvert --to notebook --execute in.ipynb", "in.ipynb"),
        ("jupyter nbconvert --execute in.ipynb --to notebook --output out.ipynb", "in.ipynb"),
        ("jupyter execute in.ipynb", "in.ipynb"),
        ("Rscript train.R", "train.R"),
        ("python test_net.py --model a", "test_net.py"),
        ("watch -n 30 'python plot.py'", "plot.py"),
    ],
)
def test_a_script_is_found_behind_its_launchers(command, target):
    assert told(command) == [("file", target)]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("python -m package.train --lr 1", ("module", "package.train")),
        ("torchrun -m package.train", ("module", "package.train")),
        ("accelerate launch -m package.train", ("module", "package.train")),
        ("uv run -m package.train", ("module", "package.train")),
        ("uvicorn package.app:app --port 80", ("module", "package.app")),
        ("train-model --lr 1", ("program", "train-model")),
        ("make -C sub train", ("make", "train")),
        ("dvc repro train", ("dvc", "train")),
        ("dvc exp run", ("dvc", "")),
        ("mlflow run . -e evaluate -P a=1", ("mlproject", ".#evaluate")),
        ("kedro run --pipeline train", ("kedro", "train")),
        ("snakemake -s flow/Snakefile -j1", ("snakemake", "flow/Snakefile")),
    ],
)
def test_modules_programs_and_other_pipelines(command, found):
    assert told(command) == [found]


@pytest.mark.parametrize(
    "command",
    [
        "python -c 'import x'",
        "python setup.py install",
        "python -m pip install x.py",
        "python -m pytest tests/test_x.py",
        "python tests/check.py",
        "pytest train.py",
        "jupyter nbconvert --to html in.ipynb",
        "python train.py --help",
        "ls train.py",
        "cat train.sh",
        "source venv/bin/activate",
        "echo python train.py",
        "export A=train.py",
    ],
)
def test_what_runs_nothing_of_a_repository(command):
    assert told(command) == []


def test_a_notebook_run_has_its_output_and_is_told_from_a_script():
    (run,) = runs(Script("papermill in.ipynb out.ipynb", 4), None)
    assert (run.executes_notebook, run.inputs, run.outputs, run.line) == (True, ["in.ipynb"], ["out.ipynb"], 4)


def test_a_change_of_folder_holds_for_what_follows():
    found = list(
        runs(Script("python a.py\ncd sub\npython b.py\ncd ../other && python c.py\ncd $HOME\npython d.py", 1), None)
    )
    assert [(run.target, run.folder, run.line) for run in found] == [
        ("a.py", "", 1),
        ("b.py", "sub", 3),
        ("c.py", "other", 4),
        # where it goes is not told
        ("d.py", "$", 6),
    ]


def test_a_command_is_shown_without_its_credentials():
    (run,) = runs(Script("python train.py --api-key abcdef123456", 1), None)
    assert run.text == "python train.py --api-key ***"


@pytest.mark.parametrize(
    "command",
    [
        "python main.py --coco_path /path/to/coco",
        "python main.py --data path/to/data",
        "python main.py <data folder>",
        "python main.py --out </path/of/model>",
        "python main.py --data $DATA",
        "python main.py $1",
        "python main.py ...",
        "python main.py [--lr LR] [options]",
        "python main.py {dataset}",
        "python main.py --key YOUR_KEY",
        "python main.py --rank NODE_RANK",
        "python main.py your-data",
    ],
)
def test_a_template_has_parts_to_fill_in(command):
    assert is_template(marked(command), frozenset())


@pytest.mark.parametrize(
    "command",
    [
        "python main.py --data data/coco --lr 1e-3",
        "python main.py --data $HOME/data --gpus $(nproc)",
        "python main.py --data ${DATA:-data}",
        "python main.py MODEL.WEIGHTS model.pth",
        "python main.py 'hydra.run.dir=out' a=[1,2]",
        "python main.py --start=FILE:prompt.txt",
        "python main.py --x '{\"a\": 1}'",
        "python main.py --my-model resnet50",
    ],
)
def test_a_complete_command_has_none(command):
    assert not is_template(marked(command), frozenset())


def test_variables_that_are_set_before_are_no_placeholders():
    text = "export DATA=data\nfor seed in 1 2; do\npython main.py $DATA $seed $OTHER\ndone"
    assert assigned(text) >= {"DATA", "seed"}
    assert is_template("python main.py $DATA $OTHER", assigned(text))
    assert not is_template("python main.py $DATA $seed", assigned(text))


@given(
    st.lists(
        st.sampled_from(
            [
                "python",
                "-m",
                "-c",
                "train.py",
                "uv",
                "run",
                "torchrun",
                "bash",
                "'a",
                "b'",
                "$X",
                "<x>",
                "|",
                "&&",
                "(",
                ")",
                "\\\n",
                "make",
                "-C",
                "dvc",
                "jupyter",
            ]
        ),
        max_size=12,
    )
)
def test_any_command_is_read(words):
    for run in runs(Script(marked(" ".join(words)), 1), None):
        assert run.target or run.kind in {"make", "dvc", "snakemake", "kedro"}
        assert run.line >= 1
