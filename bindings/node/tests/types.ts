// SPDX-License-Identifier: Apache-2.0
// Compiled, not run: what users write has types, and mistakes are errors.
import * as sfu from "libsfu";

const options: sfu.ServerOptions = { port: sfu.NONE, engine: { keys: { key: "secret" }, workers: 1 } };

export async function main(): Promise<string> {
  const policy: sfu.Policy = {
    onJoin: async ({ claims, participants }) =>
      participants < 10 && claims.video?.room === "hall" ? true : { allow: false, reason: claims.identity },
    onPublish: ({ track }) => track.kind === "audio",
  };
  const server = await sfu.Server.start({ ...options, engine: { ...options.engine, policy } });
  server.engine.on("participant_joined", (event) => event.participant?.identity.toUpperCase());
  const client = await server.engine.room("hall").join({ claims: { identity: "bot", video: { canPublish: null } } });
  client.on("frame", ({ trackSid, codec, frame }) => {
    const bytes: Buffer = frame.bytes as Buffer;
    const known: "opus" | sfu.Codec = codec;
    return [trackSid.length, bytes.length, known];
  });
  client.on("ready", () => {});
  // @ts-expect-error there is no such event
  client.on("frames", () => {});
  // @ts-expect-error nor such a codec
  await client.publish({ codec: "mp3" });
  // @ts-expect-error nor such an option
  await sfu.Engine.start({ worker: 1 });
  const track = await client.publish({ codec: "opus", source: "microphone" });
  track.writeFrame({ timestamp: 0, bytes: new Uint8Array(3), isKeyframe: true });
  client.registerRpc("echo", async (call) => call.payload);
  const info: sfu.RoomInfo = await server.engine.room("hall").info();
  const statistics: number[] = server.engine.statistics().tracksPublished;
  try {
    await client.performRpc("ann", "echo");
  } catch (error) {
    if (error instanceof sfu.SfuError && error.code === "SFU_ERROR_CLOSED") return error.message;
  }
  return `${info.name} ${statistics.length}`;
}
