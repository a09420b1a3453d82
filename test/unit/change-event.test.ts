import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { eventToChange } from '../../src/pool-changes/change-event.ts';
import { CHANGE_NAMES, DELETION_NAMES } from '../../src/pool-changes/change-names.ts';
import { changeEvent } from '../fixtures/cloudtrail-events.ts';
import { ADA, at, POOL } from '../fixtures/factories.ts';

describe('a CloudTrail event of the user pool', () => {
  it.each([...CHANGE_NAMES, ...DELETION_NAMES])('named %s is a change of its sub', (eventName) => {
    const event = changeEvent({ eventName, eventID: 'call-1' });
    expect(eventToChange(event, POOL)).toEqual({
      kind: 'change',
      change: {
        eventId: 'call-1',
        eventName,
        sub: ADA.sub,
        isDeletion: eventName.includes('DeleteUser') && !eventName.endsWith('Attributes'),
        isOurs: 'yes',
        calledAt: at(0),
      },
    });
  });

  it("may be our pool's where it names none", () => {
    const event = changeEvent({ eventName: 'UpdateUserAttributes', userPoolId: undefined });
    expect(eventToChange(event, POOL)).toMatchObject({ change: { isOurs: 'maybe' } });
  });

  it.each([
    ['pool', { userPoolId: 'HIDDEN_DUE_TO_SECURITY_REASONS' }],
    ['parameters', 'HIDDEN_DUE_TO_SECURITY_REASONS'],
  ])("may be our pool's where its %s is hidden", (_, requestParameters) => {
    const event = changeEvent({ detail: { requestParameters } });
    expect(eventToChange(event, POOL)).toMatchObject({ change: { isOurs: 'maybe' } });
  });

  it.each([
    ['of another pool', changeEvent({ userPoolId: 'eu-central-1_Other0001' }), 'other_pool'],
    [
      'of a call that failed',
      changeEvent({ detail: { errorCode: 'UserNotFoundException' } }),
      'failed_call',
    ],
    ['of a call that changes no user', changeEvent({ eventName: 'AdminGetUser' }), 'not_a_change'],
    ['without a sub', changeEvent({ detail: { additionalEventData: null } }), 'no_sub'],
    ['whose sub is hidden', changeEvent({ sub: 'HIDDEN_DUE_TO_SECURITY_REASONS' }), 'no_sub'],
    ['of another service', { ...changeEvent(), source: 'aws.s3' }, 'not_a_change'],
    ['that is empty', {}, 'not_a_change'],
    ['that is nothing', undefined, 'not_a_change'],
    ['that is a text', 'AdminUpdateUserAttributes', 'not_a_change'],
  ])('is ignored %s', (_, event, reason) => {
    expect(eventToChange(event, POOL)).toMatchObject({ kind: 'ignored', reason });
  });

  it('takes the sub of a created user from the answer where CloudTrail shows it only there', () => {
    const attributes = [
      { name: 'email', value: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      { name: 'sub', value: ADA.sub },
    ];
    const event = changeEvent({
      eventName: 'AdminCreateUser',
      detail: { additionalEventData: null, responseElements: { user: { attributes } } },
    });
    expect(eventToChange(event, POOL)).toMatchObject({ change: { sub: ADA.sub } });
  });

  it('names the fields of a malformed event, not their values', () => {
    const event = changeEvent({ detail: { eventName: 7, errorCode: ['secret'] } });
    const parsed = eventToChange(event, POOL);
    expect(parsed).toMatchObject({
      detail: 'detail.eventName, detail.errorCode',
    });
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });
});

describe('the rule of serverless/pool-change.yml', () => {
  const file = new URL('../../serverless/pool-change.yml', import.meta.url);
  const { resources } = parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }).true;
  const { EventPattern } = resources.Resources.PoolChangeRule.Properties;

  it('has the names of every call that the function understands, and no other', () => {
    expect(EventPattern.detail.eventName).toEqual([...CHANGE_NAMES, ...DELETION_NAMES].sort());
  });

  it("does not filter by pool, because calls with a user's own token name none", () => {
    expect(JSON.stringify(EventPattern)).not.toMatch(/userPoolId|requestParameters/);
  });
});
