import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Facts } from '../../design/facts.tsx';
import { Space, Stack } from '../../design/layout.tsx';
import { Body, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { Digits } from '../../design/words.tsx';
import { historyOf } from '../../wallet/history.ts';
import type { OnlineTransfer } from '../../wallet/records.ts';
import { useAmounts } from '../amounts.ts';
import { TitleBar } from '../title-bar.tsx';
import { titleOf } from './use-history.ts';

/** Money that the bank moved online: done when it tells of it. */
export function TransferDetail({ transfer }: { readonly transfer: OnlineTransfer }) {
  const app = useApp();
  const { speech, times } = app;
  const { online } = useMoney();
  const amounts = useAmounts();
  const sources = { given: [], accepted: [], transfers: [transfer], online: online.value };
  const [entry] = historyOf(sources);
  const { from, to, reference, at, amountMinor } = transfer;
  return (
    <Screen>
      <TitleBar title={speech.text('history.payment')} heading={false} />
      <Body>
        <Stack gap={1}>
          <Title>{entry === undefined ? '' : titleOf(app, entry)}</Title>
          <Text tone="quiet">{times.moment(at)}</Text>
          <Amount amount={amounts.exactly(amountMinor)} size="48" incoming={entry?.way === 'in'} />
        </Stack>
        <Space size={4} />
        <Facts
          pairs={[
            { term: speech.text('history.state'), value: speech.text('common.stateConfirmed') },
            { term: speech.text('history.from'), value: <Digits>{String(from)}</Digits> },
            { term: speech.text('history.to'), value: <Digits>{String(to)}</Digits> },
            { term: speech.text('history.reference'), value: <Digits>{reference}</Digits> },
          ]}
        />
      </Body>
    </Screen>
  );
}
