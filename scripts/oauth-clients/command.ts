import type { Command } from 'commander';
import {
  addSections,
  createPoolCommand,
  jsonOption,
  limitOption,
  onRun,
  parseRate,
  WORKOS_VARIABLES,
} from '../shared/options.ts';
import { DEFAULT_RATE, runOauthClients } from './oauth-clients.ts';
import type { OauthClientsOptions } from './oauth-clients-options.ts';

export function oauthClientsCommand(): Command {
  const command = createPoolCommand('oauth-clients')
    .description(
      "Lists a pool's identity providers, what each is in WorkOS, and how to set it up there with the same OAuth client. Never shows a secret.",
    )
    .option('--write <file>', 'write the map for OAUTH_CLIENTS: provider names and client ids')
    .option('--no-count', 'do not count the users of each provider: the pool is then not read')
    .option('--check', 'compare with the identities of users who have signed in through WorkOS')
    .option(
      '--rate <n>',
      `with --check: WorkOS reads a second (default: ${DEFAULT_RATE})`,
      parseRate,
    )
    .addOption(limitOption('with --check: compare this many users at most'))
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'oauth-clients --user-pool-id eu-central-1_Ab1Cd2Ef3',
      'oauth-clients --user-pool-id eu-central-1_Ab1Cd2Ef3 --write oauth-clients.json',
      'oauth-clients --user-pool-id eu-central-1_Ab1Cd2Ef3 --check --limit 500',
    ],
    more: `IAM: cognito-idp:ListIdentityProviders, cognito-idp:DescribeIdentityProvider; to count or to check
also cognito-idp:ListUsers.`,
    environment: `AWS's own; with --check also ${WORKOS_VARIABLES}.`,
    exit: `0 done, 1 done but --check found differences or some users could not be read,
2 could not run, 130 stopped by Ctrl-C.`,
  });
  return onRun<OauthClientsOptions>(command, runOauthClients);
}
