// SPDX-License-Identifier: Apache-2.0
// Runs inside the page: joins, publishes, keeps a log of what the room said and when, and waits for what the tests
// ask about. Times are milliseconds of the machine's clock, so that those of two pages can be compared.
(() => {
  const { ExternalE2EEKeyProvider, Room, RoomEvent, Track } = LivekitClient;
  const kEvents = [
    'ParticipantConnected', 'ParticipantDisconnected', 'TrackPublished', 'TrackUnpublished', 'TrackSubscribed',
    'TrackUnsubscribed', 'TrackMuted', 'TrackUnmuted', 'ActiveSpeakersChanged', 'ConnectionQualityChanged', 'Disconnected',
    'SignalReconnecting', 'Reconnecting', 'Reconnected', 'ParticipantAttributesChanged', 'TrackSubscriptionPermissionChanged',
    'ParticipantPermissionsChanged', 'LocalTrackUnpublished', 'TrackStreamStateChanged', 'EncryptionError',
    'ParticipantEncryptionStatusChanged',
  ];
  const kPoll = 40;
  // The machine's clock: times of one page are held against those of another, in another browser, and what a page counts from its
  // own beginning drifts from it.
  const now = () => Date.now();

  const agent = { log: [] };
  let room;

  // Calls `probe` until it gives something true, and returns that. With what was last seen, a failure explains itself.
  agent.until = async (what, probe, timeout) => {
    const end = now() + timeout;
    const seen = {};
    for (;;) {
      const value = await probe(seen);
      if (value) return value;
      if (now() > end) throw new Error(`${what}: not within ${timeout} ms; last seen ${JSON.stringify(seen)}`);
      await new Promise((resolve) => setTimeout(resolve, kPoll));
    }
  };

  function note(event, fields) {
    agent.log.push({ event, at: now(), ...fields });
  }

  // What a publication or participant event is about, in plain values.
  function describe(values) {
    const fields = {};
    for (const value of values) {
      if (value?.trackSid && value.source) Object.assign(fields, { source: value.source, sid: value.trackSid });
      else if (value?.identity) fields.identity = value.identity;
      else if (Array.isArray(value)) fields.identities = value.map((each) => each.identity);
      else if (value instanceof Error) fields.message = value.message;
      else if (['string', 'number', 'boolean'].includes(typeof value)) fields.value = value;
    }
    return fields;
  }

  // `secret` encrypts from end to end, with the text of livekit-client's `worker`; with `relayed` no way but by TURN is taken;
  // `patience` is how many milliseconds it takes to give a connection up.
  agent.join = async (url, token, { single = true, codec = 'vp8', publish = ['microphone', 'camera'], camera, simulcast, red, bitrate, scalability, autoSubscribe = true, secret, worker, relayed, patience } = {}) => {
    const started = now();
    agent.log.length = 0;
    const encryption = secret && { keyProvider: new ExternalE2EEKeyProvider(), worker: new Worker(URL.createObjectURL(new Blob([worker]))) };
    agent.room = room = new Room({ singlePeerConnection: single, publishDefaults: publishOptions(codec, { simulcast, red, bitrate, scalability }), encryption });
    for (const name of kEvents) room.on(RoomEvent[name], (...values) => note(name, describe(values)));
    room.on(RoomEvent.TrackSubscribed, play);
    room.on(RoomEvent.TrackUnsubscribed, forget);
    room.on(RoomEvent.DataReceived, (payload, participant, kind, topic) => {
      note('Data', { text: new TextDecoder().decode(payload), identity: participant?.identity, reliable: kind === 0, topic });
    });
    if (encryption) {
      await encryption.keyProvider.setKey(secret);
      await room.setE2EEEnabled(true);
    }
    await room.connect(url, token, {
      autoSubscribe, ...(relayed && { rtcConfig: { iceTransportPolicy: 'relay' } }), ...(patience && { peerConnectionTimeout: patience }),
    });
    await Promise.all(publish.map((source) => agent.publish(source, camera)));
    return started;
  };

  agent.publish = (source, camera = { width: 640, height: 360, frameRate: 20 }) => source === 'camera'
    ? room.localParticipant.setCameraEnabled(true, { resolution: camera }).then(() => {})
    : room.localParticipant.setMicrophoneEnabled(true).then(() => {});

  function publishOptions(codec, { simulcast = true, red = true, bitrate = 2_500_000, scalability = 'L1T3' }) {
    return {
      videoCodec: codec,
      simulcast,
      red,
      backupCodec: false,
      // As it is, room for the estimate to climb past 1 Mbit/s: Chrome does not probe far beyond what it may send.
      videoEncoding: { maxBitrate: bitrate, maxFramerate: 20 },
      // Here every picture is encoded by the same two cores. One spatial layer is enough outside simulcast.
      ...(codec === 'vp9' || codec === 'av1' ? { scalabilityMode: scalability } : {}),
    };
  }

  // What was subscribed before is not seen any more; a page has few elements to spare.
  function forget(track) {
    for (const media of track.detach()) media.remove();
  }

  // Plays what arrives, and notes the moment of the first decoded picture.
  function play(track, publication, participant) {
    const media = track.attach();
    document.body.append(media);
    if (track.kind !== 'video') return;
    media.requestVideoFrameCallback(() => note('FirstFrame', { identity: participant.identity, sid: publication.trackSid }));
  }

  agent.isSingle = () => Boolean(room.engine.pcManager.mode === 'publisher-only' || !room.engine.pcManager.subscriber);
  agent.leave = () => {
    const at = now();
    return room.disconnect().then(() => at);
  };

  const sourceOf = { camera: Track.Source.Camera, microphone: Track.Source.Microphone, screen: Track.Source.ScreenShare };
  const remote = (identity, source) => room.remoteParticipants.get(identity)?.getTrackPublication(sourceOf[source])?.track;

  async function reports(track) {
    return [...((await track?.getRTCStatsReport()) ?? new Map()).values()];
  }

  // Waits until the other's camera is decoded at this size and rate, and its microphone is heard.
  agent.seesAndHears = (identity, { width, height, fps, codec }, timeout) => {
    return agent.until(`picture and sound of ${identity}`, async (seen) => {
      const video = await reports(remote(identity, 'camera'));
      const audio = await reports(remote(identity, 'microphone'));
      const picture = video.find((report) => report.type === 'inbound-rtp') ?? {};
      const sound = audio.find((report) => report.type === 'inbound-rtp') ?? {};
      seen.width = picture.frameWidth;
      seen.height = picture.frameHeight;
      seen.fps = picture.framesPerSecond;
      seen.decoded = picture.framesDecoded;
      seen.codec = video.find((report) => report.type === 'codec')?.mimeType;
      seen.energy = sound.totalAudioEnergy;
      return seen.width >= width && seen.height >= height && seen.fps >= fps && seen.energy > 0.0001 &&
        seen.codec?.toLowerCase() === `video/${codec}` && { ...seen, at: now() };
    }, timeout);
  };

  const received = async (identity, source) => (await reports(remote(identity, source))).find(({ type }) => type === 'inbound-rtp') ?? {};

  // Waits until the picture is decoded at such a height.
  agent.seesHeight = (identity, source, limits, timeout) => agent.until(`${source} of ${identity} ${JSON.stringify(limits)} high`, async (seen) => {
    const { above = 0, upTo = Infinity } = limits;
    Object.assign(seen, { height: (await received(identity, source)).frameHeight });
    return seen.height > above && seen.height <= upTo;
  }, timeout);

  // Waits for further packets, whatever is in them.
  agent.receivesMore = async (identity, source, timeout, count = 20) => {
    const packets = async () => (await received(identity, source)).packetsReceived ?? 0;
    const before = await packets();
    return agent.until(`${count} more packets of ${identity}`, async (seen) => (seen.packets = await packets()) >= before + count, timeout);
  };

  // Waits for further decoded pictures, beyond those there are now.
  agent.seesMore = async (identity, timeout, count = 5) => {
    const decoded = async () => (await received(identity, 'camera')).framesDecoded ?? 0;
    const before = await decoded();
    return agent.until(`${count} more pictures of ${identity}`, async (seen) => (seen.frames = await decoded()) >= before + count, timeout);
  };

  // Waits for a logged event with these fields, of which times before `after` do not count.
  agent.hears = (event, fields, timeout, after = 0) => {
    const fits = (entry) => entry.event === event && entry.at >= after &&
      Object.entries(fields).every(([key, value]) => entry[key] === value);
    return agent.until(`${event} ${JSON.stringify(fields)}`, (seen) => {
      seen.lately = agent.log.slice(-6).map((entry) => entry.event);
      return agent.log.find(fits);
    }, timeout);
  };

  agent.send = (text, reliable, to) => room.localParticipant.publishData(new TextEncoder().encode(text), {
    reliable, topic: 'test', ...(to ? { destinationIdentities: to } : {}),
  });
  agent.now = now;
  agent.note = note;
  agent.remote = remote;
  agent.reports = reports;
  agent.sourceOf = sourceOf;
  agent.setMicrophone = async (on) => { const at = now(); await room.localParticipant.setMicrophoneEnabled(on); return at; };
  agent.setCamera = async (on) => { const at = now(); await room.localParticipant.setCameraEnabled(on); return at; };
  agent.unpublish = async (source) => {
    const at = now();
    await room.localParticipant.unpublishTrack(room.localParticipant.getTrackPublication(sourceOf[source]).track);
    return at;
  };
  agent.has = (identity, source) => Boolean(room.remoteParticipants.get(identity)?.getTrackPublication(sourceOf[source]));
  agent.identities = () => [...room.remoteParticipants.keys()].sort();

  const localReports = (source) => reports(room.localParticipant.getTrackPublication(sourceOf[source])?.track);

  // Waits, until this moment, for the publisher's own estimate of what it may send.
  agent.estimateAbove = (bitrate, end) => agent.until(`an estimate above ${bitrate}`, async (seen) => {
    const all = await localReports('camera');
    const selected = all.find((report) => report.type === 'transport')?.selectedCandidatePairId;
    seen.bitrate = all.find((report) => report.id === selected)?.availableOutgoingBitrate;
    seen.sent = all.filter((report) => report.type === 'outbound-rtp').map((report) => [report.rid, report.frameHeight, report.targetBitrate]);
    return seen.bitrate > bitrate && { bitrate: seen.bitrate, at: now() };
  }, end - now());

  // What leaves this page, for the message of a test that misses it elsewhere.
  agent.sending = async () => (await localReports('camera')).filter((report) => report.type === 'outbound-rtp').map((report) =>
    `${report.rid ?? 'video'}: ${report.frameWidth}x${report.frameHeight} at ${report.framesPerSecond ?? 0} fps, limited by ${report.qualityLimitationReason}`);

  agent.srtpCipher = async () => (await localReports('camera')).find((report) => report.type === 'transport')?.srtpCipher;

  agent.canEncode = (codec) => RTCRtpSender.getCapabilities('video').codecs.some(({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`);

  window.agent = agent;
})();
