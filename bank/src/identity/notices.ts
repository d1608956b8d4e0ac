import type { Tx } from '../db/index.ts';
import type { NewMail } from '../notify/index.ts';
import type { People } from './people.ts';

/** Tells a person by mail, in the transaction of what happened; nobody is told of a rollback. */
export interface Notices {
  tell(tx: Tx, notice: Notice): Promise<void>;
}

export interface Notice extends Pick<NewMail, 'template' | 'at'> {
  readonly accountId: bigint;
  readonly values?: NewMail['values'];
}

/** What of the mailer this domain needs. */
export type QueueMail = (tx: Tx, mail: NewMail) => Promise<void>;

export function createNotices({
  people,
  queueMail,
}: {
  readonly people: Pick<People, 'find'>;
  readonly queueMail: QueueMail;
}): Notices {
  return {
    async tell(tx, { accountId, template, values, at }) {
      const person = await people.find(tx, accountId);
      // Erased, or one of the bank's own that nobody reads mail for.
      if (person === undefined) return;
      const { profile, language } = person;
      await queueMail(tx, {
        ...{ accountId, to: profile.email, template, language, values: values ?? {}, at },
      });
    },
  };
}
