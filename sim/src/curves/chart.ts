/** One line of a chart. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const [WIDTH, HEIGHT] = [720, 400] as const;
const MARGIN = { left: 90, right: 150, top: 44, bottom: 56 } as const;
/** Told apart by the colour-blind, and by their dashes on paper. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#000000'] as const;
const DASHES = ['none', '8 4', '2 4', '12 4 2 4', '4 2'] as const;
const TICKS = 5;

/** An SVG of lines over one axis each way, both from zero. */
export function svgOf({ title, x, y, lines }: Chart): string {
  const all = lines.flatMap(({ points }) => points);
  const most = [0, 1].map((axis) => roundUp(Math.max(1, ...all.map((point) => point[axis] ?? 0))));
  const [mostX = 1, mostY = 1] = most;
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const atX = (value: number) => MARGIN.left + (value / mostX) * (right - MARGIN.left);
  const atY = (value: number) => bottom - (value / mostY) * (bottom - MARGIN.top);
  const ticks = Array.from({ length: TICKS + 1 }, (_, at) => at / TICKS);
  const text = (at: string, said: string) => `<text ${at}>${said}</text>`;
  const drawn = lines.map(({ name, points }, at) => {
    const colour = COLOURS[at % COLOURS.length] ?? '#000000';
    const dash = DASHES[at % DASHES.length] ?? 'none';
    const path = points.map(([px, py]) => `${fixed(atX(px))},${fixed(atY(py))}`).join(' ');
    const stroke = `stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"`;
    const key = MARGIN.top + 18 * at;
    return [
      `<polyline points="${path}" fill="none" ${stroke}/>`,
      `<line x1="${right + 12}" x2="${right + 36}" y1="${key}" y2="${key}" ${stroke}/>`,
      text(`x="${right + 42}" y="${key + 4}"`, name),
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    `<title>${title}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    '<g font-family="sans-serif" font-size="12" fill="#222222">',
    text(`x="${MARGIN.left}" y="24" font-size="15"`, title),
    ...ticks.map((share) => {
      const [px, py] = [fixed(atX(share * mostX)), fixed(atY(share * mostY))];
      return [
        `<line x1="${MARGIN.left}" x2="${right}" y1="${py}" y2="${py}" stroke="#dddddd"/>`,
        text(`x="${MARGIN.left - 8}" y="${py}" dy="4" text-anchor="end"`, said(share * mostY)),
        text(`x="${px}" y="${bottom + 18}" text-anchor="middle"`, said(share * mostX)),
      ].join('\n');
    }),
    text(`x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 14}" text-anchor="middle"`, x),
    text(`transform="translate(18 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle"`, y),
    ...drawn,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function said(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en-GB') : String(+value.toFixed(1));
}

/** The next 1, 2, 4, 5, 6, 8 or 10 of its power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 6, 8].find((step) => step * power >= value) ?? 10) * power;
}
