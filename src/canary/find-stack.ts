import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { readStackValues } from '../stage/stack-outputs.ts';

/** What the canary has to know of the deployed stack. */
export type CanaryStack = {
  stage: string;
  queueUrl: string | undefined;
  ledgerTable: string | undefined;
  /** Absent: carryPasswords is off. */
  passwordKeyId: string | undefined;
  /** The parameter `canary`. */
  schedule: string;
  /** The owner's functions that our triggers invoke: they see the canary's users. */
  chained: string[];
};

/**
 * The stack of a stage, from its outputs and parameters. Needs cloudformation:DescribeStacks.
 *
 * @returns undefined where it cannot be read.
 */
export async function findStack(
  client: CloudFormationClient,
  stage: string,
): Promise<CanaryStack | undefined> {
  const values = await readStackValues(client, stage).catch(() => undefined);
  if (!values) return undefined;
  const { outputs, parameters } = values;
  const chained = ['PostConfirmation', 'PreAuthentication', 'PostAuthentication'].flatMap(
    (trigger) => {
      const arn = parameters[`Chain${trigger}`] ?? '';
      return arn.startsWith('arn:') ? [arn.split(':').slice(6).join(':')] : [];
    },
  );
  return {
    stage,
    queueUrl: outputs.SyncQueueUrl,
    ledgerTable: outputs.SyncLedgerTable,
    passwordKeyId: outputs.PasswordKeyId,
    schedule: parameters.Canary ?? 'off',
    chained,
  };
}
