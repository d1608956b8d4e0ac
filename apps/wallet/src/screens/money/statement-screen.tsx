import { useSignal } from '@preact/signals';
import { useApp, useMoney } from '../../app-context.ts';
import type { App } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Choice } from '../../design/choice.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { shareFile } from '../../platform/share.ts';
import type { Money } from '../../wallet/money.ts';
import { Flash } from '../flash.tsx';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';

type Which = 'current' | 'offline';
type Period = 'days' | 'month' | 'before';
type Format = 'csv' | 'camt.053';

/** The bank's own list of everything that moved on a wallet, as a file. */
export function StatementScreen() {
  const app = useApp();
  const { speech } = app;
  const money = useMoney();
  const which = useSignal<Which>('current');
  const period = useSignal<Period>('days');
  const task = useTask();
  const save = (format: Format) => () =>
    void task.run(() =>
      saveStatement(app, money, { which: which.value, period: period.value, format }),
    );
  return (
    <Screen>
      <TitleBar title={speech.text('money.statement')} />
      <Body>
        <Stack gap={4}>
          <Text tone="quiet">{speech.text('money.statementMore')}</Text>
          <Choice
            label={speech.text('money.whichWallet')}
            value={which.value}
            onChange={(value) => (which.value = value)}
            options={[
              { value: 'current', title: speech.text('money.onlineWallet') },
              { value: 'offline', title: speech.text('money.offlineWallet') },
            ]}
          />
          <Choice
            label={speech.text('money.period')}
            value={period.value}
            onChange={(value) => (period.value = value)}
            options={[
              { value: 'days', title: speech.text('money.lastDays') },
              { value: 'month', title: speech.text('money.thisMonth') },
              { value: 'before', title: speech.text('money.lastMonth') },
            ]}
          />
          {task.refused === undefined ? undefined : (
            <Notice icon="alert" tone="bad" urgent>
              {sentenceOf(speech, task.refused)}
            </Notice>
          )}
        </Stack>
      </Body>
      <Flash />
      <Foot>
        <Button kind="primary" icon="save" busy={task.busy} onPress={save('csv')}>
          {speech.text('money.saveTable')}
        </Button>
        <Button kind="text" onPress={save('camt.053')}>
          {speech.text('money.saveForBanks')}
        </Button>
      </Foot>
    </Screen>
  );
}

interface Wanted {
  readonly which: Which;
  readonly period: Period;
  readonly format: Format;
}

async function saveStatement(
  { client, speech, toast, now }: App,
  { online }: Money,
  { which, period, format }: Wanted,
): Promise<string | undefined> {
  const number = online.value?.[which]?.number;
  if (number === undefined) return 'client/unreachable';
  const { from, to } = daysOf(period, new Date(now() * 1_000));
  const answer = await client.getStatement({
    params: { wallet_id: number },
    query: { format, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
  });
  if (!answer.ok) return answer.problem.code;
  const { mediaType, bytes } = answer.value;
  const name = `sikka-${which}-${from ?? 'statement'}.${format === 'csv' ? 'csv' : 'xml'}`;
  const shared = await shareFile({ name, type: mediaType, content: bytes });
  if (shared === 'saved') toast.value = speech.text('money.saved', { name });
  return undefined;
}

/** Days of UTC, as the bank's books have them; none: the last 30. */
function daysOf(period: Period, now: Date): { from?: string; to?: string } {
  if (period === 'days') return {};
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  if (period === 'month') return { from: day(Date.UTC(year, month, 1)) };
  return { from: day(Date.UTC(year, month - 1, 1)), to: day(Date.UTC(year, month, 0)) };
}
