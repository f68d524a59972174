// SPDX-License-Identifier: Apache-2.0
// Runs inside the page: chat, streams of text and bytes, and remote calls, noted in the agent's log as they arrive.
(() => {
  const { RoomEvent, RpcError } = LivekitClient;
  const me = () => agent.room.localParticipant;
  let unpublish;

  async function digest(value) {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return [...hash.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  // Text that does not repeat itself, with letters of one to four bytes.
  const longText = (length) => Array.from({ length }, (_, at) => String.fromCodePoint([0x61, 0xe9, 0x4e16, 0x1f600][at % 4] + (at * 7919) % 23)).join('');
  const longBytes = (length) => Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff);

  // What others send from now on is noted, and their calls are answered.
  agent.listen = () => {
    const { room } = agent;
    room.on(RoomEvent.ChatMessage, ({ message }, participant) => agent.note('Chat', { message, identity: participant?.identity }));
    room.registerTextStreamHandler('text', async (reader, { identity }) => {
      const text = await reader.readAll();
      agent.note('Text', { identity, length: text.length, digest: await digest(text), mark: reader.info.attributes?.mark });
    });
    room.registerTextStreamHandler('pieces', async (reader, { identity }) => {
      for await (const piece of reader) agent.note('Piece', { identity, piece });
      agent.note('LastPiece', { identity });
    });
    room.registerByteStreamHandler('bytes', async (reader, { identity }) => {
      const bytes = new Uint8Array(await new Blob(await reader.readAll()).arrayBuffer());
      agent.note('Bytes', { identity, length: bytes.length, digest: await digest(bytes), name: reader.info.name, type: reader.info.mimeType });
    });
    room.registerRpcMethod('reverse', async ({ payload, callerIdentity }) => `${callerIdentity}: ${[...payload].reverse().join('')}`);
    room.registerRpcMethod('refuse', async () => { throw new RpcError(4711, 'not today', 'come tomorrow'); });
    room.registerRpcMethod('break', async () => { throw new Error('a secret of the callee'); });
    room.registerRpcMethod('dawdle', () => new Promise(() => {}));
  };

  // A data track, and a frame of it every while that tells its number; `length` may be more than fits a packet.
  agent.publishDataTrack = async (name, length) => {
    const track = await me().publishDataTrack({ name });
    let number = 0;
    const timer = setInterval(() => {
      const payload = longBytes(length);
      payload[0] = ++number;
      track.tryPush({ payload }).catch((error) => agent.note('FrameRefused', { message: error.message }));
    }, 30);
    unpublish = () => {
      clearInterval(timer);
      return track.unpublish();
    };
  };
  agent.unpublishDataTrack = () => unpublish();

  // Notes what arrives of each data track that is there or will be.
  agent.watchDataTracks = () => {
    agent.room.on(RoomEvent.DataTrackPublished, async (track) => {
      const about = { identity: track.publisherIdentity, name: track.info.name };
      agent.note('DataTrackPublished', { ...about, sid: track.info.sid });
      for await (const { payload } of track.subscribe()) {
        const expected = longBytes(payload.length);
        const intact = payload.every((byte, at) => at === 0 || byte === expected[at]);
        agent.note('Frame', { ...about, number: payload[0], length: payload.length, intact });
      }
    });
    agent.room.on(RoomEvent.DataTrackUnpublished, (sid) => agent.note('DataTrackUnpublished', { sid }));
  };

  agent.chat = (text) => me().sendChatMessage(text).then(() => {});
  agent.sendText = async (length, mark, to) => {
    const text = longText(length);
    await me().sendText(text, { topic: 'text', attributes: { mark }, destinationIdentities: to });
    return { length: text.length, digest: await digest(text), mark };
  };
  agent.streamText = async (pieces) => {
    const writer = await me().streamText({ topic: 'pieces' });
    for (const piece of pieces) await writer.write(piece);
    await writer.close();
  };
  agent.sendFile = async (length) => {
    const bytes = longBytes(length);
    await me().sendFile(new File([bytes], 'notes.bin', { type: 'application/x-notes' }), { topic: 'bytes' });
    return { length, digest: await digest(bytes), name: 'notes.bin', type: 'application/x-notes' };
  };

  // The answer, or the error's code, message and data.
  agent.rpc = (to, method, payload, responseTimeout) => me().performRpc({ destinationIdentity: to, method, payload, responseTimeout })
    .then((answer) => ({ answer }), ({ code, message, data }) => ({ code, message, data }));
})();
