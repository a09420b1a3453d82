import { affectedToText } from '../../src/assess/affected-text.ts';
import { FLOW_ADVICE } from '../../src/assess/app-client.ts';
import type { AssessmentCheck } from '../../src/assess/check.ts';
import type { Assessment } from '../../src/assess/facts.ts';
import { toLosses } from '../../src/assess/losses.ts';
import { toDollars } from '../../src/assess/money.ts';
import { AWS_PRICES, WORKOS_PRICES } from '../../src/assess/prices.ts';
import { assessmentToVerdict, HEADLINES } from '../../src/assess/verdict.ts';
import { WORKOS_KIND_WORDS } from '../../src/assess/workos-kind-words.ts';
import { counted, toCount, toRanking } from '../../src/page/format.ts';
import { type Screen, wrapText } from '../shared/screen.ts';
import { duration, rowsToLines, type SummaryRow, toTerminalText } from '../shared/text.ts';

type TextOptions = { screen: Screen; report: string | undefined };

/** The result for people: the verdict first, then what it rests on. */
export function assessmentToText(assessment: Assessment, options: TextOptions): string {
  const { screen } = options;
  const blocks = [
    verdictLines(assessment),
    poolLines(assessment),
    userLines(assessment),
    workosLines(assessment),
    forecastLines(assessment),
    lossLines(assessment),
    costLines(assessment),
    nextLines(assessment, options),
  ];
  const lines = blocks.flatMap((block) => ['', ...block]).slice(1);
  const [headline = '', ...rest] = lines.flatMap((line) =>
    line === '' ? [''] : wrapText(toTerminalText(line), screen),
  );
  const { verdict } = assessmentToVerdict(assessment);
  return `${[screen.paint(STYLES[verdict], headline), ...rest].join('\n')}\n`;
}

const STYLES = { ready: 'green', look: 'yellow', blocked: 'red' } as const;

function verdictLines(assessment: Assessment): string[] {
  const { verdict, checks } = assessmentToVerdict(assessment);
  const open = checks.filter(({ status }) => status !== 'ok');
  const of = (status: AssessmentCheck['status']) =>
    open.filter((check) => check.status === status).flatMap(checkToLines);
  if (open.length === 0) return [`${HEADLINES[verdict]}.`];
  return [`${HEADLINES[verdict]}:`, ...of('blocked'), ...of('look')];
}

/** What does not come along has its advice further below. */
function checkToLines({ status, detail, todo, section }: AssessmentCheck): string[] {
  const mark = status === 'blocked' ? 'x' : '-';
  const isBelow = todo === undefined || section === 'losses';
  return [`  ${mark} ${detail}`, ...(isBelow ? [] : [`    -> ${todo}`])];
}

function poolLines(assessment: Assessment): string[] {
  const { profile, mfa, appClients, groups, userPoolId } = assessment;
  const settings = profile.known
    ? [
        [
          'sign-in by',
          `${profile.value.signIn.by.join(', ')}${profile.value.signIn.isCaseSensitive ? '' : ' (upper and lower case are the same)'}`,
        ],
        ['hosted pages', profile.value.domain ?? 'none'],
        ['emails by', profile.value.emailSender === 'DEVELOPER' ? 'Amazon SES' : 'Cognito itself'],
        ['threat protection', profile.value.threatProtection.toLowerCase()],
        ['functions', profile.value.triggers.map(({ trigger }) => trigger).join(', ') || 'none'],
        ['custom attributes', profile.value.customAttributes.join(', ') || 'none'],
      ]
    : [['settings', `not known: ${profile.why}`]];
  const rows = [
    ...settings,
    ['MFA', mfaToText(mfa)],
    ['app clients', clientsToText(appClients)],
    ['providers', providersToText(assessment)],
    ['groups', groups.known ? toCount(groups.value.names.length) : `not known: ${groups.why}`],
  ];
  const name = profile.known && profile.value.name !== undefined ? `"${profile.value.name}" ` : '';
  return [
    `The user pool ${name}${userPoolId}`,
    ...rows.map(([label = '', text = '']) => `  ${label.padEnd(19)}${text}`),
  ];
}

function providersToText({ assessedProviders, providers }: Assessment): string {
  const all = assessedProviders.map(
    ({ name, people, counterpart, workos }) =>
      `${name} ${toCount(people)} (${COUNTERPARTS[counterpart] ?? workos})`,
  );
  if (!providers.known) return `not known: ${providers.why}`;
  return all.join(', ') || 'none';
}

const COUNTERPARTS = {
  oauth: undefined,
  sso: 'SSO connection',
  none: 'not in WorkOS',
  some: 'in WorkOS',
  gone: 'no longer in the pool',
};

function mfaToText(mfa: Assessment['mfa']): string {
  if (!mfa.known) return `not known: ${mfa.why}`;
  const { setting, kinds } = mfa.value;
  const how = { OFF: 'off', OPTIONAL: 'optional', ON: 'required' }[setting];
  return setting === 'OFF' || kinds.length === 0 ? how : `${how} (${kinds.join(', ')})`;
}

function clientsToText(appClients: Assessment['appClients']): string {
  if (!appClients.known) return `not known: ${appClients.why}`;
  const { clients, notDescribed } = appClients.value;
  const counts: Record<string, number> = {};
  for (const flow of clients.flatMap(({ flows }) => flows)) {
    counts[FLOW_ADVICE[flow].name] = (counts[FLOW_ADVICE[flow].name] ?? 0) + 1;
  }
  const flows = toRanking(counts).map(({ name, count }) => `${count} ${name}`);
  const count = toCount(clients.length + notDescribed);
  return flows.length === 0 ? count : `${count}: ${flows.join(', ')}`;
}

