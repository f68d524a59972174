// SPDX-License-Identifier: Apache-2.0
// Runs inside the page: what people do in a room beyond calling each other, and what they see of it.
(() => {
  const { ConnectionQuality, VideoQuality } = LivekitClient;
  const me = () => agent.room.localParticipant;
  const other = (identity) => agent.room.remoteParticipants.get(identity);

  agent.sid = () => me().sid;
  agent.sidOf = (identity) => other(identity)?.sid;
  // livekit-client says Reconnected a while before it heeds that it has lost the connection again; this waits for that.
  agent.simulate = async (scenario, value) => {
    await agent.until('the end of the former reconnect', () => !agent.room.engine.attemptingReconnect, 5000);
    await agent.room.simulateScenario(scenario, value);
  };

  agent.setAttributes = (attributes) => me().setAttributes(attributes);
  agent.setNameAndMetadata = async (name, metadata) => {
    await me().setName(name);
    await me().setMetadata(metadata);
  };
  agent.waitProfile = (identity, { name, metadata, attributes }, timeout) => agent.until(`the profile of ${identity}`, (seen) => {
    Object.assign(seen, { name: other(identity).name, metadata: other(identity).metadata, attributes: { ...other(identity).attributes } });
    const plain = (values) => JSON.stringify(Object.entries(values).sort());
    return seen.name === name && seen.metadata === metadata && plain(seen.attributes) === plain(attributes);
  }, timeout);
  agent.waitSpeaking = (identity, timeout) => agent.until(`${identity} to speak`, (seen) => {
    seen.speakers = agent.room.activeSpeakers.map((speaker) => speaker.identity);
    return seen.speakers.includes(identity);
  }, timeout);
  // Also if that is over already.
  agent.hearsSpeaking = (identity, timeout, after) => agent.until(`${identity} to have spoken`, () => agent.log.some(
    (entry) => entry.event === 'ActiveSpeakersChanged' && entry.at >= after && entry.identities.includes(identity),
  ), timeout);

  agent.waitNoSpeaker = (timeout) => agent.until('silence', () => agent.room.activeSpeakers.length === 0, timeout);

  // Both tell when they were called.
  agent.setSubscribed = (identity, source, on) => {
    const at = agent.now();
    other(identity).getTrackPublication(agent.sourceOf[source]).setSubscribed(on);
    return at;
  };
  agent.allow = (everybody, identities = []) => {
    const at = agent.now();
    me().setTrackSubscriptionPermissions(everybody, identities.map((participantIdentity) => ({ participantIdentity, allowAll: true })));
    return at;
  };
  agent.setQuality = (identity, quality) => other(identity).getTrackPublication(agent.sourceOf.camera).setVideoQuality(VideoQuality[quality]);

  // Waits until this connection is called good; without `identity`, one's own.
  agent.hasQuality = (identity, timeout) => agent.until(`the quality of ${identity}`, (seen) => {
    seen.quality = (identity ? other(identity) : me()).connectionQuality;
    return [ConnectionQuality.Good, ConnectionQuality.Excellent].includes(seen.quality);
  }, timeout);

  // The heights of the pictures that leave, from small to large.
  agent.waitSendingHeights = (heights, timeout) => agent.until(`sending ${heights}`, async (seen) => {
    const all = await agent.reports(me().getTrackPublication(agent.sourceOf.camera).track);
    seen.heights = all.filter(({ type, framesPerSecond }) => type === 'outbound-rtp' && framesPerSecond > 0)
      .map(({ frameHeight }) => frameHeight).sort((a, b) => a - b);
    return `${seen.heights}` === `${heights}`;
  }, timeout);

  // Where a browser has no screen to share, as headless Firefox, a drawing takes its place.
  agent.drawScreen = () => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 640, height: 480 });
    const paint = canvas.getContext('2d');
    setInterval(() => {
      paint.fillStyle = `hsl(${agent.now() / 20} 50% 50%)`;
      paint.fillRect(0, 0, canvas.width, canvas.height);
    }, 100);
    navigator.mediaDevices.getDisplayMedia = async () => canvas.captureStream(10);
  };
  agent.shareScreen = (on) => me().setScreenShareEnabled(on).then(() => {});

  // The brightness of a coarse grid over the camera's picture, if any was decoded; without `identity`, of one's own.
  agent.picture = async (identity) => {
    const track = identity ? agent.remote(identity, 'camera') : me().getTrackPublication(agent.sourceOf.camera).track;
    const video = track.attachedElements[0] ?? track.attach();
    const decoded = () => video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    if (!identity) await agent.until('a picture of the camera', decoded, 2000);
    if (!decoded()) return undefined;
    const canvas = new OffscreenCanvas(16, 9);
    const paint = canvas.getContext('2d');
    paint.drawImage(video, 0, 0, 16, 9);
    const { data } = paint.getImageData(0, 0, 16, 9);
    return Array.from({ length: 16 * 9 }, (_, at) => 0.3 * data[4 * at] + 0.6 * data[4 * at + 1] + 0.1 * data[4 * at + 2]);
  };

  // Waits until all connections that stand go over this protocol, 'udp' or 'tcp'; there is one at least.
  agent.goesOver = (protocol, timeout) => agent.until(`connections over ${protocol}`, async (seen) => {
    const { publisher, subscriber } = agent.room.engine.pcManager;
    seen.protocols = [];
    for (const transport of [publisher, subscriber]) {
      const reports = [...((await transport?.getStats())?.values() ?? [])];
      const pair = reports.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
      const remote = pair && reports.find(({ id }) => id === pair.remoteCandidateId);
      if (remote) seen.protocols.push(remote.protocol);
    }
    return seen.protocols.length > 0 && seen.protocols.every((one) => one === protocol);
  }, timeout);

  // All connections go through a relay that is reached by `protocol`: udp, or tls.
  agent.isRelayed = (protocol, timeout) => agent.until(`connections relayed by ${protocol}`, async (seen) => {
    const { publisher, subscriber } = agent.room.engine.pcManager ?? {};  // none while it reconnects
    seen.local = [];
    for (const transport of [publisher, subscriber]) {
      const reports = [...((await transport?.getStats())?.values() ?? [])];
      const pair = reports.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
      const local = pair && reports.find(({ id }) => id === pair.localCandidateId);
      if (local) seen.local.push({ type: local.candidateType, protocol: local.relayProtocol, bytes: pair.bytesReceived });
    }
    return seen.local.length > 0 && seen.local.every((one) => one.type === 'relay' && one.protocol === protocol && one.bytes > 0);
  }, timeout);

  // What the server says about its addresses is read as if its media port were another one, but where a relay alone is used: that
  // reaches the port from elsewhere.
  agent.redirect = (from, to) => {
    const there = (connection, text) => connection.getConfiguration().iceTransportPolicy === 'relay' ? text
      : text?.replaceAll(new RegExp(`(127\\.0\\.0\\.1) ${from} `, 'g'), `$1 ${to} `);
    const { setRemoteDescription, addIceCandidate } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.setRemoteDescription = function({ type, sdp }) {
      return setRemoteDescription.call(this, { type, sdp: there(this, sdp) });
    };
    RTCPeerConnection.prototype.addIceCandidate = function(init) {
      const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = init;
      return addIceCandidate.call(this, { candidate: there(this, candidate), sdpMid, sdpMLineIndex, usernameFragment });
    };
  };
})();
