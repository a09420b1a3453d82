import type { Log } from '../../telemetry.ts';
import {
  differencesToText,
  type Json,
  type PoolSettings,
  poolToUpdate,
  settingsToDifferences,
  toJson,
} from './pool-settings.ts';
import { type Attachments, type Former, planTriggers, type Step } from './triggers.ts';
import { poolToOccupied } from './watched-triggers.ts';

/** The pool as an administrator sees it; errors of the API come through. */
export interface PoolAdministration {
  read(): Promise<PoolSettings>;
  /** UpdateUserPool, with the settings that the SDK knows. */
  update(request: Json): Promise<void>;
  /** UpdateUserPool with exactly this request, whether the SDK knows it or not. */
  updateAsIs(request: Json): Promise<void>;
  /** SetUserPoolMfaConfig, with what GetUserPoolMfaConfig told. */
  setMfa(mfa: Json): Promise<void>;
}

/** Remembers what the triggers held, beyond one deployment. */
export interface FormerFunctions {
  read(): Promise<Former>;
  note(former: Former): Promise<void>;
}

/** The change cannot be made, or was taken back. The message says what to do, safe to print. */
export class AttachmentError extends Error {
  override name = 'AttachmentError';
}

/** What was done about each trigger; nothing was written when no step sets or clears. */
export type TriggerChange = { steps: Step[]; written: boolean };

/** A second look before a difference is believed: a read may be a moment behind the write. */
const SECOND_LOOK_MS = 2_000;
/** Others change pools, too; Cognito refuses the later of two changes at once. */
const MAXIMUM_ATTEMPTS = 4;

/**
 * Changes a pool's triggers and nothing else: reads the whole pool, sends every setting back, reads it
 * again and compares. If more than the triggers has changed, the pool is restored.
 *
 * @throws AttachmentError when a trigger is somebody else's (the pool is untouched then), or when the
 *   pool had to be restored, with the difference; errors of the API when nothing was changed.
 */
export function createChangeTriggers(dependencies: {
  pool: PoolAdministration;
  former: FormerFunctions;
  log: Log;
  wait: (milliseconds: number) => Promise<void>;
}): (wanted: Attachments, before?: Attachments | 'mend') => Promise<TriggerChange> {
  const { pool, former, log, wait } = dependencies;

  return async (wanted, before) => {
    for (let attempt = 1; ; attempt++) {
      const settings = await pool.read();
      const occupied = poolToOccupied(settings.pool);
      const steps = planTriggers(occupied, wanted, before, await former.read());
      refuse(steps);
      const target = withSteps(settings, steps);
      const written = target !== settings;
      for (const step of steps) log.info('trigger planned', step);
      if (!written) return { steps, written };
      await noteFormer(steps);
      // The note has taken its time: what is sent back has to be what is there now.
      const isStill = settingsToDifferences(settings, await pool.read()).length === 0;
      if (isStill && (await change(settings, target)) === 'done') return { steps, written };
      if (attempt === MAXIMUM_ATTEMPTS) {
        throw new AttachmentError(
          'somebody else keeps changing the user pool; nothing was changed: try again later',
        );
      }
      await wait(attempt * SECOND_LOOK_MS);
    }
  };

  async function noteFormer(steps: readonly Step[]): Promise<void> {
    const taken: Former = {};
    for (const step of steps) {
      if (step.kind === 'set' && step.former !== undefined) taken[step.trigger] = step.former;
    }
    if (Object.keys(taken).length > 0) await former.note(taken);
  }

  async function change(settings: PoolSettings, target: PoolSettings): Promise<'done' | 'raced'> {
    let failure: unknown;
    try {
      await pool.update(poolToUpdate(target.pool));
    } catch (error) {
      if (isRaced(error)) return 'raced';
      // Refused, or done without an answer: only the pool can tell.
      failure = error;
    }
    const after = await readUntil(target);
    const changed = settingsToDifferences(target, after);
    if (changed.length === 0) return 'done';
    if (failure !== undefined && settingsToDifferences(settings, after).length === 0) {
      throw explainRefusal(failure, settings.pool);
    }
    return restore(settings, differencesToText(changed));
  }

  async function readUntil(expected: PoolSettings): Promise<PoolSettings> {
    const first = await pool.read();
    if (settingsToDifferences(expected, first).length === 0) return first;
    await wait(SECOND_LOOK_MS);
    return pool.read();
  }

  async function restore(settings: PoolSettings, changed: string): Promise<never> {
    log.error('UpdateUserPool changed more than the triggers: restoring the pool', { changed });
    const problem = await tryToRestore(settings).catch((error: unknown) => {
      return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    throw new AttachmentError(
      problem === ''
        ? `the update changed more than the triggers; the pool is as it was before. It had changed: ${changed}`
        : `the update changed more than the triggers, and the pool could NOT be restored; look at it now. Changed: ${changed}. Still different or failed: ${problem}`,
    );
  }

  /** What is still different. Settings that only the API knows are sent as they came this time. */
  async function tryToRestore(settings: PoolSettings): Promise<string> {
    await pool.updateAsIs(poolToUpdate(settings.pool, 'keep'));
    let left = settingsToDifferences(settings, await pool.read());
    if (left.some(({ path }) => /^M(FA|fa)/.test(path)) && settings.mfa) {
      await pool.setMfa(settings.mfa);
      left = settingsToDifferences(settings, await pool.read());
    }
    return differencesToText(left);
  }
}

function refuse(steps: readonly Step[]): void {
  const reasons = steps.flatMap((step) => (step.kind === 'refuse' ? [step.why] : []));
  if (reasons.length === 0) return;
  throw new AttachmentError(`${reasons.join('. ')}. The user pool was not changed.`);
}

/** The same object when nothing has to change. */
function withSteps(settings: PoolSettings, steps: readonly Step[]): PoolSettings {
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

/**
 * UpdateUserPool sends the SMS role and the key of custom senders back with everything else, and AWS
 * asks whether the caller may pass them on.
 */
function explainRefusal(error: unknown, pool: Json): unknown {
  if (!(error instanceof Error && /^(AccessDenied|NotAuthorized)/.test(error.name))) return error;
  const { SnsCallerArn } = toJson(pool.SmsConfiguration);
  const { KMSKeyID } = toJson(pool.LambdaConfig);
  const hints = [
    ...(SnsCallerArn ? [`--param smsRoleArn=${SnsCallerArn}`] : []),
    ...(KMSKeyID ? [`--param customSenderKmsKeyArn=${KMSKeyID}`] : []),
  ];
  const mend =
    hints.length > 0 ? ` The pool has such settings: deploy with ${hints.join(' ')}.` : '';
  return new AttachmentError(
    `Cognito refuses UpdateUserPool (${error.name}: ${error.message}); nothing was changed.${mend}`,
    { cause: error },
  );
}

function isRaced(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConcurrentModificationException';
}
