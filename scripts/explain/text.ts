import type { Asked } from '../../src/explain/explain.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
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
    only && others.length === 0
      ? explanationToLines(only, options.screen)
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
  const head = `In short: ${explanations.length + more} Cognito profiles have to do with ${whom}. ${together(explanations)} Find the one that you mean below.`;
  const stage =
    options.stage === undefined
      ? `--user-pool-id ${options.userPoolId}`
      : `--stage ${options.stage}`;
  return [
    ...wrapText(screen.paint('bold', toTerminalText(head)), screen),
    ...explanations.flatMap((explanation, index) => [
      '',
      screen.paint('bold', toTerminalText(`${index + 1}. ${titleOf(explanation)}`)),
      ...inShortLines(explanation, screen).map((line) => `   ${line}`),
      ...sectionToLines(ruleSection(explanation), screen).map((line) => `   ${line}`),
      ...sectionToLines(forecastSection(explanation), screen).map((line) => `   ${line}`),
      '',
      `   Everything about this profile: npx cws explain ${stage} --sub ${explanation.sub ?? ''}`,
    ]),
    ...(more > 0 ? ['', `${more} further profiles with this address are not shown.`] : []),
  ];
}

/** Whether they are one person. */
function together(explanations: readonly Explanation[]): string {
  const ids = explanations.map(workosUserOf);
  const first = ids[0];
  if (first !== undefined && ids.every((id) => id === first)) {
    return `All of them are one person, with one WorkOS user (${first}).`;
  }
  return 'They are not all one account.';
}

function workosUserOf({ forecast }: Explanation): string | undefined {
  const outcome = forecast?.known ? forecast.value.outcome : undefined;
  switch (outcome?.outcome) {
    case 'created':
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

function inShortLines({ inShort }: Explanation, screen: Screen): string[] {
  const { answer, problem, todo } = inShort;
  const text = ['In short:', answer, problem, todo].filter((each) => each !== '').join(' ');
  return wrapText(toTerminalText(text), screen).map((line) => screen.paint('bold', line));
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
