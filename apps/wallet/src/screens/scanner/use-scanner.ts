import { useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Incoming } from '@sikka/wallet/payer';
import { openCamera } from '../../platform/camera.ts';
import type { Camera, CameraRefusal } from '../../platform/camera.ts';
import { chooseFile } from '../../platform/choose-file.ts';
import { openDecoder } from '../../platform/decoder.ts';
import type { Decoder } from '../../platform/decoder.ts';
import { scan } from '../../platform/scanner.ts';
import { createGatherer } from './gather.ts';

export type Sight =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly hasTorch: boolean }
  | { readonly kind: 'refused'; readonly reason: CameraRefusal };

/** What is said over the picture; `undefined`: how to hold it. */
export type Said =
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'part'; readonly have: number; readonly of: number }
  | { readonly kind: 'no_code' }
  | undefined;

export interface Scanner {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly sight: ReadonlySignal<Sight>;
  readonly said: ReadonlySignal<Said>;
  readonly torch: ReadonlySignal<boolean>;
  switchTorch(): Promise<void>;
  /** Opens the camera again, after it was refused. */
  retry(): void;
  /** A picture that the person chooses, through the same decoder. */
  readPicture(): Promise<void>;
}

/** Takes what was scanned; a sentence where it is not what is wanted, and scanning goes on. */
export type Take = (given: Incoming) => Promise<string | undefined>;

/** The camera, as long as the screen is there; each text is taken once. */
export function useScanner(take: Take): Scanner {
  const video = useRef<HTMLVideoElement>(null);
  const sight = useSignal<Sight>({ kind: 'opening' });
  const said = useSignal<Said>(undefined);
  const torch = useSignal(false);
  const attempt = useSignal(0);
  const camera = useRef<Camera | undefined>(undefined);
  const decoder = useRef<Promise<Decoder> | undefined>(undefined);
  const found = useTaker(take, (next) => (said.value = next));
  const readers = () => (decoder.current ??= openDecoder());

  useEffect(() => {
    const over = new AbortController();
    const begin = async () => {
      const answer = await openCamera();
      if (!answer.ok) {
        if (!over.signal.aborted) sight.value = { kind: 'refused', reason: answer.reason };
        return;
      }
      if (over.signal.aborted) return answer.camera.close();
      camera.current = answer.camera;
      answer.camera.onLost(() => (sight.value = { kind: 'refused', reason: 'busy' }));
      sight.value = { kind: 'open', hasTorch: answer.camera.hasTorch };
      if (video.current === null) return;
      video.current.srcObject = answer.camera.stream;
      await scan(video.current, await readers(), { found, signal: over.signal });
    };
    sight.value = { kind: 'opening' };
    void begin();
    return () => {
      over.abort();
      camera.current?.close();
      camera.current = undefined;
    };
    // One camera for each attempt.
  }, [attempt.value]);
  useEffect(() => () => void decoder.current?.then((open) => open.close()), []);

  return {
    ...{ video, sight, said, torch },
    switchTorch: async () =>
      void (torch.value = (await camera.current?.setTorch(!torch.value)) ?? false),
    retry: () => void (attempt.value += 1),
    async readPicture() {
      const file = await chooseFile('image/*');
      if (file === undefined) return;
      const answer = await (await readers()).readPicture(file);
      const [text] = answer.ok ? answer.texts : [];
      if (text === undefined) said.value = { kind: 'no_code' };
      else await found(text, 'again');
    },
  };
}

/** Gives each text on once, one after the other, and says what came of it. */
function useTaker(take: Take, say: (said: Said) => void) {
  const gatherer = useRef(createGatherer());
  const busy = useRef(false);
  const before = useRef<string | undefined>(undefined);
  const latest = useRef(take);
  latest.current = take;
  return async (text: string, repeated?: 'again'): Promise<void> => {
    if (busy.current || (text === before.current && repeated === undefined)) return;
    before.current = text;
    const gathered = gatherer.current.add(text);
    if (gathered.kind === 'part') say(gathered);
    if (gathered.kind !== 'whole') return;
    busy.current = true;
    const taking = latest.current(gathered.given);
    const sentence = await taking.catch((error: unknown) => {
      busy.current = false;
      throw error;
    });
    // Without a sentence it led on: another code of the same picture must not lead elsewhere.
    if (sentence === undefined) return;
    busy.current = false;
    say({ kind: 'refused', sentence });
  };
}
