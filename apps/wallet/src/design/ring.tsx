import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import './ring.css';
import { classes } from './classes.ts';
import { reeds, reedsLeft } from './reeds.ts';

const SHAPES = {
  /** Home: 236 px, one reed is one percent. */
  large: { size: 236, count: 100, width: 3.6, length: 13, face: true },
  /** The limits and paused screens: 112 px. */
  medium: { size: 120, count: 50, width: 4, length: 12, face: false },
  /** Beside a line of text: 64 px. */
  small: { size: 64, count: 25, width: 3.4, length: 8, face: false },
} as const;

interface RingProps {
  /** Minor units left of `total`. */
  readonly left: bigint;
  readonly total: bigint;
  /** Minor units spent a moment ago: their reeds go out one after another. */
  readonly justSpent?: bigint;
  readonly size?: keyof typeof SHAPES;
  /** "Rs 3,150 of Rs 5,000 left offline": the amounts in words, for screen readers. */
  readonly label: string;
  /** Spending is paused: the reeds are dimmed, `children` is a lock. */
  readonly paused?: boolean;
  /** What stands in the middle. */
  readonly children?: ComponentChildren;
}

/** The milled edge of a coin: brass is what is left to spend offline. Never mirrored. */
export function Ring(props: RingProps) {
  const { left, total, justSpent = 0n, size = 'large', label, paused = false, children } = props;
  const { count, face, width, ...shape } = SHAPES[size];
  const on = reedsLeft(left, total, count);
  const before = reedsLeft(left + justSpent, total, count);
  const lit = useGoingOut(before, on);
  const outer = shape.size / 2 - width / 2 - 0.5;
  const circle = { size: shape.size, count, inner: outer - shape.length, outer };
  return (
    <div class={classes('ring', `ring-${size}`, paused && 'ring-paused')}>
      <svg
        viewBox={`0 0 ${shape.size} ${shape.size}`}
        stroke-width={width}
        role="img"
        aria-label={label}
      >
        {face ? <RingFace centre={shape.size / 2} radius={circle.inner - 7} /> : undefined}
        <path class="ring-off" d={reeds({ ...circle, from: before, to: count })} />
        <path class="ring-just" d={reeds({ ...circle, from: lit, to: before })} />
        <path class="ring-on" d={reeds({ ...circle, from: 0, to: lit })} />
      </svg>
      {children === undefined ? undefined : <div class="ring-inside">{children}</div>}
    </div>
  );
}

function RingFace({ centre, radius }: { readonly centre: number; readonly radius: number }) {
  return <circle class="ring-face" cx={centre} cy={centre} r={radius} />;
}

const GO_OUT_MS = 420;

/** Counts down from `before` to `after` within 420 ms; at once where motion is not wanted. */
function useGoingOut(before: number, after: number): number {
  const still = before <= after || matchMedia('(prefers-reduced-motion: reduce)').matches;
  const [lit, setLit] = useState(still ? after : before);
  useEffect(() => {
    if (still) {
      setLit(after);
      return undefined;
    }
    const began = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const part = Math.min(1, (now - began) / GO_OUT_MS);
      setLit(Math.round(before + (after - before) * part));
      if (part < 1) frame = requestAnimationFrame(step);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [before, after, still]);
  return lit;
}
