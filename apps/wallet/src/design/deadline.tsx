import type { ComponentChildren } from 'preact';
import './deadline.css';
import { Card } from './row.tsx';
import { Words } from './words.tsx';

interface DeadlineDay {
  /** "Fri". */
  readonly name: string;
  /** "20". */
  readonly day: string;
  /** Today is ink, the last day brass, what is over is grey. */
  readonly mark?: 'gone' | 'now' | 'end';
}

interface DeadlineProps {
  /** "Send to the bank by". */
  readonly label: string;
  /** "Thu 26 Nov, 6:00 pm". */
  readonly until: string;
  /** "6 days left". */
  readonly left: string;
  /** Seven. A screen reader reads the words, not these. */
  readonly days: readonly DeadlineDay[];
  readonly children?: ComponentChildren;
}

/** By when something must be done: in words, and as seven blocks. */
export function Deadline({ label, until, left, days, children }: DeadlineProps) {
  return (
    <Card>
      <div class="deadline">
        <div class="deadline-head">
          <div>
            <div class="deadline-label">
              <Words>{label}</Words>
            </div>
            <div class="deadline-when">
              <Words>{until}</Words>
            </div>
          </div>
          <span class="deadline-when">
            <Words>{left}</Words>
          </span>
        </div>
        <ul class="deadline-days" aria-hidden="true">
          {days.map(({ name, day, mark }, index) => (
            <li key={index} class={mark === undefined ? 'deadline-day' : `deadline-${mark}`}>
              <span>{name}</span>
              <Words>{day}</Words>
            </li>
          ))}
        </ul>
        {children}
      </div>
    </Card>
  );
}
