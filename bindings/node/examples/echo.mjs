// SPDX-License-Identifier: Apache-2.0
// A server with somebody in its lobby who says what it hears: `echo.mjs [port [UDP port]]`. Enter ends it.
import { once } from "node:events";
import { NONE, Server } from "libsfu";

const [apiKey, apiSecret] = ["devkey", "a secret of at least thirty-two characters"];
const [port = 7880, udpPortFirst = 7882] = process.argv.slice(2).map(Number);
const bindAddresses = ["127.0.0.1"];

const server = await Server.start({
  port: port || NONE,
  bindAddresses,
  engine: { keys: { [apiKey]: apiSecret }, udpPortFirst, bindAddresses },
});
const echo = await server.engine.room("lobby").join({ claims: { identity: "echo" } });
const voices = new Map();
echo.on("subscribed", async ({ trackSid, identity, codec }) => {
  if (codec !== "opus") return;
  voices.set(trackSid, await echo.publish({ name: `echo of ${identity}`, codec, source: "microphone" }));
});
echo.on("frame", ({ trackSid, frame }) => voices.get(trackSid)?.writeFrame(frame));
echo.on("unsubscribed", ({ trackSid }) => {
  voices.get(trackSid)?.unpublish();
  voices.delete(trackSid);
});

console.log(`listening at ws://127.0.0.1:${server.port}`);
await once(process.stdin, "data");
process.stdin.destroy();
await echo.close();
await server.close();
