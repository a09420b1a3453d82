import { describe, expect, it } from 'vitest';
import { toOwnAlarms } from '../../../src/status/own-alarms.ts';
import { readAlarms } from '../../docs/settings.ts';

const OURS = [...readAlarms()];

describe("a stage's own alarms", () => {
  it('are all of the template', () => {
    expect(OURS.length).toBeGreaterThan(20);
    expect(toOwnAlarms(OURS)).toEqual(OURS);
  });

  it('are told from those of a stage whose name begins alike', () => {
    const others = OURS.map((ending) => `2-${ending}`);
    expect(toOwnAlarms([...OURS, ...others])).toEqual(OURS);
  });

  it('are told from an alarm that only the other stage has', () => {
    const found = ['dead-letters', 'eu-dead-letters', 'eu-password-key-unavailable'];
    expect(toOwnAlarms(found)).toEqual(['dead-letters']);
  });
});
