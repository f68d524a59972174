// SPDX-License-Identifier: Apache-2.0
// Runs inside the page: asks for other layers of somebody's camera, and watches each picture that is shown of it.
(() => {
  const { VideoQuality } = LivekitClient;
  const kFrames = 6;  // that a frame rate is read from
  let watch;

  // Pictures that are shown with nothing new for more than `limit` milliseconds: by their own times, which a busy machine does
  // not change; of those that the page was not told of, nothing is known.
  agent.watchFrames = (identity, limit) => {
    const [video] = agent.remote(identity, 'camera').attachedElements;
    watch = { identity, intervals: [], still: [], count: 0 };
    const note = (at, { mediaTime, presentedFrames, width, height }) => {
      const interval = 1000 * mediaTime - watch.mediaTime;
      if (presentedFrames === watch.presentedFrames + 1) {
        watch.intervals = [...watch.intervals, interval].slice(-kFrames);
        if (interval > limit) watch.still.push({ interval: Math.round(interval), until: agent.now() });
      }
      Object.assign(watch, { mediaTime: 1000 * mediaTime, presentedFrames, width, height, count: watch.count + 1 });
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
  };

  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

  // Waits until the picture has this height and these frames a second; how long that took.
  agent.switchTo = async ({ quality, fps }, { height, interval }, timeout) => {
    const publication = agent.room.remoteParticipants.get(watch.identity).getTrackPublication(agent.sourceOf.camera);
    const began = agent.now();
    watch.intervals = [];
    publication.setVideoQuality(VideoQuality[quality]);
    publication.setVideoFPS(fps);
    await agent.until(`${quality} at ${fps} frames a second`, (seen) => {
      Object.assign(seen, { height: watch.height, interval: median(watch.intervals) });
      return seen.height === height && watch.intervals.length === kFrames && seen.interval > 0.7 * interval && seen.interval < 1.4 * interval;
    }, timeout);
    return agent.now() - began;
  };

  agent.framesSeen = async () => {
    const report = (await agent.reports(agent.remote(watch.identity, 'camera'))).find(({ type }) => type === 'inbound-rtp');
    const { framesDecoded, framesReceived, framesDropped, freezeCount, pliCount } = report;
    return { still: watch.still, framesDecoded, framesReceived, framesDropped, freezeCount, pliCount };
  };

  // livekit-client leaves it to the browser how many temporal layers an encoding of VP8 has, and Chromium makes one.
  agent.setScalability = async (scalabilityMode) => {
    const { sender } = agent.room.localParticipant.getTrackPublication(agent.sourceOf.camera).track;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) Object.assign(encoding, { scalabilityMode });
    await sender.setParameters(parameters);
  };

  // Of all encodings of this page's camera.
  agent.keyframesAsked = async () => {
    const all = await agent.reports(agent.room.localParticipant.getTrackPublication(agent.sourceOf.camera).track);
    return all.filter(({ type }) => type === 'outbound-rtp').reduce((sum, { pliCount, firCount }) => sum + pliCount + firCount, 0);
  };
})();
