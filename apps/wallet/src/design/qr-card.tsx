import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import './qr-card.css';
import { darkRuns, modulePixels, QUIET_ZONE } from './qr-matrix.ts';
import type { QrMatrix } from './qr-matrix.ts';
import { Words } from './words.tsx';

interface QrCardProps {
  readonly code: QrMatrix;
  /** "Payment code, Rs 1,250 to Karachi Fruit Stall". */
  readonly label: string;
}

/** A code, black on white in every theme, at whole device pixels, with nothing over it. */
export function QrCard({ code, label }: QrCardProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useDrawn(canvas, code);
  return (
    <div class="qr-card" dir="ltr" role="img" aria-label={label}>
      <canvas ref={canvas} aria-hidden="true" />
    </div>
  );
}

function useDrawn(canvas: RefObject<HTMLCanvasElement | null>, code: QrMatrix): void {
  // Before it is painted: a camera never sees it blank.
  useLayoutEffect(() => {
    const redraw = () => {
      if (canvas.current !== null) draw(canvas.current, code);
    };
    redraw();
    addEventListener('resize', redraw);
    return () => {
      removeEventListener('resize', redraw);
    };
  }, [canvas, code]);
}

function draw(canvas: HTMLCanvasElement, code: QrMatrix): void {
  const around = canvas.parentElement?.getBoundingClientRect();
  const context = canvas.getContext('2d', { alpha: false });
  if (around === undefined || context === null) return;
  const ratio = devicePixelRatio;
  const module = modulePixels(around.width, ratio, code.size);
  const side = module * (code.size + 2 * QUIET_ZONE);
  // Its left edge on a whole device pixel too: a canvas between two is blurred.
  const left = Math.round(around.left * ratio + (around.width * ratio - side) / 2);
  canvas.width = side;
  canvas.height = side;
  canvas.style.width = `${String(side / ratio)}px`;
  canvas.style.height = `${String(side / ratio)}px`;
  canvas.style.marginLeft = `${String(left / ratio - around.left)}px`;
  const style = getComputedStyle(canvas);
  context.fillStyle = style.backgroundColor;
  context.fillRect(0, 0, side, side);
  context.fillStyle = style.color;
  for (const { x, y, length } of darkRuns(code)) {
    const at = (modules: number) => (modules + QUIET_ZONE) * module;
    context.fillRect(at(x), at(y), length * module, module);
  }
}

interface FramesProps {
  /** The parts of a long message, each a code of its own. */
  readonly frames: readonly QrMatrix[];
  readonly label: string;
  /** "Code 2 of 4". */
  readonly caption: (number: number, of: number) => string;
  /** Half a second unless told: slow phones miss faster ones. */
  readonly everyMs?: number;
  /** Stands still, for a scanner that one waits for. */
  readonly paused?: boolean;
}

/** Codes that play one after another, over and over. It moves even where motion is not wanted. */
export function Frames({ frames, label, caption, everyMs = 500, paused = false }: FramesProps) {
  const [index, setIndex] = useState(0);
  useEffect(() => {
    if (paused || frames.length < 2) return undefined;
    const timer = setInterval(() => {
      setIndex((shown) => (shown + 1) % frames.length);
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [frames.length, everyMs, paused]);
  const shown = index % Math.max(1, frames.length);
  const code = frames[shown];
  if (code === undefined) return undefined;
  return (
    <div class="frames">
      <QrCard code={code} label={label} />
      <p class="frames-caption">
        <Words>{caption(shown + 1, frames.length)}</Words>
      </p>
    </div>
  );
}
