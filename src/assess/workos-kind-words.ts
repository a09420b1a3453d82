import type { WorkosKind } from './workos-figures.ts';

/** `words`: after a number; `seed`: what the seed does about them. */
export const WORKOS_KIND_WORDS: Record<WorkosKind, { words: string; seed: string }> = {
  ours: {
    words: 'already mirrored',
    seed: 'Updated where something differs.',
  },
  oursGone: {
    words: 'mirrored, and gone from Cognito',
    seed: 'Left alone. verify lists them as extra.',
  },
  sameExternalId: {
    words: 'imported with the sub',
    seed: 'Updated and tagged: their external id is the sub of a profile.',
  },
  linkable: {
    words: 'linked by address',
    seed: 'Linked: the address is verified on both sides, and they have no external id.',
  },
  unverifiedInWorkos: {
    words: 'unverified in WorkOS',
    seed: 'In conflict: a stranger may have registered the address. See seed --take-over-unverified.',
  },
  foreignExternalId: {
    words: 'with an external id of yours',
    seed: 'In conflict: the external id is none of this pool’s.',
  },
  notUsable: {
    words: 'the profile does not count',
    seed: 'Left alone: the profile with that address is unverified, disabled or unconfirmed.',
  },
  otherPool: {
    words: 'of another user pool',
    seed: 'Left alone, or in conflict where the address is the same.',
  },
  noCounterpart: {
    words: 'unknown to Cognito',
    seed: 'Left alone: the sync touches nothing that it did not make.',
  },
};

/** Whether a text names a kind. */
export function isWorkosKind(text: string): text is WorkosKind {
  return Object.hasOwn(WORKOS_KIND_WORDS, text);
}
