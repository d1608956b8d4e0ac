import { buildProof, encodePacket, hex } from '../../src/index.ts';
import type { JudgeCode, Payment, Return, Signed } from '../../src/index.ts';
import { bytesOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { json } from './case.ts';
import type { Json, JsonObject, VectorRow } from './case.ts';
import { bank, observer, payee, row, scene } from './judge-story.ts';
import type { Changes, Story } from './judge-story.ts';

const EARLIER = 30_000n;

/** Payments 4, 5, 6 … of the story's allowance, each of 300.00, and what contradicts them. */
export async function equivocations(story: Story): Promise<readonly VectorRow[]> {
  const { under } = story;
  const parentId = scenery.idOf(under);
  const sign = (changes: Changes<Payment>) => scenery.payment(scene, under, changes);
  const packetOf = (document: Signed<Payment>): string =>
    hex(scenery.paymentPacket(under, document));
  const of = (sequence: number, spentMinor: bigint, more: Changes<Payment> = {}) =>
    sign({ sequence, spentMinor, amountMinor: EARLIER, ...more });
  const idOf = (document: Signed): Uint8Array => scenery.idOf(document, parentId);
  const four = await of(4, EARLIER);
  const five = await of(5, 2n * EARLIER, { previous: idOf(four) });
  const six = await of(6, 3n * EARLIER, { previous: idOf(five) });
  const eight = await of(8, 5n * EARLIER);
  const back = async (changes: Changes<Return>) => scenery.returned(scene, under, changes);
  const stopped = await back({ lastSequence: 5, totalMinor: 2n * EARLIER, head: idOf(five) });
  const returnPacket = hex(encodePacket({ kind: 'return', allowance: under, return: stopped }));
  const other = await of(5, 2n * EARLIER, { previous: idOf(four), salt: bytesOf('other', 16) });
  const speaks = (
    name: string,
    about: string,
    judged: Signed<Payment>,
    known: { readonly [place: string]: Json },
    [code, against]: readonly [JudgeCode, Signed<Payment | Return> | undefined],
    context: JsonObject = observer(),
  ): VectorRow => {
    const proof = against && hex(buildProof(under, judged, against));
    const expect = {
      ok: false,
      code,
      paymentId: hex(idOf(judged)),
      answer: known['answer'],
      proof,
    };
    const input = { packet: scenery.paymentPacket(under, judged), context: { ...context, known } };
    return row(name, about, input, json(expect));
  };
  const good = (
    name: string,
    about: string,
    judged: Signed<Payment>,
    known: JsonObject,
    context: JsonObject = observer(),
  ): VectorRow => {
    const expect = { ok: true, code: 'acceptable', paymentId: hex(idOf(judged)) };
    const packet = scenery.paymentPacket(under, judged);
    return row(name, about, { packet, context: { ...context, known } }, expect);
  };
  const fiveForMe = await of(5, 2n * 45_000n, {
    previous: idOf(four),
    amountMinor: 45_000n,
    bind: story.requestId,
  });
  const gap = await of(7, 4n * EARLIER, { amountMinor: EARLIER });
  const tooMuch = await of(7, 4n * EARLIER, { amountMinor: 2n * EARLIER });
  const greedy = await of(8, 4n * EARLIER, { amountMinor: 4n * EARLIER });
  const wrongPrevious = await of(6, 3n * EARLIER, { previous: idOf(four) });
  const wrongTotal = await of(6, 3n * EARLIER + 1n, { previous: idOf(five) });
  return [
    good('honest-neighbours', 'Between its two neighbours.', five, {
      before: packetOf(four),
      after: packetOf(six),
    }),
    good('honest-gap', 'Numbers missing on both sides.', six, {
      before: packetOf(four),
      after: packetOf(eight),
    }),
    good('honest-return', 'Up to what the Return says.', five, { returned: returnPacket }),
    good(
      'seen-but-not-accepted',
      'A phone saw it before and did not accept it: that must not stick.',
      fiveForMe,
      { same: packetOf(fiveForMe) },
      payee(story),
    ),
    good('seen-by-observer', 'An observer keeps no answers.', five, { same: packetOf(five) }),
    good(
      'return-exceeded-bank',
      'At the bank a Return refuses nothing: the reservation covers the payment.',
      six,
      { returned: returnPacket },
      bank(),
    ),
    speaks('duplicate', 'Judged before.', five, { answer: 'settled' }, ['duplicate', undefined]),
    speaks(
      'duplicate-bank',
      'What the bank knows is settled, and this is it.',
      five,
      { same: packetOf(five) },
      ['duplicate', undefined],
      bank(),
    ),
    speaks(
      'duplicate-first',
      'Rule 4 before rule 5: nobody is accused.',
      five,
      {
        answer: 'settled',
        same: packetOf(other),
      },
      ['duplicate', undefined],
    ),
    speaks('double-spend', 'One sequence, two payments.', five, { same: packetOf(other) }, [
      'double_spend',
      other,
    ]),
    speaks(
      'double-spend-bank',
      'The same at the bank.',
      five,
      { same: packetOf(other) },
      ['double_spend', other],
      bank(),
    ),
    speaks(
      'double-spend-first',
      'Rule 5 before rule 6.',
      other,
      {
        same: packetOf(five),
        before: packetOf(eight),
      },
      ['double_spend', five],
    ),
    speaks(
      'adjacent-total',
      'A total that is off by one.',
      wrongTotal,
      { before: packetOf(five) },
      ['contradiction', five],
    ),
    speaks(
      'adjacent-previous',
      'Another predecessor named.',
      wrongPrevious,
      {
        before: packetOf(five),
      },
      ['contradiction', five],
    ),
    speaks(
      'adjacent-after',
      'Found from the successor as well.',
      five,
      {
        after: packetOf(wrongPrevious),
      },
      ['contradiction', wrongPrevious],
    ),
    speaks(
      'gap-before',
      'Across a gap: spent before and amount exceed spent.',
      greedy,
      {
        before: packetOf(six),
      },
      ['contradiction', six],
    ),
    speaks('gap-after', 'Across a gap, from below.', six, { after: packetOf(greedy) }, [
      'contradiction',
      greedy,
    ]),
    speaks(
      'both-neighbours',
      'Both contradict: the proof names the predecessor.',
      tooMuch,
      {
        before: packetOf(six),
        after: packetOf(greedy),
      },
      ['contradiction', six],
    ),
    speaks('return-exceeded', 'A payment after the last.', six, { returned: returnPacket }, [
      'contradiction',
      stopped,
    ]),
    speaks(
      'return-head',
      'Another payment than the head at the last sequence.',
      other,
      {
        returned: returnPacket,
      },
      ['contradiction', stopped],
    ),
    speaks(
      'return-total',
      'More spent before the last than the total.',
      await of(4, 3n * EARLIER, {
        amountMinor: 3n * EARLIER,
      }),
      { returned: returnPacket },
      ['contradiction', stopped],
    ),
    speaks(
      'return-and-neighbour',
      'The payment before the Return.',
      gap,
      {
        before: packetOf(wrongTotal),
        returned: returnPacket,
      },
      ['contradiction', wrongTotal],
    ),
    speaks(
      'equivocation-first',
      "Rule 6 before rule 7, in another payee's eyes too.",
      wrongTotal,
      {
        before: packetOf(five),
      },
      ['contradiction', five],
      payee(story),
    ),
  ];
}
