import { nodeVerifier, threadedVerifier } from '../../src/node.ts';
import { verifySignature } from '../../src/suites/webcrypto.ts';
import type { Suite } from '../../src/suites/suite.ts';

const node = nodeVerifier();
const threads = threadedVerifier({ threads: 2 });

export interface Signed {
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** The answer of WebCrypto and of all Node paths; throws if they differ. */
export async function everyVerifier(signed: Signed): Promise<boolean> {
  const { suite, publicKey, message, signature } = signed;
  const answers = [
    await verifySignature(suite, publicKey, message, signature),
    await node.verify(suite, publicKey, message, signature),
    node.verifySync(suite, publicKey, message, signature),
    await threads.verify(suite, publicKey, message, signature),
  ];
  const [first] = answers;
  if (first === undefined || answers.some((answer) => answer !== first)) {
    throw new Error(`verifiers disagree: ${answers.join(', ')}`);
  }
  return first;
}
