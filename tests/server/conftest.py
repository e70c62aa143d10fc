"""What tests of the server share."""

from __future__ import annotations

import pytest

from townsquare_server.codec import Format


@pytest.fixture(params=list(Format), ids=lambda format: format.value)
def format(request: pytest.FixtureRequest) -> Format:
    return request.param  # type: ignore[no-any-return]
