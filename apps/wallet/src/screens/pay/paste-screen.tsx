import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Field } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Stack } from '../../design/layout.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { chooseFile } from '../../platform/choose-file.ts';
import { readCopied } from '../../platform/share.ts';
import { TitleBar } from '../title-bar.tsx';
import { RefusedScreen } from './refused-screen.tsx';
import { useTake } from './use-take.ts';

/** A text of the longest packet there is has fewer (spec/packets.md §2). */
const MOST_CHARACTERS = 8_192;
/** A file of more is none of ours. */
const MOST_FILE_BYTES = 65_536;

/** A code that came as text or as a file: checked like one that is scanned. */
export function PasteScreen() {
  const { speech, navigation } = useApp();
  const { refused, take } = useTake();
  const code = useSignal('');
  const said = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const give = async (given: string | Uint8Array) => {
    if (busy.value || given.length === 0) return;
    busy.value = true;
    said.value = await take(given);
    busy.value = false;
  };
  const paste = async () => {
    const copied = (await readCopied())?.trim().slice(0, MOST_CHARACTERS);
    if (copied === undefined || copied === '') said.value = speech.text('pay.nothingCopied');
    else await give((code.value = copied));
  };
  const open = async () => {
    const content = await readChosen();
    if (content === 'too_large') said.value = speech.text('pay.notACode');
    else if (content !== undefined) await give(content);
  };
  const toCamera = () => {
    navigation.replace('scan');
  };
  if (refused.value !== undefined) {
    return <RefusedScreen code={refused.value.code} onAgain={() => (refused.value = undefined)} />;
  }
  return (
    <Screen>
      <TitleBar title={speech.text('pay.pasteTitle')} onBack={toCamera} />
      <Body>
        <Form onSubmit={() => void give(code.value.trim())}>
          <Stack gap={4}>
            <Text tone="quiet">{speech.text('pay.pasteMore')}</Text>
            <Field
              label={speech.text('pay.pasteField')}
              value={code.value}
              maxLength={MOST_CHARACTERS}
              onInput={(value) => (code.value = value)}
              {...(said.value === undefined ? {} : { error: said.value })}
            />
            <Button kind="second" icon="paste" onPress={() => void paste()}>
              {speech.text('pay.pasteFromClipboard')}
            </Button>
            <Button kind="text" icon="file" onPress={() => void open()}>
              {speech.text('pay.openFile')}
            </Button>
          </Stack>
        </Form>
      </Body>
      <Foot>
        <Button kind="primary" busy={busy.value} onPress={() => void give(code.value.trim())}>
          {speech.text('common.continue')}
        </Button>
      </Foot>
    </Screen>
  );
}

async function readChosen(): Promise<string | Uint8Array | 'too_large' | undefined> {
  const file = await chooseFile('.sikka,text/plain,application/octet-stream');
  if (file === undefined) return undefined;
  if (file.size > MOST_FILE_BYTES) return 'too_large';
  return textOrBytes(new Uint8Array(await file.arrayBuffer()));
}

/** Files carry the packet's bytes or its text. */
function textOrBytes(content: Uint8Array): string | Uint8Array {
  const [first, second, third] = content;
  const isText = first === 0x53 && second === 0x4b && third === 0x31;
  return isText ? new TextDecoder().decode(content).trim() : content;
}
