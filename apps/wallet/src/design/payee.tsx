import type { ComponentChildren } from 'preact';
import './payee.css';
import { Amount } from './amount.tsx';
import type { AmountText } from './amount.tsx';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-paths.ts';
import { scriptOf, UserText, Words } from './words.tsx';

interface PayeeProps {
  readonly name: string;
  readonly town?: string;
  /** "Name checked by the bank · till 2". */
  readonly by: string;
  /** `alert` where the name is not checked. */
  readonly icon?: IconName;
  /** Smaller, with `by` first: over an amount that is still to be typed. */
  readonly small?: boolean;
}

/** Who gets the money: the largest thing on the screen of somebody who pays. Inside a `Head`. */
export function Payee({ name, town, by, icon = 'shield', small = false }: PayeeProps) {
  return (
    <div class={classes('payee', small && 'payee-small')}>
      <div class="payee-name" lang={scriptOf(name)}>
        <UserText>{name}</UserText>
      </div>
      {town === undefined ? undefined : (
        <div class="payee-town" lang={scriptOf(town)}>
          <UserText>{town}</UserText>
        </div>
      )}
      <div class="payee-by">
        <Icon name={icon} size="s" />
        <span>
          <Words>{by}</Words>
        </span>
      </div>
    </div>
  );
}

interface PaySumProps {
  readonly amount: AmountText;
  /** "Leaves Rs 1,900 offline". */
  readonly leaves: ComponentChildren;
  /** "One thousand two hundred fifty rupees": seen, so it is not read out twice. */
  readonly inWords: string;
}

/** How much, what it leaves, and the amount in words. */
export function PaySum({ amount, leaves, inWords }: PaySumProps) {
  return (
    <div class="pay-sum">
      <Amount amount={amount} size="38" />
      <span class="pay-leaves">
        <Words>{leaves}</Words>
      </span>
      <div class="pay-words" aria-hidden="true">
        {inWords}
      </div>
    </div>
  );
}

interface DisplayProps {
  readonly amount: AmountText;
  /** "You have Rs 3,150 offline.", or a `NoteButton`. */
  readonly children?: ComponentChildren;
}

/** The amount that is being typed. It is said after each key. */
export function Display({ amount, children }: DisplayProps) {
  return (
    <div class="display">
      <div aria-live="polite">
        <Amount amount={amount} size="64" />
      </div>
      {children}
    </div>
  );
}

interface NoteButtonProps {
  readonly children: ComponentChildren;
  readonly onPress: () => void;
}

/** What is sold, under the till's amount. */
export function NoteButton({ children, onPress }: NoteButtonProps) {
  return (
    <button type="button" class="note-button" onClick={onPress}>
      <Icon name="note" size="s" />
      <span>
        <Words>{children}</Words>
      </span>
    </button>
  );
}
