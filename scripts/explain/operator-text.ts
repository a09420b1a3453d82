import type { Explanation } from '../../src/explain/explanation.ts';
import { OPERATOR_ACTIONS, type OperatorAction } from '../../src/explain/operator-actions.ts';
import type { ExplainOptions } from './explain-options.ts';
import type { Section } from './section.ts';

type Pool = Pick<ExplainOptions, 'stage' | 'userPoolId'>;

/** A command of cws for the pool or stage that was asked about. */
export function toCommandLine(
  { name, options = '' }: { name: string; options?: string },
  { stage, userPoolId }: Pool,
): string {
  const pool = stage === undefined ? `--user-pool-id ${userPoolId}` : `--stage ${stage}`;
  return `npx cws ${name} ${pool}${options === '' ? '' : ` ${options}`}`;
}

/** The commands that help, and whether each is for this person alone. */
export function operatorSection(explanation: Explanation, pool: Pool): Section | undefined {
  const { operator } = explanation.inShort;
  if (operator.length === 0) return undefined;
  return {
    title: 'For an operator (who may run npx cws and sign in to the WorkOS dashboard)',
    lines: operator.flatMap((action) => actionToLines(action, explanation, pool)),
    rows: [],
  };
}

function actionToLines(action: OperatorAction, explanation: Explanation, pool: Pool): string[] {
  const { command, does, reach } = OPERATOR_ACTIONS[action];
  const id = personOf(explanation);
  const first =
    reach === 'this_person'
      ? `For this person alone. FILE is a text file with the one line ${id}. It ${does}.`
      : `Works on ALL such accounts, not on this person alone: it ${does}.`;
  const look = toCommandLine({ name: 'verify', options: '--show-emails' }, pool);
  return [
    toCommandLine(command, pool),
    `  ${first}`,
    ...(reach === 'everybody'
      ? [`  See first which they are: ${look} changes nothing and lists them (this one is ${id}).`]
      : []),
  ];
}

/** What names the person in a file and in a list: no text that the person has typed. */
function personOf({ sub, workos }: Explanation): string {
  const user = workos.known ? (workos.value.own ?? workos.value.byEmail) : null;
  return sub ?? user?.id ?? 'unknown';
}
