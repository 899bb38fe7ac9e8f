"""A constructed report of an invented repository, churn: what every format is tested on.

Amounts are what the cost model's default hours give for such a repository. Nothing here was computed by debtscan.
"""

from __future__ import annotations

from debtscan.model import (
    Category,
    Component,
    Cost,
    Coverage,
    Estimate,
    Evidence,
    Finding,
    Gap,
    Grade,
    Interest,
    Line,
    Move,
    NotRun,
    Payback,
    Place,
    Range,
    Report,
    RepositorySummary,
    RulebookSummary,
    RuleText,
    Scope,
    ScopeOut,
    Settings,
    Spread,
    Tool,
    Totals,
)

RATE = 92.0


def hours(p10: float, p50: float, p90: float, mean: float) -> Range:
    return Range(p10=p10, p50=p50, p90=p90, mean=mean)


def spread(p10: float, p50: float, p90: float) -> Spread:
    return Spread(p10=p10, p50=p50, p90=p90)


def payback(chance: float) -> Payback:
    return Payback(p_within_horizon=chance, months=spread(2.0, 9.0, 44.0))


def rule(rule_id: str, title: str, category: Category, kind: str, why: str, remedy: str, cost: Cost | None) -> RuleText:
    return RuleText(
        id=rule_id, title=title, category=category, stage="package", severity="medium" if cost else "critical",
        why=why, remedy=remedy, remedy_kind=kind, references=("https://arxiv.org/abs/2004.00000",), cost=cost,
    )  # fmt: skip


LOCK = Cost(
    unit="package", activity="env.lock", fixed=spread(1, 2.5, 8), unit_hours=spread(0.05, 0.12, 0.4),
    note="Transitive packages are most of what moves.",
    interest=(
        Interest(channel="break", rate=0.006, per="unit", impact=spread(1.5, 4, 16), people=0.5),
        Interest(channel="onboard", rate=1.0, driver="new_authors", impact=spread(2, 6, 20)),
    ),
)  # fmt: skip


def cost(unit: str, fixed: Spread | None = None, unit_hours: Spread | None = None) -> Cost:
    return Cost(unit=unit, fixed=fixed, unit_hours=unit_hours)


RULES = (
    rule("unversioned-data", "Training data has no version", "data", "decision",
         "A model can only be rebuilt from the rows it was trained on.",
         "Put the data under a versioned store and record the version with every run.",
         cost("data set", spread(4, 16, 60), spread(0.3, 1, 4))),
    rule("copied-pipeline", "One training pipeline lies in several files", "pipelines", "engineering",
         "A fix made in one copy does not reach the others.",
         "Keep one module, call it from the scripts in use, delete the copies nobody calls.",
         cost("extra copy", spread(2, 6, 20), spread(0.5, 1.5, 5))),
    rule("no-tests", "No test reaches the training code", "tests", "engineering",
         "A wrong change to training shows up in production, not before.",
         "Write one smoke test that trains on 200 rows.", cost("repository", spread(3, 8, 24))),
    rule("model-without-provenance", "Model files do not say what made them", "models", "engineering",
         "Nobody can say which code and data a served model came from.",
         "Write commit, data version and package versions beside each file.",
         cost("model file", spread(2, 5, 16), spread(0.3, 1, 5))),
    rule("machine-bound-path", "Data paths work on one machine only", "data", "mechanical",
         "Nobody else can start the script as it is.", "Read the paths from settings.",
         cost("path", spread(0.3, 0.75, 2), spread(0.05, 0.12, 0.5))),
    rule("unrebuildable-environment", "No lock, and packages at any version", "environment",
         "mechanical", "Nobody can install what the model was built with.",
         "Lock the environment at the versions most witnesses agree on.", LOCK),
    rule("notebook-out-of-order", "Notebooks were not run in order", "notebooks", "mechanical",
         "Their results may not come back on a fresh run.", "Restart, run all, keep the result.",
         cost("notebook", spread(0.2, 0.5, 2), spread(0.3, 1, 5))),
    rule("unseeded-training", "Training draws random numbers without a seed", "reproducibility", "mechanical",
         "Two runs give two models, so no result can be compared.",
         "Seed Python, NumPy and torch in one place.", cost("entry point", None, spread(0.3, 0.75, 2))),
    rule("ad-hoc-install", "Packages are installed outside the requirements", "environment", "mechanical",
         "What runs is not what is written down.", "Move the installs into requirements.txt.",
         cost("install", None, spread(0.1, 0.25, 1))),
    rule("python-version-unclear", "The Python version is not stated", "environment", "mechanical",
         "The next machine picks another one.", 'Write requires-python = "==3.10.*".',
         cost("repository", None, spread(0.1, 0.25, 1))),
    rule("tracked-secret", "A file with secrets is tracked in git", "code", "mechanical",
         "Whoever has a clone has the secret.", "Change the secret today, then remove the file.", None),
    rule("vulnerable-dependency", "Packages have known vulnerabilities", "vulnerabilities", "mechanical",
         "An attacker reads the same list.", "Upgrade them.", cost("package")),
)  # fmt: skip

