// SPDX-License-Identifier: Apache-2.0
// Our .proto files against the descriptors that the official clients are built with: every message, field, oneof and
// enum value that they know must be ours too, with the same name, number and type. The version is the one that
// livekit-client of tests/browser uses; npm's 2.0.0 is older than it, in spite of its number.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { FileDescriptorSet, createDescriptorSet, proto3, ScalarType } from "@bufbuild/protobuf";
import * as protocol from "@livekit/protocol";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "../../proto");
const protoFiles = readdirSync(folder).filter((name) => name.endsWith(".proto"));
const ours = loadOurs();

function loadOurs() {
  const scratch = mkdtempSync(join(tmpdir(), "sfu-proto-"));
  try {
    const out = join(scratch, "set.bin");
    execFileSync("protoc", [`-I${folder}`, "--include_imports", `--descriptor_set_out=${out}`, ...protoFiles]);
    return createDescriptorSet(FileDescriptorSet.fromBinary(readFileSync(out)));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

// One line a field, built from both sides in the same words: "name (name)=4 string" or
// "disable_red (disableRed)=8 bool".
const line = (field) =>
  `${field.name} (${field.jsonName})=${field.number} ${field.label}${field.type}${field.oneof ? ` oneof ${field.oneof}` : ""}`;

function ourType(kind, scalar, message, enumeration) {
  if (kind === "message") return message.typeName;
  return kind === "enum" ? enumeration.typeName : ScalarType[scalar];
}

function ourField(field) {
  const type =
    field.fieldKind === "map"
      ? `map<${ScalarType[field.mapKey]}, ${ourType(field.mapValue.kind, field.mapValue.scalar, field.mapValue.message, field.mapValue.enum)}>`
      : ourType(field.fieldKind, field.scalar, field.message, field.enum);
  const label = field.repeated ? "repeated " : field.optional ? "optional " : "";
  return line({ name: field.name, jsonName: field.proto.jsonName, number: field.number, label, type, oneof: field.oneof?.name });
}

function theirType(kind, type) {
  return kind === "scalar" ? ScalarType[type] : type.typeName;
}

function theirField(field) {
  const type =
    field.kind === "map" ? `map<${ScalarType[field.K]}, ${theirType(field.V.kind, field.V.T)}>` : theirType(field.kind, field.T);
  const label = field.repeated ? "repeated " : field.opt ? "optional " : "";
  return line({ name: field.name, jsonName: field.jsonName, number: field.no, label, type, oneof: field.oneof?.name });
}

const theirMessages = Object.values(protocol).filter((value) => typeof value?.typeName === "string" && value.fields);
const theirEnums = Object.values(protocol)
  .filter((value) => typeof value === "object" && value !== null && !Array.isArray(value))
  .map((value) => {
    try {
      return proto3.getEnumType(value);
    } catch {
      return undefined;  // a constant, not an enum
    }
  })
  .filter(Boolean);

// Every type of their generated file that bears the name of one of our files.
function typesOfFile(name) {
  const generated = join(here, "node_modules/@livekit/protocol/src/gen", name.replace(".proto", "_pb.js"));
  return [...readFileSync(generated, "utf8").matchAll(/make(?:MessageType|Enum)\(\s*"(livekit\.[\w.]+)"/g)].map((match) => match[1]);
}

test("the protocol package is read", () => {
  assert.ok(theirMessages.length > 200);
  assert.ok(theirEnums.length > 40);
});

for (const file of protoFiles) {
  test(`${file} holds every message and enum`, () => {
    const types = typesOfFile(file);
    assert.ok(types.length > 0);
    assert.deepEqual(types.filter((name) => !ours.messages.has(name) && !ours.enums.has(name)), []);
  });
}

const comparedMessages = theirMessages.filter((message) => ours.messages.has(message.typeName));
const comparedEnums = theirEnums.filter((entry) => ours.enums.has(entry.typeName));

for (const their of comparedMessages) {
  test(`${their.typeName} has the same fields`, () => {
    const mine = ours.messages.get(their.typeName).fields.map(ourField).sort();
    assert.deepEqual(mine, their.fields.list().map(theirField).sort());
  });
}

for (const their of comparedEnums) {
  test(`${their.typeName} has the same values`, () => {
    const values = (entry) => entry.values.map((value) => `${value.name}=${value.number ?? value.no}`).sort();
    assert.deepEqual(values(ours.enums.get(their.typeName)), values(their));
  });
}

test("what is compared, and what of theirs we lack, is told", (context) => {
  const fields = comparedMessages.reduce((count, message) => count + message.fields.list().length, 0);
  context.diagnostic(`compared: ${comparedMessages.length} messages, ${fields} fields, ${comparedEnums.length} enums`);
  const lacking = [...theirMessages, ...theirEnums].map((type) => type.typeName).filter((name) => !ours.messages.has(name) && !ours.enums.has(name));
  context.diagnostic(`of theirs we lack ${lacking.length}: ${lacking.sort().join(" ")}`);
  assert.ok(comparedMessages.length > 200 && comparedEnums.length > 40);
});

test("nothing in our files is unknown to the protocol", () => {
  const messages = new Set(theirMessages.map((message) => message.typeName));
  const enums = new Set(theirEnums.map((entry) => entry.typeName));
  const isOurs = (name) => name.startsWith("livekit.");
  const extra = [
    ...[...ours.messages.keys()].filter((name) => isOurs(name) && !messages.has(name)),
    ...[...ours.enums.keys()].filter((name) => isOurs(name) && !enums.has(name)),
  ];
  assert.deepEqual(extra, []);
});
