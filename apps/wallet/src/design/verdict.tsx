import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './verdict.css';
import { Amount } from './amount.tsx';
import type { AmountText } from './amount.tsx';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-paths.ts';
import { Words } from './words.tsx';

export type VerdictTone = 'ok' | 'warn' | 'bad';

/** A tap meant for what was there before does nothing for this long; navigation/'s back either. */
export const GHOST_TAP_MS = 600;

interface VerdictProps {
  readonly tone: VerdictTone;
  /** "Paid", "Already counted", "Not paid". */
  readonly word: string;
  readonly amount?: AmountText;
  /** 64 when paid, smaller when not. */
  readonly amountSize?: '38' | '48' | '64';
  /** Why, in one sentence. */
  readonly reason?: ComponentChildren;
  /** `TwoWords`. */
  readonly children?: ComponentChildren;
  /** Two; the first of a red one is always "Do not hand over the goods." */
  readonly facts: readonly VerdictFact[];
  /** Buttons: a primary and a second one, in the verdict's own ink. */
  readonly actions: ComponentChildren;
}

interface VerdictFact {
  readonly icon: IconName;
  readonly text: ComponentChildren;
  /** Said large, before `text`. */
  readonly loud?: string;
}

/** The whole screen answers: is this money good? It stays until it is touched. */
export function Verdict(props: VerdictProps) {
  const { tone, word, amount, amountSize = '64', reason, children, facts, actions } = props;
  const answer = useRef<HTMLDivElement>(null);
  const guard = useGhostGuard();
  useEffect(() => {
    answer.current?.focus();
  }, []);
  return (
    <main class={`screen verdict verdict-${tone} surface-${tone}`} onClickCapture={guard}>
      <div ref={answer} class="verdict-answer" role="alert" tabIndex={-1}>
        <Mark tone={tone} />
        <h1 class="verdict-word">{word}</h1>
        {amount === undefined ? undefined : (
          <div class="verdict-amount">
            <Amount amount={amount} size={amountSize} />
          </div>
        )}
        {reason === undefined ? undefined : (
          <p class="verdict-reason">
            <Words>{reason}</Words>
          </p>
        )}
        {children}
      </div>
      <ul class="verdict-facts">
        {facts.map((fact, index) => (
          <li key={index}>
            <Icon name={fact.icon} />
            <span>
              {fact.loud === undefined ? undefined : <b class="verdict-loud">{fact.loud}</b>}
              <Words>{fact.text}</Words>
            </span>
          </li>
        ))}
      </ul>
      <div class="foot verdict-foot">{actions}</div>
    </main>
  );
}

interface VerdictHeadProps {
  readonly tone: VerdictTone;
  readonly word: string;
  readonly amount?: AmountText;
  /** The name of the other side. */
  readonly children?: ComponentChildren;
}

/** The upper half of a screen: the payer's "They have it", with more of the story below. */
export function VerdictHead({ tone, word, amount, children }: VerdictHeadProps) {
  return (
    <section class={`verdict verdict-head verdict-${tone} surface-${tone}`} role="alert">
      <Mark tone={tone} />
      <h1 class="verdict-word">{word}</h1>
      {amount === undefined ? undefined : (
        <div class="verdict-amount">
          <Amount amount={amount} size="48" />
        </div>
      )}
      {children === undefined ? undefined : <p class="verdict-reason">{children}</p>}
    </section>
  );
}

/** Circle, triangle, octagon: the shapes differ, colour is third. */
function Mark({ tone }: { readonly tone: VerdictTone }) {
  return (
    <svg class={classes('mark', tone === 'ok' && 'mark-drawn')} viewBox="0 0 132 132" aria-hidden>
      {tone === 'ok' ? <circle class="mark-solid" cx="66" cy="66" r="62" /> : undefined}
      {tone === 'warn' ? (
        <path
          class="mark-solid"
          d="M59 10a8 8 0 0 1 14 0l55 98a8 8 0 0 1-7 12H11a8 8 0 0 1-7-12z"
        />
      ) : undefined}
      {tone === 'bad' ? (
        <path class="mark-solid" d="M40 4h52l36 36v52l-36 36H40L4 92V40z" />
      ) : undefined}
      <path class="mark-cut" d={CUTS[tone]} />
      {tone === 'warn' ? <circle class="mark-point" cx="66" cy="98" r="6.5" /> : undefined}
    </svg>
  );
}

const CUTS: Readonly<Record<VerdictTone, string>> = {
  ok: 'm38 68 20 20 37-43',
  warn: 'M66 48v30',
  bad: 'm46 46 40 40M86 46 46 86',
};

/** Swallows clicks that come too soon to be meant. */
function useGhostGuard() {
  const since = useRef(performance.now());
  return (event: Event) => {
    if (performance.now() - since.current >= GHOST_TAP_MS) return;
    event.stopPropagation();
    event.preventDefault();
  };
}
