import type { ComponentChildren } from 'preact';
import './screen.css';
import './print.css';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-paths.ts';
import { Words } from './words.tsx';

interface ScreenProps {
  readonly children: ComponentChildren;
  /** What it stands on. `white` is for codes, `camera` for the viewfinder. */
  readonly surface?: 'paper' | 'ground' | 'white' | 'camera';
  /** Its heading for screen readers, where neither the `Bar` nor a `Title` is one: home, till. */
  readonly name?: string;
}

/** One screen: `Bar`, `Body`, `Foot` or `Dock`, from top to bottom. It is the page's `main`. */
export function Screen({ children, surface = 'paper', name }: ScreenProps) {
  return (
    <main class={`screen surface-${surface}`}>
      {name === undefined ? undefined : <h1 class="for-screen-readers">{name}</h1>}
      {children}
    </main>
  );
}

interface BarProps {
  /** Names the screen; the heading, unless the body has its own `Title`. */
  readonly title?: ComponentChildren;
  readonly heading?: boolean;
  readonly leading?: {
    readonly icon: 'back' | 'close';
    readonly label: string;
    readonly onPress: () => void;
  };
  /** In the middle, for screens that are closed and not gone back from. */
  readonly centred?: boolean;
  /** Icon buttons or a pill. */
  readonly children?: ComponentChildren;
}

/** The top of a screen: the way back, its name, up to two things to do. */
export function Bar({ title, heading = true, leading, centred = false, children }: BarProps) {
  const Name = heading ? 'h1' : 'div';
  return (
    <header class="bar">
      {leading === undefined ? undefined : <IconButton {...leading} />}
      {title === undefined ? (
        <span class="bar-title" />
      ) : (
        <Name class={classes('bar-title', centred && 'center')}>
          <Words>{title}</Words>
        </Name>
      )}
      {children}
      {centred && children === undefined ? <span class="bar-space" /> : undefined}
    </header>
  );
}

/** The top of home, unlock and till: what is given, with the screen's side margin. */
export function HomeBar({ children }: { readonly children: ComponentChildren }) {
  return <header class="bar bar-home">{children}</header>;
}

interface HeadProps {
  readonly children: ComponentChildren;
  /** Takes the height that is free, as the till's display does. */
  readonly grows?: boolean;
}

/** The bottle-green part on top: what is yours, or verified. Flat edge to the paper below. */
export function Head({ children, grows = false }: HeadProps) {
  return (
    <section class={classes('head surface-ground', grows && 'head-grows')}>{children}</section>
  );
}

interface BodyProps {
  readonly children: ComponentChildren;
  /** Where what it holds stands. `pad` holds a keypad, right above the foot. */
  readonly place?: 'top' | 'middle' | 'bottom' | 'pad';
  readonly center?: boolean;
}

/** What scrolls between bar and foot. */
export function Body({ children, place = 'top', center = false }: BodyProps) {
  return <div class={classes('body', `body-${place}`, center && 'body-center')}>{children}</div>;
}

interface FootProps {
  readonly children: ComponentChildren;
  /** On its own surface with a line, where the body scrolls under it. */
  readonly lined?: boolean;
}

/** The screen's one primary action under the thumb, and what else there is to do. */
export function Foot({ children, lined = false }: FootProps) {
  return <div class={classes('foot', lined && 'foot-lined surface-card')}>{children}</div>;
}

interface DockItem {
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: () => void;
}

interface DockProps {
  readonly label: string;
  readonly start: DockItem;
  readonly primary: DockItem;
  readonly end: DockItem;
}

/** The bottom of home: the big thing to do between two places. */
export function Dock({ label, start, primary, end }: DockProps) {
  return (
    <nav class="dock surface-card" aria-label={label}>
      <DockSide {...start} />
      <button type="button" class="button button-primary dock-primary" onClick={primary.onPress}>
        <Icon name={primary.icon} />
        <span>{primary.label}</span>
      </button>
      <DockSide {...end} />
    </nav>
  );
}

function DockSide({ icon, label, onPress }: DockItem) {
  return (
    <button type="button" class="dock-side" onClick={onPress}>
      <Icon name={icon} />
      <span>{label}</span>
    </button>
  );
}
