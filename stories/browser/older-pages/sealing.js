/* global crypto, btoa, atob, TextEncoder, TextDecoder */
// What both older pages do, written from the HTTP contract ("Sealed ledger") with WebCrypto alone.

const P256 = { curve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };

const utf8 = (text) => new TextEncoder().encode(text);
const toBase64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const fromBase64 = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
const toHex = (bytes) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
const hashText = async (text) => toHex(await crypto.subtle.digest('SHA-256', utf8(text)));

/** One key to sign and one to seal; the private halves never leave the page. */
async function makeKeys() {
  const signing = await crypto.subtle.generateKey(
    { name: 'ECDSA', namedCurve: P256.curve },
    false,
    ['sign', 'verify'],
  );
  const sealing = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: P256.curve }, false, [
    'deriveBits',
  ]);
  return {
    signing: signing.privateKey,
    signingJwk: await crypto.subtle.exportKey('jwk', signing.publicKey),
    sealing: sealing.privateKey,
    sealingJwk: await crypto.subtle.exportKey('jwk', sealing.publicKey),
  };
}

/** Over the 32 bytes of a hash in hex; raw r‖s. */
const signHash = async (key, hash) =>
  toBase64(await crypto.subtle.sign(SIGNATURE, key, fromHex(hash)));

async function verifyHash(jwk, hash, signature) {
  const algorithm = { name: 'ECDSA', namedCurve: P256.curve };
  const key = await crypto.subtle.importKey('jwk', bare(jwk), algorithm, false, ['verify']);
  return crypto.subtle.verify(SIGNATURE, key, fromBase64(signature), fromHex(hash));
}

/** Without what WebCrypto would hold against another use of it. */
const bare = ({ kty, crv, x, y }) => ({ kty, crv, x, y });

async function wrappingKey(privateKey, peerJwk) {
  const algorithm = { name: 'ECDH', namedCurve: P256.curve };
  const peer = await crypto.subtle.importKey('jwk', bare(peerJwk), algorithm, false, []);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: peer }, privateKey, 256);
  const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const info = utf8('aes-key-wrapping');
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

async function seal(text, privateKey, peerJwk) {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const [iv, wrapIv] = [12, 12].map((size) => crypto.getRandomValues(new Uint8Array(size)));
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt']);
  const payload = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, utf8(text));
  const wrapping = await wrappingKey(privateKey, peerJwk);
  const wrapped = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: wrapIv }, wrapping, raw);
  return {
    encrypted_payload: toBase64(payload),
    encrypted_aes_key: toBase64(new Uint8Array([...wrapIv, ...new Uint8Array(wrapped)])),
    iv: toBase64(iv),
  };
}

async function open(envelope, privateKey, peerJwk) {
  const wrapped = fromBase64(envelope.encrypted_aes_key);
  const wrapping = await wrappingKey(privateKey, peerJwk);
  const raw = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: wrapped.slice(0, 12) },
    wrapping,
    wrapped.slice(12),
  );
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);
  const iv = fromBase64(envelope.iv);
  const payload = fromBase64(envelope.encrypted_payload);
  const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, payload);
  return new TextDecoder().decode(text);
}
