import type { ComponentChildren } from 'preact';
import './notice.css';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-paths.ts';
import { Text, Title } from './text.tsx';
import { Words } from './words.tsx';

interface NoticeProps {
  readonly icon: IconName;
  readonly children: ComponentChildren;
  /** `plain` has no ground of its own. `warn` and `bad` are for refusals, never for offline. */
  readonly tone?: 'quiet' | 'plain' | 'warn' | 'bad';
  /** It appeared because of something just done: a screen reader says it at once. */
  readonly urgent?: boolean;
}

/** Something to know, beside the things to do. */
export function Notice({ icon, children, tone = 'quiet', urgent = false }: NoticeProps) {
  return (
    <div class={`notice notice-${tone}`} role={urgent ? 'alert' : undefined}>
      <Icon name={icon} />
      <div class="notice-text">
        <Words>{children}</Words>
      </div>
    </div>
  );
}

/** A remark in small type with its drawing: "You are only ever charged once." */
export function Remark({ icon, children }: { icon: IconName; children: ComponentChildren }) {
  return (
    <p class="remark">
      <Icon name={icon} size="s" />
      <span>
        <Words>{children}</Words>
      </span>
    </p>
  );
}

/** A large drawing on a round ground: the sensor to touch. */
export function Emblem({ icon }: { readonly icon: IconName }) {
  return (
    <div class="emblem">
      <Icon name={icon} size="giant" />
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly text?: ComponentChildren;
  readonly icon?: IconName;
  /** What teaches: the rows of states, a ring with a lock. */
  readonly children?: ComponentChildren;
  readonly before?: ComponentChildren;
}

/** Nothing is here yet, or it cannot be shown: what is safe first, then what to do. */
export function Empty({ title, text, icon, children, before }: EmptyProps) {
  return (
    <div class="empty">
      {icon === undefined ? undefined : <Icon name={icon} size="huge" />}
      {before}
      <Title>{title}</Title>
      {text === undefined ? undefined : <Text size="lead">{text}</Text>}
      {children}
    </div>
  );
}
