import type { StatusFacts } from '../../src/status/facts.ts';
import { judge } from '../../src/status/judge.ts';
import { toNextStep } from '../../src/status/next-step/next-step.ts';
import type { CommandTarget } from '../../src/status/next-step/types.ts';
import { settingsOf } from '../shared/apply-settings.ts';
import { writeResult } from '../shared/result.ts';
import { EXIT, type Interruption } from '../shared/run.ts';
import { createScreen } from '../shared/screen.ts';
import { connectLook } from './connect.ts';
import { factsToJson } from './json.ts';
import { refuseWithoutFacts } from './refuse.ts';
import type { StatusOptions } from './status-options.ts';
import { statusToText } from './text.ts';
import type { StatusView } from './view.ts';
import { watchStatus } from './watch.ts';

/** `cws status`: one look, or one after the other with `--watch`, to its exit code. */
export async function runStatus(
  options: StatusOptions,
  { stop }: Pick<Interruption, 'stop'>,
): Promise<number> {
  using connection = connectLook(options);
  const facts = await connection.look();
  refuseWithoutFacts(facts);
  if (options.watch === undefined) {
    const view = toView(facts, options);
    await print(view, options);
    return view.well ? EXIT.done : EXIT.attention;
  }
  await watchStatus({
    first: toView(facts, options),
    look: async () => toView(await connection.look(), options),
    seconds: options.watch === true ? undefined : options.watch,
    print: options.json ? (view) => print(view, options) : undefined,
    stop,
  });
  return EXIT.interrupted;
}

function toView(facts: StatusFacts, options: StatusOptions): StatusView {
  const { well, checks } = judge(facts);
  return { facts, well, checks, next: toNextStep(facts, checks, toTarget(facts, options)) };
}

function toTarget(facts: StatusFacts, { userPoolId, stage }: StatusOptions): CommandTarget {
  const pool = `--user-pool-id ${userPoolId}`;
  if (stage !== undefined && settingsOf(stage).userPoolId !== undefined) {
    const named = `--stage ${stage}`;
    return { pool: named, deployment: named, stage: named };
  }
  const found = stage ?? (facts.stage.known ? facts.stage.value : undefined);
  return { pool, deployment: found === undefined ? pool : `${pool} --stage ${found}`, stage: '' };
}

async function print(view: StatusView, { userPoolId, json }: StatusOptions): Promise<void> {
  if (!json) {
    process.stdout.write(statusToText(view, createScreen(process.stdout)));
    return;
  }
  const exit = view.well ? EXIT.done : EXIT.attention;
  await writeResult(process.stdout, { command: 'status', userPoolId, exit }, factsToJson(view));
}
