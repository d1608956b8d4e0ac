import type { ComponentChildren } from 'preact';
import './pill.css';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-paths.ts';
import { Words } from './words.tsx';

interface PillProps {
  readonly children: ComponentChildren;
  readonly icon?: IconName;
  /** Neutral for sync and network, always with its age. `warn` is for a refusal and has an icon. */
  readonly tone?: 'quiet' | 'ok' | 'warn' | 'bad';
  /** A 48 px target around it, that leads somewhere. */
  readonly onPress?: () => void;
}

/** A short state: "Synced 2 h ago". */
export function Pill({ children, icon, tone = 'quiet', onPress }: PillProps) {
  const pill = (
    <span class={classes('pill', `pill-${tone}`)}>
      {icon === undefined ? undefined : <Icon name={icon} size="s" />}
      <span>
        <Words>{children}</Words>
      </span>
    </span>
  );
  if (onPress === undefined) return pill;
  return (
    <button type="button" class="pill-target" onClick={onPress}>
      {pill}
    </button>
  );
}

/** Something that stands in the bar of a code's page: "Stays on", "4:52 left". */
export function BarStatus({ icon, children }: { icon: IconName; children: ComponentChildren }) {
  return (
    <span class="status">
      <Icon name={icon} size="s" />
      <span>
        <Words>{children}</Words>
      </span>
    </span>
  );
}
