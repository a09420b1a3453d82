import { describe, expect, it } from 'vitest';
import { answerToAppClient } from '../../../src/assess/app-client.ts';
import { poolToProfile } from '../../../src/assess/pool-profile.ts';
import { recordToFacts } from '../../../src/assess/record-facts.ts';

const arn = (name: string) => `arn:aws:lambda:eu-central-1:111122223333:function:${name}`;

describe('the settings of a pool', () => {
  it.each([
    [{ UsernameAttributes: ['email', 'phone_number'] as const }, ['email', 'phone_number']],
    [{ AliasAttributes: ['email'] as const }, ['username', 'email']],
    [{}, ['username']],
  ])('%j: users sign in with %j', (pool, by) => {
    const { UsernameAttributes, AliasAttributes } = { ...NO_NAMES, ...pool };
    const names = {
      ...(UsernameAttributes && { UsernameAttributes: [...UsernameAttributes] }),
      ...(AliasAttributes && { AliasAttributes: [...AliasAttributes] }),
    };
    expect(poolToProfile(names).signIn.by).toEqual(by);
  });

  it('names each function once, and says what becomes of it', () => {
    const { triggers } = poolToProfile({
      LambdaConfig: {
        PostConfirmation: arn('cognito-workos-sync-prod-postConfirmation'),
        PreAuthentication: arn('audit:7'),
        PostAuthentication: 'arn:aws:states:eu-central-1:111122223333:stateMachine:odd',
        PreTokenGeneration: arn('claims'),
        PreTokenGenerationConfig: { LambdaVersion: 'V2_0', LambdaArn: arn('claims') },
        CustomEmailSender: { LambdaVersion: 'V1_0', LambdaArn: arn('mail') },
        KMSKeyID: 'arn:aws:kms:eu-central-1:111122223333:key/1',
      },
    });
    expect(triggers.map(({ trigger, kind, stage }) => [trigger, kind, stage])).toEqual([
      ['PostConfirmation', 'ours', 'prod'],
      ['PreAuthentication', 'chain', undefined],
      ['PostAuthentication', 'unchainable', undefined],
      ['PreTokenGeneration', 'other', undefined],
      ['CustomEmailSender', 'other', undefined],
    ]);
  });
});

const NO_NAMES: { UsernameAttributes?: readonly []; AliasAttributes?: readonly [] } = {};

describe('an app client', () => {
  it.each([
    ['SRP and custom challenges by default', {}, ['srp', 'custom']],
    ['the older names', { ExplicitAuthFlows: ['ADMIN_NO_SRP_AUTH'] }, ['admin_password']],
    [
      'the hosted pages',
      {
        ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
        AllowedOAuthFlows: ['code'],
        AllowedOAuthFlowsUserPoolClient: true,
      },
      ['hosted_pages'],
    ],
    [
      'no user, where it is for machines',
      { AllowedOAuthFlows: ['client_credentials'], AllowedOAuthFlowsUserPoolClient: true },
      [],
    ],
  ])('signs in by %s', (_case, client, flows) => {
    expect(answerToAppClient({ ClientName: 'web', ...client })).toEqual({ name: 'web', flows });
  });

  it('leaves its secret behind', () => {
    const client = answerToAppClient({ ClientName: 'web', ClientSecret: 'very secret' });
    expect(JSON.stringify(client)).not.toContain('secret');
  });
});

describe('a record', () => {
  it('tells the names of the custom attributes that have a value, and no value', () => {
    const Attributes = [
      { Name: 'sub', Value: 'a-sub' },
      { Name: 'custom:plan', Value: 'gold' },
      { Name: 'custom:empty', Value: ' ' },
      { Name: 'phone_number', Value: '+4915112345678' },
      { Name: 'phone_number_verified', Value: 'true' },
    ];
    expect(recordToFacts({ Username: 'u', Attributes })).toEqual({
      sub: 'a-sub',
      hasPhone: true,
      isPhoneVerified: true,
      custom: ['custom:plan'],
    });
  });

  it.each([[null], ['text'], [{}], [{ Attributes: [{ Name: 'email', Value: 'a@b.c' }] }]])(
    'is left out where it has no sub: %j',
    (record) => {
      expect(recordToFacts(record)).toBeUndefined();
    },
  );
});
