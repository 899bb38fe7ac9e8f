"""What is told of services: who answers requests, with which model, and what is loaded when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.scanners.services import Service, ServiceLoad
from debtscan.serving.look import serving_in
from debtscan.source.python import read_python
from tests.scanning import scan_files

APP = """\
from fastapi import FastAPI
from api.routes import router
from core.startup import load
app = FastAPI()
app.include_router(router)
app.add_event_handler("startup", load)
"""
ROUTES = """\
from fastapi import APIRouter, Depends, Request
from core.payload import House
router = APIRouter()

@router.post("/predict")
def predict(request: Request, house: House, _: bool = Depends(check)):
    return {"price": request.app.state.model.predict(house), "model_version": 3}

@router.get("/heartbeat")
def heartbeat():
    return "ok"
"""
STARTUP = """\
from core.model import Model

def load():
    app.state.model = Model("models/price.joblib")
"""
MODEL = """\
import joblib

class Model:
    def __init__(self, path):
        self.model = joblib.load(path)

    def predict(self, rows):
        return self.model.predict(rows)
"""
PAYLOAD = "from pydantic import BaseModel\n\nclass House(BaseModel):\n    area: float\n"


def services(tmp_path, files: dict[str, str | bytes]) -> list[Service]:
    return list(scan_files(tmp_path, files)["services"])


def one(tmp_path, code: str, **files: str) -> Service:
    (found,) = services(tmp_path, {"app.py": code} | {f"{name}.py": text for name, text in files.items()})
    return found


def test_a_service_is_its_application_with_all_it_imports(tmp_path):
    files = {
        "main.py": APP,
        "api/routes.py": ROUTES,
        "core/startup.py": STARTUP,
        "core/model.py": MODEL,
        "core/payload.py": PAYLOAD,
        "models/price.joblib": b"\x80\x04.",
        "Dockerfile": "FROM python:3.11\n",
    }
    tables = scan_files(tmp_path, files)
    assert tables["services"] == [
        Service(
            path="main.py",
            cell=None,
            line=4,
            framework="fastapi",
            kind="web",
            serves_model="yes",
            why="core/model.py:5 loads a model with joblib.load",
            has_schema="yes",
            schema_path=None,
            schema_cell=None,
            schema_line=None,
            schema_text="",
            has_health="yes",
            logs_version="yes",
            loads_per_request=False,
            loads=("models/price.joblib",),
            image="Dockerfile",
        )
    ]
    assert tables["service_loads"] == [
        ServiceLoad(
            service="main.py",
            path="core/model.py",
            cell=None,
            line=5,
            api="joblib.load",
            source="repository",
            name="models/price.joblib",
            resolved="models/price.joblib",
            state="versioned-git",
            pinned=False,
            per_request=False,
            text="self.model = joblib.load(path)",
        )
    ]


@pytest.mark.parametrize(
    ("code", "framework", "kind"),
    [
        ("import flask\nmodel = load()\napp = flask.Flask('a')\n", "flask", "web"),
        ("from tornado.web import Application\nApplication([])\n", "tornado", "web"),
        ("from rest_framework.views import APIView\nclass A(APIView):\n    def post(self, request): pass\n", "django", "web"),
        ("import bentoml\n@bentoml.service\nclass A: pass\n", "bentoml", "model_server"),
        ("from ray import serve\n@serve.deployment\nclass A: pass\n", "ray_serve", "model_server"),
        ("from ts.torch_handler.base_handler import BaseHandler\nclass A(BaseHandler): pass\n", "torchserve", "model_server"),
        ("import litserve as ls\nclass A(ls.LitAPI): pass\n", "litserve", "model_server"),
        ("from cog import BasePredictor\nclass A(BasePredictor): pass\n", "cog", "model_server"),
        ("class TritonPythonModel: pass\n", "triton", "model_server"),
        ("class Model:\n    def __init__(self, **k): pass\n    def load(self): pass\n    def predict(self, x): pass\n", "truss", "model_server"),
        ("def model_fn(model_dir): pass\n", "sagemaker", "model_server"),
        ("def init():\n    global model\ndef run(raw_data): pass\n", "azureml", "model_server"),
        ("def lambda_handler(event, context): pass\n", "lambda", "serverless"),
        ("import azure.functions as func\ndef main(req: func.HttpRequest): pass\n", "azure_functions", "serverless"),
        ("import grpc\nserver = grpc.server(pool)\n", "grpc", "rpc"),
        ("import streamlit as st\nst.title('a')\n", "streamlit", "demo"),
        ("import gradio as gr\ngr.Interface(f)\n", "gradio", "demo"),
    ],
)  # fmt: skip
def test_a_service_is_told_by_its_framework_or_by_the_names_a_platform_asks_for(tmp_path, code, framework, kind):
    found = one(tmp_path, code)
    assert (found.framework, found.kind) == (framework, kind)


@pytest.mark.parametrize(
    "code",
    [
        "def init(): pass\ndef run(config): pass\n",
        "def init():\n    global model\ndef run(mini_batch): pass\n",
        "def handler(event): pass\n",
        "class Model:\n    def predict(self, x): pass\n",
        "import requests\n@cache.get('/a')\ndef f(): pass\n",
    ],
)
def test_names_alone_make_no_service(tmp_path, code):
    assert services(tmp_path, {"app.py": code}) == []


FLASK = "from flask import Flask, request\nimport joblib\napp = Flask('a')\nmodel = joblib.load('m')\n"
FASTAPI = "from fastapi import FastAPI, Request\nimport joblib\napp = FastAPI()\nmodel = joblib.load('m')\n"


@pytest.mark.parametrize(
    ("head", "handler", "schema"),
    [
        (FLASK, "def predict():\n    return model.predict(request.get_json())", "no"),
        (FLASK, "def predict():\n    return model.predict(list(request.form.values()))", "no"),
        (FLASK, "def predict():\n    return model.predict(float(request.form['a']))", "unknown"),
        (FLASK, "def predict():\n    return model.predict(request.files['a'])", "unknown"),
        (FLASK, "def predict():\n    validate(request.json)\n    return model.predict(request.json)", "unknown"),
        (FLASK, "def predict(a):\n    return model.predict(a)", "unknown"),
        (FASTAPI, "def predict(a: float, b: int = 3):\n    return model.predict(a)", "yes"),
        (FASTAPI, "def predict(rows: list[float]):\n    return model.predict(rows)", "yes"),
        (FASTAPI, "def predict(request: PredictRequest):\n    return model.predict(request.data)", "yes"),
        (FASTAPI, "def predict(data: dict):\n    return model.predict(data)", "no"),
        (FASTAPI, "def predict(data: Dict[str, Any]):\n    return model.predict(data)", "no"),
        (FASTAPI, "def predict(data: Dict[str, float]):\n    return model.predict(data)", "yes"),
        (FASTAPI, "async def predict(request: Request):\n    return model.predict(await request.json())", "no"),
        (FASTAPI, "async def predict(request: Request):\n    return model.predict(Row(**await request.json()))", "unknown"),
    ],
)  # fmt: skip
def test_a_request_is_described_checked_by_hand_or_taken_as_it_comes(tmp_path, head, handler, schema):
    assert one(tmp_path, f"{head}\n@app.post('/predict')\n{handler}\n").has_schema == schema


@pytest.mark.parametrize(
    ("code", "health"),
    [
        ("@app.get('/healthz')\ndef f(): pass", "yes"),
        ("@app.get('/v1/ping/')\ndef f(): pass", "yes"),
        ("@app.get('/')\ndef f(): pass", "unknown"),
        ("@app.get(ROUTE)\ndef f(): pass", "unknown"),
        ("@app.get('/uploads')\ndef f(): pass", "no"),
        ("@app.get('/a')\ndef f(): return log.get('status')", "no"),
        ("@app.get('/a')\ndef f(): pass\napp.add_url_rule('/', view_func=g)", "unknown"),
    ],
)
def test_health_is_asked_for_at_a_route(tmp_path, code, health):
    assert one(tmp_path, f"{FLASK}\n{code}\n").has_health == health


@pytest.mark.parametrize(
    ("body", "per_request"),
    [
        ("@app.get('/predict')\ndef predict():\n    return joblib.load('m').predict(1)", True),
        ("@app.get('/reload')\ndef reload():\n    return joblib.load('m').predict(1)", False),
        ("@app.get('/predict')\ndef predict():\n    app.model = joblib.load('m')\n    return app.model.predict(1)", False),
        ("@cache\ndef get():\n    return joblib.load('m')\n@app.get('/predict')\ndef predict():\n    return get().predict(1)", False),
        ("class M:\n    def __init__(self):\n        self.m = joblib.load('m')\n@app.get('/predict')\ndef predict():\n    return M().predict(1)", False),
        ("class M:\n    def __init__(self):\n        m = joblib.load('m')\n@app.get('/predict')\ndef predict():\n    return M().predict(1)", True),
        ("def get():\n    return joblib.load('m')\n@app.get('/predict')\ndef predict():\n    return get().predict(1)", True),
        ("def get():\n    return joblib.load('m')\nget()\n@app.get('/predict')\ndef predict():\n    return get().predict(1)", False),
        ("def get():\n    return joblib.load('m')\n@app.get('/predict')\ndef predict():\n    return Depends(get).predict(1)", True),
    ],
)  # fmt: skip
def test_only_what_provably_runs_with_each_request_is_said_to(tmp_path, body, per_request):
    head = "from flask import Flask\nimport joblib\napp = Flask('a')\n"
    assert one(tmp_path, f"{head}{body}\n").loads_per_request is per_request


def test_a_part_belongs_to_the_application_that_includes_it_and_else_stands_for_itself(tmp_path):
    part = "from fastapi import APIRouter\nrouter = APIRouter()\n"
    files = {"main.py": APP, "api/routes.py": ROUTES, "core/startup.py": STARTUP, "other/part.py": part}
    assert [row.path for row in services(tmp_path, files)] == ["main.py", "other/part.py"]


def test_a_model_that_others_host_is_none_of_its_own(tmp_path):
    code = "from fastapi import FastAPI\nimport openai\napp = FastAPI()\n"
    assert one(tmp_path, code).serves_model == "hosted"
    assert one(tmp_path / "b", "from fastapi import FastAPI\napp = FastAPI()\n").serves_model == "no"


def test_an_image_of_a_model_server_is_a_service(tmp_path):
    (found,) = services(tmp_path, {"Dockerfile": "FROM tensorflow/serving:2.3.0\n"})
    assert (found.framework, found.line, found.has_schema, found.has_health) == ("tf_serving", 1, "yes", "yes")


REAL = (APP + ROUTES + MODEL + FLASK + "def model_fn(model_dir, *, a=1, **k): pass\n").encode()


@given(at=st.integers(0, len(REAL) - 1), cut=st.integers(0, 60), put=st.text(max_size=20))
def test_mutated_code_never_raises(at, cut, put):
    serving_in(read_python(REAL[:at] + put.encode() + REAL[at + cut :]))
