import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { checkWebhookUrl } from '../../src/notify/webhooks/address.ts';
import { isPublicAddress } from '../../src/notify/webhooks/addresses.ts';
import { callWebhook, publicNetwork } from '../../src/notify/webhooks/call.ts';

const PRIVATE = [
  ['this network', '0.0.0.0'],
  ['ten', '10.1.2.3'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['its end', '100.127.255.255'],
  ['loopback', '127.0.0.1'],
  ['all of loopback', '127.255.255.254'],
  ['link-local', '169.254.0.1'],
  ['the metadata service', '169.254.169.254'],
  ['another metadata service', '100.100.100.200'],
  ['172.16', '172.16.0.1'],
  ['172.31', '172.31.255.255'],
  ['protocol assignments', '192.0.0.170'],
  ['documentation', '192.0.2.1'],
  ['6to4 relays', '192.88.99.1'],
  ['192.168', '192.168.1.1'],
  ['benchmarks', '198.19.0.1'],
  ['documentation 2', '198.51.100.7'],
  ['documentation 3', '203.0.113.9'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['v6 unspecified', '::'],
  ['v6 loopback', '::1'],
  ['mapped loopback', '::ffff:127.0.0.1'],
  ['mapped, in hexadecimal', '::ffff:7f00:1'],
  ['mapped public', '::ffff:8.8.8.8'],
  ['compatible', '::127.0.0.1'],
  ['NAT64', '64:ff9b::7f00:1'],
  ['local NAT64', '64:ff9b:1::a9fe:a9fe'],
  ['discard', '100::1'],
  ['unique local', 'fd00::1'],
  ['the other half of it', 'fc00::1'],
  ['v6 link-local', 'fe80::1'],
  ['with a zone', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['v6 multicast', 'ff02::1'],
  ['Teredo', '2001:0:53aa:64c::1'],
  ['v6 documentation', '2001:db8::1'],
  ['newer v6 documentation', '3fff::1'],
  ['6to4 of loopback', '2002:7f00:1::1'],
  ['segment routing', '5f00::1'],
  ['not given out', '4000::1'],
] as const;

describe('an address', () => {
  test.each(PRIVATE)('that is %s, %s, is not public', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    '8.8.8.8',
    '93.184.216.34',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00::1',
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each(['', 'localhost', '8.8.8', '0x7f.1', '8.8.8.8 '])('%j is none', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});

describe('a webhook’s address', () => {
  test.each([
    ...PRIVATE.map(([what, address]) => [
      what,
      `https://${address.includes(':') ? `[${address}]` : address}/`,
    ]),
    ['http', 'http://hooks.shop.example/'],
    ['another scheme', 'file:///etc/passwd'],
    ['gopher', 'gopher://hooks.shop.example/'],
    ['a name and a password', 'https://a:b@hooks.shop.example/'],
    ['only a name', 'https://a@hooks.shop.example/'],
    ['the database’s port', 'https://hooks.shop.example:5432/'],
    ['port 22', 'https://hooks.shop.example:22/'],
    ['loopback as one number', 'https://2130706433/'],
    ['loopback in hexadecimal', 'https://0x7f000001/'],
    ['loopback in octal', 'https://0177.0.0.1/'],
    ['loopback in two parts', 'https://127.1/'],
    ['zero', 'https://0/'],
    ['localhost', 'https://localhost/'],
    ['localhost with a dot', 'https://localhost./'],
    ['under localhost', 'https://a.localhost/'],
    ['a name with a dot at its end', 'https://hooks.shop.example./'],
    ['a name without a dot', 'https://database/'],
    ['an internal name', 'https://metadata.google.internal/'],
    ['a name of the house', 'https://printer.local/'],
    ['a reverse name', 'https://1.0.0.127.in-addr.arpa/'],
    ['full-width digits', 'https://１２７.0.0.1/'],
    ['a letter beyond ASCII', 'https://hööks.shop.example/'],
    ['a space', 'https://hooks.shop.example/ x'],
    ['a line end', 'https://hooks.shop.example/\r\nHost: x'],
    ['a part after #', 'https://hooks.shop.example/#x'],
    ['nothing', ''],
    ['no address', 'hooks.shop.example'],
    ['2,001 characters', `https://hooks.shop.example/${'a'.repeat(1_974)}`],
  ])('with %s is refused: %s', (_, text) => {
    expect(checkWebhookUrl(text)).toMatchObject({ ok: false });
  });

  test.each([
    'https://hooks.shop.example/sikka?key=1',
    'https://hooks.shop.example:8443/',
    'https://xn--hks-gna.shop.example/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
  ])('%s is taken', (text) => {
    expect(checkWebhookUrl(text)).toMatchObject({ ok: true });
  });
});

describe('a name that leads inside is never connected to', () => {
  test.each([
    ['to this machine', ['127.0.0.1']],
    ['to it by a mapped address', ['::ffff:127.0.0.1']],
    ['to the metadata service', ['169.254.169.254']],
    ['first to the public network and also inside', ['93.184.216.34', '127.0.0.1']],
  ])('%s', async (_, addresses) => {
    const server = createServer();
    let connections = 0;
    server.on('connection', (socket) => {
      connections += 1;
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = new URL(`https://hooks.shop.example:${port}/`);
    const network = { ...publicNetwork, resolve: async () => addresses };
    const answer = await callWebhook({ url, body: '{}', headers: {} }, network);
    expect(answer).toEqual({ ok: false, status: undefined, reason: 'webhook/address_private' });
    const literal = new URL(`https://127.0.0.1:${port}/`);
    expect(await callWebhook({ url: literal, body: '{}', headers: {} }, network)).toEqual(answer);
    expect(connections).toBe(0);
    server.close();
  });
});
