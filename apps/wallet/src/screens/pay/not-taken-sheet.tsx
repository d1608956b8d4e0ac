import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Notice } from '../../design/notice.tsx';
import { Sheet } from '../../design/sheet.tsx';
import { Text } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';

interface NotTakenSheetProps {
  readonly paymentId: string;
  readonly onClose: () => void;
}

/** What it means that the shop did not take it; then this phone does not hand it in. */
export function NotTakenSheet({ paymentId, onClose }: NotTakenSheetProps) {
  const { speech, times, navigation, toast } = useApp();
  const money = useMoney();
  const busy = useSignal(false);
  const refused = useSignal<string | undefined>(undefined);
  useEffect(() => navigation.holdBack(onClose), [navigation, onClose]);
  const claims = money.spending.value.allowances.map(({ claimUntil }) => claimUntil);
  const withhold = async () => {
    busy.value = true;
    const answer = await money.payer.withhold(paymentId);
    await money.changed();
    busy.value = false;
    if (!answer.ok) {
      refused.value = answer.code;
      return;
    }
    toast.value = speech.text('pay.notTakenDone');
    navigation.replace('home');
  };
  return (
    <Sheet
      title={speech.text('pay.notTakenTitle')}
      back={speech.text('pay.backToCode')}
      onClose={onClose}
    >
      <Text tone="quiet">
        {claims.length === 0
          ? speech.text('pay.notTakenExplainSoon')
          : speech.text('pay.notTakenExplain', { day: times.day(Math.max(...claims)) })}
      </Text>
      {refused.value === undefined ? undefined : (
        <Notice icon="alert" tone="bad" urgent>
          {sentenceOf(speech, refused.value)}
        </Notice>
      )}
      <Button kind="second" busy={busy.value} onPress={() => void withhold()}>
        {speech.text('pay.notTakenYes')}
      </Button>
    </Sheet>
  );
}
