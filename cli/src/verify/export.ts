import { derSignature, publicKeyPem, signedBytes } from '@sikka/protocol';
import type { IssuerKeys, Packet, Suite } from '@sikka/protocol';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signedParts } from './signed-parts.ts';

// spec/evidence.md §3.
const OPENSSL: Readonly<Record<Suite, string>> = {
  ES256: 'openssl dgst -sha256 -verify NAME.pem -signature NAME.sig NAME.signed',
  EdDSA: 'openssl pkeyutl -verify -pubin -inkey NAME.pem -rawin -in NAME.signed -sigfile NAME.sig',
  PS256:
    'openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 ' +
    '-verify NAME.pem -signature NAME.sig NAME.signed',
};

/**
 * Writes, for each signed document, the exact bytes signed, the signature (DER for ES256) and the
 * public key (PEM). Returns the command that checks each with openssl alone.
 */
export const exportForOpenssl = async (
  packet: Packet,
  issuers: IssuerKeys,
  folder: string,
): Promise<readonly string[]> => {
  await mkdir(folder, { recursive: true });
  const commands: string[] = [];
  for (const [index, part] of signedParts(packet, issuers).entries()) {
    if (part.key === undefined) continue;
    const { document, key, parentId } = part;
    const name = join(folder, `${index + 1}-${part.name}`);
    const context = { type: document.fields.type, suite: key.suite, parentId };
    await writeFile(`${name}.signed`, signedBytes(context, document.payload));
    await writeFile(`${name}.sig`, derSignature(key.suite, document.signature));
    await writeFile(`${name}.pem`, publicKeyPem(key.suite, key.publicKey));
    commands.push(OPENSSL[key.suite].replaceAll('NAME', name));
  }
  return commands;
};
