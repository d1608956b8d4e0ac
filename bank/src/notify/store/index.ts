export type { ClaimedMail, KeptMail, MailRow } from './mails.ts';
export {
  claimMails,
  insertMail,
  markGone,
  markLater,
  markSent,
  pruneMails,
  readMailbox,
} from './mails.ts';
export type {
  PaymentEffect,
  RefusalEffect,
  StandingEffect,
  TransferEffect,
  WalletEffect,
} from './effects.ts';
export { readRefused, readSettled, readStandings, readTransfers, readWallets } from './effects.ts';
export type { Announced, Reader, Sequencer } from './events.ts';
export {
  advanceSequencer,
  announceAccount,
  extendInterest,
  forgetTold,
  insertDeliveries,
  insertEvents,
  insertInterest,
  isAnythingAnnounced,
  lapseInterest,
  lockSequencer,
  purgeEvents,
  readEvents,
  readInterested,
  readSequencer,
  readSince,
  takeAnnounced,
} from './events.ts';
export type { DeliveryResult, DeliveryRow, DueDelivery, WebhookRow } from './webhooks.ts';
export {
  claimDeliveries,
  deleteWebhook,
  disableWebhook,
  disableWebhooksOf,
  insertReplay,
  insertWebhook,
  markDelivery,
  readDeliveries,
  readWebhook,
  readWebhooks,
} from './webhooks.ts';
