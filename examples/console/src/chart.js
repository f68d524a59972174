// SPDX-License-Identifier: Apache-2.0
// Plots of series over the last minutes, in SVG. A pointer over a chart, or the arrow keys while it has the focus, shows the
// values of one moment.
import { draw, make } from './dom.js';
import { niceCeiling } from './format.js';

const kBreak = 12;  // seconds without a point, after which the line is not drawn on
const kHeight = 140;
const kEdge = { left: 1, right: 5, top: 22, bottom: 20 };

// The runs of points between which something is known.
function runsOf(points) {
  const runs = [];
  let last;
  for (const point of points) {
    if (point.value !== undefined) {
      if (last === undefined || point.time - last > kBreak) runs.push([]);
      runs.at(-1).push(point);
    }
    last = point.value === undefined ? undefined : point.time;
  }
  return runs;
}

// The points as an SVG path, with `x` of a time and `y` of a value. One that stands alone is a dot.
export function pathOf(points, x, y) {
  const corner = ({ time, value }) => `${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
  return runsOf(points).map((run) => `M${run.map(corner).join('L')}${run.length === 1 ? 'h0' : ''}`).join('');
}

// What is between that and the ground.
export function areaOf(points, x, y) {
  const ground = y(0).toFixed(1);
  const corner = ({ time, value }) => `L${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
  return runsOf(points).map((run) =>
    `M${x(run[0].time).toFixed(1)} ${ground}${run.map(corner).join('')}L${x(run.at(-1).time).toFixed(1)} ${ground}Z`).join('');
}

const largest = (points) => points.reduce((most, { value }) => Math.max(most, value ?? 0), 0);

// A line without axes, as large as its place.
export class Sparkline {
  constructor() {
    this.area = draw('path', { class: 'area' });
    this.line = draw('path', { class: 'line' });
    this.node = draw('svg', { class: 'sparkline', viewBox: '0 0 100 24', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, this.area, this.line);
  }

  update(series, { now, span }, atLeast = 1) {
    const points = series.since(now - span);
    const most = Math.max(largest(points), atLeast);
    const places = [(time) => 100 * (1 - (now - time) / span), (value) => 23 - (20 * value) / most];
    this.area.setAttribute('d', areaOf(points, ...places));
    this.line.setAttribute('d', pathOf(points, ...places));
  }
}

// "2.00 Mbit/s" is 2 Mbit/s on an axis.
const shorter = (text) => text.replace(/\.0+(?= )|(\.\d*[1-9])0+(?= )/, '$1');

export class Chart {
  // `format` writes a value; the axis reaches `atLeast`.
  constructor(title, format, atLeast) {
    Object.assign(this, { title, format, atLeast, lines: [], cursor: undefined });
    this.legend = make('ul', { className: 'legend' });
    this.svg = draw('svg', { class: 'plot', tabindex: '0', role: 'img' });
    this.grid = draw('g', { class: 'grid' });
    this.curves = draw('g');
    this.hair = draw('line', { class: 'hair', y1: kEdge.top, y2: kHeight - kEdge.bottom });
    this.dots = draw('g', { class: 'dots' });
    this.svg.append(this.grid, this.curves, this.hair, this.dots);
    this.tip = make('div', { className: 'tip', hidden: true, role: 'status' });
    this.place = make('div', { className: 'plot-place' }, this.svg, this.tip);
    this.node = make('figure', { className: 'chart' }, make('figcaption', {}, make('span', {}, title), this.legend), this.place);
    this.svg.addEventListener('pointermove', (event) => this.point(event.offsetX));
    this.svg.addEventListener('pointerleave', () => this.point(undefined));
    this.svg.addEventListener('blur', () => this.point(undefined));
    this.svg.addEventListener('keydown', (event) => this.key(event));
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(this.place);
  }

  // `lines`: { name, tone: 0 to 7, series } each.
  update(lines, { now, span }) {
    this.lines = lines.map((line) => ({ ...line, points: line.series.since(now - span) }));
    Object.assign(this, { now, span });
    this.paint();
  }

  paint() {
    const width = this.place.clientWidth;
    if (!width || !this.span) return;
    this.width = width;
    this.svg.setAttribute('viewBox', `0 0 ${width} ${kHeight}`);
    this.most = niceCeiling(Math.max(this.atLeast, ...this.lines.map(({ points }) => largest(points))));
    this.grid.replaceChildren(...this.gridLines());
    const places = [(time) => this.x(time), (value) => this.y(value)];
    this.curves.replaceChildren(...this.lines.flatMap(({ tone, points, name }) => [
      draw('path', { class: `area tone-${tone}`, d: areaOf(points, ...places) }),
      draw('path', { class: `line tone-${tone}`, d: pathOf(points, ...places), 'data-name': name }),
    ]));
    this.legend.replaceChildren(...this.lines.map(({ name, tone, series }) => make('li', { className: `tone-${tone}` },
      make('span', { className: 'name' }, name), make('span', { className: 'figure' }, this.format(series.last)))));
    this.svg.setAttribute('aria-label', `${this.title}: ${this.lines.map(({ name, series }) => `${name} ${this.format(series.last)}`).join(', ')}`);
    this.showCursor();
  }

  x(time) { return this.width - kEdge.right - ((this.now - time) / this.span) * (this.width - kEdge.left - kEdge.right); }
  y(value) { return kHeight - kEdge.bottom - (value / this.most) * (kHeight - kEdge.top - kEdge.bottom); }

  gridLines() {
    const lines = [0, 0.5, 1].flatMap((part) => {
      const y = this.y(part * this.most);
      const rule = draw('line', { x1: kEdge.left, x2: this.width - kEdge.right, y1: y, y2: y });
      return part ? [rule, draw('text', { x: kEdge.left, y: y - 4 }, shorter(this.format(part * this.most)))] : [rule];
    });
    const step = this.span / (this.width < 320 ? 2 : 3);
    for (let ago = this.span; ago >= 0; ago -= step) {
      const anchor = ago === this.span ? 'start' : ago < 1 ? 'end' : 'middle';
      const words = ago < 1 ? 'now' : ago < 60 || ago % 60 ? `−${Math.round(ago)} s` : `−${ago / 60} min`;
      lines.push(draw('text', { x: this.x(this.now - ago), y: kHeight - 5, 'text-anchor': anchor }, words));
    }
    return lines;
  }

  // `x` in pixels of the plot, or undefined for no cursor.
  point(x) {
    this.cursor = x === undefined ? undefined : ((this.width - kEdge.right - x) / (this.width - kEdge.left - kEdge.right)) * this.span;
    this.showCursor();
  }

  key(event) {
    const step = this.span / 30;
    const at = this.cursor ?? 0;
    const moves = { ArrowLeft: at + step, ArrowRight: at - step, Home: this.span, End: 0, Escape: undefined };
    if (!(event.key in moves)) return;
    event.preventDefault();
    this.cursor = moves[event.key];
    this.showCursor();
  }

  showCursor() {
    const shown = this.cursor !== undefined && this.span > 0;
    this.hair.style.display = shown ? '' : 'none';
    this.tip.hidden = !shown;
    this.dots.replaceChildren();
    if (!shown) return;
    const time = this.now - Math.min(this.span, Math.max(0, this.cursor));
    const nearest = this.lines.map((line) => ({ ...line, point: nearestOf(line.points, time) }));
    const moment = nearest.find(({ point }) => point)?.point.time ?? time;
    const x = this.x(moment);
    this.hair.setAttribute('x1', x);
    this.hair.setAttribute('x2', x);
    for (const { tone, point } of nearest) {
      if (point?.value !== undefined) this.dots.append(draw('circle', { class: `tone-${tone}`, cx: this.x(point.time), cy: this.y(point.value), r: 3.5 }));
    }
    this.tip.replaceChildren(make('strong', {}, `${Math.max(0, Math.round(this.now - moment))} s ago`),
      ...nearest.map(({ name, tone, point }) => make('span', { className: `tone-${tone}` },
        make('span', { className: 'name' }, name), make('span', { className: 'figure' }, this.format(point?.value)))));
    const left = Math.min(Math.max(0, x + 10), Math.max(0, this.width - this.tip.offsetWidth));
    this.tip.style.left = `${x + 10 + this.tip.offsetWidth > this.width ? Math.max(0, x - 10 - this.tip.offsetWidth) : left}px`;
  }

  close() {
    this.observer.disconnect();
  }
}

function nearestOf(points, time) {
  let best;
  for (const point of points) {
    if (!best || Math.abs(point.time - time) < Math.abs(best.time - time)) best = point;
  }
  return best && Math.abs(best.time - time) <= kBreak ? best : undefined;
}

