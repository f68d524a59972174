// SPDX-License-Identifier: Apache-2.0
// A server: `server.mjs [port [UDP port]]`. Prints where it is, a token for its room, and who comes; Enter ends it.
import { once } from "node:events";
import { createToken, NONE, Server } from "libsfu";

const [apiKey, apiSecret] = ["devkey", "a secret of at least thirty-two characters"];
const [port = 7880, udpPortFirst = 7882] = process.argv.slice(2).map(Number);
const bindAddresses = ["127.0.0.1"];

const server = await Server.start({
  port: port || NONE,
  bindAddresses,
  engine: { keys: { [apiKey]: apiSecret }, udpPortFirst, bindAddresses },
});
server.engine.on("event", (event) => console.log(event.name, (event.participant ?? event.room).identity ?? event.room.name));

const token = createToken({ identity: "guest", video: { roomJoin: true, room: "lobby" } }, { apiKey, apiSecret });
console.log(`listening at ws://127.0.0.1:${server.port}\ntoken ${token}`);
await once(process.stdin, "data");
process.stdin.destroy();
await server.close();
