import { type Attachments, TRIGGERS } from '../config/pool-triggers.ts';
import type { Log } from '../telemetry/telemetry.ts';
import { AttachmentError } from './attachment-error.ts';
import { type PoolSettings, settingsToDifferences, toJson } from './pool-settings.ts';
import type { StackFunctions } from './stack-functions.ts';
import { poolToTriggers } from './trigger-holder.ts';
import type { TriggerMemory } from './trigger-memory.ts';
import {
  chainedFunction,
  NO_FUNCTION,
  planTriggers,
  type TriggerFunctions,
  type TriggerHistory,
  type TriggerStep,
} from './triggers.ts';
import { createUpdatePool, type PoolAdministration } from './update-pool.ts';

/** What was done about each trigger; nothing was written when no step sets or clears. */
export type TriggerChange = { steps: TriggerStep[]; written: boolean };

/** Others change pools, too; Cognito refuses the later of two changes at once. */
const MAXIMUM_ATTEMPTS = 4;
const PAUSE_MS = 2_000;

/**
 * Changes a pool's triggers and nothing else: reads the whole pool, sends every setting again, reads it once
 * more and compares; begins anew where another change of the pool came in between.
 *
 * @param dependencies.stack only its functions, those it chains, and those that are remembered are put
 *   into a trigger.
 * @param dependencies.isRollBack asked before anything is refused: a roll-back never is, or the stack could
 *   not be deployed any more.
 * @throws AttachmentError when a trigger calls another function (the pool is untouched then), or when the
 *   pool had to be restored, with the difference; errors of the API when nothing was changed.
 */
export function createChangeTriggers(dependencies: {
  pool: PoolAdministration;
  memory: TriggerMemory;
  stack: StackFunctions;
  log: Log;
  wait: (milliseconds: number) => Promise<void>;
  isRollBack?: () => Promise<boolean>;
}): (desired: Attachments, before?: Attachments | 'reattach') => Promise<TriggerChange> {
  const { pool, memory, stack, log, wait, isRollBack } = dependencies;
  const updatePool = createUpdatePool({ pool, log, wait });

  return async (desired, before) => {
    let written = false;
    for (let attempt = 1; ; attempt++) {
      const settings = await pool.read();
      const known = await memory.read();
      const steps = await plan(settings, desired, before, known);
      refuse(steps, written);
      const target = withSteps(settings, steps);
      for (const step of steps) log.info('trigger planned', step);
      if (target === settings) {
        await noteChained(desired, known);
        return { steps, written };
      }
      await noteFormer(steps);
      // The note has taken time: what is sent has to be what is there now.
      if (settingsToDifferences(settings, await pool.read()).length === 0) {
        const result = await updatePool(settings, target);
        written = true;
        if (result === 'done') {
          await noteChained(desired, known);
          return { steps, written };
        }
      }
      if (attempt === MAXIMUM_ATTEMPTS) {
        throw new AttachmentError(
          'the user pool keeps being changed by another deployment or tool, and none of those changes was undone: npx cws triggers shows which triggers are ours now; try again later',
        );
      }
      await wait(attempt * PAUSE_MS);
    }
  };

  async function plan(
    settings: PoolSettings,
    desired: Attachments,
    before: Attachments | undefined | 'reattach',
    known: TriggerHistory,
  ): Promise<TriggerStep[]> {
    const occupied = poolToTriggers(settings.pool);
    const steps = checked(planTriggers(occupied, desired, before, known), known);
    const isRefused = steps.some(({ kind }) => kind === 'refuse');
    if (!isRefused || !(await isRollBack?.())) return steps;
    const back = planTriggers(occupied, desired, before, known, { isRollBack: true });
    return checked(back, known).map((step) =>
      step.kind === 'refuse' ? { ...step, kind: 'keep', why: `left alone: ${step.why}` } : step,
    );
  }

  /** A caller of the attachment can name any function: none but these is ever attached. */
  function checked(steps: TriggerStep[], { former, chained }: TriggerHistory): TriggerStep[] {
    return steps.map((step) => {
      if (step.kind !== 'set') return step;
      const { trigger, functionArn } = step;
      const remembered = [former[trigger], chained[trigger]].includes(functionArn);
      if (remembered || stack.isOwn(functionArn) || stack.isChained(functionArn)) return step;
      const why = `${functionArn} is neither of this deployment nor known to have had ${trigger}: set it yourself`;
      return { trigger, kind: 'refuse', why };
    });
  }

  async function noteFormer(steps: readonly TriggerStep[]): Promise<void> {
    const former: TriggerFunctions = {};
    for (const step of steps) {
      if (step.kind === 'set' && step.former !== undefined) former[step.trigger] = step.former;
    }
    if (Object.keys(former).length > 0) await memory.note({ former });
  }

  /** What went through: a deployment that leaves such a function out has to say what is to become of it. */
  async function noteChained(desired: Attachments, known: TriggerHistory): Promise<void> {
    const chained: TriggerFunctions = {};
    for (const trigger of TRIGGERS) {
      const want = desired[trigger];
      if (!want) continue;
      const functionArn = chainedFunction(want) ?? NO_FUNCTION;
      if (functionArn !== (known.chained[trigger] ?? NO_FUNCTION)) chained[trigger] = functionArn;
    }
    if (Object.keys(chained).length > 0) await memory.note({ chained });
  }
}

function refuse(steps: readonly TriggerStep[], written: boolean): void {
  const reasons = steps.flatMap((step) => (step.kind === 'refuse' ? [step.why] : []));
  if (reasons.length === 0) return;
  const end = written
    ? 'Another deployment or tool is changing the user pool: check its triggers.'
    : 'The user pool was not changed.';
  throw new AttachmentError(`${reasons.join('. ')}. ${end}`);
}

/** The same object when nothing has to change. */
function withSteps(settings: PoolSettings, steps: readonly TriggerStep[]): PoolSettings {
  const config = { ...toJson(settings.pool.LambdaConfig) };
  let changed = false;
  for (const step of steps) {
    if (step.kind === 'set') config[step.trigger] = step.functionArn;
    else if (step.kind === 'clear') delete config[step.trigger];
    else continue;
    changed = true;
  }
  return changed ? { ...settings, pool: { ...settings.pool, LambdaConfig: config } } : settings;
}
