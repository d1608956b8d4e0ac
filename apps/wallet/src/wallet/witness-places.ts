import { fromBase64url, toBase64url } from '@sikka/api/text';
import type { WitnessPlace } from '@sikka/wallet/payer';
import { WITNESS_KEY } from '../vault/wiping.ts';
import type { Drawer } from '../vault/drawer.ts';

export interface WitnessPlacesParts {
  readonly drawer: Drawer;
  readonly shelf: Pick<Storage, 'getItem' | 'setItem'>;
}

/**
 * Where this app remembers how far the payer's journal was (spec/journal.md 9), besides the
 * database that the journal's store has for it: browsers keep these apart from each other, and what
 * puts one back to an old copy may leave another. What cannot be read or written here stops nobody.
 */
export function witnessPlaces({ drawer, shelf }: WitnessPlacesParts): readonly WitnessPlace[] {
  return [
    {
      read: async () => decode(await drawer.get<string>('witness').catch(() => undefined)),
      write: (value) => drawer.put('witness', toBase64url(value)).catch(() => undefined),
    },
    {
      read: async () => decode(readFrom(shelf)),
      write: async (value) => {
        writeTo(shelf, toBase64url(value));
      },
    },
  ];
}

function decode(text: string | null | undefined): Uint8Array | undefined {
  return typeof text === 'string' ? fromBase64url(text) : undefined;
}

function readFrom(shelf: WitnessPlacesParts['shelf']): string | null {
  try {
    return shelf.getItem(WITNESS_KEY);
  } catch {
    return null;
  }
}

function writeTo(shelf: WitnessPlacesParts['shelf'], text: string): void {
  try {
    shelf.setItem(WITNESS_KEY, text);
  } catch {
    // Late is no harm: the journal has the last word.
  }
}
