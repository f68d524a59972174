# SPDX-License-Identifier: Apache-2.0
"""What the binding thinks of the C interface is what the C compiler says of its headers."""

import re
import subprocess
import tempfile
import unittest
from ctypes import sizeof
from pathlib import Path

from support import FOLDER

from libsfu import _abi, values
from libsfu._shape import Shape

REPOSITORY = FOLDER.parent.parent
# Not for Python, and why.
LEFT_OUT = {
    "sfu_struct_init": "structs of ctypes are zero, and know their size",
    "sfu_status_name": "libsfu.Status has the names",
    "sfu_packet_sink_receive": "sockets of the host's own: a call for each packet",
}


def c_says(lines: list[str]) -> list[str]:
    """What a C program prints that has these lines in its main()."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "program.c"
        body = "\n".join(lines)
        source.write_text(
            f"#include <stddef.h>\n#include <stdio.h>\n#include <sfu-c/sfu.h>\nint main(void) {{\n{body}\nreturn 0; }}\n"
        )
        program = Path(folder) / "program"
        # The macro takes the headers alone: nothing of the library is called.
        subprocess.run(["gcc", "-I", REPOSITORY / "include", source, "-o", program], check=True)
        return subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()


class Abi(unittest.TestCase):
    def test_structs_have_the_size_and_the_fields_that_c_gives_them(self) -> None:
        lines, expected = [], []
        for name, struct in _abi.STRUCTS.items():
            lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
            expected.append(f"{name} {sizeof(struct)}")
            for field, *_ in struct._fields_:
                member = f"(({name}*)0)->{field}"
                lines.append(f'printf("{name}.{field} %zu %zu\\n", offsetof({name}, {field}), sizeof({member}));')
                found = getattr(struct, field)
                expected.append(f"{name}.{field} {found.offset} {found.size}")
        self.assertGreater(len(expected), 400)
        self.assertEqual(c_says(lines), expected)

    def test_enumerations_have_the_numbers_that_c_gives_them(self) -> None:
        lines, expected = [], []
        for names in _abi.ENUMERATIONS.values():
            for name, number in names.items():
                lines.append(f'printf("{name} %d\\n", {name});')
                expected.append(f"{name} {number}")
        self.assertEqual(c_says(lines), expected)
        self.assertEqual(values.Status.TIMEOUT, _abi.ENUMERATIONS["sfu_status"]["SFU_ERROR_TIMEOUT"])

    def test_every_function_of_the_library_is_used_or_left_out_for_a_reason(self) -> None:
        headers = "".join(path.read_text() for path in (REPOSITORY / "include" / "sfu-c").glob("*.h"))
        self.assertEqual(set(_abi.FUNCTIONS), set(re.findall(r"^SFU_API [^(]*?(sfu_\w+)\(", headers, re.MULTILINE)))
        sources = {path.name: path.read_text() for path in (FOLDER / "libsfu").glob("*.py") if path.name != "_abi.py"}
        unused = {name for name in _abi.FUNCTIONS if not any(f'"{name}"' in text for text in sources.values())}
        self.assertEqual(unused, set(LEFT_OUT))

    def test_every_callback_is_used_or_left_out_for_a_reason(self) -> None:
        # Asked at each packet, and at each look at the clock.
        left_out = {"sfu_transport_callbacks", "sfu_clock_callbacks"}
        structs = {name for name, shapes in _abi.SHAPES.items() if Shape("user", "user") in shapes}
        self.assertEqual(structs - set(_abi.CALLBACKS), left_out)


if __name__ == "__main__":
    unittest.main()
