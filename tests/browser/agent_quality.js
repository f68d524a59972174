// SPDX-License-Identifier: Apache-2.0
// Runs inside the page: what the statistics of WebRTC tell of the sound and the picture of somebody, over a span of time.
(() => {
  const kRate = 48_000;  // samples a second: Opus always decodes to 48 kHz here
  const kSound = ['totalSamplesReceived', 'concealedSamples', 'silentConcealedSamples', 'concealmentEvents', 'totalAudioEnergy',
    'packetsReceived', 'packetsLost', 'nackCount', 'fecPacketsReceived', 'fecPacketsDiscarded'];
  const kPicture = ['framesReceived', 'framesDecoded', 'framesDropped', 'freezeCount', 'totalFreezesDuration', 'keyFramesDecoded',
    'nackCount', 'pliCount', 'packetsReceived', 'packetsLost', 'retransmittedPacketsReceived'];
  const inbound = async (identity, source) => {
    const all = await agent.reports(agent.remote(identity, source));
    const report = all.find(({ type }) => type === 'inbound-rtp') ?? {};
    return { ...report, codec: all.find(({ id }) => id === report.codecId)?.mimeType };
  };
  const grown = (keys, before, after) => Object.fromEntries(keys.map((key) => [key, (after[key] ?? 0) - (before[key] ?? 0)]));

  // Waits until so many seconds of sound were played.
  agent.hearsSeconds = async (identity, seconds) => {
    const played = async () => (await inbound(identity, 'microphone')).totalSamplesReceived ?? 0;
    const before = await played();
    return agent.until(`${seconds} s of ${identity}`, async (seen) => (seen.samples = await played() - before) >= seconds * kRate,
      (3 * seconds + 10) * 1000);
  };

  // What the counters grow by meanwhile, and how long that took, in seconds.
  agent.observeSeconds = async (identity, seconds) => {
    const read = async () => ({ sound: await inbound(identity, 'microphone'), picture: await inbound(identity, 'camera') });
    const [before, began] = [await read(), agent.now()];
    await agent.hearsSeconds(identity, seconds);
    const after = await read();
    const { sound, picture } = after;
    return {
      seconds: (agent.now() - began) / 1000,
      sound: { ...grown(kSound, before.sound, sound), codec: sound.codec },
      picture: { ...grown(kPicture, before.picture, picture), codec: picture.codec, width: picture.frameWidth, height: picture.frameHeight },
    };
  };

  // What the sound's own section of the connection says is to be sent: the first of the codecs that were agreed.
  agent.sendsSoundAs = () => {
    const { sender } = agent.room.localParticipant.getTrackPublication(agent.sourceOf.microphone).track;
    return sender.getParameters().codecs[0].mimeType;
  };
})();
