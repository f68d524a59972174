# SPDX-License-Identifier: Apache-2.0
"""The package as its users get it: with types, as a wheel, of what git has or of an sdist."""

import contextlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
from collections.abc import Iterator
from pathlib import Path

from support import FOLDER


GENERATED = ("_abi.py", "values.py")
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")
OFFLINE = ("--no-build-isolation", "--no-deps", "--no-index")


def run(*command: object, cwd: Path = FOLDER) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{command}\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def checkout() -> Iterator[tuple[Path, Path]]:
    """A folder for anything, and in it the package as git has it."""
    ignored = shutil.ignore_patterns("__pycache__", "tests", "build", "*.egg-info", *GENERATED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("include/sfu-c", "bindings/generate", "bindings/python"):
            shutil.copytree(FOLDER.parent.parent / part, folder / "checkout" / part, ignore=ignored)
        yield folder, folder / "checkout" / "bindings" / "python"


def wheel(of: Path, to: Path) -> Path:
    run(sys.executable, *PIP, "wheel", *OFFLINE, "--wheel-dir", to, of)
    [built] = to.glob("*.whl")
    return built


class Package(unittest.TestCase):
    def test_types_are_right_in_it_and_in_what_uses_it(self) -> None:
        with tempfile.TemporaryDirectory() as cache:
            mypy = (sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache)
            run(*mypy, "-p", "libsfu")
            run(*mypy, *sorted((FOLDER / "examples").glob("*.py")), *sorted((FOLDER / "tests").glob("*.py")))

    def test_a_wheel_is_built_and_installed_elsewhere(self) -> None:
        with checkout() as (folder, source):
            built = wheel(source, folder)
            self.assertRegex(built.name, r"^libsfu-[\d.]+-py3-none-any\.whl$")
            run("/usr/bin/python3", "-m", "venv", folder / "venv")
            python = folder / "venv" / "bin" / "python"
            run(python, *PIP, "install", "--no-index", built, cwd=folder)
            program = "import libsfu, importlib.resources as r; print(r.files(libsfu) / 'py.typed', libsfu.version())"
            marker, version = run(python, "-c", program, cwd=folder).split()
            self.assertTrue(Path(marker).exists() and str(folder) in marker, marker)
            self.assertRegex(version, r"^\d+\.\d+\.\d+$")

    def test_an_sdist_is_enough_for_a_wheel(self) -> None:
        with checkout() as (folder, source):
            program = "import sys; sys.path.insert(0, 'backend'); import libsfu_backend; libsfu_backend.build_sdist(sys.argv[1])"
            run(sys.executable, "-c", program, folder, cwd=source)
            made = {name: (source / "libsfu" / name).read_text() for name in GENERATED}
            shutil.rmtree(folder / "checkout")
            [sdist] = folder.glob("*.tar.gz")
            with zipfile.ZipFile(wheel(sdist, folder)) as built:
                self.assertEqual({name: built.read(f"libsfu/{name}").decode() for name in GENERATED}, made)

    def test_it_may_be_installed_where_it_is(self) -> None:
        with checkout() as (folder, source):
            run(sys.executable, *PIP, "install", *OFFLINE, "--prefix", folder / "prefix", "--editable", source)
            [packages] = folder.glob("prefix/lib/*/site-packages")
            program = "import site, sys; site.addsitedir(sys.argv[1]); import libsfu; print(libsfu.__file__)"
            found = run(sys.executable, "-c", program, packages, cwd=folder)
            self.assertEqual(found.strip(), str(source / "libsfu" / "__init__.py"))

    def test_it_says_how_what_is_missing_in_a_checkout_is_made(self) -> None:
        with checkout() as (_, source):
            with self.assertRaisesRegex(AssertionError, r"\nImportError: .*_abi, values.* run bindings/generate/generate"):
                run(sys.executable, "-c", "import libsfu", cwd=source)
            run(sys.executable, source.parent / "generate" / "generate", "python")
            run(sys.executable, "-c", "import libsfu", cwd=source)


if __name__ == "__main__":
    unittest.main()