# rule, findings, quantity, principal, interest mean, chance to pay back
PRICES = (
    ("unversioned-data", 3, 3, hours(6.1, 21.4, 70.2, 32.3), 2.5, 0.595),
    ("copied-pipeline", 1, 10.9, hours(7.2, 19.0, 52.6, 26.1), 3.3, 0.778),
    ("no-tests", 1, 1, hours(2.9, 8.1, 22.8, 11.1), 0.4, 0.385),
    ("model-without-provenance", 2, 2, hours(2.8, 7.3, 19.2, 9.8), 1.3, 0.646),
    ("machine-bound-path", 4, 4, hours(1.2, 3.3, 9.1, 4.5), 0.6, 0.650),
    ("unrebuildable-environment", 1, 18, hours(1.2, 3.1, 8.4, 4.2), 2.3, 0.990),
    ("notebook-out-of-order", 2, 2, hours(1.0, 2.7, 7.2, 3.6), 0.9, 0.881),
    ("unseeded-training", 2, 2, hours(0.5, 1.3, 3.4, 1.7), 0.4, 0.817),
    ("ad-hoc-install", 3, 3, hours(0.5, 1.3, 3.4, 1.7), 0.2, 0.662),
    ("python-version-unclear", 1, 1, hours(0.1, 0.3, 0.8, 0.4), 0.1, 0.916),
)
CATEGORY = {text.id: text.category for text in RULES}
UNIT = {text.id: text.cost.unit for text in RULES if text.cost}


def around(mean: float) -> Range:
    """A plausible range of interest."""
    return hours(round(mean * 0.4, 2), round(mean * 0.8, 2), round(mean * 1.8, 2), mean)


ESTIMATES = tuple(
    Estimate(
        id=f"{name}@churn", rule=name, category=CATEGORY[name], repository="churn", component=".", findings=findings,
        quantity=quantity, unit=UNIT[name], principal_hours=principal, interest_hours_per_month=around(interest),
        payback=payback(chance), inputs=f"{index:016x}",
        setup_hours_mean=3.5 if name == "unrebuildable-environment" else 0.0,
        drivers={"new_authors": 0.15, "people": 2.0} if name == "unrebuildable-environment" else {},
    )
    for index, (name, findings, quantity, principal, interest, chance) in enumerate(PRICES)
)  # fmt: skip

