// SPDX-License-Identifier: Apache-2.0
// `peer.mjs URL TOKEN publish|receive`: one end of the round among the bindings. Ends when its standard input closes.
import { once } from "node:events";
import { Client } from "libsfu";

const [url, token, what] = process.argv.slice(2);
const client = await Client.connect({ url, token, mediaAddresses: ["127.0.0.1"] });
let timer;
if (what === "receive") {
  client.on("frame", ({ frame }) => console.log(`received ${frame.bytes.subarray(1)}`));
} else {
  const track = await client.publish({ name: "round", codec: "opus", source: "microphone" });
  console.log("published");
  let n = 0;
  timer = setInterval(() => {
    const bytes = Buffer.concat([Buffer.from([0xfc]), Buffer.from(`from node ${n}`)]);
    track.writeFrame({ timestamp: (960 * n++) % 2 ** 32, bytes, isKeyframe: true });
  }, 20);
}
process.stdin.resume();
await once(process.stdin, "end");
clearInterval(timer);
await client.close();
