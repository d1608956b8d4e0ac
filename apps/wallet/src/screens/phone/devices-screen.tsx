import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { hex, keyHash } from '@sikka/protocol';
import { useApp, useMoney } from '../../app-context.ts';
import type { App } from '../../app-context.ts';
import { Space } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Pill } from '../../design/pill.tsx';
import { Row, Rows, Section } from '../../design/row.tsx';
import { Bar, Body, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { Toast } from '../../design/toast.tsx';
import type { MessageKey } from '../../language/catalogue.ts';
import { sentenceOf } from '../../language/refusal.ts';
import { fetchPhones, keptPhones } from '../../wallet/phones.ts';
import type { Phone, Phones } from '../../wallet/phones.ts';
import { FreezeScreen } from './freeze-screen.tsx';

/** Every phone and till that can use this account; one that is lost is frozen from here. */
export function DevicesScreen() {
  const app = useApp();
  const { speech, navigation, times, toast } = app;
  const { known, own, refused, ask } = usePhones(app);
  const lost = useSignal<Phone | undefined>(undefined);
  if (lost.value !== undefined) {
    return (
      <FreezeScreen
        phone={lost.value}
        onBack={() => (lost.value = undefined)}
        onFrozen={() => {
          lost.value = undefined;
          toast.value = speech.text('phone.frozenNow');
          void ask();
        }}
      />
    );
  }
  const here = known?.phones.filter(({ keyHash: of }) => own.includes(of)) ?? [];
  const others = known?.phones.filter(({ keyHash: of }) => !own.includes(of)) ?? [];
  return (
    <Screen>
      <Bar
        title={speech.text('phone.devices')}
        leading={{
          ...{ icon: 'back', label: speech.text('common.back') },
          onPress: navigation.back,
        }}
      />
      <Body>
        <Notice icon="freeze">{speech.text('phone.lostMore')}</Notice>
        <Space size={4} />
        {refused === undefined ? undefined : (
          <Notice icon="offline">{sentenceOf(speech, refused)}</Notice>
        )}
        <Section title={speech.text('phone.thisPhone')}>
          <PhoneRows phones={here} />
        </Section>
        <Section
          title={speech.text('phone.others')}
          end={known === undefined ? '' : times.ago(known.at)}
        >
          {known === undefined ? (
            <Text tone="quiet">{speech.text('phone.devicesUnknown')}</Text>
          ) : others.length === 0 ? (
            <Text tone="quiet">{speech.text('phone.noOthers')}</Text>
          ) : (
            <PhoneRows phones={others} onLost={(phone) => (lost.value = phone)} />
          )}
        </Section>
      </Body>
      {toast.value === undefined ? undefined : (
        <Toast text={toast.value} onGone={() => (toast.value = undefined)} />
      )}
    </Screen>
  );
}

const KINDS: Readonly<Record<Phone['role'], MessageKey>> = {
  payer: 'phone.kindPayer',
  payee: 'phone.kindPayee',
  both: 'phone.kindBoth',
};

interface PhoneRowsProps {
  readonly phones: readonly Phone[];
  readonly onLost?: (phone: Phone) => void;
}

function PhoneRows({ phones, onLost }: PhoneRowsProps) {
  const { speech, times } = useApp();
  return (
    <Rows card>
      {phones.map((phone) => {
        const active = phone.status === 'active';
        return (
          <Row
            icon={active ? (phone.role === 'payee' ? 'till' : 'phone') : 'freeze'}
            title={<>{speech.text(KINDS[phone.role])}</>}
            detail={speech.text('phone.numberSince', {
              number: phone.till,
              day: times.day(phone.since),
            })}
            {...(active ? {} : { trailing: <Pill>{speech.text('phone.frozen')}</Pill> })}
            {...(active && onLost !== undefined ? { onPress: () => onLost(phone) } : {})}
          />
        );
      })}
    </Rows>
  );
}

/** What was known at once, then what the bank says now. */
function usePhones({ vault, client, now }: App) {
  const money = useMoney();
  const known = useSignal<Phones | undefined>(undefined);
  const own = useSignal<readonly string[]>([]);
  const refused = useSignal<string | undefined>(undefined);
  const ask = async () => {
    const { value } = vault.state;
    if (value.kind !== 'open') return;
    const { drawer } = value;
    known.value ??= await keptPhones(drawer);
    own.value = await ownKeys([money.payer.wallet, money.till.peek()?.payee.wallet]);
    const fetched = await fetchPhones({ client, drawer, now: now() });
    refused.value = fetched.ok ? undefined : fetched.problem.code;
    if (fetched.ok) known.value = fetched.known;
  };
  useEffect(() => void ask(), []);
  return { known: known.value, own: own.value, refused: refused.value, ask };
}

type Keyed = ReturnType<typeof useMoney>['payer']['wallet'];

async function ownKeys(wallets: readonly (Keyed | undefined)[]): Promise<readonly string[]> {
  const here = wallets.filter((wallet) => wallet !== undefined);
  const signers = await Promise.all(here.map(({ keystore }) => keystore.signer()));
  return signers
    .filter((signer) => signer !== undefined)
    .map(({ suite, publicKey }) => hex(keyHash(suite, publicKey)));
}
