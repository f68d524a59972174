// SPDX-License-Identifier: Apache-2.0
// What the addon knows of the C interface is of the headers: offsets, sizes and numbers are the compiler's own.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { native } from "../lib/native.js";

const node = new URL("../", import.meta.url);
const read = (path) => readFileSync(new URL(path, node), "utf8");

// Not for JavaScript: the addon does it itself, or it answers on a thread of the library, where JavaScript cannot run.
const leftOut = [
  "sfu_struct_init", "sfu_free", "sfu_last_error_message", "sfu_room_api_get_last_error", "sfu_status_name",
  "sfu_track_attach_filter", "sfu_packet_filter_release", "sfu_packet_sink_receive", "sfu_answer_refuse", "sfu_answer_claims", "sfu_answer_token", "sfu_answer_configuration",
  "sfu_answer_pass", "sfu_answer_payload", "sfu_engine_get_poll_descriptor", "sfu_engine_get_poll_timeout", "sfu_engine_run_once",
];

test("no offset, size or number is written by hand", () => {
  const tables = read("src/tables.inc");
  const fields = [...tables.matchAll(/kFields_(sfu_\w+)\[\] = \{\n([^;]*)\};/g)];
  assert.ok(fields.length > 50);
  for (const [, name, rows] of fields) {
    for (const row of rows.trim().split("\n")) {
      assert.match(row, new RegExp(`^\\s*\\{"\\w+", k\\w+, \\d+, offsetof\\(${name}, \\w+\\), (0|offsetof\\(${name}, \\w+\\)), \\d+\\},$`));
    }
  }
  for (const [, rows] of tables.matchAll(/kValues_sfu_\w+\[\] = \{\n([^;]*)\};/g)) {
    for (const row of rows.trim().split("\n")) assert.match(row, /^\s*\{SFU_\w+, "\w+", "SFU_\w+"\},$/);
  }
});

test("every function of the headers is used, or left out for a reason", () => {
  const declared = [];
  const headers = new URL("../../include/sfu-c/", node);
  for (const name of readdirSync(headers)) {
    for (const [, found] of readFileSync(new URL(name, headers), "utf8").matchAll(/^SFU_API [^(]*?(sfu_\w+)\(/gm)) declared.push(found);
  }
  assert.ok(declared.length > 100);
  assert.deepEqual(native.functions().sort(), declared.filter((name) => !leftOut.includes(name)).sort());
  const sources = readdirSync(new URL("lib/", node)).map((name) => read(`lib/${name}`)).join("");
  assert.deepEqual(native.functions().filter((name) => !sources.includes(`"${name}"`)), []);
});

test("every callback of a client is listened to", () => {
  const names = [...read("src/tables.inc").matchAll(/offsetof\(sfu_client_callbacks, on_(\w+)\)/g)].map(([, name]) => name);
  const client = read("lib/client.js");
  for (const name of names) {
    const camel = name.replace(/(^|_)(\w)/g, (_, __, letter) => letter.toUpperCase());
    assert.ok(client.includes(`"on${camel}"`), name);
  }
});
