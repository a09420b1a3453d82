import { type Command, InvalidArgumentError } from 'commander';
import {
  addSections,
  createPoolCommand,
  fromOption,
  jsonOption,
  onRun,
  parseRate,
  rateOption,
  WORKOS_VARIABLES,
} from '../shared/options.ts';
import { runAssess } from './assess.ts';
import type { AssessOptions } from './assess-options.ts';

/** As seed's: the forecast is of its run. */
const DEFAULT_RATE = 40;
/** As in the example of docs/cost.md. */
const DEFAULT_SIGN_INS = 10;
/** A fair sample: at 25 a second it takes eight seconds. */
const DEFAULT_MFA_LIMIT = 200;

export function assessCommand(): Command {
  const command = createPoolCommand('assess')
    .description(
      'Says, before anything is deployed, what a user pool is, what will not come along, how long the seed takes and what it costs. Changes nothing.',
    )
    .addOption(fromOption())
    .addOption(rateOption('WorkOS writes a second of the seed that is forecast', DEFAULT_RATE))
    .option(
      '--sign-ins <n>',
      'sign-ins of a user in a month, for the cost: Cognito does not say',
      parseRate,
      DEFAULT_SIGN_INS,
    )
    .option(
      '--mfa-limit <n>',
      'ask Cognito about the MFA of this many users at most',
      parseCount,
      DEFAULT_MFA_LIMIT,
    )
    .option('--without-workos', 'forecast for an empty WorkOS environment; needs no key')
    .option('--html <file>', 'write the whole as one page, for the meeting that decides to start')
    .option(
      '--report <file>',
      'write a JSON line for each user who is left out, in conflict or cannot be read: sub, outcome, reason, workosUserId',
    )
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'assess --user-pool-id eu-central-1_Ab1Cd2Ef3 --html assessment.html',
      'assess --user-pool-id eu-central-1_Ab1Cd2Ef3 --without-workos',
      'assess --user-pool-id eu-central-1_Ab1Cd2Ef3 --from ./export --report users.jsonl',
    ],
    more: `IAM: cognito-idp:ListUsers; and for what would be unknown otherwise, cognito-idp:DescribeUserPool,
GetUserPoolMfaConfig, ListUserPoolClients, DescribeUserPoolClient, ListGroups, ListIdentityProviders,
DescribeIdentityProvider, AdminGetUser.
`,
    environment: `${WORKOS_VARIABLES}, OAUTH_CLIENTS, TRUSTED_EMAIL_PROVIDERS, and AWS's own.`,
    exit: `0 ready to start, 1 look first or blocked, 2 could not run, 130 stopped by Ctrl-C.`,
  });
  return onRun<AssessOptions>(command, runAssess, { isFileOptional: true });
}

function parseCount(value: string): number {
  const count = Number(value);
  if (value.trim() !== '' && Number.isSafeInteger(count) && count >= 0) return count;
  throw new InvalidArgumentError('It has to be a whole number, 0 or more.');
}
