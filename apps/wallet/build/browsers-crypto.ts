import type { Plugin } from 'vite';

const NONE = '\0sikka:no-node-crypto';

/** HPKE's code asks for Node's module where a runtime has no WebCrypto: no browser does. */
export function browsersCrypto(): Plugin {
  return {
    name: 'sikka:browsers-crypto',
    enforce: 'pre',
    resolveId: (id) => (id === 'crypto' ? NONE : undefined),
    load: (id) => (id === NONE ? 'export const webcrypto = undefined;' : undefined),
  };
}
