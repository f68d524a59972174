// SPDX-License-Identifier: Apache-2.0
// Makes src/tables.inc and values.d.ts of the C headers: in the repository, since a package has them. It has no lock file,
// which npm never packs.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
if (existsSync(join(folder, "package-lock.json"))) {
  // npm's standard output is for the name of what it packs.
  execFileSync(join(folder, "..", "generate", "generate"), ["node"], { stdio: ["ignore", 2, 2] });
}
