const WORKERS = ['in_process', 'off'] as const;

/** Where what goes on beside requests goes on. */
export const WORKER_SETTINGS = {
  WORKER: {
    parse: (text: string): (typeof WORKERS)[number] | undefined =>
      WORKERS.find((where) => where === text),
    rule: `one of ${WORKERS.join(', ')}`,
    about:
      'What settles, closes, mails and checks beside requests: in the bank itself, or off where ' +
      '`npm run worker` runs on the same database.',
    byDefault: 'in_process',
  },
  WORKER_METRICS_PORT: {
    parse: (text: string): number | undefined =>
      /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined,
    rule: 'a whole number from 0 to 65535',
    about: 'Where `npm run worker` answers /metrics, on HOST. 0: any free port. Empty: nowhere.',
  },
} as const;
