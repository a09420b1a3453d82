import type { Asked } from '../../src/explain/explain.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { toAddressKey } from '../../src/user/address.ts';
import { type Screen, wrapText } from '../shared/screen.ts';
import { toTerminalText } from '../shared/text.ts';
import { answerRows, askedLine, questionLine } from './answer-text.ts';
import { othersSection, sidesSection } from './both-sides-text.ts';
import type { ExplainOptions } from './explain-options.ts';
import { forecastSection, ruleSection } from './forecast-text.ts';
import { deadLetterSection, ledgerSection, passwordSection } from './history-text.ts';
import { numbersSection } from './numbers-text.ts';
import { operatorSection, toCommandLine } from './operator-text.ts';
import { besideLabel, narrower, sectionToLines } from './section-lines.ts';

type TextOptions = {
  asked: Asked;
  /** When both sides were asked. */
  at: Date;
  more: number;
  screen: Screen;
  options: Pick<ExplainOptions, 'stage' | 'userPoolId'>;
};

const TITLE_WIDTH = 60;

/** What `cws explain` shows to people: the question and the answer first, then what it rests on. */
export function explanationsToText(
  explanations: readonly Explanation[],
  options: TextOptions,
): string {
  const { asked, at, screen } = options;
  const [only, ...others] = explanations;
  const lines =
    only && (others.length === 0 || isOnePerson(explanations))
      ? [...explanationToLines(only, options), ...samePersonLines(others, options)]
      : severalToLines(explanations, options);
  return `${[...bold(askedLine(asked, at), screen), ...lines].join('\n')}\n`;
}

function explanationToLines(explanation: Explanation, options: TextOptions): string[] {
  const { screen } = options;
  const details = [
    numbersSection(explanation),
    passwordSection(explanation),
    ledgerSection(explanation),
    deadLetterSection(explanation),
  ];
  return [
    ...answerLines(explanation, options),
    ...sectionToLines(ruleSection(explanation), screen),
    ...sectionToLines(forecastSection(explanation), screen),
    ...sectionToLines(sidesSection(explanation), screen),
    ...sectionToLines(othersSection(explanation), screen),
    '',
    ...bold('Technical details '.padEnd(TITLE_WIDTH, '-'), screen),
    ...details.flatMap((section) => sectionToLines(section, screen)),
  ];
}

/** The answer in labelled parts, and the commands. */
function answerLines(explanation: Explanation, { screen, options }: TextOptions): string[] {
  const rows = answerRows(explanation);
  const width = Math.max(0, ...rows.map(([label]) => label.length)) + 2;
  return [
    ...bold(questionLine(explanation), screen),
    '',
    ...rows.flatMap(([label, texts]) =>
      besideLabel(
        label,
        texts.flatMap((text) => wrapText(toTerminalText(text), narrower(screen, width + 2))),
        width,
      ),
    ),
    ...sectionToLines(operatorSection(explanation, options), screen),
  ];
}

/** Several profiles: each with its answer, its rule and what happens next. */
function severalToLines(explanations: readonly Explanation[], options: TextOptions): string[] {
  const { more, screen } = options;
  const count = explanations.length + more;
  return [
    ...bold(
      `${count} Cognito accounts have to do with this, and not all of them share one WorkOS account:`,
      screen,
    ),
    ...explanations.flatMap((each, index) =>
      wrapText(toTerminalText(`${index + 1}. ${titleOf(each)}: ${each.inShort.answer}`), screen),
    ),
    ...explanations.flatMap((explanation, index) => [
      '',
      screen.paint('bold', toTerminalText(`${index + 1}. ${titleOf(explanation)}`)),
      ...[
        ...answerLines(explanation, options),
        ...sectionToLines(ruleSection(explanation), screen),
        ...sectionToLines(forecastSection(explanation), screen),
      ].map((line) => (line === '' ? '' : `   ${line}`)),
      '',
      `   Everything about this Cognito account: ${toTerminalText(commandFor(explanation, options))}`,
    ]),
    ...(more > 0 ? ['', `${more} further Cognito accounts with this address are not shown.`] : []),
  ];
}

/** The further profiles of the same person, of whom there is nothing else to say. */
function samePersonLines(others: readonly Explanation[], options: TextOptions): string[] {
  if (others.length === 0) return [];
  return sectionToLines(
    {
      title:
        'The person’s other Cognito accounts lead to the same WorkOS account; to see one whole',
      lines: others.map((each) => `${titleOf(each)}: ${commandFor(each, options)}`),
    },
    options.screen,
  );
}

function commandFor({ sub }: Explanation, { options }: TextOptions): string {
  return toCommandLine({ name: 'explain', options: `--sub ${sub ?? ''}` }, options);
}

function bold(text: string, screen: Screen): string[] {
  return wrapText(toTerminalText(text), screen).map((line) => screen.paint('bold', line));
}

function isOnePerson(explanations: readonly Explanation[]): boolean {
  const ids = explanations.map(workosUserOf);
  return ids[0] !== undefined && ids.every((id) => id === ids[0]);
}

/** Of a WorkOS user that is still to be made: the person who has proved the address will have it, and each other one alone. */
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
  if (!cognito) return `The Cognito account ${sub ?? ''}, which is gone`;
  const kind =
    cognito.kind === 'native'
      ? 'with a password'
      : `through ${cognito.providers.map(({ name }) => name).join(', ') || 'a provider'}`;
  const proof = cognito.countsAsVerified ? 'address proved' : 'address not proved';
  return `${cognito.name ?? cognito.email ?? cognito.username}, signs in ${kind}, ${proof}`;
}
