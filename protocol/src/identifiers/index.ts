export * from './amounts.ts';
export * from './cnic.ts';
export * from './iban.ts';
export * from './msisdn.ts';
export * from './names.ts';
export * from './two-words.ts';
export * from './wallet-number.ts';
export { WORD_LIST } from './word-list.ts';
