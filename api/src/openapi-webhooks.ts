import { EVENT_EXAMPLE, EVENT_KINDS, eventExample, EVENTS, eventSchema } from './events.ts';
import type { EventKind } from './events.ts';
import { reference } from './openapi-schemas.ts';
import type { Components, Json, JsonObject } from './openapi-schemas.ts';

/** What is posted to webhooks, a kind of event each (OpenAPI 3.1 §4.8.1, `webhooks`). */
export function describeWebhooks(components: Components): JsonObject {
  return Object.fromEntries(EVENT_KINDS.map((kind) => [kind, { post: post(kind, components) }]));
}

function post(kind: EventKind, components: Components): Json {
  const { summary, signature } = EVENTS[kind];
  return {
    operationId: `on_${kind.replace('.', '_')}`,
    tags: ['Events'],
    summary,
    description:
      'Posted to each webhook that asks for this kind. Check the signature, take an `id` once, ' +
      'and answer 2xx within five seconds.',
    security: [],
    parameters: [
      {
        name: 'Sikka-Signature',
        in: 'header',
        required: true,
        description:
          '`v1` is HMAC-SHA256 of `t`, a dot and the body as it came, under the webhook’s ' +
          'secret. Refuse a `t` more than five minutes old. The example is of the example body, ' +
          `under the secret \`${EVENT_EXAMPLE.secret}\`, without spaces between its members.`,
        schema: { type: 'string', pattern: '^t=[0-9]{10,11},v1=[0-9a-f]{64}$' },
        example: signature,
      },
      {
        name: 'User-Agent',
        in: 'header',
        required: true,
        schema: { type: 'string', pattern: '^Sikka-Webhook/[0-9]+$' },
        example: 'Sikka-Webhook/1',
      },
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: reference(eventSchema(kind), components),
          example: eventExample(kind),
        },
      },
    },
    responses: {
      '2XX': { description: 'Taken: it is not sent again, unless you ask for a replay.' },
      default: {
        description:
          'Not taken, and neither is silence or a redirect: it is sent again after 10 s, 30 s ' +
          'and so on up to six hours, ten times in all.',
      },
    },
  };
}