/** The page has them all. */
const MOST_ATTRIBUTES = 10;

function userLines({ users, asOf, forecast }: Assessment): string[] {
  const statuses = toRanking(users.statuses);
  const rows: SummaryRow[] = [
    ...statuses.map(({ name, count }): SummaryRow => [name, count]),
    ['disabled', users.disabled],
    ['with a password', users.native + users.linked],
    ['  of them with a provider', users.linked],
    ['through a provider alone', users.federated],
    ['email verified', users.email.verified],
    ['email not verified', users.email.unverified],
    ['no email', users.email.none],
    ['  of them with a phone', users.phoneOnly],
    ['profiles of one address', users.duplicates.profiles],
    ['with custom attributes', users.withCustomAttributes],
    ...toRanking(users.customAttributes)
      .slice(0, MOST_ATTRIBUTES)
      .map(({ name, count }): SummaryRow => [`  ${name}`, count]),
  ];
  const when = asOf === 'export' ? ', as they were exported' : '';
  const { failed } = forecast.seed;
  const beside = failed > 0 ? `, and ${counted(failed, 'record')} that cannot be read` : '';
  return [`${counted(users.total, 'user')} in Cognito${beside}${when}`, ...rowsToLines(rows)];
}

function workosLines({ workosUsers, workosEnvironment }: Assessment): string[] {
  if (!workosUsers.known) return ['Users in WorkOS: not looked at'];
  const { total, kinds, signedIn } = workosUsers.value;
  const rows = Object.entries(WORKOS_KIND_WORDS).flatMap(([kind, { words }]): SummaryRow[] => {
    const count = toRanking(kinds).find(({ name }) => name === kind)?.count;
    return count === undefined ? [] : [[words, count]];
  });
  return [
    `${counted(total, 'user')} in WorkOS now (${workosEnvironment}), ${toCount(signedIn)} of them have signed in there`,
    ...rowsToLines(rows),
  ];
}

function forecastLines({ forecast, seedTime, workosUsers }: Assessment): string[] {
  const { skipped, read: _, failed, ...outcomes } = forecast.seed;
  const rows: SummaryRow[] = [
    ...Object.entries(outcomes),
    ...toRanking(forecast.conflictReasons).map(
      ({ name, count }): SummaryRow => [`  ${name}`, count],
    ),
    ...Object.entries(skipped).map(([name, count]): SummaryRow => [`skipped: ${name}`, count]),
    ['failed', failed],
  ];
  const { laptop, inAws } = seedTime;
  return [
    workosUsers.known
      ? 'What a seed would do now'
      : 'What a seed would do in an empty WorkOS environment; conflicts with its users are not known',
    ...rowsToLines(rows),
    `It takes about ${duration(laptop.seconds)} from your machine at ${laptop.rate} writes a second, or ${duration(inAws.seconds)} in AWS at ${inAws.usersPerSecond} new users a second (workosShare ${inAws.share}).`,
    `Reset mails at the cutover: ${toCount(forecast.mails.mailed)}, less every password that is carried over until then.`,
  ];
}

function lossLines(assessment: Assessment): string[] {
  const losses = toLosses(assessment);
  return [
    'What does not come along',
    ...losses.flatMap(({ title, affected, names = [], means, todo }) => [
      `  ${title}: ${affectedToText(affected)}`,
      `      ${[...(names.length > 0 ? [`${names.join(', ')}.`] : []), means].join(' ')}`,
      `      -> ${todo}`,
    ]),
  ];
}

function costLines({ awsCost, workosCost }: Assessment): string[] {
  const { assumed, monthTotal, carryPasswords, seedInAws } = awsCost;
  const { activeUsers, connections } = workosCost;
  const sso =
    connections.dollars === undefined
      ? 'more SSO connections than have a listed price'
      : `${counted(connections.count, 'SSO connection')} ${toDollars(connections.dollars)}`;
  return [
    'What it costs',
    `  AWS, a month of the dual run: about ${toDollars(monthTotal)} if each of ${counted(assumed.users, 'user')} signs in ${assumed.signInsPerUser} times; with carried passwords ${toDollars(carryPasswords)} more. Once: a seed in AWS ${toDollars(seedInAws)}.`,
    `  WorkOS, a month after the cutover, if all are active: ${counted(activeUsers.users, 'user')} ${toDollars(activeUsers.dollars)}, ${sso}.`,
    `  List prices of ${AWS_PRICES.region} and ${WORKOS_PRICES.source}, ${AWS_PRICES.asOf}, without free tiers: check them (${AWS_PRICES.source}). Cognito's own bill stays what it is until the users have moved.`,
  ];
}

function nextLines(assessment: Assessment, { report }: TextOptions): string[] {
  const { conflicts, failed } = assessment.forecast.seed;
  const lines =
    conflicts + failed > 0
      ? [
          report === undefined
            ? '--report FILE lists the users in conflict by their sub.'
            : `The users in conflict are in ${report}.`,
        ]
      : [];
  return [...lines, 'Next: npx cws init --stage <name>, then npx cws preflight --stage <name>.'];
}
