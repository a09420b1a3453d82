import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { ask, type Fact, failureToFinding, type PreflightCheck } from './check.ts';

/** Whom the credentials belong to. */
export type Caller = { account: string; arn: string };

export async function askForCaller(sts: STSClient): Promise<Fact<Caller>> {
  return ask(async (abortSignal) => {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
    return { account: Account ?? 'unknown', arn: Arn ?? 'unknown' };
  });
}

/** Every call of a deployment needs credentials; this one needs no permission at all. */
export function checkCredentials(caller: Promise<Fact<Caller>>): PreflightCheck {
  return {
    name: 'credentials',
    async run() {
      const fact = await caller;
      if (fact.known) {
        const { account, arn } = fact.value;
        return { status: 'ok', detail: `account ${account}, ${arn}` };
      }
      if (fact.failure.kind !== 'setup') {
        return failureToFinding(fact.failure, 'sts:GetCallerIdentity');
      }
      return {
        status: 'fail',
        detail: 'no usable AWS credentials',
        todo: fact.failure.problem,
      };
    },
  };
}
