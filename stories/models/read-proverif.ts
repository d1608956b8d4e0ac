/**
 * What of a ProVerif file can be seen without ProVerif: brackets that match, and no name used that
 * nobody declared. A run of it says more; this says that an edit left a file whole.
 */
export function faultsIn(text: string): readonly string[] {
  const code = text.replaceAll(/\(\*[\s\S]*?\*\)/g, ' ');
  const names = declaredIn(code);
  const called = [...code.matchAll(/(?<![\w-])([A-Za-z_]\w*)\s*\(/g)].map(([, name = '']) => name);
  const constants = [...code.matchAll(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|\bNOKEY\b/g)].map(String);
  const unknown = [...called, ...constants].filter((name) => !names.has(name));
  return [...bracketFaults(code), ...new Set(unknown.map((name) => `no ${name} is declared`))];
}

const WORDS = [
  'in',
  'out',
  'event',
  'new',
  'let',
  'then',
  'else',
  'inj-event',
  'choice',
  'attacker',
];

function declaredIn(code: string): ReadonlySet<string> {
  const one = code.matchAll(
    /\b(?:fun|reduc|event|let|letfun|pred|table)\s+([A-Za-z_]\w*)\s*[(.:]/g,
  );
  const reductions = code.matchAll(/forall[^;]*;\s*([A-Za-z_]\w*)\s*\(/g);
  const lists = code.matchAll(/\b(?:const|free)\s+([\w\s,]+):/g);
  const listed = [...lists].flatMap(([, names = '']) =>
    names.split(',').map((each) => each.trim()),
  );
  const found = [...one, ...reductions].map(([, name = '']) => name);
  return new Set([...WORDS, ...found, ...listed]);
}

function bracketFaults(code: string): readonly string[] {
  let depth = 0;
  for (const letter of code) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (depth < 0) return ['a bracket closes nothing'];
  }
  return depth === 0 ? [] : ['a bracket is open'];
}
