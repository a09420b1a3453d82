import { fileURLToPath } from 'node:url';
import type { EndedProcess } from '../../rigs/ended-process.ts';
import { run } from './run.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SERVERLESS = fileURLToPath(new URL('../../../node_modules/.bin/serverless', import.meta.url));

/** Of the pools in the tests, whose ids begin with it. */
const REGION = 'eu-central-1';
const FASTER_DEPLOYMENT = {
  // How often the framework asks for the stack's status, in milliseconds.
  SLS_AWS_MONITORING_FREQUENCY: '500',
  // Without a cache, each run compiles the schema of serverless.yml, which takes as long as a deployment.
  SLS_SCHEMA_CACHE_BASE_DIR: fileURLToPath(
    new URL('../../../node_modules/.cache', import.meta.url),
  ),
};

/** The Serverless Framework (osls), as a process, on this repository. */
export type Serverless = {
  stage: string;
  /** The full name of a deployed function. */
  functionName(name: string): string;
  deploy(params: Record<string, string>): Promise<EndedProcess>;
  remove(params: Record<string, string>): Promise<EndedProcess>;
};

/** @param env the AWS endpoint and credentials: see `Ministack.env`. */
export function createServerless(env: Record<string, string>, stage: string): Serverless {
  const call = (command: string, params: Record<string, string>) =>
    run(process.execPath, [SERVERLESS, command, '--verbose', '--stage', stage, ...flags(params)], {
      cwd: ROOT,
      env: { ...env, ...FASTER_DEPLOYMENT },
    });
  return {
    stage,
    functionName: (name) => `cognito-workos-sync-${stage}-${name}`,
    deploy: (params) => call('deploy', params),
    remove: (params) => call('remove', params),
  };
}

/** Writes the CloudFormation template and the bundles for a pool in eu-central-1 into a directory. Needs no AWS. */
export function packageTo(
  directory: string,
  params: Record<string, string>,
): Promise<EndedProcess> {
  const args = [
    SERVERLESS,
    'package',
    '--region',
    REGION,
    '--package',
    directory,
    ...flags(params),
  ];
  const env = { PATH: process.env.PATH ?? '', ...FASTER_DEPLOYMENT };
  return run(process.execPath, args, { cwd: ROOT, env });
}

function flags(params: Record<string, string>): string[] {
  return Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
}
