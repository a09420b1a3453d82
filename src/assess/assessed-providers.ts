import { providerToCounterpart } from '../oauth-clients/counterpart.ts';
import type { Comparison } from '../verify/comparison.ts';
import type { AssessedProvider, PoolAnswers, ProviderLoss } from './facts.ts';

/**
 * The providers of the pool, and those that users came through and the pool has no more, with what each is in
 * WorkOS. Of a pool whose providers cannot be read, those that users have, by their type alone.
 */
export function toAssessedProviders(
  providers: PoolAnswers['providers'],
  { people }: Pick<Comparison, 'people'>,
): AssessedProvider[] {
  const used = new Map(people.providers().map((each) => [each.name, each]));
  const listed = (providers.known ? providers.value : []).map((provider) => {
    const { kind, workos } = providerToCounterpart(provider);
    return {
      name: provider.name,
      type: provider.type,
      people: used.get(provider.name)?.count ?? 0,
      counterpart: kind,
      workos,
    };
  });
  const names = new Set(listed.map(({ name }) => name));
  const others = [...used.values()].filter(({ name }) => !names.has(name));
  return [
    ...listed,
    ...others.map(({ name, count, hasCounterpart }) => ({
      name,
      type: undefined,
      people: count,
      counterpart: toOther(providers.known, hasCounterpart),
      workos: null,
    })),
  ];
}

function toOther(isPoolKnown: boolean, hasCounterpart: boolean): AssessedProvider['counterpart'] {
  if (isPoolKnown) return 'gone';
  return hasCounterpart ? 'some' : 'none';
}

/** The people of the providers that they cannot sign in through at WorkOS, each once. */
export function toProviderLoss(
  providers: readonly AssessedProvider[],
  { people }: Pick<Comparison, 'people'>,
): ProviderLoss {
  const names = providers
    .filter(({ counterpart }) => counterpart === 'none' || counterpart === 'gone')
    .map(({ name }) => name);
  return { names, ...people.through(names) };
}
