import type { Decoder } from './decoder.ts';

/** Between two looks at a video: faster than a hand moves, and slow enough to stay cool. */
const LOOK_EVERY_MS = 80;

/**
 * Looks at what a video shows, one frame after the other, and says each text that it finds; the
 * same text again and again for as long as it is there. Looks at nothing while a text is being
 * taken: a cheap phone has no strength for both. Ends with `signal`.
 */
export async function scan(
  video: HTMLVideoElement,
  decoder: Decoder,
  on: { readonly found: (text: string) => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  while (!on.signal.aborted) {
    const began = performance.now();
    const texts = document.visibilityState === 'visible' ? await decoder.readFrame(video) : [];
    if (on.signal.aborted) return;
    for (const text of texts) await on.found(text).catch(reportError);
    await pause(Math.max(0, LOOK_EVERY_MS - (performance.now() - began)));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
