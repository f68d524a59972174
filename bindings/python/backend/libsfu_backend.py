# SPDX-License-Identifier: Apache-2.0
"""setuptools, once what is made of the C headers is there: it is made in the repository, and comes with an sdist."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403

_FOLDER = Path(__file__).resolve().parent.parent


def _generate() -> None:
    if not (_FOLDER / "PKG-INFO").exists():  # which every sdist has
        subprocess.run([sys.executable, _FOLDER.parent / "generate" / "generate", "python"], check=True)


def build_wheel(*given: Any, **named: Any) -> str:
    _generate()
    return build_meta.build_wheel(*given, **named)


def build_editable(*given: Any, **named: Any) -> str:
    _generate()
    return build_meta.build_editable(*given, **named)


def build_sdist(*given: Any, **named: Any) -> str:
    _generate()
    return build_meta.build_sdist(*given, **named)
