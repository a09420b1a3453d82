import { timeBetween } from '../../src/status/ago.ts';
import type { NamedCheck, StatusName, StatusState } from '../../src/status/check.ts';
import type { StatusFacts } from '../../src/status/facts.ts';
import { breaksWellness } from '../../src/status/judge.ts';
import type { NextStep } from '../../src/status/next-step/types.ts';
import { cutLine, type Screen, wrapText } from '../shared/screen.ts';
import { toTerminalText } from '../shared/text.ts';
import type { StatusView } from './view.ts';

/** `quiet`: a line that is in order, `space`: an empty one. Both are left out first where there is no room. */
export type StatusLine = { kind: 'fixed' | 'quiet' | 'space'; text: string };

const LABELS: Record<StatusName, string> = {
  stack: 'Stack',
  triggers: 'Triggers',
  observed: 'Observed',
  queue: 'Queue',
  lag: 'Lag',
  dead_letters: 'Dead letters',
  alarms: 'Alarms',
  patrol: 'Patrol',
  canary: 'Canary',
  seeded: 'In WorkOS',
  verify: 'Last verify',
  since_verify: 'Since then',
  passwords: 'Passwords',
  crossed_over: 'Crossed over',
  mails: 'Mails',
};
/** A new group begins with each of these. */
const GROUPS: ReadonlySet<StatusName> = new Set<StatusName>(['stack', 'patrol', 'seeded']);

const STATES: Record<StatusState, { word: string; style: Parameters<Screen['paint']>[0] }> = {
  ok: { word: 'ok', style: 'green' },
  look: { word: 'look', style: 'yellow' },
  bad: { word: 'BAD', style: ['red', 'bold'] },
  unknown: { word: '?', style: 'magenta' },
  none: { word: '-', style: 'dim' },
};

const PHASES: Record<NextStep['phase'], string> = {
  1: 'prepare',
  2: 'dual run',
  3: 'backfill',
  4: 'dress rehearsal',
  5: 'cutover',
  6: 'afterwards',
};

/** Wider lines are hard to read; where there is no terminal it is the width. */
const WIDEST = 110;
const WORD = 6;
const LABEL = 14;
const AGE = 11;
/** In seconds: what is younger is of now. */
const NOW = 5;

/** The screen, as one text. */
export function statusToText(view: StatusView, screen: Screen): string {
  return linesToText(statusToLines(view, screen));
}

export function linesToText(lines: readonly StatusLine[]): string {
  return lines.map(({ text }) => `${text}\n`).join('');
}

export function statusToLines(view: StatusView, screen: Screen): StatusLine[] {
  const columns = Math.min(WIDEST, screen.columns);
  const sized = { ...screen, columns };
  const { facts, checks, next } = view;
  return [
    fixed(screen.paint('bold', cutLine(toTitle(facts), columns))),
    ...toVerdict(view, sized),
    ...withoutRepeats(checks).flatMap((check) => [
      ...(GROUPS.has(check.name) ? [SPACE] : []),
      ...checkToLines(check, facts, sized),
    ]),
    SPACE,
    ...nextToLines(next, sized),
  ];
}

const SPACE: StatusLine = { kind: 'space', text: '' };

function fixed(text: string): StatusLine {
  return { kind: 'fixed', text };
}

/** A pool's name may hold anything. */
function toTitle({ userPoolId, pool, stage, account, region }: StatusFacts): string {
  const name = pool.known && pool.value?.name !== undefined ? `"${pool.value.name}" ` : '';
  const parts = [
    `${name}${userPoolId}`,
    ...(stage.known && stage.value !== undefined ? [`stage ${stage.value}`] : []),
    account.known ? `account ${account.value}` : region,
  ];
  return toTerminalText(parts.join('  '));
}

function toVerdict({ facts, well, checks }: StatusView, screen: Screen): StatusLine[] {
  const names = checks.filter(breaksWellness).map(({ name }) => LABELS[name].toLowerCase());
  const text = well ? 'All is well.' : `Not well: ${names.join(', ')}.`;
  const style = [well ? 'green' : 'red', 'bold'] as const;
  const time = `${facts.lookedAt.slice(0, 19).replace('T', ' ')} UTC`;
  const [first = '', ...more] = wrapText(text, { columns: screen.columns - time.length - 2 });
  const gap = ' '.repeat(Math.max(2, screen.columns - first.length - time.length));
  return [
    fixed(`${screen.paint([...style], first)}${gap}${screen.paint('dim', time)}`),
    ...more.map((line) => fixed(screen.paint([...style], line))),
  ];
}

/** What one permission hides is explained once. */
function withoutRepeats(checks: readonly NamedCheck[]): NamedCheck[] {
  return checks.map((check) => {
    if (check.state !== 'unknown') return check;
    const first = checks.find(({ detail }) => detail === check.detail);
    if (!first || first.name === check.name) return check;
    return { ...check, detail: `unknown, as ${LABELS[first.name].toLowerCase()}` };
  });
}

function checkToLines(
  { name, state, detail, at }: NamedCheck,
  { lookedAt }: StatusFacts,
  { paint, columns }: Screen,
): StatusLine[] {
  const { word, style } = STATES[state];
  const indent = 1 + WORD + LABEL;
  const width = Math.max(20, columns - indent - AGE);
  const [first = '', ...more] = wrapWords(toTerminalText(detail), width);
  const isQuiet = state === 'ok' || state === 'none';
  const text = state === 'none' ? paint('dim', first) : first;
  const age = toAge(at, lookedAt).padStart(AGE);
  const gap = ' '.repeat(Math.max(0, width - first.length));
  const head = ` ${paint(style, word.padEnd(WORD))}${LABELS[name].padEnd(LABEL)}`;
  const lines = [`${head}${text}${gap}${paint('dim', age)}`.trimEnd(), ...more.map(indented)];
  return lines.map((line) => ({ kind: isQuiet ? 'quiet' : 'fixed', text: line }));

  function indented(line: string): string {
    return `${' '.repeat(indent)}${line}`;
  }
}

function toAge(at: string | undefined, lookedAt: string): string {
  if (at === undefined) return '';
  const isNow = Date.parse(lookedAt) - Date.parse(at) < NOW * 1000;
  return isNow ? 'now' : `${timeBetween(at, lookedAt)} ago`;
}

/** Breaks between words; one that is longer than a line gets a line of its own. */
function wrapWords(text: string, columns: number): string[] {
  return wrapText(text, { columns }).map((line) => line.trimStart());
}

function nextToLines(next: NextStep, screen: Screen): StatusLine[] {
  const { paint } = screen;
  const { title, phase, why, command, guide } = next;
  return [
    fixed(`${paint('bold', `Next: ${title}`)} ${paint('dim', `(${phase}. ${PHASES[phase]})`)}`),
    ...wrapText(` ${toTerminalText(why)}`, screen).map(fixed),
    // To be copied as it is: it is not broken.
    ...(command === undefined ? [] : [fixed(`   ${paint('cyan', toTerminalText(command))}`)]),
    fixed(paint('dim', ` docs/${guide}`)),
  ];
}
