"""Fields are what programs in Go make of them; `tests/integration/test_go_fields.py` asks one."""

import json
import time
from typing import Any

import pytest
from pydantic import BaseModel

from ocianalyze.limits import DEFAULT
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.document import load_object, read_config
from ocianalyze.model.fields import folded, scalar
from ocianalyze.model.oci import ImageConfig, LayerDocument, Manifest, Schema1


def _run(members: str) -> tuple[dict[str, Any], list[str]]:
    config, anomalies = read_config(b"{" + members.encode() + b"}", DEFAULT)
    assert config is not None
    run = config.config.model_dump(by_alias=True, exclude_defaults=True)
    return run, [anomaly.code for anomaly in anomalies]


@pytest.mark.parametrize(
    ("members", "run"),
    [
        ('"config":{"User":"0","user":"1000","User":"0"}', {"User": "0"}),
        ('"config":{"User":"0"},"config":{"Cmd":["a"]}', {"User": "0", "Cmd": ["a"]}),
        ('"config":{"User":"0"},"Config":{"Cmd":["a"]}', {"User": "0", "Cmd": ["a"]}),
        ('"config":{"User":"0","User":null}', {"User": "0"}),
        ('"config":{"Cmd":["a","b"],"Cmd":["c"]}', {"Cmd": ["c"]}),
        ('"config":{"Cmd":["a"],"Cmd":null}', {}),
        ('"config":{"Labels":{"a":"1"},"Labels":{"b":"2"}}', {"Labels": {"a": "1", "b": "2"}}),
        ('"config":{"Healthcheck":{"Test":["a"]},"Healthcheck":null}', {}),
        ('"config":{"User":"0"},"config":null', {"User": "0"}),
        ('"config":{"Cmd":["a","b"],"Cmd":[null]}', {"Cmd": ["a"]}),
        ('"config":{"Cmd":["a","b","c"],"Cmd":["x"],"Cmd":[null,null,"d"]}', {"Cmd": [*"xbd"]}),
        ('"config":{"Cmd":["a"],"Cmd":[]}', {}),
        ('"config":{"Labels":{"a":"1"},"Labels":{}}', {"Labels": {"a": "1"}}),
        ('"config":{"Labels":{"a":"1"},"Labels":null}', {}),
    ],
)
def test_a_name_that_comes_again_is_decoded_into_what_is_there(
    members: str, run: dict[str, Any]
) -> None:
    found, codes = _run(members)
    assert found == run
    assert "image.repeated-name" in codes


@pytest.mark.parametrize(
    "members",
    [
        '"config":{"User":"0","User":"0"}',
        '"config":{"User":"0"},"config":{"User":"0"}',
        r'"config":{"Labels":{"a":"{\"b\":1,\"b\":2}"}}',
        '"config":{"Labels":{"a":"1","A":"2"}}',
    ],
)
def test_the_same_value_again_and_names_in_texts_are_not_told(members: str) -> None:
    assert "image.repeated-name" not in _run(members)[1]


def test_a_map_with_a_name_that_has_two_values_is_told() -> None:
    run, codes = _run('"config":{"Labels":{"a":"1","A":"3","a":"2"}}')
    assert run == {"Labels": {"a": "2", "A": "3"}}
    assert codes == ["image.repeated-name"]


def test_elements_of_a_list_are_decoded_into_those_that_are_there() -> None:
    known = {"digest": "sha256:" + "a" * 64, "size": 1, "mediaType": "x"}
    first = json.dumps([known])
    text = f'{{"layers":{first},"layer\u017f":[{{"size":2}},{{"size":3}}]}}'
    anomalies: list[Anomaly] = []
    value = folded(load_object(text.encode(), DEFAULT), Manifest, anomalies)
    assert value == {"layers": [known | {"size": 2}, {"size": 3}]}
    assert [one.code for one in anomalies] == ["image.config-case", "image.repeated-name"]


def _folded(text: str, model: type[BaseModel] = ImageConfig) -> tuple[dict[str, Any], list[str]]:
    anomalies: list[Anomaly] = []
    value = folded(load_object(text.encode(), DEFAULT), model, anomalies)
    return value, [one.code for one in anomalies]


def test_steps_are_decoded_into_those_behind_the_end_of_a_shorter_list() -> None:
    value, codes = _folded(
        '{"history":[{"created_by":"a"},{"created_by":"b"}],"history":[{"comment":"c"}],'
        '"history":[{},null,{"comment":"d"}]}'
    )
    first = {"created_by": "a", "comment": "c"}
    assert value == {"history": [first, {"created_by": "b"}, {"comment": "d"}]}
    assert codes == ["image.repeated-name"] * 2


@pytest.mark.parametrize(
    ("members", "rest"),
    [('"created":"x","created":null', {"created": None}), ('"os":"x","os":null', {"os": "x"})],
)
def test_null_takes_a_time_away_and_no_text(members: str, rest: dict[str, Any]) -> None:
    assert _folded(f"{{{members}}}")[0] == rest


def test_names_of_no_field_that_are_alike_are_one_to_who_knows_them() -> None:
    value, codes = _folded('{"other":1,"Other":2,"OTHER":2}')
    assert value == {"other": 2}
    assert codes == ["image.config-case", "image.repeated-name", "image.config-case"]


@pytest.mark.parametrize(
    ("text", "model", "value"),
    [
        (
            '{"Parent":"p","container_config":{"cmd":["a"]},"conFig":{"u\u017fer":"0"}}',
            LayerDocument,
            {"parent": "p", "container_config": {"Cmd": ["a"]}, "config": {"User": "0"}},
        ),
        (
            '{"FSLayer\u017f":[{"BlobSum":"d"}],"History":[{"v1compatibility":"{}"}]}',
            Schema1,
            {"fsLayers": [{"blobSum": "d"}], "history": [{"v1Compatibility": "{}"}]},
        ),
    ],
)
def test_documents_of_docker_before_1_10_are_read_alike(
    text: str, model: type[BaseModel], value: dict[str, Any]
) -> None:
    assert _folded(text, model)[0] == value


def test_of_a_number_or_text_the_last_that_is_not_null_counts() -> None:
    value = load_object(b'{"schemaVersion":1,"SCHEMAVERSION":2,"schemaVersion":null}', DEFAULT)
    assert scalar(value, "schemaVersion") == 2
    assert scalar(value, "mediaType") is None


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("[" + "0," * 99_999 + "0]", "[1]"),
        ("[" + "0," * 99_999 + "0]", "[]"),
        ("{" + ",".join(f'"{n}":"1"' for n in range(100_000)) + "}", '{"x":"y"}'),
    ],
    ids=["list", "empty", "map"],
)
def test_a_name_that_comes_again_and_again_takes_linear_time(first: str, again: str) -> None:
    repeated = f',"Labels":{again}' * 100_000
    text = f'{{"config":{{"Labels":{first}{repeated}}}}}'
    began = time.process_time()
    _, codes = _folded(text)
    assert len(codes) <= DEFAULT.anomalies
    assert time.process_time() - began < 5
