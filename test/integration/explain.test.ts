import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationsToText } from '../../scripts/explain/text.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { createCast, EXPLAINED_PEOPLE } from '../fixtures/explained-people.ts';
import { type ExplainRig, startExplainRig } from '../rigs/explain-rig.ts';

let rig: ExplainRig;
beforeAll(async () => {
  rig = await startExplainRig();
});
afterAll(() => rig.close());

const inShort = ({ inShort: { answer, problem, todo } }: Explanation) =>
  [answer, problem, todo].join(' ');

describe('explain', () => {
  it.each(EXPLAINED_PEOPLE)('explains $who', async ({ arrange, says, ...expected }) => {
    const asked = await arrange(createCast(rig));
    const explanation = await rig.explainOne(asked);
    if (process.env.SHOW)
      console.log(
        explanationsToText([explanation], {
          asked,
          more: 0,
          screen: { paint: (_, t) => t, columns: 110 },
          options: { userPoolId: 'P' },
        }),
      );
    const { situation, canSignIn, needsAction } = explanation.inShort;
    expect({
      situation,
      canSignIn,
      needsAction,
      rule: explanation.rule?.name,
      conflict: explanation.conflict?.reason,
    }).toEqual({
      situation: expected.situation,
      canSignIn: expected.canSignIn,
      needsAction: expected.needsAction,
      rule: expected.rule,
      conflict: expected.conflict,
    });
    for (const sentence of says) expect(inShort(explanation)).toMatch(sentence);
  });
});
