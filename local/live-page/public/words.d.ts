import type { ShownProfile, ShownUser } from '../../events/shown.ts';

type Outcome = { outcome?: string | undefined; reason?: string | undefined };

export function standingOf(
  profile: ShownProfile,
  outcome: Outcome | undefined,
  holder: ShownUser | undefined,
): { tone: string; text: string };
export function profileTags(profile: ShownProfile): string[];
export function userTags(user: ShownUser): string[];
export function toneOf(outcome: string | undefined): string;
export function outcomeText(outcome: Outcome): string;
export function spaced(reason?: string): string;
export function counted(count: number, noun: string, plural?: string): string;
export function shortId(id: string): string;
