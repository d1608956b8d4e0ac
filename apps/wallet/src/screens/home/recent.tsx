import { useApp, useMoney } from '../../app-context.ts';
import { Link } from '../../design/button.tsx';
import { Row, Rows, Section } from '../../design/row.tsx';
import { Text } from '../../design/text.tsx';
import type { Money } from '../../wallet/money.ts';
import { useAmounts } from '../amounts.ts';
import { STATE_WORDS } from '../payment-words.ts';

const SHOWN = 4;

interface Line {
  readonly paymentId: string;
  readonly title: string;
  readonly at: number;
  readonly amountMinor: bigint;
  readonly incoming: boolean;
  readonly withheld: boolean;
  readonly state: 'given' | 'received' | 'sent' | 'settled' | 'rejected';
}

/** The newest of what this phone paid and was paid, from its journals. */
function newest({ spending, till }: Money): readonly Line[] {
  const paid = spending.value.payments.slice(0, SHOWN).map((one): Line => {
    const { paymentId, at, amountMinor, withheld, state, payee } = one;
    return { paymentId, at, amountMinor, withheld, state, incoming: false, title: payee.name };
  });
  const taken = (till.value?.state.payments ?? []).slice(0, SHOWN).map((one): Line => {
    const { paymentId, at, amountMinor, state, twoWords } = one;
    const title = twoWords.join(' ');
    return { paymentId, at, amountMinor, state, title, incoming: true, withheld: false };
  });
  return [...paid, ...taken].sort((a, b) => b.at - a.at).slice(0, SHOWN);
}

/** Home's list; each line leads to the payment. */
export function Recent() {
  const { speech, navigation } = useApp();
  const lines = newest(useMoney());
  const all = (
    <Link
      onPress={() => {
        navigation.go('history');
      }}
    >
      {speech.text('home.seeAll')}
    </Link>
  );
  if (lines.length === 0) {
    return (
      <Section title={speech.text('home.recent')}>
        <Text tone="quiet">{speech.text('home.noneYet')}</Text>
      </Section>
    );
  }
  return (
    <Section title={speech.text('home.recent')} end={all}>
      <Rows label={speech.text('home.recent')}>
        {lines.map((line) => (
          <RecentRow key={line.paymentId} line={line} />
        ))}
      </Rows>
    </Section>
  );
}

function RecentRow({ line }: { readonly line: Line }) {
  const { speech, times, navigation } = useApp();
  const amounts = useAmounts();
  const state = speech.text(STATE_WORDS[line.state]);
  const rejected = line.state === 'rejected';
  const time = times.moment(line.at);
  const detail = rejected
    ? speech.text('home.nothingTaken', { state })
    : line.withheld
      ? speech.text('home.notTaken', { time })
      : speech.text('home.stateAndTime', { state, time });
  return (
    <Row
      state={line.state}
      title={line.title}
      detail={detail}
      amount={amounts.of(line.amountMinor)}
      incoming={line.incoming}
      void={rejected}
      onPress={() => {
        navigation.go('payment', line.paymentId);
      }}
    />
  );
}
