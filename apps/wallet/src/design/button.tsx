import type { ComponentChildren } from 'preact';
import './button.css';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-paths.ts';
import { Words } from './words.tsx';

interface ButtonProps {
  /** A verb first: "Scan their receipt". */
  readonly children: ComponentChildren;
  readonly onPress: () => void;
  /** One primary on a screen. `small` is a second one inside a card. */
  readonly kind?: 'primary' | 'second' | 'text' | 'small';
  readonly icon?: IconName;
  /** It works on it: the label stays, a spinner takes the icon's place, presses are ignored. */
  readonly busy?: boolean;
  /** Cannot be pressed; the reason stands beside it, its id goes in `reasonId`. */
  readonly disabled?: boolean;
  readonly reasonId?: string;
  /** Destroys something: the words say what. */
  readonly danger?: boolean;
  readonly id?: string;
}

/** A thing to do. */
export function Button(props: ButtonProps) {
  const { children, onPress, kind = 'second', icon, busy = false, disabled = false } = props;
  return (
    <button
      type="button"
      id={props.id}
      class={classes('button', `button-${kind}`, props.danger && 'button-danger')}
      disabled={disabled}
      aria-busy={busy}
      aria-describedby={props.reasonId}
      onClick={() => {
        if (!busy) onPress();
      }}
    >
      {busy ? <Spinner /> : icon === undefined ? undefined : <Icon name={icon} size="m" />}
      <span>
        <Words>{children}</Words>
      </span>
    </button>
  );
}

/** The only thing that turns. */
export function Spinner() {
  return (
    <svg class="icon spinner" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M12 3.75a8.25 8.25 0 1 1-8.25 8.25" />
    </svg>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  /** Said by a screen reader; nothing else names it. */
  readonly label: string;
  readonly onPress: () => void;
  /** For something that is on or off, as the torch is. */
  readonly pressed?: boolean;
}

/** A drawing to press, 48 by 48. */
export function IconButton({ icon, label, onPress, pressed }: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onPress}
    >
      <Icon name={icon} />
    </button>
  );
}

interface LinkProps {
  readonly children: ComponentChildren;
  readonly onPress: () => void;
  /** An arrow that says it leads somewhere. */
  readonly leads?: boolean;
  /** Small, in the colour of text: a fact that leads to more about it. */
  readonly quiet?: boolean;
}

/** A place to go, in the middle of other things: "See all". */
export function Link({ children, onPress, leads = true, quiet = false }: LinkProps) {
  return (
    <button type="button" class={classes('link', quiet && 'link-quiet')} onClick={onPress}>
      <span>
        <Words>{children}</Words>
      </span>
      {leads ? <Icon name="chevron" size="s" /> : undefined}
    </button>
  );
}
