"""Writes the `sh` blocks of a page into files whose names sort in the page's order: blocks.py PAGE FOLDER NUMBER.

A name is number, page, line and mark, such as 01-install.md-0022.sh; `sh serve` gives .serve."""

import pathlib
import re
import sys

page, folder, number = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
block, mark = None, None
for count, line in enumerate(page.read_text().splitlines(), start=1):
    opening = re.fullmatch(r"```sh( [a-z]+)?", line)
    if block is None and opening:
        block, mark, begin = [], (opening[1] or " sh").strip(), count + 1
    elif block is not None and line == "```":
        name = f"{number:02}-{page.name}-{begin:04}.{mark}"
        (folder / name).write_text("\n".join(block) + "\n")
        block = None
    elif block is not None:
        block.append(line)
