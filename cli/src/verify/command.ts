import { hex, sha256 } from '@sikka/protocol';
import { readOptions } from '../options.ts';
import { columns } from '../output.ts';
import type { Output } from '../output.ts';
import { check } from './check.ts';
import type { Finding } from './check.ts';
import { describeDocument, describeKind } from './describe.ts';
import { exportForOpenssl } from './export.ts';
import { findIssuers } from './issuers.ts';
import { loadPacket } from './load.ts';
import { signedParts } from './signed-parts.ts';
import { answerVectors, printAnswers } from './vectors.ts';

export const VERIFY_USAGE = `sikka verify FILE [--issuers FILE] [--export FOLDER] [--json]

Checks any packet (payment, receipt, settlement, proof, credential, bulletin …) with the bank's
public keys alone. FILE holds the packet, its SK1: text, or a picture of its QR code.

FILE may be a test vector too (spec/vectors.md), or a folder of them: each is answered by this
software, and the answer compared with what the vector expects.

  --issuers FILE   the bank's public keys; else issuers.json beside FILE, else asked of the bank
  --bank URL       that bank (SIKKA_BANK, else http://localhost:9000)
  --export FOLDER  writes signed bytes, signature and key of each document for openssl
  --json           one line of JSON: ok, code, detail, sha256; of a packet that decodes also its
                   kind and each id by its name;
                   for each vector: family, case, answer, expect, agrees

Exit status: 0 valid, 1 refused (the code says why), 2 could not be checked.
Of vectors: 0 all agree, 1 one differs.`;

const EXIT_VALID = 0;
const EXIT_REFUSED = 1;
const EXIT_NOT_CHECKED = 2;

const print = (finding: Finding, issuers: Parameters<typeof signedParts>[1], out: Output): void => {
  const { packet, ok, code } = finding;
  const mark = ok ? 'VALID' : code === 'not_checkable' ? 'NOT CHECKABLE' : 'REFUSED';
  out.line(`${mark}  ${describeKind(packet)}: ${finding.detail}`);
  if (code !== 'valid' && code !== 'not_checkable') out.line(`code   ${code}`);
  for (const part of signedParts(packet, issuers)) {
    out.line(`\n${part.name}`);
    out.line(columns(describeDocument(part.document.fields)));
  }
};

const idsOf = (finding: Finding): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(finding.packet)
      .filter((entry): entry is [string, Uint8Array] => /Id$|^id$/.test(entry[0]))
      .map(([name, id]) => [name, hex(id)]),
  );

/** `sikka verify`: prints the verdict and gives the exit status. */
export const verifyCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const { values, positionals } = readOptions(args, VERIFY_USAGE, {
    strings: ['issuers', 'export', 'bank'],
    flags: ['json'],
    positionals: 1,
  });
  const packetPath = positionals[0] ?? '';
  const answers = await answerVectors(packetPath);
  if (answers !== undefined) {
    return printAnswers(answers, out, values.json === true) ? EXIT_VALID : EXIT_REFUSED;
  }
  const bytes = await loadPacket(packetPath);
  const issuers = await findIssuers({
    issuersFile: values.issuers,
    bankUrl: values.bank ?? process.env.SIKKA_BANK ?? 'http://localhost:9000',
    packetPath,
  });
  const checked = await check(bytes, issuers);
  const summary = checked.ok
    ? { ok: checked.value.ok, code: checked.value.code, detail: checked.value.detail }
    : { ok: false, code: checked.code, detail: checked.detail };
  if (values.json === true) {
    const known = checked.ok ? { kind: checked.value.packet.kind, ...idsOf(checked.value) } : {};
    out.line(JSON.stringify({ ...summary, ...known, sha256: hex(sha256(bytes)) }));
  } else if (checked.ok) {
    print(checked.value, issuers, out);
  } else {
    out.line(`REFUSED  not a packet that anybody may accept: ${checked.detail}`);
    out.line(`code   ${checked.code}`);
  }
  if (values.export !== undefined && checked.ok) {
    const commands = await exportForOpenssl(checked.value.packet, issuers, values.export);
    for (const command of commands) out.progress(command);
  }
  if (summary.ok) return EXIT_VALID;
  return summary.code === 'not_checkable' ? EXIT_NOT_CHECKED : EXIT_REFUSED;
};
