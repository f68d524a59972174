// SPDX-License-Identifier: Apache-2.0
// A host decides who joins, what is published and who gets it, when its decision is there.
import assert from "node:assert/strict";
import test from "node:test";
import { connect, heard, join, startServer, VOICE } from "./support.mjs";

test("who is denied reads why, and grants are changed", async (t) => {
  const asked = [];
  const policy = {
    onJoin: async ({ claims, clientAddress }) => {
      asked.push([claims.identity, clientAddress]);
      if (claims.identity === "stranger") return { allow: false, reason: "we do not know you" };
      return claims.identity === "listener" ? { allow: true, grants: { canPublish: false } } : true;
    },
  };
  const server = await startServer(t, { policy });
  await assert.rejects(connect(t, server, "stranger"), /we do not know you/);
  const listener = await connect(t, server, "listener");
  await assert.rejects(listener.publish(VOICE), { name: "SfuError" });
  assert.deepEqual(asked[0], ["stranger", "127.0.0.1"]);
});

test("a decision that comes later holds up nothing else", async (t) => {
  let go;
  const policy = {
    onPublish: ({ track }) => {
      if (track.name === "later") return new Promise((resolve) => (go = resolve));
      if (track.name === "broken") throw new Error("broken on purpose");
      return track.name !== "forbidden";
    },
    onSubscribe: ({ subscriber }) => subscriber.identity !== "deaf",
  };
  const server = await startServer(t, { policy, policyTimeoutMs: 60000 });
  const ann = await join(t, server.engine, "ann");
  const deaf = await join(t, server.engine, "deaf");
  let done = false;
  const later = ann.publish({ ...VOICE, name: "later" }).then(() => (done = true));
  const [voice, seen] = [await ann.publish(VOICE), await heard(deaf, "trackPublished")];
  assert.equal(seen.track.sid, voice.sid);
  assert.equal(done, false);
  go(true);
  await later;
  await assert.rejects(ann.publish({ ...VOICE, name: "forbidden" }), { name: "SfuError" });
  const warned = heard(process, "warning");
  await assert.rejects(ann.publish({ ...VOICE, name: "broken" }), { name: "SfuError" });
  assert.match((await warned).message, /on purpose/);
  let got = false;
  deaf.on("subscribed", () => (got = true));
  const ear = await join(t, server.engine, "ear");
  await heard(ear, "subscribed");
  assert.equal(got, false);
});
