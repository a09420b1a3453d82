import { describe, expect, it } from 'vitest';
import {
  BOTH,
  OURS,
  POST_CONFIRMATION,
  attachmentProperties as properties,
  THEIRS,
  UNKNOWN_FUNCTION,
} from '../fixtures/attachment-properties.ts';
import { useTriggerAttachment } from '../rigs/trigger-attachment.ts';

const { update, create, remove, rollBack, pool, triggers, occupy, writes } = useTriggerAttachment();

describe('a trigger that another function holds', () => {
  it('is not taken, and the answer names the function and the parameter', async () => {
    occupy({ PostConfirmation: THEIRS, PreAuthentication: UNKNOWN_FUNCTION });
    const before = structuredClone(pool().settings);
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain(`--param chainPostConfirmation=${THEIRS}`);
    expect(answer.Reason).toContain(`--param chainPreAuthentication=${UNKNOWN_FUNCTION}`);
    expect(pool().settings).toEqual(before);
    expect(writes()).toEqual([]);
    // CloudFormation deletes what it could not create.
    expect(await remove(properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(pool().settings).toEqual(before);
    expect(writes()).toEqual([]);
  });

  it('is taken when the function is chained, and restored on Delete', async () => {
    occupy({ PostConfirmation: THEIRS });
    const before = structuredClone(pool().settings);
    const chained = properties({ PostConfirmation: THEIRS });
    expect(await create(chained)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject(BOTH);
    await remove(chained);
    expect(pool().settings).toEqual(before);
  });

  it('is not restored when the parameter is left out, and the answer says what to write', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    const answer = await update(properties(), chained);
    expect(answer.Status).toBe('FAILED');
    for (const word of [THEIRS, 'release', 'none']) {
      expect(answer.Reason).toContain(`--param chainPostConfirmation=${word}`);
    }
    expect(triggers()).toMatchObject(BOTH);
    // The rollback of CloudFormation.
    expect(await rollBack(chained, properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject(BOTH);
  });

  it('makes an update without the parameter fail also when ours was attached before the function was chained', async () => {
    await create(properties());
    const chained = properties({ PostConfirmation: THEIRS });
    expect(await update(chained, properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(await update(properties(), chained)).toMatchObject({ Status: 'FAILED' });
  });

  it('is restored when the owner releases it, and stays restored', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    const given = properties({ PostConfirmation: 'release' });
    await create(chained);
    expect(await update(given, chained)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ ...BOTH, PostConfirmation: THEIRS });
    expect(await update(given, given)).toMatchObject({ Status: 'SUCCESS' });
    expect(await update(properties(), given)).toMatchObject({ Status: 'FAILED' });
    await remove(given);
    expect(triggers()).toMatchObject({ PostConfirmation: THEIRS });
    expect(triggers()).not.toHaveProperty('PreAuthentication');
  });

  it('is refused when it is released by the former word, and the answer names the new one', async () => {
    occupy({ PostConfirmation: THEIRS });
    const answer = await create(properties({ PostConfirmation: 'give-back' }));
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('--param chainPostConfirmation=release');
    expect(triggers()).not.toHaveProperty('PreAuthentication');
  });

  it('stays released when the former word of an older deployment becomes the new one', async () => {
    occupy({ PostConfirmation: THEIRS });
    await create(properties({ PostConfirmation: 'release' }));
    const former = properties({ PostConfirmation: 'give-back' });
    const released = properties({ PostConfirmation: 'release' });
    expect(await update(released, former)).toMatchObject({ Status: 'SUCCESS' });
    expect(await rollBack(former, released)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ ...BOTH, PostConfirmation: THEIRS });
  });

  it('is left to its function from the first deployment on when the owner releases it', async () => {
    occupy({ PostConfirmation: THEIRS });
    expect(await create(properties({ PostConfirmation: 'release' }))).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(triggers()).toMatchObject({ ...BOTH, PostConfirmation: THEIRS });
  });

  it('is taken again when the deployment that released it is rolled back', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    const given = properties({ PostConfirmation: 'release' });
    await create(chained);
    await update(given, chained);
    expect(await rollBack(chained, given)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject(BOTH);
  });

  it('is restored when the deployment that took it is rolled back', async () => {
    await create(properties());
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await update(chained, properties());
    expect(triggers()).toMatchObject(BOTH);
    expect(await rollBack(properties(), chained)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ ...BOTH, PostConfirmation: THEIRS });
  });

  it('stays ours with none, and is empty after Delete', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    const alone = properties({ PostConfirmation: 'none' });
    await update(alone, chained);
    expect(triggers()).toMatchObject(BOTH);
    await remove(alone);
    expect(triggers()).not.toHaveProperty('PostConfirmation');
  });

  it.each([
    ['names another function', UNKNOWN_FUNCTION, THEIRS, `chainPostConfirmation=${THEIRS}`],
    ['says none', 'none', THEIRS, `chainPostConfirmation=${THEIRS}`],
    ['names what is not there', THEIRS, undefined, 'leave out --param chainPostConfirmation'],
    ['is no ARN', 'welcome-mail', THEIRS, 'ARN of a Lambda function'],
    ['is our own function', POST_CONFIRMATION, undefined, 'call itself'],
    ['is a version of our own', `${POST_CONFIRMATION}:3`, undefined, 'call itself'],
  ])('makes the attachment fail when the parameter %s', async (_, chained, occupied, expected) => {
    occupy({ PostConfirmation: occupied });
    const answer = await create(properties({ PostConfirmation: chained }));
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toContain(expected);
    expect(writes()).toEqual([]);
  });

  it('is left alone on Delete when another client has replaced our function', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    occupy({ PostConfirmation: UNKNOWN_FUNCTION });
    await remove(chained);
    expect(triggers()).toMatchObject({ PostConfirmation: UNKNOWN_FUNCTION });
    expect(triggers()).not.toHaveProperty('PreAuthentication');
  });

  it('is left alone when it is released after another client has replaced our function', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    occupy({ PostConfirmation: UNKNOWN_FUNCTION });
    const given = properties({ PostConfirmation: 'release' });
    expect(await update(given, chained)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ PostConfirmation: UNKNOWN_FUNCTION });
  });

  it('never makes a rollback fail', async () => {
    await create(properties());
    occupy({ PreAuthentication: UNKNOWN_FUNCTION });
    const failed = properties({ PostConfirmation: THEIRS, PreAuthentication: THEIRS });
    expect(await update(failed, properties())).toMatchObject({ Status: 'FAILED' });
    expect(await rollBack(properties(), failed)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ ...BOTH, PreAuthentication: UNKNOWN_FUNCTION });
  });

  it('is not given a function that it never had when a deployment that named one is rolled back', async () => {
    await create(properties());
    const named = properties({ PostConfirmation: THEIRS });
    await update(named, properties());
    expect(await rollBack(properties(), named)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject(BOTH);
  });

  it('is restored when it is released after it was emptied and attached again', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    occupy({ PostConfirmation: undefined });
    await update(chained, chained);
    expect(triggers()).toMatchObject(BOTH);
    await update(properties({ PostConfirmation: 'release' }), chained);
    expect(triggers()).toMatchObject({ PostConfirmation: THEIRS });
  });

  it('is told from one with our own function under a former name', async () => {
    occupy({ PostConfirmation: `${OURS}-formerName` });
    const before = properties({}, { PostConfirmation: { FunctionArn: `${OURS}-formerName` } });
    await update(properties(), before);
    expect(triggers()).toMatchObject(BOTH);
  });
});
