"""Which places are copies of each other, at which level, and what is no copy however alike it looks."""

from __future__ import annotations

import textwrap

import pytest
from copying import families, members, notebook

from debtscan.scanners.history import Churn

LOAD = """
def load(path):
    frame = pd.read_csv(path)
    frame = frame.dropna(subset=["age", "income"])
    frame["age_band"] = pd.cut(frame["age"], [0, 30, 60, 100])
    frame["ratio"] = frame["spent"] / frame["income"]
    joined = frame.merge(pd.read_csv("regions.csv"), on="region", how="left")
    return joined.sort_values("customer").reset_index(drop=True)
"""
FIT = """
def fit(train, target):
    model = GradientBoostingClassifier(n_estimators=200)
    folds = StratifiedKFold(5, shuffle=True, random_state=1)
    scores = cross_val_score(model, train, target, cv=folds, scoring="roc_auc")
    model.fit(train, target)
    joblib.dump(model, "model.joblib")
    return scores.mean()
"""
SERVE = """
def answer(request):
    payload = json.loads(request.body)
    rows = [Row(**item) for item in payload["rows"]]
    if not rows:
        raise HTTPException(400, "no rows")
    with timer("predict"):
        result = registry.current().predict(to_matrix(rows))
    return Response(content=json.dumps(result.tolist()), media_type="application/json")
"""
PLOT = """
def summary(history):
    lines = []
    for epoch, row in enumerate(history):
        best = max(row.values())
        mean = sum(row.values()) / len(row)
        lines.append(f"{epoch}: {best:.3f} {mean:.3f}")
    text = "\\n".join(lines)
    Path("summary.txt").write_text(text)
    return text
"""
IMPORTS = "import joblib\nimport pandas as pd\nfrom sklearn.model_selection import cross_val_score, StratifiedKFold\n"
TRAIN = IMPORTS + LOAD + FIT
BODY = [line for line in textwrap.dedent(LOAD + FIT).splitlines() if line.startswith("    ") and "return" not in line]
STEPS = (
    textwrap.dedent("\n".join(BODY))
    + """
matrix = confusion_matrix(target, model.predict(train), labels=[0, 1])
report = pd.DataFrame(matrix).rename(columns={0: "no", 1: "yes"})
report.to_csv("report.csv", index=False)"""
)
"""The same work as thirteen statements of a script or cell."""


def test_a_function_copied_into_another_script_is_a_family_named_after_its_origin():
    assert families({"a.py": LOAD + SERVE, "b.py": LOAD + PLOT}) == {
        "a.py::load": [("a.py", "load", 1.0), ("b.py", "load", 1.0)]
    }


def test_a_row_says_where_the_place_is_what_it_does_and_how_long_it_is():
    files = {"a.py": IMPORTS + LOAD + SERVE, "b.ipynb": notebook("x = 1", IMPORTS + LOAD)}
    rows = [row for row in members(files) if row.level == "function"]
    assert [(row.path, row.cell, row.line, row.end_line, row.lines, row.origin) for row in rows] == [
        ("a.py", None, 5, 11, 6, True),
        ("b.ipynb", 1, 5, 11, 6, False),
    ]
    assert {row.stages for row in rows} == {("source", "clean", "features")}


def test_names_constants_prints_and_formatting_do_not_tell_two_copies_apart():
    other = LOAD.replace("frame", "df").replace('"age"', '"years"').replace("load", "read")
    other = other.replace("    return", '    print("read", len(df))\n    logger.info("done")\n    return')
    assert families({"a.py": LOAD + SERVE, "b.py": other + PLOT}) == {
        "a.py::load": [("a.py", "load", 1.0), ("b.py", "read", 1.0)]
    }


def test_whole_scripts_are_one_family_and_their_functions_are_not_listed_again():
    assert families({"train_a.py": TRAIN + SERVE, "train_b.py": TRAIN + SERVE.replace("400", "422")}) == {
        "train_a.py": [("train_a.py", None, 1.0), ("train_b.py", None, 1.0)]
    }


