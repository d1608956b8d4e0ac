/** What a refused caller is told; nothing about anybody else’s money. */
export const sentences = {
  'amount/invalid': 'The amount is not more than zero and exact at the currency’s minor unit.',
  'idempotency/key_reused': 'This idempotency key was used for another request.',
  'wallet/not_found': 'There is no such wallet, or it is not yours to spend from.',
  'wallet/inactive': 'One of the two wallets has been deactivated.',
  'wallet/same_wallet': 'The two wallets are one.',
  'wallet/currency_mismatch': 'The currency is not that of both wallets.',
  'wallet/transfer_not_allowed':
    'Money for spending offline moves between its owner’s two wallets only.',
  'wallet/insufficient_funds': 'The wallet holds less than that, besides what is reserved.',
  'transaction/reference_taken': 'You have used this reference for another transaction.',
  'bulletin/not_found': 'There is no bulletin of this version.',
  'allowance/request_invalid': 'The bytes are not one packet of kind 9 with an allowance request.',
  'allowance/wrong_bank': 'The request names another bank.',
  'allowance/wrong_account': 'The request names another account than the one signed in.',
  'allowance/device_unknown': 'You have no enrolled device with this key that may pay.',
  'allowance/signature_invalid': 'The request is not signed by the enrolled key.',
  'allowance/nonce_used': 'Another request with this journal nonce was granted.',
  'allowance/currency_unsupported': 'The bank issues no allowances in this currency.',
  'allowance/over_limit': 'The amount is more than one allowance may hold.',
  'allowance/limit_reached': 'With this one, more would be out than the bank allows.',
  'device/challenge_invalid':
    'The challenge was not made for this account and purpose, has been used, or has expired.',
  'device/revoked': 'The device has been revoked.',
  'auth/account_blocked': 'The account was blocked while this request was under way.',
} as const;
