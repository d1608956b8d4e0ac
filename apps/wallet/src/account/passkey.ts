import type { AppClient } from './bank-client.ts';

/** Since Chrome 129, Firefox 119 and Safari 18.4; before, the mailed code does the same. */
export function canMakePasskeys(): boolean {
  return (
    'PublicKeyCredential' in globalThis && 'parseCreationOptionsFromJSON' in PublicKeyCredential
  );
}

/**
 * Makes a passkey and gives its public half to the bank. Answers the code of a refusal, or
 * nothing; `passkey/invalid` where the person or the phone gave up.
 */
export async function createPasskey(
  client: Pick<AppClient, 'askPasskey' | 'addPasskey'>,
  name: string,
): Promise<string | undefined> {
  const asked = await client.askPasskey({ body: { purpose: 'register' } });
  if (!asked.ok) return asked.problem.code;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    // Options are the browser's own shape; it checks them.
    asked.value.options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  const made = await navigator.credentials.create({ publicKey }).catch(() => null);
  if (!(made instanceof PublicKeyCredential)) return 'passkey/invalid';
  const { id, rawId, response } = made.toJSON() as RegistrationResponseJSON;
  const { clientDataJSON, attestationObject } = response;
  const answer = await client.addPasskey({
    body: {
      name,
      response: { id, rawId, type: 'public-key', response: { clientDataJSON, attestationObject } },
    },
  });
  return answer.ok ? undefined : answer.problem.code;
}