def test_copied_scripts_stand_as_one_where_a_third_file_takes_a_function_of_theirs():
    files = {"train_a.py": TRAIN + SERVE, "train_b.py": TRAIN + SERVE, "report.py": LOAD + PLOT}
    assert families(files)["report.py::load"] == [("report.py", "load", 1.0), ("train_a.py", "load", 1.0)]


def test_scripts_that_share_only_a_part_are_no_family_of_files():
    rows = members({"a.py": LOAD + SERVE + PLOT, "b.py": LOAD + FIT})
    assert {row.level for row in rows} == {"function"}


def test_two_notebooks_that_do_the_same_are_a_family_whatever_their_cells():
    one = notebook(IMPORTS, STEPS)
    two = notebook(IMPORTS, *[f"{line}\n" for line in STEPS.splitlines()])
    rows = members({"a.ipynb": one, "b.ipynb": two})
    assert [(row.family, row.path, row.level, row.line, row.cell) for row in rows] == [
        ("a.ipynb", "a.ipynb", "notebook", None, None),
        ("a.ipynb", "b.ipynb", "notebook", None, None),
    ]


def test_a_notebook_and_a_script_with_the_same_steps_are_a_mixed_family():
    rows = members({"explore.ipynb": notebook(IMPORTS, STEPS), "train.py": IMPORTS + STEPS})
    assert [(row.path, row.level) for row in rows] == [("explore.ipynb", "mixed"), ("train.py", "mixed")]


@pytest.mark.parametrize(
    "files",
    [
        {"train.ipynb": notebook(IMPORTS, STEPS), "train.py": IMPORTS + STEPS},
        {"notebooks/train.ipynb": notebook(STEPS), "scripts/train.py": "# coding: utf-8\n# In[1]:\n" + STEPS},
        {"notebooks/train.ipynb": notebook(STEPS), "train.py": "# ---\n# jupyter:\n#   jupytext:\n# ---\n" + STEPS},
    ],
    ids=["same name beside it", "exported by nbconvert", "paired by jupytext"],
)
def test_a_notebook_and_its_script_are_one_document(files):
    assert members(files) == []


def test_a_run_of_cells_copied_into_another_notebook_is_found_across_cells():
    cells = [f"{line}\n" for line in STEPS.splitlines()]
    filler = [f"{name} = Path('{name}').stat().st_size" for name in "abcdefghijkl"]
    more = [f"for {name} in items:\n    total[{name}.key()] += {name}.count ** 2" for name in "mnopqrs"]
    rows = members({"a.ipynb": notebook(*filler, *cells), "b.ipynb": notebook(*more, *cells, *more)})
    assert [(row.path, row.level, row.cell, row.line, row.end_cell, row.end_line) for row in rows] == [
        ("a.ipynb", "cell_run", 12, 1, 24, 1),
        ("b.ipynb", "cell_run", 7, 1, 19, 1),
    ]


def test_a_stretch_is_named_after_the_function_around_it_and_crosses_no_definition():
    inside = textwrap.indent(STEPS, "    ")
    one = f"def main():\n    setup = Config.read()\n{inside}\n" + PLOT + SERVE
    two = "\n".join(f"{name} = open('{name}').read().split()" for name in "abcdefghijklmnopqrst") + f"\n{STEPS}\n"
    rows = members({"a.py": one, "b.py": two})
    assert [(row.family, row.path, row.line, row.end_line, row.name, row.level) for row in rows] == [
        ("a.py::main part 1", "a.py", 3, 15, None, "block"),
        ("a.py::main part 1", "b.py", 21, 33, None, "block"),
    ]


def test_lines_that_move_and_a_family_that_grows_keep_its_name():
    before = families({"b.py": LOAD + SERVE, "c.py": LOAD + PLOT})
    after = families({"b.py": SERVE + "\n\n\n" + LOAD, "c.py": PLOT + LOAD, "d.py": LOAD})
    assert list(before) == list(after) == ["b.py::load"]


