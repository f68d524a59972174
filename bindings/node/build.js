// SPDX-License-Identifier: Apache-2.0
// Compiles the addon, unless it is newer than what it is made of: `node build.js`. The library is SFU_LIBRARY, a path of
// libsfu-c.so, with the headers of the tree around this folder; else what pkg-config finds.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import "./generate.js";

const folder = dirname(fileURLToPath(import.meta.url));
const output = join(folder, "build", "libsfu.node");
const nodeHeaders = createRequire(import.meta.url)("node-api-headers").include_dir;
const tree = join(folder, "..", "..", "include");

function library() {
  const path = process.env.SFU_LIBRARY;
  if (!path) {
    const found = execFileSync("pkg-config", ["--cflags", "--libs", "sfu-c"], { encoding: "utf8" });
    return found.trim().split(/\s+/);
  }
  const real = realpathSync(path);
  return [`-I${tree}`, real, `-Wl,-rpath,${dirname(real)}`];
}

const sources = readdirSync(join(folder, "src")).map((name) => join(folder, "src", name));
const files = sources.filter((path) => path.endsWith(".cpp"));
const flags = ["-std=c++17", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra", "-DNAPI_VERSION=8"];
const command = [process.env.CXX || "g++", ...flags, `-isystem${nodeHeaders}`, ...files, ...library(), "-o", output];

// What it was made by is beside it.
const made = `${output}.txt`;
const headers = existsSync(join(tree, "sfu-c")) ? readdirSync(join(tree, "sfu-c")).map((name) => join(tree, "sfu-c", name)) : [];
const newest = Math.max(...[...sources, ...headers].map((path) => statSync(path).mtimeMs));
const same = existsSync(made) && readFileSync(made, "utf8") === command.join("\n");
if (!same || statSync(output).mtimeMs < newest) {
  mkdirSync(dirname(output), { recursive: true });
  execFileSync(command[0], command.slice(1), { stdio: "inherit" });
  writeFileSync(made, command.join("\n"));
}
