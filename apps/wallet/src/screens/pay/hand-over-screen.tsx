import { useSignal } from '@preact/signals';
import { payNearby } from '@sikka/wallet/nearby';
import type { GivenView } from '@sikka/wallet/payer';
import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Stack } from '../../design/layout.tsx';
import { Emblem, Notice, Remark } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { TwoWords } from '../../design/two-words.tsx';
import { UserText } from '../../design/words.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { keepScreenOn } from '../../platform/wake-lock.ts';
import { useAmounts } from '../amounts.ts';
import type { ScreenProps } from '../screen-table.ts';
import { spokenWords } from '../spoken-words.ts';
import { flowOf } from './payment-flow.ts';
import { useStop } from './use-stop.ts';

/**
 * A payment made, given to the till over Bluetooth until its receipt is here. The till may have it
 * whenever this breaks off: it is never said that nothing was paid, and its code is always there.
 */
export function HandOverScreen({ id }: ScreenProps) {
  const { speech, navigation } = useApp();
  const { spending } = useMoney();
  const { refused, again } = useHandOver(id);
  const given = spending.value.payments.find(({ paymentId }) => paymentId === id);
  useEffect(keepScreenOn, []);
  const toCode = () => {
    navigation.replace('payCode', id);
  };
  const failed = refused !== undefined;
  return (
    <Screen>
      <Bar
        heading={false}
        leading={{
          ...{ icon: 'close', label: speech.text('common.close') },
          onPress: () => {
            navigation.replace('home');
          },
        }}
      />
      <Body place="middle">
        <Stack gap={4} center>
          <Emblem icon="bluetooth" />
          <div role="status">
            <Title>{speech.text(failed ? 'pay.notHandedOver' : 'pay.handingOver')}</Title>
          </div>
          {given === undefined ? undefined : <About given={given} />}
          {failed ? (
            <>
              <Notice icon="alert" tone="warn" urgent>
                {sentenceOf(speech, refused)}
              </Notice>
              <Remark icon="history">{speech.text('pay.stillOnePayment')}</Remark>
            </>
          ) : undefined}
        </Stack>
      </Body>
      <Foot>
        {failed ? (
          <Button kind="primary" icon="qr" onPress={toCode}>
            {speech.text('pay.showCodeInstead')}
          </Button>
        ) : undefined}
        <Button kind="text" onPress={failed ? again : toCode}>
          {speech.text(failed ? 'common.tryAgain' : 'pay.showCodeInstead')}
        </Button>
      </Foot>
    </Screen>
  );
}

function About({ given }: { readonly given: GivenView }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const { name, town } = given.payee;
  return (
    <Stack gap={1} center>
      <Amount amount={amounts.of(given.amountMinor)} size="28" />
      <Text tone="quiet" center>
        <UserText>{name}</UserText> · <UserText>{town}</UserText>
      </Text>
      <TwoWords
        {...spokenWords(given.twoWords)}
        small={speech.language.value === 'ur'}
        caption={speech.text('pay.sameTwoWordsThere')}
      />
    </Stack>
  );
}

/** Hands over at once, and again when asked; leads on when the receipt is here. */
function useHandOver(id: string) {
  const { navigation, feel } = useApp();
  const money = useMoney();
  const refused = useSignal<string | undefined>(undefined);
  const stop = useStop();
  const handOver = async () => {
    const { nearby } = flowOf(money);
    const shown = await money.payer.show(id);
    // After a reload nobody knows the till any more.
    if (nearby.value === undefined || !shown.ok) {
      navigation.replace('payCode', id);
      return;
    }
    refused.value = undefined;
    const { connect, request } = nearby.value;
    const answer = await payNearby({ connect, stop }, { request, payment: shown.packet });
    const kept = answer.ok ? await money.payer.acceptReceipt(answer.receipt) : answer;
    if (kept.ok) await money.changed();
    if (stop.aborted) return;
    if (!kept.ok) {
      refused.value = kept.code;
      return;
    }
    // The receipt of another payment says nothing of this one.
    if (kept.paymentId !== id) {
      refused.value = 'wallet/nearby_changed';
      return;
    }
    feel('receipt');
    navigation.replace('paySuccess', id);
  };
  useEffect(() => {
    // What led here is done with.
    flowOf(money).draft.value = undefined;
    void handOver();
    return () => {
      // As long as its code is shown the shop may not want it: then it must not be handed in.
      if (navigation.visit.peek().place !== 'payCode') money.sync.soon();
    };
    // Once: the payment of a path does not change, and `stop` ends it with the screen.
  }, [money, id]);
  return { refused: refused.value, again: () => void handOver() };
}