def test_the_origin_is_the_file_that_came_first_in_the_history():
    churn = [
        Churn("a.py", 1, 1, 1, 0, 2_000, 2_000, 1.0),
        Churn("z.py", 1, 1, 1, 0, 1_000, 1_000, 1.0),
    ]
    rows = members({"a.py": LOAD + SERVE, "z.py": LOAD + PLOT}, churn)
    assert [(row.family, row.path, row.origin) for row in rows] == [
        ("z.py::load", "z.py", True),
        ("z.py::load", "a.py", False),
    ]


def test_a_copy_that_says_so_is_declared():
    declared = "# Copied from a.load with df->frame" + LOAD
    assert [(row.path, row.declared) for row in members({"a.py": LOAD + SERVE, "b.py": declared + PLOT})] == [
        ("a.py", 0),
        ("b.py", 1),
    ]


def test_the_methods_of_a_class_that_says_so_are_declared():
    method = textwrap.indent(LOAD, "    ")
    files = {
        "a.py": f"class Reader:\n{method}" + SERVE,
        "b.py": f"# Copied from a.Reader\n@frozen\nclass Reader:\n{method}" + PLOT,
    }
    assert [(row.path, row.declared) for row in members(files)] == [("a.py", 0), ("b.py", 1)]


def test_a_copied_file_counts_the_functions_in_it_that_say_so():
    files = {"a.py": TRAIN + SERVE, "b.py": TRAIN.replace("\ndef fit", "\n# Copied from a.fit\ndef fit") + SERVE}
    assert [(row.path, row.level, row.declared) for row in members(files)] == [
        ("a.py", "script", 0),
        ("b.py", "script", 1),
    ]


def test_files_whose_names_and_content_say_so_are_versions_of_one():
    files = {"src/train.py": TRAIN, "src/train_v2.py": TRAIN + PLOT, "src/train_final.py": TRAIN, "src/serve.py": SERVE}
    rows = [(row.path, row.version_of, row.marker) for row in members(files) if row.level == "script"]
    assert rows == [
        ("src/train.py", "src/train", None),
        ("src/train_final.py", "src/train", "_final"),
        ("src/train_v2.py", "src/train", "_v2"),
    ]


def test_a_name_alone_makes_no_version():
    assert members({"report.py": TRAIN, "report_v2.py": SERVE + PLOT}) == []


def test_lists_that_their_names_call_versions_are_compared_by_their_lines():
    features = [f'    ("feature_{number}", SimpleTransform()),\n' for number in range(40)]
    files = {
        "combine_[Jun09].py": f"names = [\n{''.join(features)}]\ncombine(names)\n",
        "combine_[Jun23].py": f"names = [\n{''.join(features[:36])}]\ncombine(names)\n",
        "combine.py": LOAD,
    }
    rows = members(files)
    assert [(row.path, row.version_of, row.marker, row.level) for row in rows] == [
        ("combine_[Jun09].py", "combine", "_[Jun09]", "script"),
        ("combine_[Jun23].py", "combine", "_[Jun23]", "script"),
    ]


def test_python_2_is_compared_by_its_lines():
    old = "import cPickle\n" + LOAD.replace("    return", '    print "read", path\n    return')
    assert families({"a.py": old + SERVE, "b.py": old.replace("frame", "df") + PLOT}) == {
        "a.py::load": [("a.py", "load", 1.0), ("b.py", "load", 1.0)]
    }


# What was wrong once, or is wrong in other tools.


def test_a_function_is_no_copy_of_the_one_around_it():
    outer = "def download(urls):\n" + textwrap.indent(LOAD, "    ") + "    return [load(url) for url in urls]\n"
    assert members({"a.py": outer}) == []


def test_of_a_function_and_the_one_around_it_the_closer_copy_is_listed():
    closure = "def reader(folder):\n    log = folder / 'log'\n" + textwrap.indent(LOAD, "    ") + "    return load\n"
    assert families({"a.py": LOAD + SERVE, "b.py": closure + PLOT}) == {
        "a.py::load": [("a.py", "load", 1.0), ("b.py", "reader.load", 1.0)]
    }


