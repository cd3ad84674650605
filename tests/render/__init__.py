import pytest

pytest.register_assert_rewrite("tests.render.engine_contract", "tests.render.films")
