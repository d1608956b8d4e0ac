import type { Profiler } from 'node:inspector';

/** A function called from the same functions, with all that it called. */
interface Frame {
  readonly name: string;
  readonly file: string;
  micros: number;
  readonly callees: Map<string, Frame>;
}

const WIDTH = 1_200;
const ROW = 16;
const LETTER = 6.2;
/** Narrower, nobody could point at it. */
const LEAST_WIDTH = 0.6;
const IDLE = new Set(['(idle)', '(program)', '(root)']);
const WATCHER = 'bench/src/bank/process.ts';
/** Whose code it is, by hue. */
const HUES = { ours: 28, libraries: 205, node: 135, engine: 275 } as const;

/**
 * A flame graph as a picture (SVG): each bar is a function under its caller, as wide as its share
 * of the time that the thread was busy; what it is and how much, where one points at it.
 */
export function drawFlameGraph(profile: Profiler.Profile, title: string): string {
  const root = mergeFrames(profile);
  const bars: string[] = [];
  const depth = draw(root, { x: 0, level: 0, total: root.micros, bars });
  const height = (depth + 3) * ROW;
  const keys = Object.entries(HUES).map(
    ([who, hue], i) =>
      `<rect x="${10 + i * 110}" y="22" width="10" height="10" fill="${colourOf(hue)}"/>` +
      `<text x="${24 + i * 110}" y="31">${who}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg"`,
    ` viewBox="0 0 ${WIDTH} ${height + 24}" width="${WIDTH}"`,
    ` font-family="ui-monospace, monospace" font-size="10">`,
    `<rect width="100%" height="100%" fill="#fffdf8"/>`,
    `<text x="10" y="14" font-size="12">${escapeXml(title)}</text>`,
    ...keys,
    ...bars,
    '</svg>\n',
  ].join('\n');
}

function mergeFrames({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((c) => [c, id])));
  const root: Frame = { name: 'busy', file: '', micros: 0, callees: new Map() };
  samples.forEach((sample, i) => {
    const micros = timeDeltas[i] ?? 0;
    const stack: Profiler.ProfileNode[] = [];
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
      const node = byId.get(id);
      if (node !== undefined && node.callFrame.functionName !== '(root)') stack.push(node);
    }
    if (IDLE.has(stack[0]?.callFrame.functionName ?? '(idle)')) return;
    // To begin to watch takes time too, which is not the bank's.
    if (stack.some(({ callFrame }) => callFrame.url.endsWith(WATCHER))) return;
    root.micros += micros;
    let at = root;
    for (const { callFrame } of stack.reverse()) {
      const file = shortName(callFrame.url);
      const name = callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName;
      const key = `${name} ${file}`;
      const next = at.callees.get(key) ?? { name, file, micros: 0, callees: new Map() };
      at.callees.set(key, next);
      next.micros += micros;
      at = next;
    }
  });
  return root;
}

interface Place {
  readonly x: number;
  readonly level: number;
  readonly total: number;
  readonly bars: string[];
}

/** Answers the deepest level drawn. */
function draw(frame: Frame, { x, level, total, bars }: Place): number {
  const width = (frame.micros / total) * WIDTH;
  if (width < LEAST_WIDTH) return level;
  const y = (level + 2) * ROW + 8;
  const share = `${((frame.micros / total) * 100).toFixed(1)} %`;
  const says = escapeXml(`${frame.name} ${frame.file} ${share}`);
  const letters = Math.floor((width - 4) / LETTER);
  const shown = letters < 3 ? '' : escapeXml(frame.name.slice(0, letters));
  bars.push(
    `<g><title>${says}</title><rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}"` +
      ` height="${ROW - 1}" fill="${colourOf(hueOf(frame))}"/>` +
      `<text x="${(x + 2).toFixed(1)}" y="${y + 11}">${shown}</text></g>`,
  );
  let deepest = level;
  let at = x;
  for (const callee of [...frame.callees.values()].sort((a, b) => b.micros - a.micros)) {
    deepest = Math.max(deepest, draw(callee, { x: at, level: level + 1, total, bars }));
    at += (callee.micros / total) * WIDTH;
  }
  return deepest;
}

function hueOf({ file, name }: Frame): number {
  if (file === '' || name.startsWith('(garbage')) return HUES.engine;
  if (file.startsWith('node:')) return HUES.node;
  return file.includes('node_modules/') ? HUES.libraries : HUES.ours;
}

function colourOf(hue: number): string {
  return `hsl(${hue} 70% 72%)`;
}

/** Without the folder of the checkout, which is nobody's business. */
function shortName(url: string): string {
  const library = /node_modules\/.*$/.exec(url)?.[0];
  return library ?? url.replace(/^file:\/\/.*?\/(?=(?:api|auditor|bank|bench|protocol)\/)/, '');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
