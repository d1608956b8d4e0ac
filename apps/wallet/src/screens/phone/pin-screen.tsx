import { useApp } from '../../app-context.ts';
import { Bar, Body, Screen } from '../../design/screen.tsx';
import { PayPin } from '../pay/pay-pin.tsx';

interface PinScreenProps {
  /** What the PIN is for. */
  readonly title: string;
  readonly onBack: () => void;
  /** After the right PIN; a code of what was refused, or nothing. */
  readonly then: () => Promise<string | undefined>;
}

/** The PIN once more, before something that cannot be taken back. */
export function PinScreen({ title, onBack, then }: PinScreenProps) {
  const { speech, vault } = useApp();
  const confirm = async (pin: string): Promise<string | undefined> => {
    const { value } = vault.state;
    if (value.kind !== 'open') return 'wallet/pin_required';
    const refusal = await value.payer.authorise(pin);
    return refusal === undefined ? then() : refusal.code;
  };
  return (
    <Screen surface="ground">
      <Bar leading={{ icon: 'back', label: speech.text('common.back'), onPress: onBack }} />
      <Body place="pad">
        <PayPin ask={title} onPin={confirm} />
      </Body>
    </Screen>
  );
}
