/** One alert of a Prometheus rule file. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string | undefined;
  readonly severity: string;
  readonly summary: string;
}

const LINES = [
  ['alert', /^ {6}- alert: ([A-Z][A-Za-z]+)$/],
  ['expr', /^ {8}expr: ([^'"#>|&*!%@`{[].*)$/],
  ['for', /^ {8}for: (\d+[smhd])$/],
  ['severity', /^ {10}severity: (\w+)$/],
  ['summary', /^ {10}summary: ([^'"#>|&*!%@`{[].*)$/],
] as const;
const FRAME = /^(#.*|groups:| {2}- name: \w+| {4}rules:| {8}(labels|annotations):|)$/;

/** Reads the part of YAML that our rules are written in; throws at any other line. */
export function readRules(text: string): readonly AlertRule[] {
  const rules: Record<string, string>[] = [];
  for (const line of text.split('\n')) {
    if (FRAME.test(line)) continue;
    const found = LINES.map(([key, form]) => [key, form.exec(line)?.[1]] as const);
    const [key, value] = found.find(([, one]) => one !== undefined) ?? [];
    // A colon or a hash behind a space would be more than a plain text to YAML.
    if (key === undefined || value === undefined || /: | #/.test(value)) throw new Error(line);
    if (key === 'alert') rules.push({});
    const rule = rules.at(-1);
    if (rule === undefined || Object.hasOwn(rule, key)) throw new Error(`Twice: ${line}`);
    rule[key] = value;
  }
  return rules.map(({ alert, expr, for: time, severity, summary }) => {
    if (alert === undefined || expr === undefined) throw new Error('A rule without its alert.');
    if (severity === undefined || summary === undefined) throw new Error(`${alert} says nothing.`);
    return { alert, expr, for: time, severity, summary };
  });
}
