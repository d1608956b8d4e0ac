import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PrintedCode } from '@sikka/wallet/payee';
import { useApp, useMoney } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Chips } from '../../design/choice.tsx';
import { ScreenOnly, Space } from '../../design/layout.tsx';
import { Empty, Remark } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Standee } from '../../design/standee.tsx';
import type { StandeeSize } from '../../design/standee.tsx';
import { loadBothLanguages } from '../../language/both-languages.ts';
import type { BothLanguages } from '../../language/both-languages.ts';
import type { MessageKey } from '../../language/catalogue.ts';
import { sentenceOf } from '../../language/refusal.ts';
import { encodeQr } from '../../platform/qr-encoder.ts';
import type { ScreenProps } from '../screen-table.ts';
import { useTask } from '../use-task.ts';
import { useTill } from './use-till.ts';

interface Codes {
  readonly printed: PrintedCode;
  /** For other banks' apps; only where the bank could be asked. */
  readonly emv: string | undefined;
  readonly both: (key: MessageKey) => BothLanguages;
}

/** A sign for the counter: one code for Sikka, one for other banks' apps; in both languages. */
export function StandeeScreen(_: ScreenProps) {
  const { speech, navigation } = useApp();
  const size = useSignal<StandeeSize>('a4');
  const { codes, refused, busy, fetch } = useCodes();
  return (
    <Screen>
      <Bar
        title={speech.text('receive.printedCode')}
        leading={{ icon: 'back', label: speech.text('common.back'), onPress: navigation.back }}
      />
      {codes === undefined ? (
        <Body place="middle">
          <Empty
            icon="print"
            title={speech.text(refused === undefined ? 'common.loading' : 'receive.noCodeYet')}
            {...(refused === undefined ? {} : { text: sentenceOf(speech, refused) })}
          />
        </Body>
      ) : (
        <Body>
          <ScreenOnly>
            <Chips
              wraps
              label={speech.text('receive.paper')}
              options={[
                { value: 'a4', title: speech.text('receive.paperA4') },
                { value: 'a6', title: speech.text('receive.paperA6') },
              ]}
              value={size.value}
              onChange={(chosen) => (size.value = chosen)}
            />
            <Space size={4} />
          </ScreenOnly>
          <Sign codes={codes} size={size.value} />
          <ScreenOnly>
            <Space size={4} />
            <Remark icon="info">{speech.text('receive.signMore')}</Remark>
          </ScreenOnly>
        </Body>
      )}
      <Foot lined>
        {codes === undefined ? (
          <Button kind="primary" icon="sync" busy={busy} onPress={fetch}>
            {speech.text('common.tryAgain')}
          </Button>
        ) : (
          <Button
            kind="primary"
            icon="print"
            onPress={() => {
              window.print();
            }}
          >
            {speech.text('receive.print')}
          </Button>
        )}
      </Foot>
    </Screen>
  );
}

function Sign({ codes, size }: { readonly codes: Codes; readonly size: StandeeSize }) {
  const { speech } = useApp();
  const { printed, emv, both } = codes;
  const till = String(useTill()?.state.seller?.till ?? '');
  const tillWords = both('receive.signTill');
  return (
    <Standee
      size={size}
      name={printed.name}
      town={printed.town}
      till={{ en: `${tillWords.en} ${till}`, ur: `${tillWords.ur} ${till}` }}
      brand={both('common.appName')}
      pay={both('receive.signPay')}
      code={encodeQr(printed.text)}
      label={speech.text('receive.signLabel')}
      how={both('receive.signHow')}
      {...(emv === undefined
        ? {}
        : { other: { code: encodeQr(emv), words: both('receive.signOther') } })}
    />
  );
}

function useCodes() {
  const { client } = useApp();
  const { online } = useMoney();
  const payee = useTill()?.payee;
  const codes = useSignal<Codes | undefined>(undefined);
  const task = useTask();
  const fetch = () =>
    void task.run(async () => {
      if (payee === undefined) return 'wallet/not_enrolled';
      const printed = await payee.printedCode();
      if (!printed.ok) return printed.problem?.code ?? printed.code;
      const both = await loadBothLanguages();
      codes.value = { printed, both, emv: codes.peek()?.emv };
      const wallet = online.peek()?.current?.number;
      if (wallet === undefined) return undefined;
      const answer = await client.getEmvQr({ params: { wallet_id: wallet } });
      if (answer.ok) codes.value = { printed, both, emv: answer.value.payload };
      return undefined;
    });
  useEffect(fetch, [payee]);
  return { codes: codes.value, refused: task.refused, busy: task.busy, fetch };
}
