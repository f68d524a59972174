// SPDX-License-Identifier: Apache-2.0
// Runs inside the page: what exactly leaves it, and what exactly is heard, for the tests of hosts that record and play.
(() => {
  const me = () => agent.room.localParticipant;
  const local = (source) => me().getTrackPublication(agent.sourceOf[source])?.track;
  const sound = (identity, name) => [...(agent.room.remoteParticipants.get(identity)?.trackPublications.values() ?? [])]
    .find(({ trackName }) => trackName === name)?.track;

  // The strongest frequency of a track, in hertz, once it is within 5 % of the one that is expected.
  agent.hearsTone = async (identity, name, expected, timeout) => {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    try {
      const track = await agent.until(`${name} of ${identity}`, () => sound(identity, name)?.mediaStreamTrack, timeout);
      context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      await context.resume();
      const levels = new Float32Array(analyser.frequencyBinCount);
      return await agent.until(`${expected} Hz of ${identity}`, (seen) => {
        analyser.getFloatFrequencyData(levels);
        const peak = levels.reduce((best, level, at) => (level > levels[best] ? at : best), 0);
        Object.assign(seen, { hertz: (peak * context.sampleRate) / analyser.fftSize, level: levels[peak] });
        return seen.level > -60 && Math.abs(seen.hertz - expected) < 0.05 * expected && seen.hertz;
      }, timeout);
    } finally {
      await context.close();
    }
  };

  // Waits until a track with this name is loud.
  agent.hearsTrack = (identity, name, timeout) => agent.until(`${name} of ${identity}`, async (seen) => {
    const report = (await agent.reports(sound(identity, name))).find(({ type }) => type === 'inbound-rtp');
    seen.energy = report?.totalAudioEnergy;
    return seen.energy > 0.0001;
  }, timeout);

  const sent = async (source) => (await agent.reports(local(source))).find(({ type }) => type === 'outbound-rtp') ?? {};
  const countOf = ({ framesSent, packetsSent }) => framesSent ?? packetsSent ?? 0;

  // Publishes, and tells when the first frame left, as nearly as the page's statistics tell.
  agent.publishAndTime = async (source, camera, timeout) => {
    const publishing = agent.publish(source, camera);
    const first = await agent.until(`${source} sent`, async (seen) => {
      seen.report = await sent(source);
      return countOf(seen.report) > 0 && seen.report;
    }, timeout);
    await publishing;
    return first.timestamp;
  };

  // Waits until so many frames (of sound: packets) have left.
  agent.waitSent = (source, count, timeout) => agent.until(`${count} frames of ${source}`, async (seen) =>
    (seen.count = countOf(await sent(source))) >= count, timeout);

  // Sends no more of it, without telling anybody; how many frames (of sound: packets) have left, and until when. What
  // waits in the pacer counts as sent, so this waits until no more packets leave.
  agent.hush = async (source, timeout) => {
    await local(source).sender.replaceTrack(null);
    const at = agent.now();
    let last = { at };
    return agent.until(`the end of ${source}`, async (seen) => {
      const report = await sent(source);
      if (report.packetsSent !== last.packets) last = { at: agent.now(), packets: report.packetsSent };
      seen.packets = last.packets;
      return agent.now() - last.at > 1000 && { count: countOf(report), at, ssrc: report.ssrc };
    }, timeout);
  };

  agent.say = (text) => me().sendText(text, { topic: 'lk.chat' }).then(() => {});
  agent.trackNames = (identity) => [...(agent.room.remoteParticipants.get(identity)?.trackPublications.values() ?? [])]
    .map(({ trackName }) => trackName);

  // Milliseconds from a call of this page to itself, without any server, to its first picture: what browsers alone take for that on
  // this machine, with all else that it does now.
  agent.seesItself = async (codec, camera = { width: 640, height: 360, frameRate: 20 }) => {
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    const [track] = (await navigator.mediaDevices.getUserMedia({ video: camera })).getVideoTracks();
    const media = document.createElement('video');
    try {
      for (const [from, to] of [[near, far], [far, near]]) from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate);
      const transceiver = near.addTransceiver(track);
      transceiver.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs
        .filter(({ mimeType }) => [`video/${codec}`, 'video/rtx'].includes(mimeType.toLowerCase())));
      const began = agent.now();
      const shown = new Promise((resolve) => {
        far.ontrack = ({ track: received }) => {
          Object.assign(media, { srcObject: new MediaStream([received]), muted: true, autoplay: true });
          media.requestVideoFrameCallback(() => resolve(agent.now() - began));
        };
      });
      document.body.append(media);
      await near.setLocalDescription();
      await far.setRemoteDescription(near.localDescription);
      await far.setLocalDescription();
      await near.setRemoteDescription(far.localDescription);
      return await shown;
    } finally {
      for (const connection of [near, far]) connection.close();
      track.stop();
      media.remove();
    }
  };
})();
