import { afterEach, describe, expect, it } from 'vitest';
import { runCanary } from '../../../src/canary/run-canary.ts';
import {
  type CanaryRig,
  type CanaryRigOptions,
  SEALING,
  startCanaryRig,
} from '../../rigs/canary-rig.ts';

let rig: CanaryRig;
afterEach(() => rig.close());

async function run(options: CanaryRigOptions = {}, prepare: (rig: CanaryRig) => void = () => {}) {
  rig = await startCanaryRig(options);
  prepare(rig);
  const mailbox = 'success@simulator.amazonses.com';
  return runCanary(rig.world, { mailbox, stop: new AbortController().signal });
}

describe('a pool that lets everybody sign up', () => {
  it('is proved step by step with carried passwords, and nothing is left on either side', async () => {
    const report = await run({ passwords: SEALING });
    expect(report.steps).toMatchObject([
      { step: 'sign_up', result: 'arrived', reason: null },
      { step: 'sign_in', result: 'arrived', reason: null },
      {
        step: 'squatter',
        result: 'unchanged',
        reason: expect.stringContaining('unverified_email'),
      },
      { step: 'password', result: 'arrived', reason: null },
    ]);
    expect(report).toMatchObject({ end: 'proved', left: [] });
    expect(await rig.leftovers()).toEqual([]);
    expect(rig.workos.control.schemaViolations).toEqual([]);
  });
});
