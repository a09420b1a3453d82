import type { IdentityCheckResult } from '../../src/oauth-clients/identity-check.ts';
import type { ProviderReport, ProviderSummary } from '../../src/oauth-clients/provider-summary.ts';
import type { ProviderUsers } from '../../src/oauth-clients/user-tally.ts';
import { plural, rowsToLines, toTerminalText } from '../shared/text.ts';

/** How many differences are shown; `--json` has them all. */
const EXAMPLES = 20;

/** The result for people. */
export function providersToText(
  result: ProviderSummary,
  options: { userPoolId: string; write?: string },
): string {
  const { providers, formerProviders = [], check, read, unreadable = 0 } = result;
  const lines = [
    providers.length === 0
      ? `The user pool ${options.userPoolId} has no identity providers: no user signs in through one.`
      : `The user pool ${options.userPoolId} has ${plural(providers.length, 'identity provider')}.`,
    ...providers.flatMap(providerToLines),
    ...formerProviders.flatMap(({ name, users }) => [
      '',
      `"${name}" is no longer a provider of the pool, but ${usersToText(users)} came through it: they cannot sign in with it, neither in Cognito nor in WorkOS.`,
    ]),
    ...(read === undefined ? [] : ['', `${plural(read, 'user')} read.`]),
    ...(unreadable > 0 ? [`${plural(unreadable, 'record')} could not be read.`] : []),
    ...(check ? checkToLines(check) : []),
    ...fileToLines(options, providers),
  ];
  return `${lines.map(toTerminalText).join('\n')}\n`;
}

function providerToLines(provider: ProviderReport): string[] {
  const { name, type, workos, how, scopes, attributeMapping, users } = provider;
  const mapping = Object.entries(attributeMapping).map(([to, from]) => `${to} from ${from}`);
  const rows = [
    ['in WorkOS', workos === null ? 'nothing' : workos],
    ['known from', how],
    ['client id', provider.clientId],
    ['team id', provider.teamId],
    ['key id', provider.keyId],
    ['scopes', scopes.join(' ')],
    ['mapped', mapping.join(', ')],
    ['users', users && usersToText(users)],
  ] as const;
  return [
    '',
    `${name} (${type})`,
    ...rows.flatMap(([label, value]) => (value ? [`  ${label.padEnd(11)}${value}`] : [])),
    ...provider.warnings.map((warning) => `  ! ${warning}`),
    ...provider.steps.map((step, index) => `  ${index + 1}. ${step}`),
  ];
}

function usersToText({ total, federatedOnly, linked }: ProviderUsers): string {
  return `${plural(total, 'user')} (${federatedOnly} without a password, ${linked} with one)`;
}

function checkToLines(check: IdentityCheckResult): string[] {
  const rows = [
    ['compared', check.looked],
    ['signed in at WorkOS', check.crossedOver],
    ['not yet signed in there', check.notYet],
    ['the same id on both sides', check.same],
    ['cannot be compared', check.notComparable],
    ['differences', check.different.length],
    ['not in WorkOS', check.notInWorkos],
    ['SSO only, not compared', check.ssoOnly],
    ['over --limit, not compared', check.overLimit],
    ['WorkOS gave no answer', check.failed],
  ] as const;
  return [
    '',
    'Identities in WorkOS, of users who have a provider in Cognito:',
    ...rowsToLines(rows),
    ...(check.different.length > 0 ? differencesToLines(check) : []),
  ];
}

function differencesToLines({ different }: IdentityCheckResult): string[] {
  const shown = different
    .slice(0, EXAMPLES)
    .map(
      ({ sub, workosUserId, provider, reason, cognitoUserId = '-', workosIdpId = '-' }) =>
        `  ${sub} ${workosUserId} ${provider} ${reason}: Cognito ${cognitoUserId}, WorkOS ${workosIdpId}`,
    );
  const more = different.length - shown.length;
  const providers = new Set(
    different.filter(({ reason }) => reason === 'other_id').map(({ provider }) => provider),
  );
  return [
    'Differences (sub, WorkOS user, provider):',
    ...shown,
    ...(more > 0 ? [`  and ${more} more: --json lists them all`] : []),
    ...[...providers].map((provider) => `  ${provider}: ${MEANING[provider] ?? ANY_PROVIDER}`),
    ...(different.some(({ reason }) => reason === 'other_provider')
      ? [
          '  other_provider: these users came through a provider that Cognito does not have for them. That is fine if the address is theirs at both.',
        ]
      : []),
  ];
}

const ANY_PROVIDER =
  'the ids belong to the client: if all differ, WorkOS has another client than Cognito; if only a few do, they may be other accounts with the same address: ask these users.';
const MEANING: Record<string, string> = {
  GoogleOAuth:
    'ids are the same for every client, so this is another Google account: an address that now belongs to another person, or a second account.',
  GitHubOAuth:
    'ids are the same for every app: either the bridge between Cognito and GitHub uses the login name, or this is another account.',
  AppleOAuth:
    'ids belong to the Apple team: if all differ, WorkOS has the credentials of another team. Correct that before the cutover.',
  MicrosoftOAuth:
    "ids of the kind that Cognito has (the claim sub) belong to the client: if all differ, WorkOS has another client. Where WorkOS has the object id instead, they count as 'cannot be compared'.",
};

function fileToLines({ write }: { write?: string }, providers: ProviderReport[]): string[] {
  if (write === undefined) {
    return providers.some(({ clientId }) => clientId !== undefined)
      ? ['', 'To tag users with these clients: run again with --write FILE.']
      : [];
  }
  const file = /^[\w./-]+$/.test(write) ? write : `'${write.replaceAll("'", "'\\''")}'`;
  return [
    '',
    `${write} has the map for OAUTH_CLIENTS. Use it:`,
    `  export OAUTH_CLIENTS="$(cat ${file})"`,
    `  npx cws seed --user-pool-id …              (tags users anew that are tagged already)`,
    `  npx serverless deploy … --param oauthClients="$(cat ${file})"`,
  ];
}
