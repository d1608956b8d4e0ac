import './icon.css';
import { classes } from './classes.ts';
import { drawing, isMirrored } from './icon-paths.ts';
import type { IconName, PaymentState } from './icon-paths.ts';

interface IconProps {
  readonly name: IconName;
  /** 20, 24, 28, 40, 56 or 72 px. */
  readonly size?: 's' | 'm' | 'large' | 'xl' | 'huge' | 'giant';
}

/** A drawing beside words; a screen reader does not see it. */
export function Icon({ name, size = 'm' }: IconProps) {
  const { line, dashed, fill, knock } = drawing(name);
  return (
    <svg
      class={classes('icon', `icon-${size}`, isMirrored(name) && 'mirrored')}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      {dashed === undefined ? undefined : <path class="icon-dashed" d={dashed} />}
      {fill === undefined ? undefined : <path class="icon-fill" d={fill} />}
      {line === undefined ? undefined : <path d={line} />}
      {knock === undefined ? undefined : <path class="icon-knock" d={knock} />}
    </svg>
  );
}

const TONES: Partial<Record<PaymentState, string>> = {
  settled: 'tone-ok',
  confirmed: 'tone-ok',
  rejected: 'tone-bad',
  disputed: 'tone-warn',
};

/** The coin of a payment's state. The word of the state stands beside it. */
export function StateIcon({ state }: { readonly state: PaymentState }) {
  return (
    <span class={classes('state-icon', TONES[state])}>
      <Icon name={`state-${state}`} />
    </span>
  );
}
