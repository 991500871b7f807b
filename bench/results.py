"""What was measured, where and when: rows as a table for people and as JSON for the next one who measures."""

import datetime
import importlib.metadata
import json
import os
import pathlib
import platform
from collections.abc import Mapping, Sequence

FOLDER = pathlib.Path(__file__).with_name("results")
PACKAGES = ("torch", "faiss-cpu", "sentence-transformers", "transformers", "numpy", "networkx")
FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16")  # that decide how quick the encoder is
Value = str | int | float | bool | None
Row = Mapping[str, Value]


def machine() -> dict[str, str]:
    """Return where this runs; what can't be told here is ''."""
    info = _fields(pathlib.Path("/proc/cpuinfo"))
    memory = _fields(pathlib.Path("/proc/meminfo")).get("MemTotal", "0 kB").split()[0]
    flags = set(info.get("flags", "").split())
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
        "processor": info.get("model name", platform.processor()),
        "flags": " ".join(flag for flag in FLAGS if flag in flags),
        "cores": str(os.cpu_count()),
        "memory": f"{int(memory) / 2**20:.0f} GiB",
        "load": f"{os.getloadavg()[0]:.1f} before",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES),
    }


def _fields(file: pathlib.Path) -> dict[str, str]:
    """Return the 'name: value' lines of a file of the kernel, the first of each name."""
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return {name.strip(): value.strip() for name, _, value in reversed([line.partition(":") for line in lines])}


def table(rows: Sequence[Row]) -> str:
    """Return rows as a table: a column for each name in them, numbers to the right."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[_cell(row.get(name)) for name in columns] for row in rows]
    widths = [max([len(name), *(len(line[place]) for line in cells)]) for place, name in enumerate(columns)]
    words = [all(isinstance(row.get(name), str) for row in rows) for name in columns]
    lines = []
    for line in [columns, *cells]:
        shapes = zip(line, widths, words, strict=True)
        padded = [f"{cell:<{width}}" if left else f"{cell:>{width}}" for cell, width, left in shapes]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"
    return f"{value:,}" if type(value) is int else str(value)


def save(file: pathlib.Path, rows: Sequence[Row], where: Mapping[str, str]) -> None:
    """Write rows with the description of the machine they come from."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": where, "rows": rows}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def load(file: pathlib.Path) -> tuple[list[dict[str, Value]], dict[str, str]]:
    """Return what `save` wrote."""
    content = json.loads(file.read_text("utf-8"))
    return content["rows"], content["machine"]
