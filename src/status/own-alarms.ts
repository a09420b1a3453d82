/**
 * Endings of alarm names, after `<service>-<stage>-` → those of this stage. The alarms of a stage `dev-2` begin like
 * those of `dev`: there, `dead-letters` and `2-dead-letters` are found side by side, which shows what the other stage's
 * names begin with. No ending of ours is another one with words in front (test/unit/status/own-alarms.test.ts).
 */
export function toOwnAlarms(endings: readonly string[]): string[] {
  const all = new Set(endings);
  const others = new Set(endings.flatMap((ending) => beginningsIn(ending, all)));
  return endings.filter((ending) => ![...others].some((other) => ending.startsWith(other)));
}

/** `2-` of `2-dead-letters` where `dead-letters` is there, too. */
function beginningsIn(ending: string, all: ReadonlySet<string>): string[] {
  const beginnings: string[] = [];
  for (let at = ending.indexOf('-'); at >= 0; at = ending.indexOf('-', at + 1)) {
    if (all.has(ending.slice(at + 1))) beginnings.push(ending.slice(0, at + 1));
  }
  return beginnings;
}
