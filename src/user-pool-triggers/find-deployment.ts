import {
  type FunctionConfiguration,
  type LambdaClient,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { loadTriggerConfig, type TriggerConfig } from '../config/pool-triggers.ts';
import { parseFunctionName } from './function-name.ts';

/** A deployed stack of this project, as its functions show it. */
export type Deployment = TriggerConfig & {
  stage: string;
  /** The function that remembers what the triggers held. */
  attachmentFunctionArn: string;
};

/** As serverless.yml calls the scheduled function, whose variables name the pool. */
const WATCH = 'triggerWatch';

/**
 * The deployments that observe this pool: found by the functions' own names and variables, so that
 * an operator need not remember a stage. Needs `lambda:ListFunctions`.
 */
export async function findDeployments(
  lambda: LambdaClient,
  userPoolId: string,
  abortSignal?: AbortSignal,
): Promise<Deployment[]> {
  const found: Deployment[] = [];
  const pages = paginateListFunctions(
    { client: lambda },
    {},
    { ...(abortSignal && { abortSignal }) },
  );
  for await (const { Functions = [] } of pages) {
    for (const each of Functions) {
      const deployment = functionToDeployment(each);
      if (deployment?.userPoolId === userPoolId) found.push(deployment);
    }
  }
  return found;
}

function functionToDeployment(config: FunctionConfiguration): Deployment | undefined {
  const { FunctionName = '', FunctionArn = '', Environment } = config;
  const { stage, own } = parseFunctionName(FunctionName) ?? {};
  const variables = Environment?.Variables;
  if (stage === undefined || own !== WATCH || !variables?.SYNC_USER_POOL_ID) return undefined;
  const attachmentFunctionArn = FunctionArn.replace(/triggerWatch$/, 'triggerAttachment');
  return { ...loadTriggerConfig(variables), stage, attachmentFunctionArn };
}
