import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { createBackup, drawBackupCode } from '@sikka/wallet/backup';
import { useApp, useMoney } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Checks } from '../../design/facts.tsx';
import { Space, Stack } from '../../design/layout.tsx';
import { Empty, Notice } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { askToPersist, readPersistence } from '../../platform/persistence.ts';
import type { Persistence } from '../../platform/persistence.ts';
import { useTask } from '../use-task.ts';
import { MadeBackup } from './made-backup.tsx';

/** What the bank has not got yet, to be kept elsewhere in case this phone is lost. */
export function BackupScreen() {
  const { speech, navigation } = useApp();
  const money = useMoney();
  const task = useTask();
  const made = useSignal<{ bytes: Uint8Array; count: number; code: string } | undefined>(undefined);
  const { payer, spending, till } = money;
  const waiting = spending.value.pending + (till.value?.pending.documents ?? 0);
  const make = () =>
    task.run(async () => {
      const seller = till.peek()?.payee.wallet;
      const wallets = seller === undefined ? [payer.wallet] : [payer.wallet, seller];
      const code = drawBackupCode(payer.wallet.random);
      const backup = await createBackup(wallets, code);
      if (!backup.ok) return backup.code;
      made.value = { bytes: backup.bytes, count: backup.count, code };
      return undefined;
    });
  if (made.value !== undefined) {
    return <MadeBackup {...made.value} onClose={() => (made.value = undefined)} />;
  }
  return (
    <Screen>
      <Bar
        title={speech.text('phone.backup')}
        heading={waiting > 0}
        leading={{
          ...{ icon: 'back', label: speech.text('common.back') },
          onPress: navigation.back,
        }}
      />
      <Body>
        {waiting === 0 ? <NothingWaits /> : <Waiting count={waiting} />}
        {task.refused === undefined ? undefined : (
          <Notice icon="alert" tone="bad" urgent>
            {sentenceOf(speech, task.refused)}
          </Notice>
        )}
        <Space size={4} />
        <Keeping />
      </Body>
      <Foot lined={waiting > 0}>
        {waiting === 0 ? undefined : (
          <Button kind="primary" icon="lock" busy={task.busy} onPress={() => void make()}>
            {speech.text('phone.makeBackup')}
          </Button>
        )}
        <Button
          kind={waiting === 0 ? 'second' : 'text'}
          onPress={() => {
            navigation.go('restore');
          }}
        >
          {speech.text('phone.haveBackup')}
        </Button>
      </Foot>
    </Screen>
  );
}

function NothingWaits() {
  const { speech } = useApp();
  return (
    <Empty
      icon="bank"
      title={speech.text('phone.nothingWaits')}
      text={speech.text('phone.nothingWaitsMore')}
    />
  );
}

function Waiting({ count }: { readonly count: number }) {
  const { speech } = useApp();
  const { sync } = useMoney();
  return (
    <Stack gap={4}>
      <Title level="part">{speech.text('phone.waiting', { count })}</Title>
      <Text tone="quiet">{speech.text('phone.backupWhy')}</Text>
      <Checks
        items={[
          speech.text('phone.backupAny'),
          speech.text('phone.backupSealed'),
          speech.text('phone.backupNoSpending'),
        ]}
      />
      <Button
        kind="second"
        icon="sync"
        busy={sync.standing.value.busy}
        onPress={() => void sync.run()}
      >
        {speech.text('phone.sendNow')}
      </Button>
    </Stack>
  );
}

/** Whether the browser may clear what is here when the phone runs full. */
function Keeping() {
  const { speech } = useApp();
  const kept = useSignal<Persistence | undefined>(undefined);
  const task = useTask();
  useEffect(() => {
    void readPersistence().then((persistence) => (kept.value = persistence));
  }, [kept]);
  if (kept.value === undefined) return undefined;
  if (kept.value === 'kept') {
    return <Notice icon="check">{speech.text('phone.keptHere')}</Notice>;
  }
  return (
    <Stack gap={2}>
      <Notice icon="info">{speech.text('phone.mayBeCleared')}</Notice>
      {kept.value === 'unsupported' ? undefined : (
        <Button
          kind="small"
          busy={task.busy}
          onPress={() =>
            void task.run(async () => {
              kept.value = await askToPersist();
              return undefined;
            })
          }
        >
          {speech.text('phone.keepHere')}
        </Button>
      )}
    </Stack>
  );
}
