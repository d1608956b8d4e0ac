import type { Keystore } from '../../src/keystore/keystore.ts';
import type { WalletStore, WitnessPlace } from '../../src/store/store.ts';

/** The process died: nothing of the wallet may catch this. */
export class Died extends Error {
  override readonly name = 'Died';
}

/** Dies at its n-th step, and at every step after. A step is one side of one write or call. */
export interface Fuse {
  burn(): void;
  readonly steps: number;
}

export function createFuse(dieAt: number): Fuse {
  let steps = 0;
  return {
    burn() {
      steps += 1;
      if (steps >= dieAt) throw new Died(`at step ${steps}`);
    },
    get steps() {
      return steps;
    },
  };
}

/** A store on the same disk whose writes may die before or after they are done. */
export function dyingStore(store: WalletStore, fuse: Fuse): WalletStore {
  return {
    ...store,
    append: (position, records) => around(fuse, () => store.append(position, records)),
    writeApart: (value) => around(fuse, () => store.writeApart(value)),
  };
}

export function dyingPlace(place: WitnessPlace, fuse: Fuse): WitnessPlace {
  return { ...place, write: (value) => around(fuse, () => place.write(value)) };
}

export function dyingKeystore(keystore: Keystore, fuse: Fuse): Keystore {
  return {
    ...keystore,
    createSigner: (suite) => around(fuse, () => keystore.createSigner(suite)),
    createAgreementKey: () => around(fuse, () => keystore.createAgreementKey()),
    deleteAgreementKey: (key) => around(fuse, () => keystore.deleteAgreementKey(key)),
  };
}

async function around<T>(fuse: Fuse, work: () => Promise<T>): Promise<T> {
  fuse.burn();
  const result = await work();
  fuse.burn();
  return result;
}
