import { createFrameReceiver, parseQr } from '@sikka/protocol';
import type { FrameReceiver } from '@sikka/protocol';
import type { Incoming } from '@sikka/wallet/payer';

/** What one more text before the camera comes to. */
export type Gathered =
  | { readonly kind: 'whole'; readonly given: Incoming }
  /** One of the codes that play one after another; `have` different ones of `of`. */
  | { readonly kind: 'part'; readonly have: number; readonly of: number }
  /** A part that fits nothing: another message begins with it. */
  | { readonly kind: 'nothing' };

/** Puts frames together (spec/packets.md §3); any other text is whole by itself, even a foreign. */
export function createGatherer(): { add(text: string): Gathered } {
  let receiver: FrameReceiver = createFrameReceiver();
  return {
    add(text) {
      const parsed = parseQr(text.trim());
      if (!parsed.ok || parsed.value.packet.kind !== 'frame') return { kind: 'whole', given: text };
      const progress = receiver.add(parsed.value.packet);
      switch (progress.state) {
        case 'done':
          return { kind: 'whole', given: progress.message };
        case 'need':
          return { kind: 'part', have: progress.have, of: progress.k };
        case 'discarded':
          receiver = createFrameReceiver();
          return { kind: 'nothing' };
      }
    },
  };
}
