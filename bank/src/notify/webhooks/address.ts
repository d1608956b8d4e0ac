import { isIP } from 'node:net';
import { limits } from '../limits.ts';
import { isPublicAddress } from './addresses.ts';

export type UrlAnswer =
  { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly detail: string };

/** 443 is the default, and then the port is empty. */
const PORTS = new Set(['', '8443']);
/** Names that never belong to the public network (RFC 6761, RFC 8375, RFC 7686, and habit). */
const LOCAL_NAMES = new Set([
  ...['localhost', 'local', 'localdomain', 'internal', 'intranet', 'lan', 'home', 'corp'],
  ...['private', 'arpa', 'test', 'invalid', 'onion'],
]);

/**
 * An address that somebody gave, to be called by this server: refused where it cannot be public.
 * What its name leads to is looked at again at every call.
 */
export function checkWebhookUrl(text: string): UrlAnswer {
  if (text.length > limits.urlCharacters || !/^[!-~]+$/.test(text)) return no('is not an address');
  if (!URL.canParse(text)) return no('is not an address');
  const url = new URL(text);
  if (url.protocol !== 'https:') return no('must begin with https');
  if (url.username !== '' || url.password !== '') return no('must hold no name or password');
  if (!PORTS.has(url.port)) return no('must be on port 443 or 8443');
  if (url.hash !== '') return no('must have no part after #');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) {
    return isPublicAddress(host) ? { ok: true, url } : no('must be in the public network');
  }
  const isName = /^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(host);
  return isName && !LOCAL_NAMES.has(host.slice(host.lastIndexOf('.') + 1))
    ? { ok: true, url }
    : no('must be in the public network');
}

function no(why: string): UrlAnswer {
  return { ok: false, detail: `The address ${why}.` };
}
