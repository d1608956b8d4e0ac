import { SETTINGS } from '../../bank/src/settings.ts';
import type { Setting } from '../../bank/src/settings.ts';

const WIDTH = 100;

const HEAD = `# Every setting of the bank, with its default. Made from bank/src/settings.ts by
# tools/env-example.ts. \`npm start\` reads the environment, not this file: export what you change.
#
# A secret may be given as a file of mode 0600 instead: SECRET_KEY_FILE=/run/secrets/token-key.
`;

/** The settings as a file of a shell's form: what each is for, and its default. */
export function envExample(): string {
  const entries = Object.entries<Setting<unknown>>(SETTINGS).map(([name, setting]) => {
    const secret = setting.secret === true ? ` Secret; also as ${name}_FILE.` : '';
    const rule = setting.rule === 'text' ? '' : ` ${capital(setting.rule)}.`;
    const about = wrapped(`${setting.about}${rule}${secret}`);
    return `${about}\n#${name}=${quoted(setting.byDefault ?? '')}\n`;
  });
  return [HEAD, ...entries].join('\n');
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function quoted(text: string): string {
  return /^[\w.:/-]*$/.test(text) ? text : `'${text}'`;
}

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
