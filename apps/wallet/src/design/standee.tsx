import './standee.css';
import { darkRuns, QUIET_ZONE } from './qr-matrix.ts';
import type { QrMatrix } from './qr-matrix.ts';
import { scriptOf } from './words.tsx';

/** Two papers of one shape, so that one drawing fits both. */
export type StandeeSize = 'a4' | 'a6';

/** The same words in both languages: customers read the one they can. */
export interface BothWords {
  readonly en: string;
  readonly ur: string;
}

interface StandeeProps {
  readonly size: StandeeSize;
  readonly brand: BothWords;
  /** As the bank checked them. */
  readonly name: string;
  readonly town: string;
  readonly till: BothWords;
  /** "Scan to pay". */
  readonly pay: BothWords;
  readonly code: QrMatrix;
  readonly label: string;
  /** "Type the amount, then show your phone to the shop". */
  readonly how: BothWords;
  /** The code that other banks' apps read. */
  readonly other?: { readonly code: QrMatrix; readonly words: BothWords };
}

/** Units of the drawing are the millimetres of A4. */
const [WIDTH, HEIGHT] = [210, 297];
const EDGE = 24;

/** A sign for the counter, printed: the shop's name, its code, and how one pays. */
export function Standee({ size, brand, name, town, till, ...rest }: StandeeProps) {
  return (
    <div class={`standee-${size}`}>
      <svg
        class="standee"
        viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
        role="img"
        aria-label={`${name}, ${town}. ${rest.label}`}
      >
        <rect class="standee-paper" width={WIDTH} height={HEIGHT} />
        <rect class="standee-ground" width={WIDTH} height="66" />
        <g class="standee-on-ground">
          <Pair words={brand} y={18} size={7} />
          <Centred text={name} y={41} most={17} strong />
          <Centred text={town} y={57} most={9} />
        </g>
        <Pair words={rest.pay} y={89} size={12} strong />
        <Code code={rest.code} x={50} y={94} side={110} />
        <Centred text={rest.how.en} y={210} most={6} />
        <Centred text={rest.how.ur} y={220} most={6} />
        <rect class="standee-rule" x={EDGE} y="226" width={WIDTH - 2 * EDGE} height="0.4" />
        {rest.other === undefined ? undefined : <Other {...rest.other} />}
        <Pair words={till} y={290} size={5} />
      </svg>
    </div>
  );
}

type OtherProps = Exclude<StandeeProps['other'], undefined>;

function Other({ code, words }: OtherProps) {
  return (
    <>
      <Code code={code} x={EDGE - 5} y={228} side={54} />
      <text class="standee-text" x="80" y="247" font-size="6" lang="en">
        {words.en}
      </text>
      <text class="standee-text standee-urdu" x={WIDTH - EDGE} y="265" font-size="6" lang="ur">
        {words.ur}
      </text>
    </>
  );
}

interface PairProps {
  readonly words: BothWords;
  readonly y: number;
  readonly size: number;
  readonly strong?: boolean;
}

/** English at the left edge, Urdu at the right one. */
function Pair({ words, y, size, strong = false }: PairProps) {
  const weight = strong ? 'standee-text standee-strong' : 'standee-text';
  return (
    <>
      <text class={weight} x={EDGE} y={y} font-size={size} lang="en">
        {words.en}
      </text>
      <text class={`${weight} standee-urdu`} x={WIDTH - EDGE} y={y} font-size={size} lang="ur">
        {words.ur}
      </text>
    </>
  );
}

interface CentredProps {
  readonly text: string;
  readonly y: number;
  /** The size of a short text; a long one is smaller, and never cut off. */
  readonly most: number;
  readonly strong?: boolean;
}

/** Of the size, a letter's usual width. */
const LETTER = 0.58;

function Centred({ text, y, most, strong = false }: CentredProps) {
  const size = Math.min(most, (WIDTH - 2 * EDGE) / (Math.max(1, text.length) * LETTER));
  const weight = strong ? 'standee-text standee-strong' : 'standee-text';
  const language = scriptOf(text);
  return (
    <text
      class={`${weight} standee-centred`}
      x={WIDTH / 2}
      y={y}
      font-size={size}
      {...(language === undefined ? {} : { lang: language })}
    >
      {text}
    </text>
  );
}

interface CodeProps {
  readonly code: QrMatrix;
  readonly x: number;
  readonly y: number;
  /** With the white around it. */
  readonly side: number;
}

function Code({ code, x, y, side }: CodeProps) {
  const module = side / (code.size + 2 * QUIET_ZONE);
  const path = darkRuns(code)
    .map(
      (run) => `M${String(run.x)} ${String(run.y)}h${String(run.length)}v1h-${String(run.length)}z`,
    )
    .join('');
  const [left, top] = [x + QUIET_ZONE * module, y + QUIET_ZONE * module];
  return (
    <>
      <rect class="standee-paper" x={x} y={y} width={side} height={side} />
      <path
        class="standee-code"
        d={path}
        transform={`translate(${String(left)} ${String(top)}) scale(${String(module)})`}
      />
    </>
  );
}
