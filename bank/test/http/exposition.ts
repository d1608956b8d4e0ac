/** A reader of Prometheus' text format 0.0.4, as strict as its specification. */
export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)(?: (-?\\d+))?$`);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/;
const NUMBER = /^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]Inf|NaN)$/;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/** Throws where a scraper would. */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, what, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (what === 'HELP') {
      if (families.has(name)) throw new Error(`${name} is described twice.`);
      families.set(name, { type: '', help: rest, samples: [] });
    } else if (what === 'TYPE') {
      const family = families.get(name);
      if (family?.type !== '' || !TYPES.includes(rest)) throw new Error(`Type: ${line}`);
      family.type = rest;
    } else if (!line.startsWith('#')) {
      const sample = readSample(line);
      const owner = [...families].at(-1);
      const suffix =
        owner && sample.name.startsWith(owner[0]) && sample.name.slice(owner[0].length);
      if (owner === undefined || !fits(suffix, owner[1].type)) throw new Error(`Whose? ${line}`);
      owner[1].samples.push(sample);
    }
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
}

function fits(suffix: string | boolean | undefined, type: string): boolean {
  if (suffix === '') return type !== 'histogram';
  return type === 'histogram' && ['_bucket', '_sum', '_count'].includes(String(suffix));
}

function readSample(line: string): Sample {
  const [, name = '', inside = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === '' || !NUMBER.test(value)) throw new Error(`No sample: ${line}`);
  const labels: Record<string, string> = {};
  for (let rest = inside; rest !== '';) {
    const [whole, label = '', text = ''] = LABEL.exec(rest) ?? [];
    if (whole === undefined || Object.hasOwn(labels, label)) throw new Error(`Labels: ${line}`);
    labels[label] = text;
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}

/** No sample twice; of a histogram the buckets rise, and the last is the count. */
function checkFamily(name: string, { type, samples }: Family): void {
  const keys = samples.map((sample) => JSON.stringify([sample.name, sample.labels]));
  if (new Set(keys).size !== keys.length) throw new Error(`${name} has a sample twice.`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(name);
  if (type !== 'histogram') return;
  const series = grouped(samples);
  for (const [of, all] of series) {
    const buckets = all.filter((sample) => sample.name === `${name}_bucket`);
    const edges = buckets.map(({ labels }) => Number(labels['le']?.replace('Inf', 'Infinity')));
    const counts = buckets.map(({ value }) => value);
    const count = all.find((sample) => sample.name === `${name}_count`)?.value;
    if (!rises(edges) || !rises(counts) || edges.at(-1) !== Infinity || counts.at(-1) !== count) {
      throw new Error(`${name}${of} is no histogram.`);
    }
  }
}

function ofSeries({ labels }: Sample): string {
  return JSON.stringify(Object.entries(labels).filter(([label]) => label !== 'le'));
}

function grouped(samples: readonly Sample[]): ReadonlyMap<string, readonly Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const of = ofSeries(sample);
    groups.set(of, [...(groups.get(of) ?? []), sample]);
  }
  return groups;
}

function rises(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0));
}