# rule, path, line, cell, message, evidence (path, line, cell, text)
PLACES = (
    ("unversioned-data", "train_v2_final.py", 31, None, "customers.csv is read for training and is in no version store",
     (("train_v2_final.py", 31, None, 'df = pd.read_csv(DATA / "customers.csv")'),)),
    ("unversioned-data", "retrain.py", 44, None, "contracts.parquet is read for training and is in no version store",
     (("retrain.py", 44, None, 'contracts = pd.read_parquet("/data/share/churn/contracts.parquet")'),)),
    ("unversioned-data", "notebooks/prepare.ipynb", 2, 3, "usage_2025.csv is read for training and is in no version store",
     (("notebooks/prepare.ipynb", 2, 3, r'usage = pd.read_csv("D:\exports\usage_2025.csv")'),)),
    ("copied-pipeline", "train_v2_final.py", 1, None, "Eight copies, 81% to 97% alike; fix 8c1d2f0 reached one of them",
     (("retrain.py", 71, None, "df = df[df.cancelled_at.isna() | (df.cancelled_at >= cutoff)]"),
      ("train_v2_final.py", 58, None, "missing here"), ("train_v2.py", 57, None, "missing here"),
      ("train.py", 55, None, "missing here"), ("train_old.py", 56, None, "missing here"),
      ("experiments/train_lgbm.py", 70, None, "missing here"), ("experiments/train_q3.py", 60, None, "missing here"),
      ("notebooks/train.ipynb", 4, 9, "missing here"))),
    ("no-tests", None, None, None, "No test file; CI builds the image and runs nothing else",
     ((".github/workflows/build.yml", 14, None, "run: docker build ."),)),
    ("model-without-provenance", "models/churn_v7.pkl", None, None,
     "churn_v7.pkl is loaded by the service; no commit, data or version recorded",
     (("service/app.py", 22, None, 'MODEL = joblib.load("models/churn_v7.pkl")'),)),
    ("model-without-provenance", "models/scaler.pkl", None, None,
     "scaler.pkl was written by scikit-learn 1.2.2; no commit recorded", ()),
    ("machine-bound-path", "train_v2_final.py", 12, None, "/home/someone/churn: a home folder",
     (("train_v2_final.py", 12, None, 'DATA = Path("/home/someone/churn/data")'),)),
    ("machine-bound-path", "retrain.py", 44, None, "/data/share/churn: a mounted share",
     (("retrain.py", 44, None, '"/data/share/churn/contracts.parquet"'),)),
    ("machine-bound-path", "notebooks/prepare.ipynb", 2, 3, r"D:\exports: a Windows drive",
     (("notebooks/prepare.ipynb", 2, 3, r'"D:\exports\usage_2025.csv"'),)),
    ("machine-bound-path", "jobs/export.py", 19, None, "/mnt/analytics: a mounted share",
     (("jobs/export.py", 19, None, 'OUT = "/mnt/analytics/churn/customers.csv"'),)),
    ("unrebuildable-environment", "requirements.txt", 1, None,
     "18 packages in requirements.txt may be at any version; no lock file",
     tuple(("requirements.txt", line, None, name) for line, name in ((7, "torch"), (8, "pandas"), (11, "scikit-learn")))),
    ("notebook-out-of-order", "notebooks/prepare.ipynb", None, None, "prepare.ipynb: cell 7 ran before cell 4", ()),
    ("notebook-out-of-order", "notebooks/score.ipynb", None, None, "score.ipynb: cell 2 ran last", ()),
    ("unseeded-training", "train_v2_final.py", 88, None, "NumPy is seeded with 42, torch is not",
     (("train_v2_final.py", 20, None, "np.random.seed(42)"),
      ("train_v2_final.py", 88, None, "model = Net(n_features)"))),
    ("unseeded-training", "retrain.py", 96, None, "nothing is seeded",
     (("retrain.py", 96, None, "model = Net(n_features)"),)),
    ("ad-hoc-install", "notebooks/train.ipynb", 1, 1, "torch 2.1.0 and pandas 1.5.3 are installed from a cell",
     (("notebooks/train.ipynb", 1, 1, "%pip install torch==2.1.0 pandas==1.5.3"),)),
    ("ad-hoc-install", "notebooks/score.ipynb", 1, 0, "shap is installed from a cell",
     (("notebooks/score.ipynb", 1, 0, "!pip install shap"),)),
    ("ad-hoc-install", ".github/workflows/build.yml", 21, None, "three packages are installed in CI",
     ((".github/workflows/build.yml", 21, None, "pip install torch==2.3.1 pandas==2.2.2 scikit-learn==1.5.0"),)),
    ("python-version-unclear", None, None, None, "image and CI use 3.10, one notebook 3.8; nothing declares it",
     (("Dockerfile", 1, None, "FROM pytorch/pytorch:2.1.0-cuda12.1"),
      ("notebooks/train.ipynb", None, None, "language_info.version 3.8.5"))),
    ("tracked-secret", ".env", None, None, ".env is tracked in git", ()),
)  # fmt: skip
PRICE = {name: (mean.mean / findings, interest / findings) for name, findings, _, mean, interest, _ in PRICES}
END_LINES = {"copied-pipeline": 212, "unrebuildable-environment": 18}


def finding(index: int, name: str, path: str | None, line: int | None, cell: int | None, message: str,
            evidence: tuple[tuple[str, int | None, int | None, str], ...]) -> Finding:  # fmt: skip
    priced = name in PRICE
    return Finding(
        id=f"{(index + 1) * 0x9E3779B97F4A7C15 % 2**64:016x}", rule=name, category=CATEGORY[name], repository="churn",
        component=".", path=path, line=line, end_line=END_LINES.get(name), cell=cell, message=message,
        severity="medium" if priced else "critical", confidence="high",
        evidence=tuple(Evidence(path=p, line=n, cell=c, text=text) for p, n, c, text in evidence),
        estimate=f"{name}@churn" if priced else None,
        principal_hours_mean=PRICE[name][0] if priced else None,
        interest_hours_per_month_mean=PRICE[name][1] if priced else None,
    )  # fmt: skip


