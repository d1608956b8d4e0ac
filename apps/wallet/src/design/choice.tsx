import { useId } from 'preact/hooks';
import './choice.css';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';
import { UserText, Words } from './words.tsx';

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly {
    readonly value: T;
    readonly title: string;
    readonly detail?: string;
  }[];
  readonly value: T | undefined;
  readonly onChange: (value: T) => void;
  /** Whether the label is seen or only said. */
  readonly showLabel?: boolean;
}

/** One of several, as rows to tap. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, options, value, onChange, showLabel = true } = props;
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class={showLabel ? 'choice-label' : 'for-screen-readers'}>
        <Words>{label}</Words>
      </legend>
      {options.map((option) => (
        <label key={option.value} class="choice-row">
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => {
              onChange(option.value);
            }}
          />
          <span class="choice-mark" aria-hidden="true" />
          <span class="choice-text">
            <span class="choice-title">
              <UserText>{option.title}</UserText>
            </span>
            {option.detail === undefined ? undefined : (
              <span class="choice-detail">
                <Words>{option.detail}</Words>
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface BigChoiceProps {
  readonly title: string;
  readonly detail: string;
  /** The language of its own words, where it is not the interface's. */
  readonly language?: 'en' | 'ur';
  readonly onPress: () => void;
}

/** One of two or three that a whole screen asks for: a language, payer or shop. One tap decides. */
export function BigChoice({ title, detail, language, onPress }: BigChoiceProps) {
  const own = language === undefined ? {} : { lang: language, dir: DIRECTIONS[language] };
  return (
    <button type="button" class="big-choice" {...own} onClick={onPress}>
      <span class="choice-text">
        <span class="big-choice-title">{title}</span>
        <span class="big-choice-detail">
          <Words>{detail}</Words>
        </span>
      </span>
      <Icon name="chevron" size="large" />
    </button>
  );
}

const DIRECTIONS = { en: 'ltr', ur: 'rtl' } as const;

interface ChipsProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly title: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** On several lines where one is too short: for a setting, whose choices are all to be seen. */
  readonly wraps?: boolean;
}

/** Filters of a list, or a short setting: one is on. */
export function Chips<T extends string>(props: ChipsProps<T>) {
  const { label, options, value, onChange, wraps = false } = props;
  return (
    <div class={classes('chips', wraps && 'chips-wrap')} role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          class="chip"
          aria-pressed={option.value === value}
          onClick={() => {
            onChange(option.value);
          }}
        >
          <Words>{option.title}</Words>
        </button>
      ))}
    </div>
  );
}
