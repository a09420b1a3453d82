import type { NamedCheck, StatusCheck, StatusName } from './check.ts';
import { checkCanary } from './checks/canary.ts';
import {
  checkAlarms,
  checkDeadLetters,
  checkLag,
  checkObserved,
  checkQueue,
  checkStack,
  checkTriggers,
} from './checks/live-path.ts';
import {
  checkCrossedOver,
  checkMails,
  checkPasswords,
  checkSeeded,
  checkSinceVerify,
  checkVerify,
} from './checks/migration.ts';
import { checkPatrol } from './checks/patrol.ts';
import type { StatusFacts } from './facts.ts';
import { type LastFigures, toLastFigures } from './run-figures.ts';

type Check = (facts: StatusFacts, figures: LastFigures) => StatusCheck;

/** In the order of the screen. */
const CHECKS: readonly (readonly [StatusName, Check])[] = [
  ['stack', checkStack],
  ['triggers', checkTriggers],
  ['observed', checkObserved],
  ['queue', checkQueue],
  ['lag', checkLag],
  ['dead_letters', checkDeadLetters],
  ['alarms', checkAlarms],
  ['patrol', checkPatrol],
  ['canary', checkCanary],
  ['seeded', checkSeeded],
  ['verify', checkVerify],
  ['since_verify', checkSinceVerify],
  ['passwords', checkPasswords],
  ['crossed_over', checkCrossedOver],
  ['mails', checkMails],
];

/** What has to be known before anything can be called well. The rest tells how far the migration is. */
const ESSENTIAL: ReadonlySet<StatusName> = new Set<StatusName>([
  'stack',
  'triggers',
  'queue',
  'lag',
  'dead_letters',
  'alarms',
  'patrol',
  'verify',
]);

/** @returns every check, and whether all is well: none is `bad`, and no essential one `unknown`. */
export function judge(facts: StatusFacts): { well: boolean; checks: NamedCheck[] } {
  const figures = toLastFigures(facts);
  const checks = CHECKS.map(([name, check]) => ({ name, ...check(facts, figures) }));
  return { well: !checks.some(breaksWellness), checks };
}

/** The one definition of "well" (docs/commands/status.md#well). */
export function breaksWellness({ name, state }: NamedCheck): boolean {
  return state === 'bad' || (state === 'unknown' && ESSENTIAL.has(name));
}
