/** What the secret is sealed for. */
export function secretContext(bank: string, id: Uint8Array): string {
  return JSON.stringify(['webhooks', bank, Buffer.from(id).toString('hex')]);
}
