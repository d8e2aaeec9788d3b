"""The line index finds every key where a person would point at it."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.settings.lines import KeyPath, index

# A busy machine is no finding.
unhurried = settings(deadline=None)

ODD = '''\
# comment with [brackets] and = signs
"quoted.key" = 1
'literal key' = [ # comment ] in an array
  "a, ] # }", 'b',
  """three
  lines ] \\""" """,
  {x = 1, "y z" = [true, {deep = 1979-05-27 07:32:00}]},
]
a . b . "c" = \'\'\'
text [ \'\'\'
[table]
k = 1 # [[no]]
  [table.sub]
  k = """x"""""
[[many]]
n = 1
[[many.inner]]
m = {}
[[many.inner]]
m = []
[[many]]
[many.table]
z = "\\"]"
'''


def paths_of(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths_of(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from paths_of(inner, (*path, place))


def test_odd_but_valid_toml_is_indexed_completely() -> None:
    lines = index(ODD)
    assert set(lines) == set(paths_of(tomllib.loads(ODD)))
    expected: dict[KeyPath, int] = {
        ("quoted.key",): 2,
        ("literal key", 2): 5,
        ("literal key", 3, "y z", 1, "deep"): 7,
        ("a", "b", "c"): 9,
        ("table", "sub", "k"): 14,
        ("many",): 15,
        ("many", 0, "inner", 1, "m"): 20,
        ("many", 1): 21,
        ("many", 1, "table", "z"): 23,
    }
    assert {path: lines[path] for path in expected} == expected


keys = st.text(string.ascii_letters + string.digits + ' ."#[]=é-_', min_size=1, max_size=6)
scalars = st.one_of(
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    st.text("\"'\n#[]{},=\\ab", max_size=12),
    st.dates(),
    st.datetimes(),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)


@unhurried
@given(st.dictionaries(keys, values, max_size=5))
def test_every_path_of_any_document_has_a_line(document: dict[str, object]) -> None:
    text = tomlkit.dumps(document)
    lines = index(text)
    parsed = tomllib.loads(text)
    assert set(lines) == set(paths_of(parsed))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


@unhurried
@given(st.lists(st.sampled_from(["[t{0}]", "[[t.a{0}]]", '"{0}".x.y = 1', "'{0}' = [[1],\n[2]]"]), max_size=8))
def test_a_path_stands_on_the_line_that_holds_its_key(statements: list[str]) -> None:
    text = "\n# filler\n".join(line.format(f"mark{place}") for place, line in enumerate(statements))
    for path, line in index(text).items():
        marked = [step for step in path if isinstance(step, str) and "mark" in step]
        if marked:
            mark = marked[-1].removeprefix("t").removeprefix("a")
            first = next(n for n, row in enumerate(text.split("\n"), 1) if mark in row)
            assert line in (first, first + 1)
