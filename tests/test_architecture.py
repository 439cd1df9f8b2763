"""The layers of the project: imports only go down. Read from the source, without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import PROJECT

PACKAGES = ("plumbing", "blurrer", "plates", "cnn_denoiser", "benchmarks", "tools")
SCRIPTS = ("deblur_images.py",)

# From the lowest up. The packages of a layer do not import each other, unless `SHARED` has them.
LAYERS = (
    ("plumbing",),
    ("blurrer", "plates"),
    (
        "cnn_denoiser.frames",
        "cnn_denoiser.model_definitions",
        "cnn_denoiser.model_files",
        "cnn_denoiser.measures",
    ),
    ("cnn_denoiser.export",),
    (
        "cnn_denoiser.deblurring",
        "cnn_denoiser.training",
        "cnn_denoiser.plate_labels",
        "cnn_denoiser.publishing",
    ),
    ("cnn_denoiser.evaluation",),
    ("cnn_denoiser.calibration",),
    (
        "cnn_denoiser",  # the scripts in it, and its API
        "deblur_images",
        "benchmarks",
        "tools",
    ),
)
SHARED = {"cnn_denoiser.frames", "cnn_denoiser.model_definitions", "cnn_denoiser.model_files"}

LONGEST_FILE = 260  # lines
CODERS = {"imdecode", "imencode", "imread", "imwrite", "imdecodemulti", "imreadmulti"}


class Import(NamedTuple):
    """One import: what, where, and whether only the type checker sees it."""

    target: str
    line: int
    typing_only: bool


def source_files() -> list[Path]:
    files = [path for package in PACKAGES for path in (PROJECT / package).rglob("*.py")]
    return sorted(files) + [PROJECT / script for script in SCRIPTS]


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for path in source_files()}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in SOURCES.items()}


def imports_in(node: ast.AST, typing_only: bool = False) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, typing_only)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"a relative import in line {child.lineno}"
            for alias in child.names:
                inner = f"{child.module}.{alias.name}"
                target = inner if inner in SOURCES else child.module or ""
                yield Import(target, child.lineno, typing_only)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            yield from imports_in(child, typing_only=True)
        else:
            yield from imports_in(child, typing_only)


IMPORTS = {name: list(imports_in(tree)) for name, tree in TREES.items()}


def package(module: str) -> str | None:
    """Return the package of `LAYERS` that a module of ours stands in; None for others."""
    packages = [package for layer in LAYERS for package in layer]
    found = [name for name in packages if module == name or module.startswith(name + ".")]
    return max(found, key=len, default=None)


def layer(of_package: str) -> int:
    return next(index for index, packages in enumerate(LAYERS) if of_package in packages)


def arrows(typing_too: bool) -> Iterator[tuple[str, str, int]]:
    """Give every import of ours by ours: who, whom, in which line."""
    for module, imports in IMPORTS.items():
        for target, line, typing_only in imports:
            if target in SOURCES and (typing_too or not typing_only):
                yield module, target, line


def test_the_sources_are_found() -> None:
    assert len(SOURCES) > 80
    assert {"plumbing.pictures.codec", "cnn_denoiser.training.trainer"} <= set(SOURCES)
    assert ("blurrer.camera", "blurrer.kernels") in {(a, b) for a, b, _ in arrows(True)}


def test_every_module_stands_in_a_layer() -> None:
    assert [name for name in SOURCES if package(name) is None] == []


def test_imports_only_go_down() -> None:
    wrong = []
    for module, target, line in arrows(typing_too=True):
        above, below = package(module), package(target)
        assert above is not None and below is not None
        if above == below or {above, below} <= SHARED or layer(above) > layer(below):
            continue
        wrong.append(f"{SOURCES[module].relative_to(PROJECT)}:{line} imports {target}")
    assert wrong == []


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return the names along a circle of a graph, or nothing."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name not in done:
            for target in sorted(graph.get(name, ())):
                if found := walk(target, [*path, name]):
                    return found
            done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := walk(name, []))), [])


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []


def test_files_form_no_circle() -> None:
    graph: dict[str, set[str]] = {}
    for module, target, _ in arrows(typing_too=False):
        graph.setdefault(module, set()).add(target)
    assert circle(graph) == []


def test_the_files_and_folders_in_a_folder_form_no_circle() -> None:
    """A folder within it counts as one, whatever stands in it."""
    graphs: dict[str, dict[str, set[str]]] = {}
    for module, target, _ in arrows(typing_too=False):
        mine, its = ((*SOURCES[name].relative_to(PROJECT).parts,) for name in (module, target))
        shared = next(index for index in range(len(mine)) if mine[index] != its[index])
        graph = graphs.setdefault("/".join(mine[:shared]), {})
        graph.setdefault(mine[shared], set()).add(its[shared])
    assert len(graphs) > 10
    assert {folder: found for folder, graph in graphs.items() if (found := circle(graph))} == {}


def test_pictures_are_decoded_and_encoded_in_one_place() -> None:
    wrong = [
        f"{SOURCES[name].relative_to(PROJECT)}:{node.lineno} uses {node.attr}"
        for name, tree in TREES.items()
        if not name.startswith("plumbing.pictures")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in CODERS
    ]
    assert wrong == []


def test_the_lowest_layers_import_no_network_library() -> None:
    libraries = {"tensorflow", "keras", "onnx", "onnxruntime", "openvino", "jax", "torch"}
    wrong = [
        f"{name}:{line} imports {target}"
        for name, imports in IMPORTS.items()
        if package(name) in ("plumbing", "blurrer", "plates")
        for target, line, _ in imports
        if target.split(".")[0] in libraries
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_file_is_short_enough_to_read(name: str) -> None:
    lines = len(SOURCES[name].read_text("utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{SOURCES[name].relative_to(PROJECT)} has {lines} lines"


@pytest.mark.parametrize(
    ("program", "unwanted"),
    [
        ("import cnn_denoiser.deblurring.command", {"tensorflow", "keras", "numpy", "cv2"}),
        ("import cnn_denoiser.deblurring.pipeline", {"tensorflow", "keras", "jax"}),
        ("import cnn_denoiser", {"tensorflow", "keras", "numpy", "cv2", "onnxruntime"}),
        ("import blurrer.folder, plates.folder", {"tensorflow", "keras", "cnn_denoiser"}),
        ("import blurrer, plates", {"numpy", "cv2", "PIL"}),
        ("from blurrer import make_pair", {"plates", "cnn_denoiser", "PIL", "scipy"}),
    ],
)
def test_what_is_light_loads_nothing_heavy(run_command, program: str, unwanted: set[str]) -> None:
    result = run_command("-c", f"{program}\nimport sys\nprint(*({unwanted!r} & set(sys.modules)))")
    assert (result.stdout.split(), result.stderr) == ([], "")
