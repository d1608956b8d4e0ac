import { useSignal } from '@preact/signals';
import type { AllowanceView } from '@sikka/wallet/payer';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Card, Row, Rows, Section } from '../../design/row.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { useAmounts } from '../amounts.ts';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';
import { MoveScreen } from './move-screen.tsx';
import { Refused } from './refused.tsx';
import { StopSheet } from './stop-sheet.tsx';
import { useMoveEnd } from './use-move-end.ts';

/** Offline money back to the online balance: at once what is free, later what is set aside. */
export function GiveBackScreen() {
  const { loads } = useMoney();
  useMoveEnd();
  return loads.current.value === undefined ? <GiveBack /> : <MoveScreen />;
}

function GiveBack() {
  const { speech } = useApp();
  const { spending, online, loads } = useMoney();
  const task = useTask();
  const stopping = useSignal<AllowanceView | undefined>(undefined);
  const freeMinor = online.value?.offline?.availableMinor ?? 0n;
  const giveBack = () =>
    task.run(async () => {
      const answer = await loads.giveBack(freeMinor);
      return answer.ok || loads.current.value !== undefined ? undefined : answer.code;
    });
  const usable = spending.value.allowances.filter(({ status }) => status === 'usable');
  return (
    <Screen>
      <TitleBar title={speech.text('money.giveBack')} />
      <Body>
        <Stack gap={4}>
          <Free freeMinor={freeMinor} />
          <Refused code={task.refused} />
          <OnThisPhone usable={usable} onStop={(allowance) => (stopping.value = allowance)} />
          <OnItsWay />
        </Stack>
      </Body>
      {freeMinor > 0n ? (
        <Foot>
          <Button kind="primary" busy={task.busy} onPress={() => void giveBack()}>
            {speech.text('money.giveBackNow')}
          </Button>
        </Foot>
      ) : undefined}
      {stopping.value === undefined ? undefined : (
        <StopSheet
          allowance={stopping.value}
          onClose={() => {
            stopping.value = undefined;
          }}
        />
      )}
    </Screen>
  );
}

/** What is in the offline wallet and set aside for no phone. */
function Free({ freeMinor }: { readonly freeMinor: bigint }) {
  const { speech, times } = useApp();
  const { online } = useMoney();
  const amounts = useAmounts();
  return (
    <Card>
      <Text size="small" tone="quiet">
        {online.value === undefined
          ? speech.text('money.balanceUnknown')
          : speech.text('money.freeNow', { ago: times.ago(online.value.at) })}
      </Text>
      <Amount amount={amounts.exactly(freeMinor)} size="28" />
    </Card>
  );
}

interface OnThisPhoneProps {
  readonly usable: readonly AllowanceView[];
  readonly onStop: (allowance: AllowanceView) => void;
}

function OnThisPhone({ usable, onStop }: OnThisPhoneProps) {
  const { speech, times } = useApp();
  const amounts = useAmounts();
  if (usable.length === 0) return null;
  return (
    <Section title={speech.text('money.aside')}>
      <Rows label={speech.text('money.aside')}>
        {usable.map((allowance) => (
          <Row
            key={allowance.allowanceId}
            icon="lock"
            title={<>{speech.text('money.stop')}</>}
            detail={speech.text('money.untilDay', { day: times.day(allowance.until) })}
            amount={amounts.of(allowance.leftMinor)}
            onPress={() => {
              onStop(allowance);
            }}
          />
        ))}
      </Rows>
    </Section>
  );
}

/** Stopped or too old: the bank waits for the shops before it gives it back. */
function OnItsWay() {
  const { speech, times } = useApp();
  const { spending } = useMoney();
  const amounts = useAmounts();
  const { allowances, bankTime } = spending.value;
  const waiting = allowances.filter(
    ({ status, leftMinor, claimUntil }) =>
      ['returned', 'expired'].includes(status) && leftMinor > 0n && claimUntil >= bankTime,
  );
  if (waiting.length === 0) {
    return <Notice icon="bank">{speech.text('money.whyLater')}</Notice>;
  }
  return (
    <Section title={speech.text('money.waiting')}>
      <Rows label={speech.text('money.waiting')}>
        {waiting.map(({ allowanceId, leftMinor, claimUntil }) => (
          <Row
            key={allowanceId}
            icon="clock"
            title={<>{speech.text('money.comesBackAfter', { day: times.day(claimUntil) })}</>}
            detail={speech.text('money.shopsMaySend', { day: times.day(claimUntil) })}
            amount={amounts.of(leftMinor)}
          />
        ))}
      </Rows>
    </Section>
  );
}