FINDINGS = tuple(finding(index, *place) for index, place in enumerate(PLACES))

MOVES = tuple(
    Move(
        id=move_id, title=title, detail=detail, repository="churn", activity=activity, remedy_kind=kind,
        rules=rules, estimates=tuple(f"{name}@churn" for name in rules), principal_hours=principal,
        interest_saved_hours_per_month=around(saved), payback=payback(chance), recommended=chance >= 2 / 3,
    )
    for move_id, title, detail, activity, kind, rules, principal, saved, chance in (
        ("lock", "Lock the environment, state Python 3.10", "18 packages at any version, 3 installs outside the list.",
         "env.lock", "mechanical", ("unrebuildable-environment", "ad-hoc-install", "python-version-unclear"),
         hours(2.1, 4.8, 11.4, 6.3), 2.1, 0.97),
        ("merge", "Merge eight copies of train.py into one", "81% to 97% alike; one fix reached only one copy.",
         None, "engineering", ("copied-pipeline",), hours(7.2, 19.0, 52.6, 26.1), 2.6, 0.778),
        ("rerun", "Re-run two notebooks in order", "prepare.ipynb and score.ipynb show an order nobody can repeat.",
         None, "mechanical", ("notebook-out-of-order",), hours(1.0, 2.7, 7.2, 3.6), 0.8, 0.881),
        ("seed", "Seed both training scripts", "NumPy is seeded in one, torch in none.",
         None, "mechanical", ("unseeded-training",), hours(0.5, 1.3, 3.4, 1.7), 0.3, 0.817),
        ("record", "Record where two model files came from", "The service loads one of them.",
         None, "engineering", ("model-without-provenance",), hours(2.8, 7.3, 19.2, 9.8), 1.0, 0.646),
        ("paths", "Move four paths into settings", "Two scripts, a notebook and a job.",
         None, "mechanical", ("machine-bound-path",), hours(1.2, 3.3, 9.1, 4.5), 0.4, 0.640),
        ("version", "Version three data sets", "customers.csv, contracts.parquet and usage_2025.csv.",
         "data.versioning", "decision", ("unversioned-data",), hours(6.1, 21.4, 70.2, 32.3), 2.0, 0.595),
        ("test", "Write a first smoke test of training", "CI builds the image and runs nothing else.",
         "test.harness", "engineering", ("no-tests",), hours(2.9, 8.1, 22.8, 11.1), 0.4, 0.385),
    )
)  # fmt: skip
DO_FIRST = Move(
    id="first", title="Do these three first", detail="", repository="churn", activity=None, remedy_kind="engineering",
    rules=(), estimates=tuple(name for move in MOVES[:3] for name in move.estimates),
    principal_hours=hours(13.0, 28.5, 66.0, 36.0), interest_saved_hours_per_month=hours(2.9, 5.0, 8.9, 5.5),
    payback=payback(0.95), recommended=True,
)  # fmt: skip

TOTALS = Totals(
    principal_hours=hours(42.3, 80.4, 163.2, 95.4),
    interest_hours_per_month=hours(6.6, 11.3, 18.8, 12.0),
    principal_cost=hours(42.3 * RATE, 80.4 * RATE, 163.2 * RATE, 95.4 * RATE),
    interest_cost_per_month=hours(6.6 * RATE, 11.3 * RATE, 18.8 * RATE, 12.0 * RATE),
    findings=21, repositories_with_interest=1, worked_hours_per_month=192.0,
)  # fmt: skip

