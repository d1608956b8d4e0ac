import type { AllowanceView } from '@sikka/wallet/payer';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Notice } from '../../design/notice.tsx';
import { Sheet } from '../../design/sheet.tsx';
import { Text } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { useAmounts } from '../amounts.ts';
import { useHeldBack } from '../use-held-back.ts';
import { useTask } from '../use-task.ts';

interface StopSheetProps {
  readonly allowance: AllowanceView;
  readonly onClose: () => void;
}

/** Asks once more: a phone that has signed that it spends no more cannot take it back. */
export function StopSheet({ allowance, onClose }: StopSheetProps) {
  const { speech, times } = useApp();
  const { payer, changed } = useMoney();
  const amounts = useAmounts();
  const task = useTask();
  useHeldBack(onClose);
  const stop = () =>
    task.run(async () => {
      const answer = await payer.signReturn(allowance.allowanceId);
      if (!answer.ok) return answer.code;
      await changed();
      onClose();
      return undefined;
    });
  return (
    <Sheet
      title={speech.text('money.stopTitle')}
      onClose={onClose}
      back={speech.text('money.keepIt')}
    >
      <Text>
        {speech.rich('money.stopMore', {
          amount: <Amount amount={amounts.of(allowance.leftMinor)} />,
          day: times.day(allowance.claimUntil),
        })}
      </Text>
      {task.refused === undefined ? undefined : (
        <Notice icon="alert" tone="bad" urgent>
          {sentenceOf(speech, task.refused)}
        </Notice>
      )}
      <Button kind="primary" busy={task.busy} onPress={() => void stop()}>
        {speech.text('money.stopNow')}
      </Button>
    </Sheet>
  );
}
