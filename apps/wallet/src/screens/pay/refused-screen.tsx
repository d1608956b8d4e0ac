import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import type { IconName } from '../../design/icon-paths.ts';
import { Empty } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import type { MessageKey } from '../../language/catalogue.ts';
import { sentenceOf } from '../../language/refusal.ts';
import { spendableOf } from '../../wallet/spendable.ts';
import { useAmounts } from '../amounts.ts';

interface RefusedScreenProps {
  readonly code: string;
  /** What was asked, where that is known. */
  readonly amountMinor?: bigint | undefined;
  /** The phone failed while it signed: nobody knows yet whether this was paid. */
  readonly unsure?: boolean;
  /** Looks for another code. */
  readonly onAgain: () => void;
}

interface Told {
  readonly icon: IconName;
  readonly title: MessageKey;
  readonly text?: MessageKey;
  /** More offline money would help. */
  readonly loads?: true;
}

const SHORT: Told = { icon: 'load', title: 'pay.notEnough', loads: true };
const OFF: Told = { icon: 'shop', title: 'pay.tillOff', text: 'pay.tillOffMore' };
const UNSURE: Told = { icon: 'alert', title: 'pay.notKnown', text: 'pay.notKnownMore' };
const STOPPED: Told = { icon: 'lock', title: 'pay.spendingStopped' };

/** Refusals that have words of their own; all others have their sentence. */
const TOLD: Readonly<Record<string, Told>> = {
  over_limit: SHORT,
  over_per_payment: SHORT,
  over_count: SHORT,
  'wallet/no_allowance': { ...SHORT, text: 'pay.noOfflineMore' },
  credential_revoked: OFF,
  device_revoked: OFF,
  request_expired: { icon: 'clock', title: 'pay.requestExpired', text: 'pay.requestExpiredMore' },
  'wallet/spending_stopped': STOPPED,
  allowance_revoked: STOPPED,
};

/** Why this is not paid: that nothing was taken first, then what to do. */
export function RefusedScreen({ code, amountMinor, unsure, onAgain }: RefusedScreenProps) {
  const { speech, navigation } = useApp();
  const told = unsure === true ? UNSURE : (TOLD[code] ?? { icon: 'alert', title: 'pay.cannotPay' });
  const home = () => {
    navigation.replace('home');
  };
  return (
    <Screen>
      <Bar
        heading={false}
        leading={{ icon: 'close', label: speech.text('common.close'), onPress: home }}
      />
      <Body place="middle">
        <Empty
          icon={told.icon}
          title={speech.text(told.title)}
          text={<Why code={code} told={told} amountMinor={amountMinor} />}
        >
          {unsure === true ? undefined : <Text strong>{speech.text('pay.nothingTaken')}</Text>}
        </Empty>
      </Body>
      <Foot>
        {told.loads === true ? (
          <Button
            kind="primary"
            icon="load"
            onPress={() => {
              navigation.replace('load');
            }}
          >
            {speech.text('pay.loadMoney')}
          </Button>
        ) : undefined}
        {unsure === true ? (
          <Button
            kind="primary"
            icon="clock"
            onPress={() => {
              navigation.replace('history');
            }}
          >
            {speech.text('pay.lookAtHistory')}
          </Button>
        ) : (
          <Button kind={told.loads === true ? 'text' : 'primary'} onPress={onAgain}>
            {speech.text('pay.scanAgain')}
          </Button>
        )}
      </Foot>
    </Screen>
  );
}

function Why({ code, told, amountMinor }: Omit<RefusedScreenProps, 'onAgain'> & { told: Told }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const { leftMinor, atOnceMinor } = spendableOf(useMoney().spending.value);
  if (told.text !== undefined) return <>{speech.text(told.text)}</>;
  if (told.loads !== true || amountMinor === undefined) return <>{sentenceOf(speech, code)}</>;
  return (
    <>
      {speech.rich('pay.notEnoughMore', {
        amount: <Amount amount={amounts.of(amountMinor)} />,
        left: <Amount amount={amounts.of(leftMinor)} />,
        most: <Amount amount={amounts.of(atOnceMinor)} />,
      })}
    </>
  );
}