BY_CATEGORY = tuple(
    Line(key=key, findings=findings, estimates=estimates, principal_hours_mean=principal.mean,
         principal_hours=principal, interest_hours_per_month_mean=interest)
    for key, findings, estimates, principal, interest in (
        ("data", 7, 2, hours(8.9, 25.2, 77.0, 36.8), 3.1),
        ("pipelines", 1, 1, hours(7.2, 19.0, 52.6, 26.1), 3.3),
        ("tests", 1, 1, hours(2.9, 8.1, 22.8, 11.1), 0.4),
        ("models", 2, 1, hours(2.8, 7.3, 19.2, 9.8), 1.3),
        ("environment", 5, 3, hours(2.1, 4.8, 11.4, 6.3), 2.6),
        ("notebooks", 2, 1, hours(1.0, 2.7, 7.2, 3.6), 0.9),
        ("reproducibility", 2, 1, hours(0.5, 1.3, 3.4, 1.7), 0.4),
    )
)  # fmt: skip
BY_PLACE = tuple(
    Place(repository="churn", path=path, findings=findings, principal_hours_mean=sum(parts.values()),
          interest_hours_per_month_mean=interest, by_category=parts, commits_12_months=commits)
    for path, findings, parts, interest, commits in (
        (None, 3, {"tests": 11.1, "environment": 4.6}, 2.9, 512),
        ("notebooks/", 6, {"data": 11.9, "pipelines": 3.2, "environment": 1.1, "notebooks": 3.6}, 2.5, 5),
        ("train_v2_final.py", 4, {"data": 11.9, "pipelines": 3.3, "reproducibility": 0.9}, 1.6, 6),
        ("retrain.py", 3, {"data": 11.9, "pipelines": 3.3, "reproducibility": 0.8}, 1.6, 5),
        ("models/", 2, {"models": 9.8}, 1.3, 4),
        ("train.py", 0, {"pipelines": 9.8}, 1.2, 1),
        ("experiments/", 0, {"pipelines": 6.5}, 0.8, 0),
        ("jobs/", 1, {"data": 1.1}, 0.1, 7),
        (".github/", 1, {"environment": 0.6}, 0.0, 9),
        ("service/", 0, {}, 0.0, 431),
    )
)  # fmt: skip

REPOSITORY = RepositorySummary(
    name="churn", source="churn", revision="4f1c2aa0d1e2f3a4b5c6d7e8f90123456789abcd", branch="main",
    committed_at="2026-11-18T09:12:44+00:00", dirty=False, ml_role="application", ml_score=9,
    counts={"files": 214, "python_files": 61, "notebooks": 5, "code_lines": 6900, "commits": 1136,
            "authors_12_months": 4},
    languages={"Python": 61, "YAML": 22, "Jupyter": 5},
    components=(Component(root=".", kind="service", confidence=0.9, why="a Dockerfile starts service/app.py"),),
)  # fmt: skip
NOT_RUN = (
    NotRun(rule="vulnerable-dependency", repository="churn", why="no advisory source given"),
    *(
        NotRun(rule=name, repository="churn", why="compares repositories; only one was given")
        for name in ("pipeline-copied-across-repositories", "snowflake-environment", "version-skew")
    ),
)
GAPS = (
    Gap(repository="churn", path="notebooks/segments.ipynb", scanner="source", why="invalid JSON"),
    Gap(repository="churn", path="retrain.py", line=51, scanner="data", why="path is set at run time"),
    Gap(repository="churn", path="service/app.py", line=19, scanner="data", why="path is set at run time"),
    Gap(repository="churn", path="train.py", line=40, scanner="data", why="path is set at run time"),
)

CHURN = Report(
    generated_at="2026-11-18T10:00:00+00:00", as_of="2026-11-18", tool=Tool(name="debtscan", version="0.1.0"),
    rulebook=RulebookSummary(digest="4be1a7c09d3f2e6590c2", rules=25), seed=7,
    command="debtscan scan --rate 92/h --currency EUR",
    settings=Settings(currency="EUR", rate_per_hour=RATE), repositories=(REPOSITORY,), rules=RULES,
    findings=FINDINGS, estimates=ESTIMATES, totals=TOTALS, by_category=BY_CATEGORY,
    by_repository=(Line(key="churn", findings=21, estimates=10, principal_hours_mean=95.4,
                        principal_hours=TOTALS.principal_hours, interest_hours_per_month_mean=12.0),),
    by_place=BY_PLACE, moves=MOVES, do_first=DO_FIRST,
    grade=(Grade(denominator="30 minutes a line", ratio=0.0277, letter="A", probabilities={"A": 0.9, "B": 0.1}),),
    scope=Scope(included=214, out=(ScopeOut(path="third_party/", why="vendored", lines=9100),
                                   ScopeOut(path="build/", why="generated", lines=310))),
    not_run=NOT_RUN, gaps=GAPS, coverage=(Coverage(repository="churn", scanner="Python files", read=61, of=61),
              Coverage(repository="churn", scanner="notebooks", read=4, of=5)),
)  # fmt: skip
