# SPDX-License-Identifier: Apache-2.0
"""The package as its users get it: with types, as a wheel."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import FOLDER


def run(*command: object, cwd: Path = FOLDER) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{command}\n{done.stdout}{done.stderr}")
    return done.stdout


class Package(unittest.TestCase):
    def test_types_are_right_in_it_and_in_what_uses_it(self) -> None:
        with tempfile.TemporaryDirectory() as cache:
            mypy = (sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache)
            run(*mypy, "-p", "libsfu")
            run(*mypy, *sorted((FOLDER / "examples").glob("*.py")), *sorted((FOLDER / "tests").glob("*.py")))

    def test_a_wheel_is_built_and_installed_elsewhere(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            ignored = shutil.ignore_patterns("__pycache__", "tests")
            shutil.copytree(FOLDER, folder / "source", ignore=ignored)
            wheel = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index")
            run(*wheel, "--wheel-dir", folder, folder / "source")
            [built] = folder.glob("*.whl")
            self.assertRegex(built.name, r"^libsfu-[\d.]+-py3-none-any\.whl$")
            run("/usr/bin/python3", "-m", "venv", folder / "venv")
            python = folder / "venv" / "bin" / "python"
            run(python, "-m", "pip", "install", "--quiet", "--no-index", built, cwd=folder)
            program = "import libsfu, importlib.resources as r; print(r.files(libsfu) / 'py.typed', libsfu.version())"
            marker, version = run(python, "-c", program, cwd=folder).split()
            self.assertTrue(Path(marker).exists() and str(folder) in marker, marker)
            self.assertRegex(version, r"^\d+\.\d+\.\d+$")


if __name__ == "__main__":
    unittest.main()
