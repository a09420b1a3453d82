import type { Asked } from '../../src/explain/explain.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { toAddressKey } from '../../src/user/address.ts';
import { type Screen, wrapText } from '../shared/screen.ts';
import { toTerminalText } from '../shared/text.ts';
import { cognitoSection, othersSection, workosSection } from './both-sides-text.ts';
import type { ExplainOptions } from './explain-options.ts';
import { forecastSection, ruleSection } from './forecast-text.ts';
import { deadLetterSection, ledgerSection, passwordSection } from './history-text.ts';
import type { Section } from './section.ts';

type TextOptions = {
  asked: Asked;
  more: number;
  screen: Screen;
  options: Pick<ExplainOptions, 'stage' | 'userPoolId'>;
};

/** What `cws explain` shows to people: the answer first, then what it rests on. */
export function explanationsToText(
  explanations: readonly Explanation[],
  options: TextOptions,
): string {
  const [only, ...others] = explanations;
  const lines =
    only && (others.length === 0 || isOnePerson(explanations))
      ? [...explanationToLines(only, options.screen), ...samePersonLines(others, options)]
      : severalToLines(explanations, options);
  return `${lines.join('\n')}\n`;
}

function explanationToLines(explanation: Explanation, screen: Screen): string[] {
  const sections = [
    ruleSection(explanation),
    forecastSection(explanation),
    cognitoSection(explanation),
    workosSection(explanation),
    othersSection(explanation),
    passwordSection(explanation),
    ledgerSection(explanation),
    deadLetterSection(explanation),
  ];
  return [
    ...inShortLines(explanation, screen),
    ...sections.flatMap((section) => sectionToLines(section, screen)),
  ];
}

/** Several profiles: each with its answer, its rule and what happens next. */
function severalToLines(
  explanations: readonly Explanation[],
  { asked, more, screen, options }: TextOptions,
): string[] {
  const whom = 'email' in asked ? asked.email : asked.sub;
  const answers = explanations.map(({ inShort }, index) => `${index + 1}. ${inShort.answer}`);
  const head = `In short: ${explanations.length + more} Cognito profiles have to do with ${whom}, and not all of them share one account. ${answers.join(' ')}`;
  return [
    ...wrapText(toTerminalText(head), screen).map((line) => screen.paint('bold', line)),
    ...explanations.flatMap((explanation, index) => [
      '',
      screen.paint('bold', toTerminalText(`${index + 1}. ${titleOf(explanation)}`)),
      ...inShortLines(explanation, screen).map((line) => `   ${line}`),
      ...sectionToLines(ruleSection(explanation), screen).map((line) => `   ${line}`),
      ...sectionToLines(forecastSection(explanation), screen).map((line) => `   ${line}`),
      '',
      `   Everything about this profile: ${toTerminalText(commandFor(explanation, options))}`,
    ]),
    ...(more > 0 ? ['', `${more} further profiles with this address are not shown.`] : []),
  ];
}

/** The further profiles of the same person, of whom there is nothing else to say. */
function samePersonLines(
  others: readonly Explanation[],
  { screen, options }: TextOptions,
): string[] {
  if (others.length === 0) return [];
  const lines = others.map((each) => `- ${titleOf(each)}: ${commandFor(each, options)}`);
  return sectionToLines(
    {
      title: 'Everything about the person’s other profiles, which lead to the same account',
      lines,
      rows: [],
    },
    screen,
  );
}

function commandFor({ sub }: Explanation, { stage, userPoolId }: TextOptions['options']): string {
  const pool = stage === undefined ? `--user-pool-id ${userPoolId}` : `--stage ${stage}`;
  return `npx cws explain ${pool} --sub ${sub ?? ''}`;
}

function isOnePerson(explanations: readonly Explanation[]): boolean {
  const ids = explanations.map(workosUserOf);
  return ids[0] !== undefined && ids.every((id) => id === ids[0]);
}

/** Of a WorkOS user that is still to be made: whoever has proved the address will have it, and each other one alone. */
function workosUserOf({ forecast, cognito }: Explanation): string | undefined {
  const outcome = forecast?.known ? forecast.value.outcome : undefined;
  switch (outcome?.outcome) {
    case 'created':
      return cognito?.countsAsVerified ? toAddressKey(cognito.email ?? '') : undefined;
    case 'linked':
    case 'updated':
    case 'unchanged':
      return outcome.workosUserId;
    default:
      return undefined;
  }
}

function titleOf({ sub, cognito }: Explanation): string {
  if (!cognito) return `The profile ${sub ?? ''}, which Cognito does not have any more`;
  const kind =
    cognito.kind === 'native'
      ? 'with a password'
      : `through ${cognito.providers.map(({ name }) => name).join(', ') || 'a provider'}`;
  const proof = cognito.emailVerified ? 'address verified' : 'address not verified';
  return `${cognito.name ?? cognito.email ?? cognito.username}, signs in ${kind}, ${proof} (sub ${cognito.sub})`;
}

function inShortLines(explanation: Explanation, screen: Screen): string[] {
  const text = toTerminalText(inShortText(explanation));
  return wrapText(text, screen).map((line) => screen.paint('bold', line));
}

function inShortText(explanation: Explanation | undefined): string {
  const { answer = '', problem = '', todo = '' } = explanation?.inShort ?? {};
  return ['In short:', answer, problem, todo].filter((each) => each !== '').join(' ');
}

function sectionToLines(section: Section | undefined, screen: Screen): string[] {
  if (!section) return [];
  const width = Math.max(0, ...section.rows.map(([label]) => label.length)) + 2;
  const rows = section.rows.flatMap(([label, text]) =>
    wrapText(`  ${label.padEnd(width)}${toTerminalText(text)}`, screen),
  );
  const lines = section.lines.flatMap((line) => wrapText(`  ${toTerminalText(line)}`, screen));
  return ['', screen.paint('bold', section.title), ...lines, ...rows];
}
