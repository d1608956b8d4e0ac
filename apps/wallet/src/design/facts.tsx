import type { ComponentChildren } from 'preact';
import './facts.css';
import { Icon } from './icon.tsx';
import { Words } from './words.tsx';

interface FactsProps {
  /** "Payments left" · "17 of 20". */
  readonly pairs: readonly { readonly term: string; readonly value: ComponentChildren }[];
}

/** Names and their values, one under the other. */
export function Facts({ pairs }: FactsProps) {
  return (
    <dl class="facts">
      {pairs.map(({ term, value }, index) => (
        <div key={index}>
          <dt>
            <Words>{term}</Words>
          </dt>
          <dd>
            <Words>{value}</Words>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What is safe or done, each with a check. */
export function Checks({ items }: { readonly items: readonly ComponentChildren[] }) {
  return (
    <ul class="checks">
      {items.map((item, index) => (
        <li key={index}>
          <Icon name="check" size="s" />
          <span>
            <Words>{item}</Words>
          </span>
        </li>
      ))}
    </ul>
  );
}

interface NumberedProps {
  readonly items: readonly ComponentChildren[];
  readonly center?: boolean;
  /** The digits that the person wants. */
  readonly face?: (digit: string) => string;
}

/** What to do, step by step. */
export function Numbered({ items, center = false, face = (digit) => digit }: NumberedProps) {
  return (
    <ol class={center ? 'numbered numbered-center' : 'numbered'}>
      {items.map((item, index) => (
        <li key={index}>
          <span class="numbered-mark figures">{face(String(index + 1))}</span>
          <span>
            <Words>{item}</Words>
          </span>
        </li>
      ))}
    </ol>
  );
}
