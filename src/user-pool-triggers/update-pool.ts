import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { TRIGGERS } from '../config/pool-triggers.ts';
import type { Log } from '../telemetry/telemetry.ts';
import { AttachmentError } from './attachment-error.ts';
import {
  type Difference,
  differencesToText,
  isLost,
  type Json,
  MFA,
  type PoolSettings,
  poolToUpdate,
  settingsToDifferences,
  toJson,
  withExpected,
} from './pool-settings.ts';
import { poolToTriggers } from './trigger-holder.ts';

/** The pool as an administrator sees it; errors of the API come through. */
export interface PoolAdministration {
  read(): Promise<PoolSettings>;
  /** UpdateUserPool, with the settings that the SDK knows: resolves to what it sent of them. */
  update(request: Json): Promise<Json>;
  /** UpdateUserPool with exactly this request, whether the SDK knows it or not. */
  updateAsIs(request: Json): Promise<void>;
  /** SetUserPoolMfaConfig, with what GetUserPoolMfaConfig told. */
  setMfa(mfa: Json): Promise<void>;
}

/**
 * `done`: the pool has our triggers, and whatever somebody else has changed meanwhile. `raced`: somebody
 * else's update came before or after ours; what is there now is to be looked at anew.
 */
export type PoolUpdate = 'done' | 'raced';

/** A second look before a difference is believed: a read may be a moment behind the write. */
const SECOND_LOOK_MS = 2_000;
const RESTORE_ATTEMPTS = 3;

/**
 * Takes a pool from `base`, as it was read a moment ago, to `target`, which differs in its triggers alone,
 * and compares three ways with what is there afterwards: a setting that our update has lost is restored,
 * one that somebody else has changed since is left as they want it.
 *
 * What nobody can see: a change between our last look and our update, which Cognito overwrites (its API
 * has no condition). Hence the look right before it.
 *
 * @throws AttachmentError when the update has lost a setting, with the difference; the error of the API
 *   when nothing was changed.
 */
export function createUpdatePool(dependencies: {
  pool: PoolAdministration;
  log: Log;
  wait: (milliseconds: number) => Promise<void>;
}): (base: PoolSettings, target: PoolSettings) => Promise<PoolUpdate> {
  const { pool, log, wait } = dependencies;

  return async (base, target) => {
    const request = poolToUpdate(target.pool);
    let sent = request;
    let failure: unknown;
    try {
      sent = await pool.update(request);
    } catch (error) {
      if (isRaced(error)) return 'raced';
      // Refused, or done without an answer: only the pool can tell.
      failure = error;
    }
    const after = await readUntil(target);
    const differences = settingsToDifferences(target, after);
    if (differences.length === 0) return 'done';
    if (failure !== undefined && settingsToDifferences(base, after).length === 0) {
      throw explainRefusal(failure, base.pool);
    }
    if (!hasSameTriggers(after, target)) return 'raced';
    const lost = differences.filter((difference) => isLost(difference, sent));
    if (lost.length > 0) return restore(base, target, lost);
    log.warn('somebody else has changed the pool at the same moment: left as they want it', {
      changed: differencesToText(differences),
    });
    return 'done';
  };

  async function readUntil(expected: PoolSettings): Promise<PoolSettings> {
    const first = await pool.read();
    if (settingsToDifferences(expected, first).length === 0) return first;
    await wait(SECOND_LOOK_MS);
    return pool.read();
  }

  async function restore(
    base: PoolSettings,
    target: PoolSettings,
    lost: readonly Difference[],
  ): Promise<never> {
    const changed = differencesToText(lost);
    log.error('UpdateUserPool changed more than the triggers: restoring the pool', { changed });
    const problem = await tryToRestore(base, target, lost).catch((error: unknown) => {
      return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    throw new AttachmentError(
      problem === ''
        ? `the update changed more than the triggers; the pool is as it was before. It had changed: ${changed}`
        : `the update changed more than the triggers, and the pool could NOT be restored; look at it now. Changed: ${changed}. Still different or failed: ${problem}`,
    );
  }

  /** What is still different. Settings that only the API knows are sent as they came this time. */
  async function tryToRestore(
    base: PoolSettings,
    target: PoolSettings,
    lost: readonly Difference[],
  ): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      // As it is now: only what was lost, and our triggers, are taken back.
      const wish = withoutOurs(withExpected(await pool.read(), lost), base, target);
      const request = poolToUpdate(wish.pool, 'keep');
      try {
        await pool.updateAsIs(request);
      } catch (error) {
        if (!isRaced(error) || attempt === RESTORE_ATTEMPTS) throw error;
        await wait(attempt * SECOND_LOOK_MS);
        continue;
      }
      let left = await stillLost(wish, request);
      if (wish.mfa && left.some(({ path }) => path[0] === MFA || path[0] === 'MfaConfiguration')) {
        await pool.setMfa(wish.mfa);
        left = await stillLost(wish, request);
      }
      return differencesToText(left);
    }
  }

  async function stillLost(wish: PoolSettings, sent: Json): Promise<Difference[]> {
    const found = settingsToDifferences(wish, await pool.read());
    return found.filter((difference) => isLost(difference, sent));
  }
}

function hasSameTriggers(one: PoolSettings, other: PoolSettings): boolean {
  const [first, second] = [poolToTriggers(one.pool), poolToTriggers(other.pool)];
  return TRIGGERS.every((trigger) => first[trigger] === second[trigger]);
}

/** With the triggers of `base` where `settings` still has those of `target`. */
function withoutOurs(
  settings: PoolSettings,
  base: PoolSettings,
  target: PoolSettings,
): PoolSettings {
  const [now, before, ours] = [settings, base, target].map(({ pool }) => poolToTriggers(pool));
  const config = { ...toJson(settings.pool.LambdaConfig) };
  for (const trigger of TRIGGERS) {
    if (now?.[trigger] !== ours?.[trigger]) continue;
    if (before?.[trigger] === undefined) delete config[trigger];
    else config[trigger] = before[trigger];
  }
  return { ...settings, pool: { ...settings.pool, LambdaConfig: config } };
}

/**
 * UpdateUserPool sends the SMS role and the key of custom senders back with everything else, and AWS
 * asks whether the caller may pass them on.
 */
function explainRefusal(error: unknown, pool: Json): unknown {
  if (!(error instanceof Error) || classifyAwsError(error).kind !== 'denied') return error;
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
  return classifyAwsError(error).kind === 'concurrent_change';
}
