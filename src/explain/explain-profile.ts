import { createWorkosIndex } from '../bulk/workos-index.ts';
import { compareUser } from '../compare/compare-user.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { CONFLICT_ADVICE, type ConflictReason } from '../mirror/decide/conflicts.ts';
import { DECIDING_RULES } from '../mirror/decide/deciding-rules.ts';
import { isOurs } from '../mirror/decide/holder.ts';
import { configToRules } from '../mirror/mirror.ts';
import type { KnownFact } from '../readiness/facts.ts';
import { openTemporaryDatabase } from '../sqlite/temporary.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { DeadLetterFacts, ExplainedFacts, Explanation, WorkosSide } from './explanation.ts';
import { type Forecast, type ForecastSetting, forecast, forecastGone } from './forecast.ts';
import { type GatheredWorkos, gatherOthers, gatherWorkos, toBothSides } from './gather.ts';
import { toInShort } from './in-short.ts';
import { entryToFacts } from './ledger-facts.ts';
import { userToPassword } from './password-facts.ts';
import type { PoolLookup, PoolProfile } from './pool-lookup.ts';
import { profileToFacts } from './profile-facts.ts';
import { toKnown } from './to-known.ts';
import { workosUserToFacts } from './workos-facts.ts';

/** What an explanation is made with; see {@link ForecastSetting} for what is not described here. */
export type ExplainSetting = Omit<ForecastSetting, 'index'> & {
  userPoolId: string;
  lookup: PoolLookup;
  readEntry: (sub: string) => Promise<KnownFact<LedgerEntry | null>>;
  findDeadLetters: (sub: string) => KnownFact<DeadLetterFacts>;
};

/**
 * Everything about one sub, whether Cognito has it or not.
 *
 * @param subject.profile as Cognito has just shown it; undefined: Cognito does not have the sub.
 * @throws SourceError where Cognito cannot be asked.
 */
export async function explainSub(
  { sub, profile }: { sub: string; profile: PoolProfile | undefined },
  setting: ExplainSetting,
): Promise<Explanation> {
  const { userPoolId, lookup, reader, signal, config } = setting;
  const rules = configToRules(config);
  const entry = await setting.readEntry(sub);
  const { email } = profile?.user ?? {};
  const { workosUserId } = (entry.known && entry.value) || {};
  const subject = { sub, ...(email && { email }), ...(workosUserId && { workosUserId }) };
  const gathered = await toKnown(() => gatherWorkos(subject, reader, signal));
  const users = gathered.known ? usersOf(gathered.value) : [];
  const found = await gatherOthers({ ...subject, userPoolId }, users, lookup);
  using db = openDisposable();
  const sides =
    gathered.known &&
    toBothSides(createWorkosIndex(db.database), gathered.value, [
      profile,
      ...found.map((each) => each.profile),
    ]);
  const verdict =
    profile && sides ? compareUser(profile.user, { ...sides, rules, isLive: true }) : undefined;
  const seen = verdict?.kind === 'conflict' ? verdict.reason : undefined;
  const foretold = gathered.known && profile ? await foretell(profile, setting) : null;
  const goneForecast =
    gathered.known && !profile && isMadeHere(gathered.value, userPoolId)
      ? await foretellGone(sub, setting)
      : null;
  const facts: ExplainedFacts = {
    sub,
    cognito: profile ? profileToFacts(profile, rules) : null,
    workos: gathered.known
      ? { known: true, value: toWorkosSide(gathered.value, userPoolId) }
      : gathered,
    others: found.map(({ sub: other, relations, profile: its }) => ({
      sub: other,
      relations: [...relations],
      profile: its ? profileToFacts(its, rules) : null,
    })),
    rule: toRule(sub, foretold),
    conflict: toConflict(foretold, seen),
    forecast: foretold,
    goneForecast,
    password: profile && sides ? userToPassword(profile.user, sides, rules) : { kind: 'none' },
    ledger: entry.known
      ? { known: true, value: entry.value && entryToFacts(entry.value, rules) }
      : entry,
    deadLetters: setting.findDeadLetters(sub),
    deletions: setting.deletions,
  };
  return { ...facts, inShort: toInShort(facts) };
}

/** An address that no Cognito profile has: perhaps a WorkOS user has it, the customer's own. */
export function explainWithoutProfile(
  user: KnownFact<WorkosUser | undefined>,
  { userPoolId, deletions }: ExplainSetting,
): Explanation {
  const facts: ExplainedFacts = {
    sub: null,
    cognito: null,
    workos: user.known
      ? {
          known: true,
          value: toWorkosSide(
            { own: undefined, byEmail: user.value, noted: undefined },
            userPoolId,
          ),
        }
      : user,
    others: [],
    rule: null,
    conflict: null,
    forecast: null,
    goneForecast: null,
    password: { kind: 'none' },
    ledger: { known: true, value: null },
    deadLetters: { known: true, value: { messages: [], lookedAt: 0, notLookedAt: 0 } },
    deletions,
  };
  return { ...facts, inShort: toInShort(facts) };
}

async function foretell(
  { user }: PoolProfile,
  setting: ExplainSetting,
): Promise<KnownFact<Forecast>> {
  using db = openDisposable();
  const index = createWorkosIndex(db.database);
  return await toKnown(() => forecast(user, { ...setting, index }));
}

async function foretellGone(sub: string, setting: ExplainSetting) {
  using db = openDisposable();
  const index = createWorkosIndex(db.database);
  const { userPoolId } = setting;
  return await toKnown(() => forecastGone({ userPoolId, sub }, { ...setting, index }));
}

function toRule(sub: string, foretold: KnownFact<Forecast> | null): Explanation['rule'] {
  const steps = foretold?.known ? foretold.value.steps : [];
  const name = steps.findLast((step) => step.sub === sub)?.rule;
  if (name === undefined) return null;
  const { sentence, anchor } = DECIDING_RULES[name];
  return { name, sentence, anchor: `docs/design.md#${anchor}` };
}

/** What only a comparison of both sides shows; it says more than what the mirror says. */
const OF_COMPARISON = new Set<ConflictReason>([
  'disabled_in_cognito',
  'address_differs',
  'linked_sub_of_another',
  'primary_gone',
]);

function toConflict(
  foretold: KnownFact<Forecast> | null,
  seen: ConflictReason | undefined,
): Explanation['conflict'] {
  const outcome = foretold?.known ? foretold.value.outcome : undefined;
  const mirrored = outcome?.outcome === 'conflict' ? outcome.reason : undefined;
  const reason = seen !== undefined && OF_COMPARISON.has(seen) ? seen : mirrored;
  return reason === undefined ? null : { reason, ...CONFLICT_ADVICE[reason] };
}

function usersOf({ own, byEmail, noted }: GatheredWorkos): WorkosUser[] {
  return [own, byEmail, noted].filter((each) => each !== undefined);
}

function isMadeHere({ own }: GatheredWorkos, userPoolId: string): boolean {
  return own !== undefined && isOurs(own, { userPoolId });
}

function toWorkosSide({ own, byEmail, noted }: GatheredWorkos, userPoolId: string): WorkosSide {
  const toFacts = (user: WorkosUser | undefined) =>
    user ? workosUserToFacts(user, userPoolId) : null;
  return { own: toFacts(own), byEmail: toFacts(byEmail), noted: toFacts(noted) };
}

function openDisposable() {
  const database = openTemporaryDatabase();
  return { database, [Symbol.dispose]: () => database.close() };
}
