// SPDX-License-Identifier: Apache-2.0
// Rows of a participant's card: a track that it publishes, and a track of somebody else that it receives or could receive.
import { Chart, Sparkline } from './chart.js';
import { icon, make, makeButton, setIcon, setText } from './dom.js';
import { formatBitrate, formatMilliseconds, formatShare } from './format.js';

const kIcons = { CAMERA: 'camera', MICROPHONE: 'mic', SCREEN_SHARE: 'screen', SCREEN_SHARE_AUDIO: 'mic' };
const kSources = { CAMERA: 'Camera', MICROPHONE: 'Microphone', SCREEN_SHARE: 'Screen', SCREEN_SHARE_AUDIO: 'Screen sound' };
const kLayerWords = { q: 'low', h: 'medium', f: 'high' };
const kLayerOf = ['q', 'h', 'f'];

export const sourceOf = (track) => kSources[track.source] ?? (track.name || (track.type === 'VIDEO' ? 'Video' : 'Audio'));
const iconOf = (track) => kIcons[track.source] ?? 'track';
const codecOf = (mime) => (mime === 'audio/red' ? 'Opus in RED' : (mime ?? '').split('/')[1] ?? '');

// "VP8, 1280×720, 3 layers, encrypted"
export function describeTrack(track, layers = []) {
  const codecs = (track.codecs ?? []).map(({ mime_type: mime }) => codecOf(mime)).filter(Boolean);
  const parts = [[...new Set(codecs.length ? codecs : [codecOf(track.mime_type)])].join(' + ')];
  if (track.width) parts.push(`${track.width}×${track.height}`);
  const count = Math.max(layers.length, ...(track.codecs ?? []).map((codec) => codec.layers?.length ?? 0));
  if (track.type === 'VIDEO' && count > 1) parts.push(`${count} layers`);
  if (track.encryption && track.encryption !== 'NONE') parts.push('encrypted');
  return parts.filter(Boolean).join(' · ');
}

// A row whose plots open below it.
class Row {
  constructor(label, button) {
    this.picture = icon('track');
    this.title = make('span', { className: 'title' });
    this.detail = make('span', { className: 'muted small detail' });
    this.mark = make('span', { className: 'mark', hidden: true });
    this.layers = make('span', { className: 'layers' });
    this.bitrate = make('span', { className: 'figure' });
    this.rest = make('span', { className: 'figure muted small' });
    this.spark = new Sparkline();
    this.plots = make('div', { className: 'plots', hidden: true });
    this.toggle = makeButton('plot', label, () => this.open(this.plots.hidden), { small: true, className: 'quiet' });
    this.toggle.setAttribute('aria-expanded', 'false');
    this.button = button;
    this.node = make('li', { className: 'track' },
      make('div', { className: 'track-row' }, this.picture,
        make('div', { className: 'words' }, make('span', { className: 'first' }, this.title, this.mark), this.detail, this.layers),
        this.spark.node, make('div', { className: 'numbers' }, this.bitrate, this.rest), make('div', { className: 'tools' }, this.toggle, button)),
      this.plots);
  }

  open(wanted) {
    this.plots.hidden = !wanted;
    this.toggle.setAttribute('aria-expanded', String(wanted));
    if (wanted && !this.charts) {
      this.charts = { bitrate: new Chart('Bitrate', formatBitrate, 10_000), loss: new Chart('Loss', formatShare, 0.01) };
      this.plots.append(this.charts.bitrate.node, this.charts.loss.node);
    }
    this.draw();
  }

  // `lines`: what, for a chart's name, it shows.
  plot(series, lines, range) {
    Object.assign(this, { lines, range });
    this.spark.update(series, range);
    this.draw();
  }

  draw() {
    if (this.plots.hidden || !this.lines) return;
    for (const [name, chart] of Object.entries(this.charts)) chart.update(this.lines(name), this.range);
  }

  say(mark, tone) {
    this.mark.hidden = !mark;
    setText(this.mark, mark ?? '');
    this.mark.dataset.tone = tone ?? '';
  }

  close() {
    for (const chart of Object.values(this.charts ?? {})) chart.close();
  }
}

export class PublishedRow extends Row {
  constructor(track, { onMute }) {
    super(`Plots of ${sourceOf(track)}`, makeButton('mic-off', 'Mute', () => onMute(this.track)));
    this.node.dataset.track = track.sid;
  }

