# SPDX-License-Identifier: Apache-2.0
"""What a field or a parameter of the C interface means; bindings/generate/shapes.py has the kinds."""

from typing import NamedTuple


class Shape(NamedTuple):
    name: str
    kind: str
    of: str = ""
    length: str = ""  # the C name of what has it
