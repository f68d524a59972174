// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";

test("the types are right, and mistakes are errors", () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
  execFileSync(process.execPath, [compiler, "-p", folder], { stdio: "inherit" });
});
