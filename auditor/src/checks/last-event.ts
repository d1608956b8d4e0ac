import type { Rule } from './stored-beside.ts';

/**
 * The last event of these actions about each subject, as a relation: read once, so that a million
 * events beside a million rows take no longer than sorting them.
 */
export function lastEvents(...actions: readonly string[]): string {
  const wanted = actions.map((action) => `'${action}'`).join(', ');
  return `(
        select distinct on (subject) subject, action, outcome, details from audit_events
        where action in (${wanted})
        order by subject, id desc
      )`;
}

interface Told {
  readonly table: string;
  readonly key: string;
  /** SQL of what events call the row. */
  readonly subject: string;
  readonly actions: readonly string[];
  /** SQL of the status that an event `e` gives. */
  readonly status: string;
  readonly first: string;
}

/** A status is what the last event about its row made it, or the one that it began with. */
export function statusAsTold({ table, key, subject, actions, status, first }: Told): Rule {
  const expected = `coalesce(${status}, '${first}')`;
  return {
    ...{ table, column: 'status' },
    sql: `select r.${key}::text as key, ${expected} as expected, r.status as found
      from ${table} as r
      left join ${lastEvents(...actions)} as e on e.subject = ${subject}
      where r.status <> ${expected} order by r.${key}`,
  };
}
