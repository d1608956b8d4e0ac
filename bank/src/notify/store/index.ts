export type { ClaimedMail, MailRow } from './mails.ts';
export {
  claimMails,
  deleteMailsOf,
  insertMail,
  markGone,
  markLater,
  markSent,
  pruneMails,
  readMailbox,
} from './mails.ts';
