import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { sentenceOf } from '../../language/refusal.ts';
import { usePinTwice } from '../start/pin-twice.ts';
import { PinScreen } from './pin-screen.tsx';

/** The PIN of now, then another one twice. */
export function ChangePin({ onBack }: { readonly onBack: () => void }) {
  const { speech, vault, fingerprint, toast } = useApp();
  const current = useSignal<string | undefined>(undefined);
  const refused = useSignal<string | undefined>(undefined);
  const check = async (typed: string) => {
    const { value } = vault.state;
    const refusal = value.kind === 'open' ? await value.payer.authorise(typed) : undefined;
    refused.value = refusal && sentenceOf(speech, refusal.code);
    if (refusal === undefined) current.value = typed;
  };
  const twice = usePinTwice(async (newPin) => {
    const pin = current.value;
    if (pin === undefined) return;
    // What the sensor gives out is the PIN of before.
    await fingerprint.remove();
    const changed = await vault.changePin({ pin, newPin });
    if (!changed.ok) {
      refused.value = sentenceOf(speech, changed.code);
      current.value = undefined;
      return;
    }
    toast.value = speech.text('settings.pinChanged');
    onBack();
  });
  if (current.value === undefined) {
    return (
      <PinScreen
        key="current"
        title={speech.text('settings.currentPin')}
        more={speech.text('start.sixDigits')}
        refused={refused.value}
        onPin={check}
        onBack={onBack}
      />
    );
  }
  return (
    <PinScreen
      key="new"
      title={speech.text(twice.repeats ? 'start.repeatPin' : 'settings.newPin')}
      more={speech.text('start.sixDigits')}
      refused={twice.refused}
      onPin={twice.take}
      onBack={onBack}
    />
  );
}
