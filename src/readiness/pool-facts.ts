import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { createPoolRequest } from '../cognito/pool-requests.ts';
import { SourceError } from '../cognito/user-source.ts';
import { TRIGGERS } from '../config/pool-triggers.ts';
import {
  attachedStages,
  type PoolTriggers,
  poolToTriggers,
  type TriggerHolder,
  toTriggerHolder,
} from '../user-pool-triggers/trigger-holder.ts';
import type { Known, Readiness } from './facts.ts';

/** What DescribeUserPool says that a cutover depends on. */
export type PoolFacts = {
  name?: string;
  mfa?: 'OFF' | 'OPTIONAL' | 'ON';
  triggers: Extract<Readiness['triggers'], { known: true }>['value'];
};

const PATIENCE = { troubleMs: 20_000, firstContactMs: 10_000 };

/**
 * Needs cognito-idp:DescribeUserPool.
 *
 * @param stage whose triggers count as attached; default: the one that the pool calls, where it calls one alone.
 */
export async function describePool(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
  signal: AbortSignal,
  stage?: string,
): Promise<Known<PoolFacts>> {
  const request = createPoolRequest(userPoolId, PATIENCE);
  const command = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  try {
    const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal });
    const answer = await request('DescribeUserPool', send, signal);
    const pool = answer.kind === 'ok' ? answer.value.UserPool : undefined;
    if (pool) return { known: true, value: toFacts(pool, stage) };
    return { known: false, why: `Cognito does not describe the user pool ${userPoolId}` };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { known: false, why: error.message };
  }
}

function toFacts(pool: UserPoolType, stage: string | undefined): PoolFacts {
  const { Name: name, MfaConfiguration: mfa } = pool;
  const triggers = poolToTriggers(pool);
  return {
    triggers: toAttachments(triggers, stage ?? onlyStage(triggers)),
    ...(name && { name }),
    ...(mfa && { mfa }),
  };
}

/** Where the pool calls several stages, none can be told to be the one that is meant. */
function onlyStage(triggers: PoolTriggers): string | undefined {
  const [stage, ...others] = attachedStages(triggers);
  return others.length === 0 ? stage : undefined;
}

/** Post-Authentication, which a deployment observes only on request, where this service is attached there. */
function toAttachments(triggers: PoolTriggers, stage: string | undefined): PoolFacts['triggers'] {
  return TRIGGERS.flatMap((trigger) => {
    const holder = toTriggerHolder(trigger, triggers[trigger], { stage });
    const isOfService = holder.kind === 'ours' || holder.kind === 'other_stage';
    if (trigger === 'PostAuthentication' && !isOfService) return [];
    return [{ trigger, attached: holder.kind === 'ours', detail: holderToDetail(holder, stage) }];
  });
}

function holderToDetail(holder: TriggerHolder, stage: string | undefined): string {
  switch (holder.kind) {
    case 'empty':
      return 'nothing is attached';
    case 'ours':
      return holder.functionArn;
    case 'other_stage':
      return stage === undefined
        ? `one of several stages, ${holder.stage}: ${holder.functionArn}`
        : `another stage, ${holder.stage}: ${holder.functionArn}`;
    case 'foreign':
      return `another function: ${holder.functionArn}`;
  }
}
