import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { parseQr } from '@sikka/protocol';
import type { Incoming } from '@sikka/wallet/payee';
import { useApp, useCounter } from '../../app-context.ts';
import { Sheet } from '../../design/sheet.tsx';
import { Text } from '../../design/text.tsx';
import { chooseFile } from '../../platform/choose-file.ts';
import { readCopied } from '../../platform/share.ts';
import { ScannerScreen } from '../scanner/scanner-screen.tsx';
import type { ScreenProps } from '../screen-table.ts';
import { judgedOf } from './judged.ts';
import { saleOf } from './sale.ts';

/** A payment file is some kilobytes; a film is not read into memory. */
const MAX_FILE_BYTES = 65_536;

/** The customer's payment: from the screen, a picture, the clipboard or a file. */
export function ScanPaymentScreen({ id }: ScreenProps) {
  const { speech, navigation } = useApp();
  const said = useSignal<string | undefined>(undefined);
  const take = useTake(id);
  const takeOther = async (given: Incoming | undefined) => {
    said.value = given === undefined ? speech.text('receive.nothingThere') : await take(given);
  };
  const asked = id !== PRINTED;
  return (
    <>
      <ScannerScreen
        title={speech.text('receive.scanTheirs')}
        hint={speech.text('receive.holdTheirs')}
        take={take}
        onClose={() => {
          if (asked) navigation.replace('tillRequest', id);
          else navigation.back();
        }}
        ways={[
          {
            icon: 'paste',
            label: speech.text('receive.paste'),
            onPress: () => void readCopied().then(takeOther),
          },
          {
            icon: 'file',
            label: speech.text('receive.openFile'),
            onPress: () => void readPacketFile().then(takeOther),
          },
        ]}
      />
      {said.value === undefined ? undefined : (
        <Sheet
          title={speech.text('receive.noPayment')}
          onClose={() => (said.value = undefined)}
          back={speech.text('receive.backToCamera')}
        >
          <Text>{said.value}</Text>
        </Sheet>
      )}
    </>
  );
}

/** In the place of a request's id: for a payment to the printed code. */
const PRINTED = 'printed';

/** Judges, shows and sounds the verdict; a sentence for what is no payment at all. */
function useTake(requestId: string) {
  const app = useApp();
  const { speech, navigation, feel } = app;
  const counter = useCounter();
  const read = useRef(Promise.resolve());
  useEffect(() => {
    read.current = counter.refresh();
  }, [counter]);
  return async (given: Incoming): Promise<string | undefined> => {
    const till = counter.till.peek();
    if (till === undefined || !looksLikePayment(given)) return speech.text('receive.notAPayment');
    const { payee } = till;
    const sale = saleOf(counter);
    const [open, answer] = await Promise.all([payee.showRequest(requestId), payee.accept(given)]);
    const amountMinor = open.ok && open.amountMinor !== 'open' ? open.amountMinor : undefined;
    const asked = { requestId, ...(amountMinor === undefined ? {} : { amountMinor }) };
    // As known when the camera opened: reading the journal anew takes a while, and the customer
    // waits. Much earlier would not do: the bank's news grow old while the till does nothing.
    await read.current;
    const known = counter.till.peek()?.state ?? till.state;
    sale.judged.value = judgedOf(answer, known, { now: app.now(), asked });
    feel(MOMENTS[sale.judged.value.tone]);
    navigation.replace('verdict');
    if (answer.ok && answer.verdict === 'accepted') sale.digits.value = sale.note.value = '';
    void counter.changed();
    return undefined;
  };
}

const MOMENTS = { ok: 'paid', warn: 'amber', bad: 'red' } as const;

/** Anything of ours that is or may be a payment; a damaged one is, so that it is refused aloud. */
function looksLikePayment(given: Incoming): boolean {
  if (typeof given !== 'string') return true;
  const parsed = parseQr(given.trim());
  if (!parsed.ok) return given.trim().startsWith('SK1:');
  return parsed.value.packet.kind === 'payment' || parsed.value.packet.kind === 'sealed';
}

/** A packet, or its text, out of a file that the person chooses. */
async function readPacketFile(): Promise<Incoming | undefined> {
  const file = await chooseFile('*/*');
  if (file === undefined || file.size > MAX_FILE_BYTES) return undefined;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = new TextDecoder().decode(bytes.slice(0, MAX_FILE_BYTES));
  return text.trimStart().startsWith('SK1:') ? text : bytes;
}
