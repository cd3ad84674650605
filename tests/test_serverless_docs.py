"""What docs/serverless.md tells people to write is what the libraries take."""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path

import pytest

import bazaar_nb as bz

pytest.importorskip("lithops")
ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "serverless.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_configuration_is_one_that_lithops_knows(tmp_path: Path) -> None:
    import yaml
    from lithops.serverless.backends.aws_lambda.config import DEFAULT_CONFIG_KEYS, RUNTIME_TIMEOUT_MAX

    (written,) = blocks("yaml")
    path = tmp_path / "lithops.yaml"
    path.write_text(written)
    engine = bz.LithopsEngine(path)
    config = yaml.safe_load(written)
    section = config["aws_lambda"]
    assert set(section) <= set(DEFAULT_CONFIG_KEYS) | {"execution_role", "runtime"}
    assert (engine.workers, engine.memory_mb) == (section["max_workers"], section["runtime_memory"])
    assert engine.time_limit_s == section["runtime_timeout"] - 5
    assert section["runtime_timeout"] == RUNTIME_TIMEOUT_MAX
    assert 2048 <= section["runtime_memory"] <= 4096


def test_the_policy_is_of_the_buckets_that_are_named() -> None:
    (written,) = blocks("json")
    resources = [resource for each in json.loads(written)["Statement"] for resource in each["Resource"]]
    buckets = {resource.split(":::")[1].split("/")[0] for resource in resources if ":s3:" in resource}
    assert buckets == {"acme-films", "acme-lithops"}
    assert all(f"{bucket}" in TEXT.replace(written, "") for bucket in buckets)


def test_the_code_is_python_of_today() -> None:
    for code in blocks("python"):
        ast.parse(code)
    limits = inspect.signature(bz.LithopsEngine).parameters
    for name, value in re.findall(r"`(\w+_limit_s)=(\d+)`", TEXT):
        assert limits[name].default == float(value)


def test_the_commands_are_those_of_lithops() -> None:
    from lithops.scripts.cli import lithops_cli

    commands = [line for line in "".join(blocks("sh")).splitlines() if line.startswith("lithops ")]
    assert len(commands) == 2
    for line in commands:
        _, group, name, *rest = line.split()
        command = lithops_cli.commands[group].commands[name]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("-") and word != "-f"} <= options
    image = blocks("dockerfile")[0]
    from lithops.serverless.backends.aws_lambda import aws_lambda

    assert aws_lambda.LITHOPS_FUNCTION_ZIP in image
    entry = Path(aws_lambda.__file__).with_name("entry_point.py").read_text()
    assert "def lambda_handler(" in entry
    assert 'CMD ["handler.entry_point.lambda_handler"]' in image


def test_the_errors_are_what_the_engine_says() -> None:
    source = "".join(
        path.read_text() for path in (ROOT / "bazaar_nb" / "render" / "engines").glob("lithops*.py")
    )
    source = re.sub(r'"\s*\n\s*f?"', "", source)
    named = re.findall(r"^\| `(.*?)` \|", TEXT, re.MULTILINE)
    assert len(named) >= 5
    for message in named:
        for part in re.split(r"functions on aws_lambda|no function on aws_lambda|s3://…|…", message):
            assert part.strip(", ") in source
