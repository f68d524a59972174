# SPDX-License-Identifier: Apache-2.0
"""Imported before all else: says what to do where the modules that are made of the C headers are not there."""

from importlib.util import find_spec

if missing := [name for name in ("_abi", "values") if find_spec(f"{__package__}.{name}") is None]:
    raise ImportError(
        f"libsfu is not complete without what is made of the C headers ({', '.join(missing)}): run bindings/generate/generate "
        "in the repository of libsfu, or install the package"
    )
