import type { ComponentChildren } from 'preact';
import './row.css';
import { Amount } from './amount.tsx';
import type { AmountText } from './amount.tsx';
import { classes } from './classes.ts';
import { Icon, StateIcon } from './icon.tsx';
import type { IconName, PaymentState } from './icon-paths.ts';
import { UserText, Words } from './words.tsx';

interface RowProps {
  /** The coin of a payment, or a drawing. */
  readonly state?: PaymentState;
  readonly icon?: IconName;
  /** A string is taken as what somebody wrote, and set in its own script. */
  readonly title: ComponentChildren;
  /** "Given · today 8:10 am". */
  readonly detail?: ComponentChildren;
  readonly amount?: AmountText;
  /** Only incoming money has a sign. */
  readonly incoming?: boolean;
  /** Nothing was taken: the amount is struck through, and `detail` says so in words. */
  readonly void?: boolean;
  /** Anything else at the end: a pill, a switch. */
  readonly trailing?: ComponentChildren;
  /** Where it leads; with no amount it gets an arrow. */
  readonly onPress?: () => void;
}

/** A line of a list, 68 high. Names wrap, nothing is cut off. */
export function Row(props: RowProps) {
  const { state, icon, title, detail, amount, onPress } = props;
  const inside = (
    <>
      {state === undefined ? undefined : <StateIcon state={state} />}
      {icon === undefined ? undefined : (
        <span class="state-icon">
          <Icon name={icon} />
        </span>
      )}
      <span class="row-text">
        <span class="row-title">
          {typeof title === 'string' ? <UserText>{title}</UserText> : title}
        </span>
        {detail === undefined ? undefined : (
          <span class="row-detail">
            <Words>{detail}</Words>
          </span>
        )}
      </span>
      {amount === undefined ? undefined : (
        <span class="row-end">
          <Amount
            amount={amount}
            size="row"
            incoming={props.incoming === true}
            struck={props.void === true}
          />
        </span>
      )}
      {props.trailing === undefined ? undefined : <span class="row-end">{props.trailing}</span>}
      {onPress !== undefined && amount === undefined && props.trailing === undefined ? (
        <Icon name="chevron" size="s" />
      ) : undefined}
    </>
  );
  return onPress === undefined ? (
    <div class="row">{inside}</div>
  ) : (
    <button type="button" class="row row-pressable" onClick={onPress}>
      {inside}
    </button>
  );
}

interface RowsProps {
  /** Each child is one row. */
  readonly children: ComponentChildren;
  readonly label?: string;
  /** On a card of its own. */
  readonly card?: boolean;
}

/** A list of rows with a line between two. */
export function Rows({ children, label, card = false }: RowsProps) {
  const rows = (Array.isArray(children) ? children.flat() : [children]) as ComponentChildren[];
  const shown = rows.filter((row) => row !== undefined && row !== null && row !== false);
  return (
    <ul class={classes('rows', card && 'card surface-card rows-card')} aria-label={label}>
      {shown.map((row, index) => (
        <li key={index}>{row}</li>
      ))}
    </ul>
  );
}

interface SectionProps {
  /** "Today". */
  readonly title: ComponentChildren;
  /** "Out Rs 1,310", or a `Link`. */
  readonly end?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A heading above a list. */
export function Section({ title, end, children }: SectionProps) {
  return (
    <section class="section">
      <div class="section-head">
        <h2>
          <Words>{title}</Words>
        </h2>
        {end === undefined ? undefined : (
          <span class="section-end">
            <Words>{end}</Words>
          </span>
        )}
      </div>
      {children}
    </section>
  );
}

/** A surface of its own, lifted by one pixel. */
export function Card({ children }: { readonly children: ComponentChildren }) {
  return <div class="card surface-card card-padded">{children}</div>;
}