def test_copied_functions_inside_copied_functions_are_not_listed_twice():
    outer = "def prepare(paths):\n" + textwrap.indent(LOAD, "    ") + "    return [load(path) for path in paths]\n"
    assert list(families({"a.py": outer + SERVE, "b.py": outer + PLOT})) == ["a.py::prepare"]


def test_argument_parsers_are_no_copies():
    options = "\n".join(
        f'    parser.add_argument("--{name}", type=int, default=1, help="{name}")' for name in "abcdefgh"
    )
    parser = f"def arguments():\n    parser = argparse.ArgumentParser()\n{options}\n    return parser.parse_args()\n"
    assert members({"a.py": parser + SERVE, "b.py": parser + PLOT}) == []


def test_constructors_that_only_store_their_arguments_are_no_copies():
    names = [
        "learning_rate",
        "max_depth",
        "n_estimators",
        "subsample",
        "random_state",
        "n_jobs",
        "verbose",
        "warm_start",
    ]
    stored = "\n".join(f"        self.{name} = {name}" for name in names)
    stored += "\n        self.kernel = initializers.get(kernel)"
    init = f"    def __init__(self, {', '.join(names)}):\n        super().__init__()\n{stored}\n"
    one = f"class Forest(Estimator):\n{init}" + SERVE
    assert members({"a.py": one, "b.py": one.replace("Forest", "Boosting").replace(SERVE, PLOT)}) == []


def test_short_scripts_with_the_same_frame_and_different_work_are_no_copies():
    frame = textwrap.dedent(
        """
        def load_pickle(path):
            with open(path, "rb") as file:
                return pickle.load(file)
        def main(folder):
            train, target = load_pickle(os.path.join(folder, "train.pkl"))
            valid, truth = load_pickle(os.path.join(folder, "valid.pkl"))
            forest = RandomForestRegressor(**settings)
            forest.fit(train, target)
            error = mean_squared_error(truth, forest.predict(valid), squared=False)
        """
    )
    tune = "    space = {'depth': scope.int(hp.quniform('depth', 1, 20, 1)), 'random_state': 42}\n" + textwrap.indent(
        "trials = Trials()\nbest = fmin(fn=objective, space=space, algo=tpe.suggest, max_evals=50, trials=trials)\n"
        "for trial in trials.trials:\n    mlflow.log_params(trial['misc']['vals'])\n",
        "    ",
    )
    register = textwrap.indent(
        "client = MlflowClient()\nruns = client.search_runs(experiment.id, order_by=['metrics.rmse ASC'], max_results=5)\n"
        "for run in runs:\n    if run.data.metrics['rmse'] < error:\n        mlflow.register_model(run.info.uri, name=run.id)\n",
        "    ",
    )
    assert members({"tune.py": frame + tune, "register.py": frame + register}) == []


def test_files_of_constants_and_licences_are_no_copies():
    constants = "\n".join(f"NAME_{number} = {number}" for number in range(60))
    licence = "# Copyright\n# Licensed under the Apache License\n" * 20
    assert members({"a.py": constants, "b.py": constants, "c/__init__.py": licence, "d/__init__.py": licence}) == []


def test_short_functions_of_one_shape_are_no_copies():
    one = "def a(x):\n    y = x.first()\n    if y is None:\n        raise KeyError(x)\n    return y.value\n"
    two = "def b(x):\n    y = x.first()\n    if y is None:\n        raise KeyError(x)\n    return y.other\n"
    assert members({"a.py": one, "b.py": two}) == []


def test_functions_with_the_same_frame_and_different_work_are_no_copies():
    frame = "def f(self, batch):\n    self.model.eval()\n    with torch.no_grad():\n{}    self.model.train()\n    return result\n"
    one = "        result = self.model.encode(batch.text)\n        result = result.mean(dim=1)\n        self.log(result)\n"
    two = "        masks = build_masks(batch.sizes)\n        result = self.head(batch.pixels, masks)\n        check(masks)\n"
    assert members({"a.py": frame.format(one), "b.py": frame.format(two)}) == []
