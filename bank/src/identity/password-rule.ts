import { limits } from './limits.ts';

/** Why a password is refused, as a sentence for the person; undefined where it is not. */
export function weakness(given: string, email: string): string | undefined {
  const password = given.normalize('NFC');
  if (/\p{Cc}/u.test(password)) return 'A password has no control characters.';
  if ([...password].length < limits.passwordCharacters) {
    return `A password has at least ${limits.passwordCharacters} characters.`;
  }
  if (Buffer.byteLength(password) > limits.passwordBytes) {
    return `A password has at most ${limits.passwordBytes} bytes.`;
  }
  const kinds = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u];
  if (!kinds.every((kind) => kind.test(password))) {
    return 'A password has an upper and a lower case letter, a digit and another character.';
  }
  const local = email.slice(0, email.lastIndexOf('@')).toLowerCase();
  if (local.length >= 3 && password.toLowerCase().includes(local)) {
    return 'A password does not contain the e-mail address.';
  }
  if (isCommon(password)) return 'This password is one of the first that somebody would guess.';
  return undefined;
}

/**
 * Whether it is a word that everybody takes, dressed up: `P@ssw0rd2026!` is "password" with a
 * year. What remains without the signs at both ends, and with letters for the digits that look
 * like them, is compared.
 */
function isCommon(password: string): boolean {
  const lower = password.toLowerCase();
  const dressed = [...lower].map((sign) => LOOKS_LIKE[sign] ?? sign).join('');
  const bare = lower.replace(/[^a-z]+/g, '');
  const core = dressed.replace(/^[^a-z]+|[^a-z]+$/g, '').replace(/[^a-z]+/g, '');
  const ends = lower.replace(/^[^a-z]+|[\d\W_]+$/g, '');
  const undressed = [...ends].map((sign) => LOOKS_LIKE[sign] ?? sign).join('');
  return [bare, core, undressed.replace(/[^a-z]+/g, '')].some((text) => COMMON.has(text));
}

const LOOKS_LIKE: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** The stems of what lists of leaked passwords begin with, and of what is near at hand here. */
const COMMON: ReadonlySet<string> = new Set([
  ...['', 'a', 'aa', 'abc', 'abcd', 'abcde', 'abcdef', 'abcdefg', 'abcdefgh', 'abcabc', 'aaa'],
  ...['password', 'passwords', 'passwort', 'passw', 'pass', 'passpass', 'mypassword', 'passcode'],
  ...[
    'qwerty',
    'qwertyu',
    'qwertyui',
    'qwertyuiop',
    'qwert',
    'qwertz',
    'qaz',
    'qazwsx',
    'qazwsxedc',
  ],
  ...['asdf', 'asdfg', 'asdfgh', 'asdfghjkl', 'zxcvbn', 'zxcvbnm', 'wasd', 'poiuytrewq', 'qweasd'],
  ...['welcome', 'letmein', 'login', 'admin', 'administrator', 'root', 'user', 'guest', 'test'],
  ...['testing', 'tester', 'default', 'changeme', 'secret', 'mysecret', 'hello', 'hellohello'],
  ...[
    'iloveyou',
    'loveyou',
    'love',
    'lovely',
    'princess',
    'sunshine',
    'monkey',
    'dragon',
    'master',
  ],
  ...['football', 'baseball', 'cricket', 'shadow', 'superman', 'batman', 'pokemon', 'naruto'],
  ...['michael', 'jordan', 'jessica', 'ashley', 'daniel', 'charlie', 'thomas', 'andrew', 'joshua'],
  ...['trustno', 'whatever', 'freedom', 'starwars', 'computer', 'internet', 'samsung', 'google'],
  ...['summer', 'winter', 'spring', 'autumn', 'january', 'february', 'december', 'monday'],
  ...['pakistan', 'zindabad', 'pakistanzindabad', 'lahore', 'karachi', 'islamabad', 'muhammad'],
  ...['mohammad', 'mohammed', 'ahmed', 'ali', 'khan', 'allah', 'bismillah', 'alhamdulillah'],
  ...['mashallah', 'inshallah', 'money', 'bank', 'wallet', 'sikka', 'rupee', 'payment', 'rupees'],
]);
