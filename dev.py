#!/usr/bin/env python3
"""One command for contributors: makes .venv from the lock, installs what the system lacks, and runs a task.

Standard library only, Python 3.11 or newer, Linux and Windows: it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import locale
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = sys.platform == "win32"
SCRIPTS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if WINDOWS else "python")
REQUIREMENTS = ROOT / "requirements"

# What PySide6 loads but does not bring, by the Debian package that has it.
QT_LIBRARIES = {
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
    "libglib2.0-0": "libglib-2.0.so.0",
}
# The same for a window on an X display.
XCB_LIBRARIES = {
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-randr0": "libxcb-randr.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
}


Word = str | Path


class SetupError(Exception):
    """Something that the user has to do first; its text says what."""


def run(*command: Word, env: dict[str, str] | None = None) -> int:
    """Run a command in the repository's folder and return its exit code."""
    sys.stdout.flush()
    return subprocess.run([str(word) for word in command], cwd=ROOT, env={**os.environ, **(env or {})}).returncode


# Set-up


def missing_packages() -> list[str]:
    """The Debian packages whose files are not there; empty on other systems than Linux."""
    if not sys.platform.startswith("linux"):
        return []
    missing = []
    if site_packages() is None and importlib.util.find_spec("ensurepip") is None:
        missing.append("python3-venv")
    wanted = {**QT_LIBRARIES, **(XCB_LIBRARIES if os.environ.get("DISPLAY") else {})}
    known = known_libraries()
    missing += [package for package, library in wanted.items() if library not in known]
    if not any_font():
        missing.append("fonts-dejavu-core")
    return missing


def known_libraries() -> str:
    """What the dynamic linker finds, as `ldconfig -p` lists it."""
    ldconfig = shutil.which("ldconfig", path=f"{os.environ.get('PATH', '')}:/sbin:/usr/sbin")
    if ldconfig is None:
        raise SetupError("ldconfig is not there, so the libraries that Qt needs cannot be looked for")
    return subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=True).stdout


def any_font() -> bool:
    """Whether there is a scalable font: without one every text off-screen is a row of boxes."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    return any(True for folder in folders for ending in ("ttf", "otf") for _ in folder.rglob(f"*.{ending}"))


def install_packages(packages: Sequence[str]) -> None:
    """Install Debian packages as root; else, or on another Linux, say what to do."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if shutil.which("apt-get") is None:
        raise SetupError(f"please install what your system calls these Debian packages: {' '.join(packages)}")
    if os.geteuid() != 0:
        raise SetupError(f"some system packages are missing; please run:\n  sudo {line}")
    print(f"installing {' '.join(packages)}", flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    if run("apt-get", "-qq", "update", env=quiet) or run(*line.split(), "-qq", env=quiet):
        raise SetupError(f"apt-get failed; please run:\n  {line}")


def site_packages() -> Path | None:
    """Where .venv keeps its packages; None when it is half-made, or its Python is gone or too old."""
    if not PYTHON.exists():
        return None
    ask = "import pip, sys, sysconfig; print(sysconfig.get_path('purelib')); sys.exit(sys.version_info < (3, 11))"
    told = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True)
    return Path(told.stdout.strip()) if told.returncode == 0 else None


def make_venv() -> None:
    """Make .venv, and let `import hvdesk` work in it from every folder."""
    packages = site_packages()
    if packages is None:
        print(f"making {VENV}", flush=True)
        # Within a virtual environment sys.executable is that environment's, which may be the one being replaced.
        base = getattr(sys, "_base_executable", sys.executable)
        if run(base, "-m", "venv", "--clear", VENV) or (packages := site_packages()) is None:
            raise SetupError(f"{base} -m venv {VENV} failed")
    # A .pth file rather than an editable install: it needs no build back end and no network.
    (packages / "hvdesk.pth").write_text(f"{ROOT}\n", encoding=locale.getencoding())


def install_groups(groups: Sequence[str]) -> None:
    """Install the locked packages of these groups, unless the same lock has been installed before."""
    stamp = VENV / "hvdesk-lock.json"
    files = {group: REQUIREMENTS / f"{group}.txt" for group in groups}
    wanted = {group: hashlib.sha256(path.read_bytes()).hexdigest() for group, path in files.items()}
    there: dict[str, str] = json.loads(stamp.read_text()) if stamp.exists() else {}
    new = [group for group in groups if there.get(group) != wanted[group]]
    if not new:
        return
    print(f"installing the locked packages: {', '.join(new)}", flush=True)
    pip: list[Word] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    for group in new:
        pip += ["-r", files[group]]
    if run(*pip):
        raise SetupError("pip could not install the locked packages (see above)")
    stamp.write_text(json.dumps({**there, **wanted}))


