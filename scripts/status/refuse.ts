import type { StatusFacts } from '../../src/status/facts.ts';
import { CommandError } from '../shared/run.ts';

/** @throws CommandError where there is nothing that could be shown: no such pool, another pool's stage, no answer at all. */
export function refuseWithoutFacts(facts: StatusFacts): void {
  const { userPoolId, pool, stack } = facts;
  if (pool.known && pool.value === undefined) {
    throw new CommandError(
      `there is no user pool ${userPoolId} in this AWS account and region: check the id, the region and the credentials`,
    );
  }
  const deployed = stack.known ? stack.value : undefined;
  if (deployed?.userPoolId !== undefined && deployed.userPoolId !== userPoolId) {
    throw new CommandError(
      `the stack ${deployed.name} is deployed for the user pool ${deployed.userPoolId || '(none)'}, not for ${userPoolId}: give the stage of this pool`,
    );
  }
  const { account, triggers, queue, deadLetters, alarms, metrics, patrol } = facts;
  const told = [account, pool, stack, triggers, queue, deadLetters, alarms, metrics, patrol];
  if (told.some(({ known }) => known) || pool.known) return;
  throw new CommandError(`nothing can be found out: ${pool.why}`);
}
