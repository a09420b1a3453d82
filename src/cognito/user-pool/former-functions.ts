import { type LambdaClient, ListTagsCommand, TagResourceCommand } from '@aws-sdk/client-lambda';
import { summarizeError } from '../../aws-error.ts';
import type { Log } from '../../telemetry.ts';
import type { FormerFunctions } from './change-triggers.ts';
import { type Former, TRIGGERS } from './triggers.ts';

const TAG = (trigger: string) => `cognito-workos-sync:former-${trigger}`;

/**
 * The memory of the attachment, in tags of its own function: CloudFormation tells a custom resource what
 * the template said before, which after a failed deployment is not what was ever true.
 *
 * @param functionArn the attachment function, without version or alias.
 */
export function createFormerFunctions(lambda: LambdaClient, functionArn: string): FormerFunctions {
  return {
    async read() {
      const { Tags = {} } = await lambda.send(new ListTagsCommand({ Resource: functionArn }));
      const former: Former = {};
      for (const trigger of TRIGGERS) {
        const value = Tags[TAG(trigger)];
        if (value !== undefined) former[trigger] = value;
      }
      return former;
    },
    async note(former) {
      const tags = Object.entries(former).map(([trigger, arn]) => [TAG(trigger), arn] as const);
      const command = new TagResourceCommand({
        Resource: functionArn,
        Tags: Object.fromEntries(tags),
      });
      await lambda.send(command);
    },
  };
}

/**
 * The same memory for whom a failure of it is no reason to fail: without it, what the template says is
 * believed.
 */
export function tolerant(memory: FormerFunctions, log: Log): FormerFunctions {
  return {
    read: () => memory.read().catch((error: unknown) => forget(error) ?? {}),
    note: (former) => memory.note(former).catch(forget),
  };

  function forget(error: unknown): undefined {
    log.warn('what the triggers held cannot be remembered: allow lambda:ListTags and TagResource', {
      error: summarizeError(error),
    });
  }
}
