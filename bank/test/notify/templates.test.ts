import { describe, expect, test } from 'vitest';
import { createSmtpTransport, TEMPLATE_NAMES, TEMPLATES } from '../../src/notify/index.ts';
import { renderMail } from '../../src/notify/mail/templates.ts';
import { selfSigned } from './certificate.ts';
import { startMailServer } from './mail-server.ts';

const at = new Date('2026-11-20T22:15:00.000Z');
const cases = TEMPLATE_NAMES.flatMap((template) =>
  (['en', 'ur'] as const).map((language) => ({ template, language })),
);

describe('every mail in both languages', () => {
  test.each(cases)('$template in $language says every value, and no place is left', (of) => {
    const names: readonly string[] = TEMPLATES[of.template].needs;
    const values = Object.fromEntries(names.map((name, index) => [name, `<${index}value>`]));
    const { subject, text, html } = renderMail({ ...of, values, at });
    for (const value of Object.values(values)) expect(text).toContain(value);
    expect(`${subject}${text}${html}`).not.toMatch(/[{}]|undefined/);
    expect(html).not.toContain('value>');
    expect(subject).not.toContain('value');
    expect(/[\u0600-\u06ff]/.test(subject)).toBe(of.language === 'ur');
  });

  test('say when by the reader’s clock, in figures that both languages use', () => {
    const notice = { template: 'password_changed', values: {}, at } as const;
    expect(renderMail({ ...notice, language: 'en' }).text).toContain('21 November 2026 at 03:15');
    expect(renderMail({ ...notice, language: 'ur' }).text).toMatch(/21 نومبر،? 2026.{1,6}3:15/u);
  });
});

describe('a mail goes over TLS', () => {
  const settings = { host: 'localhost', from: 'Sikka <no-reply@bank.example>' };
  const mail = {
    ...renderMail({ template: 'password_changed', language: 'en', values: {}, at }),
    ...{ to: 'a@x.example', language: 'en', messageId: '<1@bank.example>', date: at },
  };

  test('with a certificate that is vouched for', async () => {
    const { key, cert } = selfSigned('localhost');
    const server = await startMailServer({ tls: { key, cert }, host: 'localhost' });
    const trusting = createSmtpTransport({ ...settings, port: server.port, ca: cert });
    expect(await trusting.send(mail)).toEqual({ ok: true });
    const stranger = selfSigned('localhost').cert;
    const wary = createSmtpTransport({ ...settings, port: server.port, ca: stranger });
    expect(await wary.send(mail)).toMatchObject({ ok: false, permanent: false });
    expect(server.received.length).toBe(1);
    await server.stop();
  });

  // To Linux 0.0.0.0 is this machine, to us it is a host like any other.
  test.skipIf(process.platform !== 'linux')(
    'or not at all, where the server has none',
    async () => {
      const server = await startMailServer();
      const transport = createSmtpTransport({ ...settings, host: '0.0.0.0', port: server.port });
      expect(await transport.send(mail)).toMatchObject({ ok: false, permanent: false });
      expect(server.received).toEqual([]);
      await server.stop();
    },
  );
});
