// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { KEY, SECRET, sfu } from "./support.mjs";

const options = { apiKey: KEY, apiSecret: SECRET };

test("what a token was made with is what it says", () => {
  const claims = {
    identity: "zoë",
    kind: "agent",
    attributes: { team: "red" },
    video: { roomJoin: true, room: "hall", canPublish: false, canPublishSources: ["camera"] },
  };
  const verifier = new sfu.TokenVerifier({ other: "another secret of thirty-two characters", [KEY]: SECRET });
  const read = verifier.verify(sfu.createToken(claims, options));
  verifier.close();
  assert.deepEqual([read.identity, read.kind, read.attributes, read.apiKey], ["zoë", "agent", { team: "red" }, KEY]);
  assert.deepEqual([read.video.canPublish, read.video.canSubscribe, read.video.canPublishSources], [false, null, ["camera"]]);
  assert.equal(read.sip, null);
});

test("errors have a code", () => {
  const verifier = new sfu.TokenVerifier({ [KEY]: SECRET });
  assert.throws(() => verifier.verify("no token"), { name: "SfuError", code: "SFU_ERROR_MALFORMED", message: /./ });
  const old = sfu.createToken({ identity: "a" }, { ...options, nowMs: 1000 });
  assert.throws(() => verifier.verify(old), { code: "SFU_ERROR_UNAUTHENTICATED" });
  assert.equal(verifier.verify(old, 2000).identity, "a");
  verifier.close();
  verifier.close();
  assert.throws(() => verifier.verify("closed"), { code: "SFU_ERROR_INVALID_HANDLE" });
});

test("bad values are told before C sees them", () => {
  assert.throws(() => sfu.createToken({ identity: 5 }, options), TypeError);
  assert.throws(() => sfu.createToken({ identiti: "a" }, options), /Claims has no identiti/);
  assert.throws(() => sfu.createToken({ kind: "queen" }, options), /there is no ParticipantKind "queen"/);
  assert.throws(() => sfu.createToken({ identity: "a\0b" }, options), RangeError);
  assert.throws(() => sfu.createToken({}, { ...options, ttlMs: 1.5 }), RangeError);
  assert.throws(() => sfu.createToken({ video: { canPublishSources: "camera" } }, options), TypeError);
  assert.throws(() => sfu.createToken("claims", options), TypeError);
});

test("a webhook is taken from who knows the secret", () => {
  const body = JSON.stringify({ event: "room_started", id: "EV_1", createdAt: "5", room: { name: "hall" } });
  const sha256 = createHash("sha256").update(body).digest("base64");
  const receiver = new sfu.WebhookReceiver({ [KEY]: SECRET });
  const event = receiver.receive(body, sfu.createToken({ sha256 }, options));
  assert.deepEqual([event.event, event.id, event.createdAtMs, event.room.name], ["room_started", "EV_1", 5000, "hall"]);
  assert.equal(event.participant, null);
  const signed = sfu.createToken({ sha256 }, options);
  assert.throws(() => receiver.receive(body + " ", signed), { code: "SFU_ERROR_UNAUTHENTICATED" });
  receiver.close();
});

test("a file gives its frames", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "libsfu-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const head = Buffer.alloc(32); // IVF
  head.write("DKIF");
  head.writeUInt16LE(32, 6);
  head.write("VP80", 8);
  head.writeUInt16LE(320, 12);
  head.writeUInt16LE(240, 14);
  head.writeUInt32LE(30, 16);
  head.writeUInt32LE(1, 20);
  const frames = ["\x10frame one", "\x11frame two"].map((text) => Buffer.from(text));
  const parts = frames.flatMap((frame, n) => {
    const header = Buffer.alloc(12);
    header.writeUInt32LE(frame.length, 0);
    header.writeUInt32LE(n, 4);
    return [header, frame];
  });
  const path = join(folder, "two.ivf");
  writeFileSync(path, Buffer.concat([head, ...parts]));
  const file = new sfu.MediaFile(path);
  assert.deepEqual(file.info, { codec: "vp8", width: 320, height: 240 });
  assert.deepEqual([...file].map((sample) => sample.frame.bytes), frames);
  file.rewind();
  assert.deepEqual([...file].map((sample) => sample.atUs), [0, 33333]);
  file.close();
  assert.throws(() => new sfu.MediaFile("there-is-no-such-file"), { code: "SFU_ERROR_NOT_FOUND" });
});

test("codecs have names", () => {
  assert.equal(sfu.codecName("opus"), "opus");
  assert.equal(sfu.codecClockRate("vp9"), 90000);
  assert.match(sfu.version(), /^\d+\.\d+\.\d+$/);
});