def kerberos() -> Sequence[str]:
    """The group of packages that must be compiled, where that can be done; its tests are skipped elsewhere."""
    header = Path(sysconfig.get_path("include"), "Python.h")
    there = sys.platform == "linux" and shutil.which("gcc") and shutil.which("krb5-config") and header.exists()
    return ("kerberos",) if there else ()


def prepare(*groups: str) -> None:
    """Everything that a task with these groups of packages needs."""
    if packages := missing_packages():
        install_packages(packages)
    make_venv()
    install_groups(groups)


# Tasks


Part = tuple[str, Sequence[Word]]
LINT: Sequence[Part] = (
    ("ruff check", (PYTHON, "-m", "ruff", "check", ".")),
    ("ruff format", (PYTHON, "-m", "ruff", "format", "--check", ".")),
    ("mypy", (PYTHON, "-m", "mypy")),
    ("import-linter", (SCRIPTS / "lint-imports", "--no-logo")),
)


def run_parts(parts: Sequence[Part], env: dict[str, str] | None = None) -> int:
    """Run all parts, also after one has failed; print minutes per part; 1 when one failed."""
    rows = []
    for name, command in parts:
        print(f"== {name}", flush=True)
        begin = time.monotonic()
        code = run(*command, env=env)
        rows.append((name, (time.monotonic() - begin) / 60, code))
    print()
    for name, minutes, code in rows:
        print(f"{name:14} {minutes:5.1f} min  {'ok' if code == 0 else f'FAILED ({code})'}")
    return int(any(code for _, _, code in rows))


def lint(_rest: Sequence[str]) -> int:
    """Style, types and layers."""
    prepare("run", "dev")
    return run_parts(LINT)


def test(rest: Sequence[str]) -> int:
    """lint, then all tests; --all: a test that would be skipped fails. Other words go to pytest."""
    prepare("run", "dev", *kerberos())
    env = {"HVDESK_TEST_ALL": "1"} if "--all" in rest else {}
    words = [word for word in rest if word != "--all"]
    return run_parts([*LINT, ("pytest", (PYTHON, "-m", "pytest", "-q", "-rs", *words))], env)


def demo(rest: Sequence[str]) -> int:
    """The window on simulated hosts; without a display the same tour off-screen."""
    prepare("run")
    display = WINDOWS or sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display:
        return run(PYTHON, "-m", "hvdesk", "--lab", *rest)
    return run(PYTHON, "tests/ui/tour.py", *rest)


def bench(rest: Sequence[str]) -> int:
    """Speed and memory, each beside something else, with limits; or the parts named."""
    prepare("run", "dev")
    return run(PYTHON, "tests/bench.py", *rest)


def shots(rest: Sequence[str]) -> int:
    """Screenshots of every page, light and dark, into shots/."""
    prepare("run", "dev")
    return run(PYTHON, "tests/ui/shots.py", *rest)


def build(_rest: Sequence[str]) -> int:
    """The installer; not in this version yet."""
    print("dev.py build: not in this version yet", file=sys.stderr)
    return 2


def clean(_rest: Sequence[str]) -> int:
    """Remove what builds, tests and screenshots leave; .venv stays."""
    for name in ("build", "dist", "shots", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for package in ("hvdesk", "tests"):
        for cache in list((ROOT / package).rglob("__pycache__")):
            shutil.rmtree(cache)
    return 0


def lock(rest: Sequence[str]) -> int:
    """Resolve pyproject.toml anew into requirements/, for all systems; --upgrade takes newer releases."""
    prepare("build")
    env = {"UV_CUSTOM_COMPILE_COMMAND": "python dev.py lock"}
    uv: tuple[Word, ...] = (SCRIPTS / "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes")
    run_lock = REQUIREMENTS / "run.txt"
    sources: dict[str, Sequence[Word]] = {
        "run": ("pyproject.toml",),
        "kerberos": ("pyproject.toml", "--extra", "kerberos", "--group", "kerberos", "--constraints", run_lock),
        "dev": ("--group", "dev", "--constraints", run_lock),
        "build": ("--group", "build", "--constraints", run_lock),
    }
    for group, words in sources.items():
        if run(*uv, *words, "--python-version", "3.11", "--output-file", REQUIREMENTS / f"{group}.txt", *rest, env=env):
            return 1
    return 0


TASKS: dict[str, Callable[[Sequence[str]], int]] = {
    task.__name__: task for task in (demo, test, lint, bench, shots, build, clean, lock)
}


def main() -> int:
    """Read the task, run it, return its exit code; 2 when something must be done by hand first."""
    lines = "\n".join(f"  {name:6} {(task.__doc__ or '').splitlines()[0]}" for name, task in TASKS.items())
    parser = argparse.ArgumentParser(
        usage="dev.py TASK [WORDS ...]", epilog=f"tasks:\n{lines}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=TASKS, metavar="TASK")
    arguments = parser.parse_args(sys.argv[1:2])
    try:
        return TASKS[arguments.task](sys.argv[2:])
    except SetupError as problem:
        print(f"dev.py: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
