import { useSignal } from '@preact/signals';
import { handInBackup } from '@sikka/wallet/backup';
import type { BackedUp, HandedIn, OpenedBackup } from '@sikka/wallet/backup';
import { useApp, useMoney } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import type { PaymentState } from '../../design/icon-paths.ts';
import { Space, Stack } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Row, Rows } from '../../design/row.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import type { Speech } from '../../language/language.ts';
import { useAmounts } from '../amounts.ts';
import { STATE_WORDS } from '../payment-words.ts';
import { spokenWords } from '../spoken-words.ts';
import { useTask } from '../use-task.ts';
import type { Task } from '../use-task.ts';

interface HandInScreenProps {
  readonly backup: OpenedBackup;
  readonly onBack: () => void;
}

/** What is in a backup, then what the bank says of each: the same however often it is sent. */
export function HandInScreen({ backup, onBack }: HandInScreenProps) {
  const { speech, navigation, times } = useApp();
  const { payer, changed } = useMoney();
  const task = useTask();
  const done = useSignal(0);
  const results = useSignal<readonly HandedIn[] | undefined>(undefined);
  const { documents, madeAt } = backup;
  const send = () =>
    task.run(async () => {
      const onProgress = (count: number) => void (done.value = count);
      const answer = await handInBackup(payer.wallet, backup, { onProgress });
      if (!answer.ok) return answer.code;
      results.value = answer.handedIn;
      await changed();
      return undefined;
    });
  const shown: readonly (BackedUp | HandedIn)[] = results.value ?? documents;
  return (
    <Screen>
      <Bar leading={{ icon: 'back', label: speech.text('common.back'), onPress: onBack }} />
      <Body>
        <Stack gap={3}>
          <Title>
            {results.value === undefined
              ? speech.text('phone.inBackup', { count: documents.length })
              : titleOf(speech, results.value)}
          </Title>
          <Text tone="quiet">
            {results.value === undefined
              ? speech.text('phone.madeAt', { moment: times.moment(madeAt) })
              : speech.text('phone.sentMore')}
          </Text>
          <Sending task={task} done={done.value} of={documents.length} />
        </Stack>
        <Space size={3} />
        <Documents documents={shown} />
      </Body>
      <Foot lined>
        {results.value === undefined ? (
          <Button kind="primary" icon="bank" busy={task.busy} onPress={() => void send()}>
            {speech.text('phone.sendToBank')}
          </Button>
        ) : (
          <Button
            kind="primary"
            onPress={() => {
              navigation.replace('home');
            }}
          >
            {speech.text('common.done')}
          </Button>
        )}
      </Foot>
    </Screen>
  );
}

interface SendingProps {
  readonly task: Task;
  readonly done: number;
  readonly of: number;
}

/** How far it is, or why it stopped. */
function Sending({ task, done, of }: SendingProps) {
  const { speech } = useApp();
  if (task.busy) return <Notice icon="sync">{speech.text('phone.sending', { done, of })}</Notice>;
  if (task.refused === undefined) return null;
  return (
    <Notice icon="alert" tone="warn" urgent>
      {sentenceOf(speech, task.refused)} {speech.text('phone.sendAgainSafe')}
    </Notice>
  );
}

function titleOf(speech: Speech, results: readonly HandedIn[]): string {
  const good = results.filter(({ result }) => result === 'settled' || result === 'recorded');
  return speech.text('phone.doneOf', { done: good.length, of: results.length });
}

const STATES: Readonly<Record<HandedIn['result'], PaymentState>> = {
  settled: 'settled',
  recorded: 'settled',
  pending: 'sent',
  rejected: 'rejected',
};

function Documents({ documents }: { readonly documents: readonly (BackedUp | HandedIn)[] }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  return (
    <Rows card>
      {documents.map((document) => {
        const state = 'result' in document ? STATES[document.result] : undefined;
        const code = state === 'rejected' && 'code' in document ? document.code : undefined;
        const word = state === undefined ? undefined : speech.text(STATE_WORDS[state]);
        const why = code === undefined ? word : `${word ?? ''} · ${sentenceOf(speech, code)}`;
        return (
          <Row
            state={state ?? 'given'}
            title={<>{nameOf(speech, document)}</>}
            detail={why ?? speech.text('phone.notSent')}
            amount={amounts.of(document.amountMinor)}
            void={state === 'rejected'}
          />
        );
      })}
    </Rows>
  );
}

/** Payments are known by their two words, which both phones showed. */
function nameOf(speech: Speech, { kind, twoWords }: BackedUp): string {
  if (twoWords !== undefined) return spokenWords(twoWords)[speech.language.value];
  return speech.text(kind === 'refund' ? 'phone.refund' : 'phone.return');
}
