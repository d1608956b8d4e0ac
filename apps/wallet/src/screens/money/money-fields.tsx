import type { Signal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Field } from '../../design/field.tsx';

interface MoneyFieldProps {
  readonly value: Signal<string>;
  readonly disabled?: boolean;
}

export function AmountField({ value, disabled = false }: MoneyFieldProps) {
  const { speech } = useApp();
  return (
    <Field
      kind="amount"
      name="amount"
      label={speech.text('money.amountField')}
      value={value.value}
      maxLength={16}
      disabled={disabled}
      onInput={(typed) => (value.value = typed)}
    />
  );
}

/** The bank reads it and says whether it is one. */
export function BankAccountField({ value, disabled = false }: MoneyFieldProps) {
  const { speech } = useApp();
  return (
    <Field
      kind="text"
      name="bank-account"
      label={speech.text('money.iban')}
      hint={speech.text('money.ibanHint')}
      value={value.value}
      maxLength={42}
      disabled={disabled}
      onInput={(typed) => (value.value = typed.toUpperCase())}
    />
  );
}
