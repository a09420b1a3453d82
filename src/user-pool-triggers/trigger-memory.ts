import { type LambdaClient, ListTagsCommand, TagResourceCommand } from '@aws-sdk/client-lambda';
import { TRIGGERS } from '../config/pool-triggers.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import type { Log } from '../telemetry/telemetry.ts';
import type { TriggerFunctions, TriggerHistory } from './triggers.ts';

/** Remembers what the triggers held and called, beyond one deployment. */
export interface TriggerMemory {
  read(): Promise<TriggerHistory>;
  note(facts: Partial<TriggerHistory>): Promise<void>;
}

const TAG = (kind: keyof TriggerHistory, trigger: string) =>
  `cognito-workos-sync:${kind}-${trigger}`;

/**
 * The memory of the attachment, in tags of its own function: CloudFormation tells a custom resource what
 * the template said before, which after a failed deployment is not what was ever true.
 *
 * @param functionArn the attachment function, without version or alias.
 */
export function createTriggerMemory(lambda: LambdaClient, functionArn: string): TriggerMemory {
  return {
    async read() {
      const { Tags = {} } = await lambda.send(new ListTagsCommand({ Resource: functionArn }));
      return { former: tagged(Tags, 'former'), chained: tagged(Tags, 'chained') };
    },
    async note(facts) {
      const tags = { ...toTags('former', facts.former), ...toTags('chained', facts.chained) };
      if (Object.keys(tags).length === 0) return;
      await lambda.send(new TagResourceCommand({ Resource: functionArn, Tags: tags }));
    },
  };
}

function tagged(tags: Record<string, string>, kind: keyof TriggerHistory): TriggerFunctions {
  const functions: TriggerFunctions = {};
  for (const trigger of TRIGGERS) {
    const value = tags[TAG(kind, trigger)];
    if (value !== undefined) functions[trigger] = value;
  }
  return functions;
}

function toTags(
  kind: keyof TriggerHistory,
  functions: TriggerFunctions = {},
): Record<string, string> {
  const tags = Object.entries(functions).map(([trigger, arn]) => [TAG(kind, trigger), arn]);
  return Object.fromEntries(tags);
}

/**
 * The same memory for whom a failure of it is no reason to fail: without it, what the template says is
 * believed.
 */
export function tolerant(memory: TriggerMemory, log: Log): TriggerMemory {
  return {
    read: () =>
      memory.read().catch((error: unknown) => forget(error) ?? { former: {}, chained: {} }),
    note: (facts) => memory.note(facts).catch(forget),
  };

  function forget(error: unknown): undefined {
    log.warn('what the triggers held cannot be remembered: allow lambda:ListTags and TagResource', {
      error: summarizeError(error),
    });
  }
}
