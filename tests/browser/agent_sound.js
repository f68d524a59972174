// SPDX-License-Identifier: Apache-2.0
// Runs inside the page: how long the sound of somebody was missing. What did not arrive in time the decoder makes up
// (WebRTC statistics: concealedSamples), so a gap is a run of made-up sound.
(() => {
  const kPoll = 60;
  const kRate = 48;  // samples a millisecond: Opus always decodes to 48 kHz here
  let watch;

  async function heard(identity) {
    const reports = await agent.reports(agent.remote(identity, 'microphone'));
    return reports.find(({ type }) => type === 'inbound-rtp');
  }

  // Waits until what was really received is loud for a while.
  agent.hearsMore = async (identity, timeout) => {
    const before = (await heard(identity))?.totalAudioEnergy ?? 0;
    return agent.until(`the sound of ${identity}`, async (seen) => {
      seen.energy = (await heard(identity))?.totalAudioEnergy - before;
      return seen.energy > 0.0001;
    }, timeout);
  };

  agent.watchSound = async (identity) => {
    const first = await heard(identity);
    watch = { identity, begun: agent.now(), at: agent.now(), last: first, run: 0, longest: 0, played: 0 };
    watch.timer = setInterval(measure, kPoll);
  };

  async function measure() {
    const next = await heard(watch.identity);
    const at = agent.now();
    if (!next || next.totalSamplesReceived === watch.last.totalSamplesReceived) return;
    let played = next.totalSamplesReceived - watch.last.totalSamplesReceived;
    let missed = next.concealedSamples - watch.last.concealedSamples;
    if (played < 0) {
      // Firefox began with a new decoder, as it does on /rtc/v1 when ICE restarts: what the old one played since the last
      // look is unknown, and counts as missed.
      played = (at - watch.at) * kRate;
      missed = Math.max(0, played - next.totalSamplesReceived) + next.concealedSamples;
    }
    watch.longest = Math.max(watch.longest, watch.run + missed);
    watch.run = missed < played / 2 ? missed : watch.run + missed;
    Object.assign(watch, { at, last: next, played: watch.played + played });
  }

  // Ends the watch: the longest gap, and how much was played in how long, in milliseconds.
  agent.soundGap = async () => {
    clearInterval(watch.timer);
    await measure();
    return {
      longest: Math.round(watch.longest / kRate),
      played: Math.round(watch.played / kRate),
      lasted: Math.round(agent.now() - watch.begun),
    };
  };
})();
