/** Logs are events with fields, never payloads or personal data: `database.started`. */
export type DatabaseLog = (
  event: string,
  fields?: Readonly<Record<string, string | number | boolean>>,
) => void;
