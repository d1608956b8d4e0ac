import type { ComponentChildren } from 'preact';
import './timeline.css';
import { StateIcon } from './icon.tsx';
import type { PaymentState } from './icon-paths.ts';
import { Words } from './words.tsx';

interface TimelineStep {
  readonly state: PaymentState;
  readonly title: string;
  /** "4:42 pm", or for what must come "by Thu 26 Nov". */
  readonly time?: ComponentChildren;
  /** Who did it: "By the shop’s phone". */
  readonly detail?: ComponentChildren;
  /** A solid line leads from what is done, a dotted one from `now` and `todo`. */
  readonly stage: 'done' | 'now' | 'todo';
}

interface TimelineProps {
  readonly label: string;
  readonly steps: readonly TimelineStep[];
}

/** How far a payment has come. A step not reached is an empty dashed coin. */
export function Timeline({ label, steps }: TimelineProps) {
  return (
    <ol class="timeline" aria-label={label}>
      {steps.map(({ state, title, time, detail, stage }, index) => (
        <li
          key={index}
          class={`timeline-${stage}`}
          aria-current={stage === 'now' ? 'step' : undefined}
        >
          <StateIcon state={stage === 'todo' ? 'later' : state} />
          <span class="timeline-title">
            <Words>{title}</Words>
          </span>
          <span class="timeline-time">
            <Words>{time}</Words>
          </span>
          <span class="timeline-detail">
            <Words>{detail}</Words>
          </span>
        </li>
      ))}
    </ol>
  );
}

interface StepsProps {
  readonly label: string;
  readonly steps: readonly {
    readonly state: PaymentState;
    readonly title: string;
    readonly done: boolean;
  }[];
}

/** The same in one line of four. */
export function Steps({ label, steps }: StepsProps) {
  return (
    <ol class="steps" aria-label={label}>
      {steps.map(({ state, title, done }, index) => (
        <li key={index} class={done ? 'steps-done' : 'steps-todo'}>
          <StateIcon state={done ? state : 'later'} />
          <Words>{title}</Words>
        </li>
      ))}
    </ol>
  );
}
