"""Edge lists: many forms, one network; every mistake with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from townsquare_agents.errors import NetworkError
from townsquare_agents.network import Network

pytestmark = pytest.mark.small


@pytest.mark.parametrize(
    "text",
    [
        "source,target\nb,a\na,c\n",
        "# a comment\nb a\n\na c",
        "b\ta\na\tc\n",
        "b;a\na;c",
        '"b","a"\n"a","c"\n',
        "\ufefftarget,source\na,b\nc,a\n",
    ],
)
def test_csv_in_many_forms(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ties.csv"
    path.write_text(text, encoding="utf-8")
    network = Network.from_csv(path, directed=True)
    names = {(network.labels[u], network.labels[v]) for u, v in zip(*network.ties(), strict=True)}
    assert names == {("b", "a"), ("a", "c")}


def test_csv_numbers_are_ordered_and_other_names_come_as_they_appear(tmp_path: Path) -> None:
    path = tmp_path / "ties.csv"
    path.write_text("10,9\n9,-2\n")
    assert Network.from_csv(path, directed=True).labels == (-2, 9, 10)
    path.write_text("10,09\n9,1\n")
    assert Network.from_csv(path, directed=True).labels == ("10", "09", "9", "1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source,target\n1,2\n3\n", r":3: found '3'; a line needs 2 fields"),
        ("1,2\n\n3,\n", r":3: found '3,'"),
        ("source,target,weight\n1,2,nan\n", r":2: weight is 'nan'; weights are finite"),
        ("1 2 0.5\n1 3 -1\n", r":2: weight is '-1'"),
        ("1 2 heavy\n", r":1: weight is 'heavy'"),
    ],
)
def test_csv_mistakes_name_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "ties.csv"
    path.write_text(text)
    with pytest.raises(NetworkError, match=r"ties\.csv" + message):
        Network.from_csv(path, directed=True)
