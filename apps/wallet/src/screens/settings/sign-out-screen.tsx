import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Choice } from '../../design/choice.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice, Remark } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import type { Speech } from '../../language/language.ts';
import { hasOpenOrders, waysToLeave } from '../../wallet/open-orders.ts';
import type { Rest } from '../../wallet/open-orders.ts';
import { useAmounts } from '../amounts.ts';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';

/** Signing out: not while the bank has not heard of everything, and wiping only when asked. */
export function SignOutScreen() {
  const { speech } = useApp();
  const { spending, till } = useMoney();
  const waiting = spending.value.pending + (till.value?.pending.documents ?? 0);
  const orders = useOpenOrders();
  return (
    <Screen>
      <TitleBar title={speech.text('settings.signOut')} />
      {waiting > 0 ? <Unsynced waiting={waiting} /> : <Leave orders={orders} />}
    </Screen>
  );
}

interface OpenOrders {
  readonly isOpen: boolean;
  /** Looks anew; answers what it saw. */
  look(): Promise<boolean>;
}

/** Whether money was ordered to move and the bank's answer is not known. */
function useOpenOrders(): OpenOrders {
  const { vault } = useApp();
  const { sync } = useMoney();
  const open = useSignal(false);
  const look = async () => {
    const { value } = vault.state;
    return (open.value = value.kind === 'open' && (await hasOpenOrders(value.drawer)));
  };
  // Syncing may finish one.
  const { standing } = sync;
  useEffect(() => void look(), [standing.value]);
  return { isOpen: open.value, look };
}

function Unsynced({ waiting }: { readonly waiting: number }) {
  const { speech, navigation } = useApp();
  const { sync } = useMoney();
  const { busy, failed } = sync.standing.value;
  return (
    <>
      <Body>
        <Stack gap={4}>
          <Notice icon="alert" tone="warn">
            {speech.text('settings.unsynced', { count: waiting })}
          </Notice>
          <Text tone="quiet">{speech.text('settings.unsyncedMore')}</Text>
          {failed === undefined ? undefined : (
            <Remark icon="offline">{speech.text('settings.bankNotReached')}</Remark>
          )}
        </Stack>
      </Body>
      <Foot>
        <Button kind="primary" icon="sync" busy={busy} onPress={() => void sync.run()}>
          {speech.text('settings.sendNow')}
        </Button>
        <Button
          kind="text"
          onPress={() => {
            navigation.go('backup');
          }}
        >
          {speech.text('settings.backUpFirst')}
        </Button>
      </Foot>
    </>
  );
}

function Leave({ orders }: { readonly orders: OpenOrders }) {
  const app = useApp();
  const { speech, session, navigation } = app;
  const rest = useSignal<Rest>('keep');
  const waysOf = (isOrderOpen: boolean) => waysToLeave({ documents: 0, isOrderOpen });
  const ways = waysOf(orders.isOpen);
  const task = useTask();
  const leave = async () => {
    // An order of this moment, in another tab.
    if (!waysOf(await orders.look()).includes(rest.value)) {
      rest.value = 'keep';
      return undefined;
    }
    await session.end();
    // The PIN leads home, where one signs in again: not to a second signing out.
    navigation.replace('home');
    if (rest.value === 'wipe') app.wipe();
    else app.lock();
    return undefined;
  };
  return (
    <>
      <Body>
        <Stack gap={4}>
          <Choice<Rest>
            label={speech.text('settings.whatIsHere')}
            options={ways.map((value) => ({ value, ...textsOf(value, speech) }))}
            value={rest.value}
            onChange={(chosen) => (rest.value = chosen)}
          />
          {orders.isOpen ? <OrderOpen /> : undefined}
          {rest.value === 'wipe' ? <StillHere /> : undefined}
        </Stack>
      </Body>
      <Foot>
        <Button
          kind="primary"
          danger={rest.value === 'wipe'}
          busy={task.busy}
          onPress={() => void task.run(leave)}
        >
          {speech.text(rest.value === 'wipe' ? 'settings.signOutAndWipe' : 'settings.signOut')}
        </Button>
      </Foot>
    </>
  );
}

function textsOf(rest: Rest, speech: Speech) {
  return rest === 'keep'
    ? { title: speech.text('settings.keepHere'), detail: speech.text('settings.keepHereMore') }
    : { title: speech.text('settings.wipeHere'), detail: speech.text('settings.wipeHereMore') };
}

/** Its key is what keeps it from being done twice: it stays. */
function OrderOpen() {
  const { speech } = useApp();
  return (
    <>
      <Notice icon="alert" tone="warn">
        {speech.text('settings.orderOpen')}
      </Notice>
      <Text tone="quiet">{speech.text('settings.orderOpenMore')}</Text>
    </>
  );
}

/** Offline money cannot leave with its owner: it is given back first, or it waits. */
function StillHere() {
  const { speech, navigation } = useApp();
  const { spending } = useMoney();
  const amounts = useAmounts();
  const { leftMinor } = spending.value;
  if (leftMinor === 0n) return null;
  return (
    <>
      <Notice icon="alert" tone="warn">
        {speech.rich('settings.stillOffline', {
          amount: <Amount amount={amounts.of(leftMinor)} />,
        })}
      </Notice>
      <Button
        icon="bank"
        onPress={() => {
          navigation.go('giveBack');
        }}
      >
        {speech.text('settings.giveBackFirst')}
      </Button>
    </>
  );
}
