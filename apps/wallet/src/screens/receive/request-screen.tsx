import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ShownRequest } from '@sikka/wallet/payee';
import { useApp } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Numbered } from '../../design/facts.tsx';
import { Space, Stack } from '../../design/layout.tsx';
import { BarStatus } from '../../design/pill.tsx';
import { QrCard } from '../../design/qr-card.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { UserText } from '../../design/words.tsx';
import { keepScreenOn } from '../../platform/wake-lock.ts';
import { useAmounts } from '../amounts.ts';
import { oneCode } from '../payment-codes.ts';
import type { ScreenProps } from '../screen-table.ts';
import { secondsFresh, VALID_SECONDS } from './ask.ts';
import { keepNote } from './sale.ts';
import { useDrawer, useNotes, useTill } from './use-till.ts';

/** What the customer scans; after five minutes a fresh code takes its place. */
export function RequestScreen({ id }: ScreenProps) {
  const request = useRequest(id);
  useEffect(keepScreenOn, []);
  if (request === undefined) {
    return (
      <Screen surface="white">
        <span />
      </Screen>
    );
  }
  return <Request request={request} />;
}

/** The request of that id while it is open; where it is not, back to the till. */
function useRequest(id: string): ShownRequest | undefined {
  const { navigation } = useApp();
  const payee = useTill()?.payee;
  const shown = useSignal<ShownRequest | undefined>(undefined);
  useEffect(() => {
    const read = async () => {
      const answer = await payee?.showRequest(id);
      if (answer?.ok === true) shown.value = answer;
      else navigation.replace('till');
    };
    void read();
  }, [id, payee, navigation, shown]);
  return shown.value;
}

function Request({ request }: { readonly request: ShownRequest }) {
  const { speech, navigation } = useApp();
  const amounts = useAmounts();
  const seller = useTill()?.state.seller;
  const code = useMemo(() => oneCode(request.text), [request.text]);
  const note = useNotes().get(request.requestId);
  const amountMinor = request.amountMinor === 'open' ? 0n : request.amountMinor;
  // A note, or Urdu's taller lines: the amount gives way.
  const isRoomy = note === undefined && speech.language.value === 'en';
  const label = speech.text('receive.requestLabel', { amount: amounts.inWords(amountMinor) });
  return (
    <Screen surface="white">
      <Bar
        title={speech.text('receive.customerScans')}
        leading={{ icon: 'close', label: speech.text('common.close'), onPress: navigation.back }}
      >
        <TimeLeft request={request} />
      </Bar>
      <QrCard code={code} label={label} />
      <Body>
        <Stack gap={1} center>
          <Amount amount={amounts.of(amountMinor)} size={isRoomy ? '64' : '38'} />
          <Text tone="quiet" center>
            <UserText>{seller?.name ?? ''}</UserText> · <UserText>{seller?.town ?? ''}</UserText>
            {speech.text('receive.dotTill', { till: String(seller?.till ?? '') })}
          </Text>
          {note === undefined ? undefined : (
            <Text size="small" tone="quiet" center>
              <UserText>{note}</UserText>
            </Text>
          )}
          {isRoomy ? <Space size={2} /> : undefined}
          <Numbered
            center
            face={(digit) => speech.digits(digit)}
            items={[speech.text('receive.theyScan'), speech.text('receive.youScan')]}
          />
        </Stack>
      </Body>
      <Foot>
        <Button
          kind="primary"
          icon="scan"
          onPress={() => {
            navigation.replace('tillScan', request.requestId);
          }}
        >
          {speech.text('receive.scanTheirs')}
        </Button>
        <Button kind="text" onPress={navigation.back}>
          {speech.text('receive.cancelSale')}
        </Button>
      </Foot>
    </Screen>
  );
}

const SECOND_MS = 1_000;

/** Counts down; at the end a fresh request of the same amount is shown instead. */
function TimeLeft({ request }: { readonly request: ShownRequest }) {
  const { speech, now } = useApp();
  const refresh = useRef(async () => {});
  refresh.current = useRefresh(request);
  const left = useSignal(secondsFresh(request.until, now()));
  useEffect(() => {
    const began = performance.now();
    const from = secondsFresh(request.until, now());
    const timer = setInterval(() => {
      // By what has passed, so that a clock that is set while it runs disturbs nothing.
      left.value = Math.max(0, from - Math.floor((performance.now() - began) / SECOND_MS));
      if (left.value > 0) return;
      clearInterval(timer);
      void refresh.current();
    }, SECOND_MS);
    return () => {
      clearInterval(timer);
    };
  }, [request.requestId]);
  const seconds = String(left.value % 60).padStart(2, '0');
  const time = `${String(Math.floor(left.value / 60))}:${seconds}`;
  return (
    <BarStatus icon="clock">
      {speech.text('receive.timeLeft', { time: speech.digits(time) })}
    </BarStatus>
  );
}

function useRefresh({ requestId, amountMinor }: ShownRequest) {
  const { navigation } = useApp();
  const payee = useTill()?.payee;
  const note = useNotes().get(requestId) ?? '';
  const drawer = useDrawer();
  return async () => {
    const fresh = await payee?.createRequest({ amountMinor, validFor: VALID_SECONDS });
    if (fresh?.ok !== true) {
      navigation.replace('till');
      return;
    }
    if (drawer !== undefined) await keepNote(drawer, fresh.requestId, note);
    navigation.replace('tillRequest', fresh.requestId);
  };
}
