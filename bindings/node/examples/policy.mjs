// SPDX-License-Identifier: Apache-2.0
// A server with rules of its own: `policy.mjs [port [UDP port]]`. Who is not on the list stays outside, and the microphone
// is for members. Prints what it was asked and what happens; Enter ends it.
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { NONE, Server } from "libsfu";

const [apiKey, apiSecret] = ["devkey", "a secret of at least thirty-two characters"];
const [port = 7880, udpPortFirst = 7882] = process.argv.slice(2).map(Number);
const bindAddresses = ["127.0.0.1"];
const list = new Map([["ann", { member: true }], ["ben", { member: false }]]);

const policy = {
  async onJoin({ claims }) {
    await setTimeout(10); // as a database would take
    console.log("asked of", claims.identity);
    return list.has(claims.identity) || { allow: false, reason: "you are not on the list" };
  },
  onPublish: ({ publisher }) => list.get(publisher.identity).member || { allow: false, reason: "members only" },
};

const server = await Server.start({
  port: port || NONE,
  bindAddresses,
  engine: { keys: { [apiKey]: apiSecret }, udpPortFirst, bindAddresses, policy },
});
server.engine.on("participant_joined", ({ participant }) => console.log("participant_joined", participant.identity));

console.log(`listening at ws://127.0.0.1:${server.port}`);
await once(process.stdin, "data");
process.stdin.destroy();
await server.close();