  update(track, figures, range, allowed) {
    this.track = track;
    const { layers = [], jitter } = figures.tracks.get(track.sid) ?? {};
    setIcon(this.picture, iconOf(track));
    setText(this.title, sourceOf(track));
    this.title.title = `${track.sid}${track.name ? `, ${track.name}` : ''}`;
    setText(this.detail, describeTrack(track, layers));
    this.say(track.muted ? 'muted' : undefined, 'off');
    const words = track.muted ? 'Unmute' : 'Mute';
    setText(this.button.querySelector('span'), words);
    setIcon(this.button, `${track.type === 'VIDEO' ? 'camera' : 'mic'}${track.muted ? '' : '-off'}`);
    this.button.setAttribute('aria-label', `${words} ${sourceOf(track)}`);
    this.button.disabled = !allowed;
    const bitrate = figures.ofTrack('bitrate', track.sid);
    setText(this.bitrate, formatBitrate(bitrate.last));
    setText(this.rest, `loss ${formatShare(figures.ofTrack('loss', track.sid).last)} · jitter ${formatMilliseconds(jitter)}`);
    this.showLayers(track.type === 'VIDEO' && layers.length > 1 ? layers : [], (layer) => figures.ofLayer('bitrate', track.sid, layer).last);
    const parts = layers.length > 1 ? layers : [undefined];
    this.plot(bitrate, (what) => parts.map((layer, tone) => (layer === undefined
      ? { name: sourceOf(track), tone: 0, series: figures.ofTrack(what, track.sid) }
      : { name: kLayerWords[layer] ?? layer, tone, series: figures.ofLayer(what, track.sid, layer) })), range);
  }

  showLayers(layers, bitrateOf) {
    this.layers.replaceChildren(...layers.map((layer) => make('span', { className: bitrateOf(layer) > 0 ? 'layer' : 'layer idle' },
      `${kLayerWords[layer] ?? layer} ${formatBitrate(bitrateOf(layer))}`)));
  }
}

// An item: { publisher, track, subscription: what the metrics say of it, or undefined }.
export class ReceivedRow extends Row {
  constructor({ publisher, track }, { onSubscribe }) {
    super(`Plots of ${sourceOf(track)} of ${publisher.identity}`, makeButton('eye', 'Subscribe', () => onSubscribe(this.item)));
    this.node.dataset.track = track.sid;
  }

  update(item, figures, range, allowed, subscriber) {
    this.item = item;
    const { publisher, track, subscription } = item;
    setIcon(this.picture, iconOf(track));
    setText(this.title, `${publisher.name || publisher.identity} · ${sourceOf(track)}`);
    this.node.classList.toggle('absent', !subscription);
    const words = subscription ? 'Unsubscribe' : 'Subscribe';
    setText(this.button.querySelector('span'), words);
    this.button.setAttribute('aria-label', `${words} ${sourceOf(track)} of ${publisher.identity}`);
    this.button.disabled = !allowed;
    this.toggle.hidden = !subscription;
    if (!subscription) {
      this.say('not subscribed', 'quiet');
      for (const node of [this.detail, this.bitrate, this.rest]) setText(node, '');
    } else {
      this.say(...(track.muted ? ['muted', 'off'] : subscription.paused ? ['paused', 'warn'] : []));
      setText(this.detail, describeLayer(track, subscription));
      setText(this.bitrate, formatBitrate(figures.ofSubscription('bitrate', subscriber, track.sid).last));
      setText(this.rest, `loss ${formatShare(figures.ofSubscription('loss', subscriber, track.sid).last)}`);
    }
    this.plot(figures.ofSubscription('bitrate', subscriber, track.sid),
      (what) => [{ name: sourceOf(track), tone: 0, series: figures.ofSubscription(what, subscriber, track.sid) }], range);
  }
}

function describeLayer(track, { layer }) {
  if (track.type !== 'VIDEO') return codecOf(track.mime_type);
  if (layer === undefined || layer < 0) return 'no layer';
  const sizes = track.codecs?.[0]?.layers ?? track.layers ?? [];
  const size = sizes[layer];
  const words = sizes.length > 1 ? `${kLayerWords[kLayerOf[layer]] ?? layer} layer` : codecOf(track.mime_type);
  return size?.width ? `${words} · ${size.width}×${size.height}` : words;
}
