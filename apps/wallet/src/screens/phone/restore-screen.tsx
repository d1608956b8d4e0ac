import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { openBackup } from '@sikka/wallet/backup';
import type { OpenedBackup } from '@sikka/wallet/backup';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Field } from '../../design/field.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Numbered } from '../../design/facts.tsx';
import { Text, Title } from '../../design/text.tsx';
import { chooseFile } from '../../platform/choose-file.ts';
import { FormScreen } from '../form-screen.tsx';
import { ScannerScreen } from '../scanner/scanner-screen.tsx';
import { useTask } from '../use-task.ts';
import { HandInScreen } from './hand-in-screen.tsx';

type Step =
  | { readonly kind: 'choose' }
  | { readonly kind: 'scan' }
  | { readonly kind: 'code'; readonly bytes: Uint8Array }
  | { readonly kind: 'hand-in'; readonly backup: OpenedBackup };

/** A backup of this phone or of another: its code, what is in it, and what came of it. */
export function RestoreScreen() {
  const { speech, navigation } = useApp();
  const step = useSignal<Step>({ kind: 'choose' });
  const { kind } = step.value;
  const back = () => (step.value = { kind: 'choose' });
  useEffect(() => (kind === 'choose' ? undefined : navigation.holdBack(back)), [kind, navigation]);
  switch (step.value.kind) {
    case 'choose':
      return <ChooseScreen next={(next) => (step.value = next)} />;
    case 'scan':
      return (
        <ScannerScreen
          title={speech.text('phone.scanBackup')}
          hint={speech.text('phone.scanBackupHint')}
          take={async (given) => {
            if (typeof given === 'string') return speech.text('phone.notABackup');
            step.value = { kind: 'code', bytes: given };
            return undefined;
          }}
          onClose={back}
          ways={[]}
        />
      );
    case 'code':
      return (
        <BackupCodeScreen
          bytes={step.value.bytes}
          onBack={back}
          onOpened={(backup) => (step.value = { kind: 'hand-in', backup })}
        />
      );
    case 'hand-in':
      return <HandInScreen backup={step.value.backup} onBack={back} />;
  }
}

/** A longer file is no backup (spec/backup.md §1). */
const MOST_BYTES = 8_388_608;

function ChooseScreen({ next }: { readonly next: (step: Step) => void }) {
  const { speech, navigation } = useApp();
  const tooLong = useSignal(false);
  const open = async () => {
    const file = await chooseFile('.sikka,application/octet-stream');
    if (file === undefined) return;
    tooLong.value = file.size > MOST_BYTES;
    if (tooLong.value) return;
    next({ kind: 'code', bytes: new Uint8Array(await file.arrayBuffer()) });
  };
  return (
    <Screen>
      <Bar
        leading={{
          ...{ icon: 'back', label: speech.text('common.back') },
          onPress: navigation.back,
        }}
      />
      <Body>
        <Stack gap={4}>
          <Title>{speech.text('phone.restoreTitle')}</Title>
          <Text tone="quiet">{speech.text('phone.restoreMore')}</Text>
          <Numbered
            face={(number) => speech.digits(String(number))}
            items={[
              speech.text('phone.restoreStep1'),
              speech.text('phone.restoreStep2'),
              speech.text('phone.restoreStep3'),
            ]}
          />
          {tooLong.value ? (
            <Notice icon="alert" tone="bad" urgent>
              {speech.text('phone.notABackup')}
            </Notice>
          ) : undefined}
        </Stack>
      </Body>
      <Foot>
        <Button kind="primary" icon="file" onPress={() => void open()}>
          {speech.text('phone.openBackup')}
        </Button>
        <Button
          kind="second"
          icon="scan"
          onPress={() => {
            next({ kind: 'scan' });
          }}
        >
          {speech.text('phone.scanBackup')}
        </Button>
      </Foot>
    </Screen>
  );
}

interface BackupCodeProps {
  readonly bytes: Uint8Array;
  readonly onBack: () => void;
  readonly onOpened: (backup: OpenedBackup) => void;
}

function BackupCodeScreen({ bytes, onBack, onOpened }: BackupCodeProps) {
  const { speech } = useApp();
  const code = useSignal('');
  const task = useTask();
  const open = () =>
    task.run(async () => {
      const opened = await openBackup(bytes, code.value);
      if (!opened.ok) return opened.code;
      onOpened(opened.backup);
      return undefined;
    });
  return (
    <FormScreen
      title={speech.text('phone.enterCode')}
      more={speech.text('phone.enterCodeMore')}
      task={task}
      action={speech.text('phone.openIt')}
      onSubmit={() => void open()}
      onBack={onBack}
    >
      <Field
        kind="number"
        label={speech.text('phone.codeField')}
        value={code.value}
        maxLength={24}
        onInput={(value) => (code.value = value)}
        autoFocus
      />
    </FormScreen>
  );
}
