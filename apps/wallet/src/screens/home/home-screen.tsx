import { useApp, useMoney } from '../../app-context.ts';
import type { App } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button, IconButton, Link } from '../../design/button.tsx';
import { Brand } from '../../design/coin.tsx';
import { Icon } from '../../design/icon.tsx';
import { Grow, Line, Space, Stack } from '../../design/layout.tsx';
import { Pill } from '../../design/pill.tsx';
import { Ring } from '../../design/ring.tsx';
import { Card, Row } from '../../design/row.tsx';
import { Body, Dock, Foot, Head, HomeBar, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { Toast } from '../../design/toast.tsx';
import { spendableOf } from '../../wallet/spendable.ts';
import type { Spendable } from '../../wallet/spendable.ts';
import { useAmounts } from '../amounts.ts';
import { useMinute } from '../use-minute.ts';
import { Standing } from './standing.tsx';
import { Recent } from './recent.tsx';

/** What is left, what the bank has, what was paid last; all of it known without a network. */
export function HomeScreen() {
  const { speech, toast } = useApp();
  const { spending, till } = useMoney();
  useMinute();
  const spendable = spendableOf(spending.value);
  const isNew =
    spendable.standing === 'none' &&
    spending.value.payments.length === 0 &&
    (till.value?.state.payments.length ?? 0) === 0;
  return (
    <Screen {...(isNew ? {} : { name: speech.text('home.home') })}>
      <Head>
        <Top />
        <LeftRing spendable={spendable} />
        <PaymentsLeft spendable={spendable} />
      </Head>
      <Body>
        <Stack gap={3}>
          <OnlineCard withLoad={!isNew} />
          <Standing spendable={spendable} />
          <TillQueue />
        </Stack>
        {isNew ? <Beginning /> : <Recent />}
      </Body>
      {toast.value === undefined ? undefined : (
        <Toast text={toast.value} onGone={() => (toast.value = undefined)} />
      )}
      {isNew ? <LoadFoot /> : <MainDock />}
    </Screen>
  );
}

function Top() {
  const { speech, times, navigation } = useApp();
  const { sync } = useMoney();
  const { busy, lastAt, failed } = sync.standing.value;
  const age =
    lastAt === undefined
      ? speech.text('common.notSynced')
      : speech.text('common.synced', { ago: times.ago(lastAt) });
  return (
    <HomeBar>
      <Brand name={speech.text('common.appName')} />
      <Line gap={1}>
        <Pill icon={failed === undefined ? 'sync' : 'offline'} onPress={() => void sync.run()}>
          {busy ? speech.text('common.syncing') : age}
        </Pill>
        <IconButton
          icon="settings"
          label={speech.text('home.settings')}
          onPress={() => {
            navigation.go('settings');
          }}
        />
      </Line>
    </HomeBar>
  );
}

function LeftRing({ spendable }: { readonly spendable: Spendable }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const { leftMinor, totalMinor, standing } = spendable;
  const values = { left: amounts.inWords(leftMinor), total: amounts.inWords(totalMinor) };
  if (standing === 'stopped') {
    return (
      <Ring paused left={leftMinor} total={totalMinor} label={speech.text('home.ringPaused')}>
        <Icon name="lock" size="huge" />
      </Ring>
    );
  }
  return (
    <Ring left={leftMinor} total={totalMinor} label={speech.text('home.ringLabel', values)}>
      <Text size="small" tone="quiet">
        {speech.text('home.leftOffline')}
      </Text>
      <Amount amount={amounts.of(leftMinor)} size="ring" />
      <Text size="small" tone="quiet">
        {totalMinor === 0n
          ? speech.text('home.nothingLoaded')
          : speech.rich('home.ofTotal', { total: <Amount amount={amounts.of(totalMinor)} /> })}
      </Text>
    </Ring>
  );
}

/** Beneath the ring: how often and until when; it leads to the limits. */
function PaymentsLeft({ spendable }: { readonly spendable: Spendable }) {
  const { speech, times, navigation } = useApp();
  const { standing, paymentsLeft: left, paymentsMost: most, until } = spendable;
  if (standing !== 'ready' || until === undefined) return <Space size={5} />;
  return (
    <Line spread="center">
      <Link
        quiet
        onPress={() => {
          navigation.go('limits');
        }}
      >
        {speech.text('home.paymentsLeft', { left, most, day: times.day(until) })}
      </Link>
    </Line>
  );
}

function OnlineCard({ withLoad }: { readonly withLoad: boolean }) {
  const app = useApp();
  const { speech, navigation } = app;
  const { online } = useMoney();
  const amounts = useAmounts();
  const known = online.value;
  const current = known?.current;
  return (
    <Card>
      <Line spread="between">
        <Grow>
          <Text size="small" tone="quiet">
            {known === undefined ? speech.text('home.onlineUnknown') : onlineTitle(app, known.at)}
          </Text>
          {current === undefined ? (
            <Text size="small">{speech.text('home.onlineNotYet')}</Text>
          ) : (
            <Amount amount={amounts.exactly(current.availableMinor)} size="22" />
          )}
        </Grow>
        {withLoad ? (
          <Button
            kind="small"
            icon="load"
            onPress={() => {
              navigation.go('load');
            }}
          >
            {speech.text('home.load')}
          </Button>
        ) : undefined}
      </Line>
    </Card>
  );
}

const FRESH_SECONDS = 60;

function onlineTitle({ speech, times, now }: App, at: number): string {
  return now() - at < FRESH_SECONDS
    ? speech.text('home.onlineNow')
    : speech.text('home.onlineBalance', { ago: times.ago(at) });
}

/** What this phone's till must still send to the bank, with its deadline. */
function TillQueue() {
  const { speech, times, navigation } = useApp();
  const { till } = useMoney();
  const amounts = useAmounts();
  const pending = till.value?.pending;
  if (pending?.handInBy === undefined) return undefined;
  return (
    <Card>
      <Row
        icon="sync"
        title={<>{speech.text('home.toSend', { count: pending.payments.length })}</>}
        detail={speech.rich('home.sendBy', {
          total: <Amount amount={amounts.of(pending.totalMinor)} />,
          deadline: times.deadline(pending.handInBy),
        })}
        onPress={() => {
          navigation.go('queue');
        }}
      />
    </Card>
  );
}

function Beginning() {
  const { speech } = useApp();
  return (
    <Stack gap={2} grows="middle">
      <Title>{speech.text('home.emptyTitle')}</Title>
      <Text tone="quiet">{speech.text('home.emptyMore')}</Text>
    </Stack>
  );
}

function LoadFoot() {
  const { speech, navigation } = useApp();
  return (
    <Foot>
      <Button
        kind="primary"
        icon="load"
        onPress={() => {
          navigation.go('load');
        }}
      >
        {speech.text('home.loadOffline')}
      </Button>
      <Line spread="center" gap={4}>
        <Button
          kind="text"
          onPress={() => {
            navigation.go('till');
          }}
        >
          {speech.text('home.receive')}
        </Button>
        <Button
          kind="text"
          onPress={() => {
            navigation.go('tillNumber');
          }}
        >
          {speech.text('home.payOnlineInstead')}
        </Button>
      </Line>
    </Foot>
  );
}

function MainDock() {
  const { speech, navigation } = useApp();
  const to = (place: 'till' | 'scan' | 'history') => () => {
    navigation.go(place);
  };
  return (
    <Dock
      label={speech.text('home.main')}
      start={{ icon: 'receive', label: speech.text('home.receive'), onPress: to('till') }}
      primary={{ icon: 'scan', label: speech.text('home.scanToPay'), onPress: to('scan') }}
      end={{ icon: 'history', label: speech.text('home.history'), onPress: to('history') }}
    />
  );
}
