import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice, Remark } from '../../design/notice.tsx';
import { BarStatus } from '../../design/pill.tsx';
import { Frames } from '../../design/qr-card.tsx';
import { Card } from '../../design/row.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { Digits } from '../../design/words.tsx';
import { shareFile } from '../../platform/share.ts';
import { keepScreenOn } from '../../platform/wake-lock.ts';
import { useTask } from '../use-task.ts';
import { backupCodes, fitsCodes } from './backup-codes.ts';

interface MadeBackupProps {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Only ever on this screen. */
  readonly code: string;
  readonly onClose: () => void;
}

/** The code to write down, then the file or the codes. */
export function MadeBackup({ bytes, count, code, onClose }: MadeBackupProps) {
  const { speech, navigation, now } = useApp();
  const showing = useSignal(false);
  const saved = useSignal(false);
  const task = useTask();
  const back = showing.value ? () => (showing.value = false) : onClose;
  useEffect(() => navigation.holdBack(back), [navigation, back]);
  if (showing.value) return <BackupCodes bytes={bytes} onBack={back} />;
  const day = new Date(now() * 1_000).toISOString().slice(0, 10);
  const share = () =>
    task.run(async () => {
      const name = `sikka-${day}.sikka`;
      const type = 'application/octet-stream';
      saved.value = (await shareFile({ name, type, content: bytes })) !== 'cancelled';
      return undefined;
    });
  const groups = (code.match(/.{4}/g) ?? []).join(' ');
  return (
    <Screen>
      <Bar leading={{ icon: 'close', label: speech.text('common.close'), onPress: back }} />
      <Body>
        <Stack gap={4}>
          <Title>{speech.text('phone.writeCode')}</Title>
          <Card>
            <Title level="part" center>
              <Digits>{speech.digits(groups)}</Digits>
            </Title>
          </Card>
          <Text tone="quiet">{speech.text('phone.writeCodeMore')}</Text>
          <Text>{speech.text('phone.backupHolds', { count })}</Text>
          {saved.value ? (
            <Notice icon="check" urgent>
              {speech.text('phone.backupLeft')}
            </Notice>
          ) : undefined}
        </Stack>
      </Body>
      <Foot>
        <Button kind="primary" icon="share" busy={task.busy} onPress={() => void share()}>
          {speech.text('phone.sendBackup')}
        </Button>
        {fitsCodes(bytes) ? (
          <Button kind="second" icon="qr" onPress={() => (showing.value = true)}>
            {speech.text('phone.showCodes')}
          </Button>
        ) : undefined}
      </Foot>
    </Screen>
  );
}

function BackupCodes({ bytes, onBack }: { bytes: Uint8Array; onBack: () => void }) {
  const { speech } = useApp();
  const codes = useMemo(() => backupCodes(bytes), [bytes]);
  useEffect(keepScreenOn, []);
  return (
    <Screen surface="white">
      <Bar
        title={speech.text('phone.codesTitle')}
        leading={{ icon: 'back', label: speech.text('common.back'), onPress: onBack }}
      >
        <BarStatus icon="sun">{speech.text('pay.staysOn')}</BarStatus>
      </Bar>
      <Frames
        frames={codes}
        label={speech.text('phone.codesTitle')}
        caption={(number, of) => speech.text('pay.partOf', { number, of })}
      />
      <Body>
        <Remark icon="phone">{speech.text('phone.codesMore')}</Remark>
      </Body>
    </Screen>
  );
}
