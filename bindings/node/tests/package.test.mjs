// SPDX-License-Identifier: Apache-2.0
// The package as its users get it: packed of what git has, compiled elsewhere against a libsfu that pkg-config finds.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { sfu } from "./support.mjs";

const node = fileURLToPath(new URL("..", import.meta.url));
const repository = join(node, "..", "..");
const others = ["node_modules", "build", "tests", join("src", "tables.inc"), "values.d.ts"];

test("what npm packs is compiled and imported in another folder", { timeout: 120000 }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "libsfu-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const modules = join(folder, "node_modules");
  const checkout = join(folder, "checkout");
  for (const part of ["include/sfu-c", "bindings/generate", "bindings/node"]) {
    cpSync(join(repository, part), join(checkout, part), { recursive: true, filter: (path) => !others.includes(relative(node, path)) });
  }
  const cwd = join(checkout, "bindings", "node");
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd, encoding: "utf8" });
  rmSync(checkout, { recursive: true });
  mkdirSync(join(modules, "libsfu"), { recursive: true });
  execFileSync("tar", ["xzf", join(folder, packed.trim()), "--strip-components=1", "-C", join(modules, "libsfu")]);
  assert.ok(existsSync(join(modules, "libsfu", "values.d.ts")));
  cpSync(join(node, "node_modules", "node-api-headers"), join(modules, "node-api-headers"), { recursive: true });

  const library = realpathSync(process.env.SFU_LIBRARY);
  const include = join(repository, "include");
  writeFileSync(join(folder, "sfu-c.pc"), `Name: sfu-c\nDescription: libsfu\nVersion: 0\nCflags: -I${include}\nLibs: ${library}\n`);
  const env = { ...process.env, PKG_CONFIG_PATH: folder, LD_LIBRARY_PATH: dirname(library) };
  delete env.SFU_LIBRARY;
  execFileSync(process.execPath, [join(modules, "libsfu", "build.js")], { env, stdio: "inherit" });
  const program = 'import { liveCount, version } from "libsfu"; console.log(version(), liveCount());';
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: folder, env, encoding: "utf8" });
  assert.equal(said, `${sfu.version()} 0\n`);
});
