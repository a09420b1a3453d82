import { settingProblem } from '../stage/setting-rules.ts';

const UNITS = { m: 'minute', h: 'hour', d: 'day' };

/**
 * What an operator types → the value of the setting `canary`: `5m`, `1h` and `1d` become rates of EventBridge; a
 * schedule of EventBridge and `off` stay as they are.
 *
 * @returns undefined for what is none of these.
 */
export function toSchedule(text: string): string | undefined {
  const [, count = '', unit] = /^([1-9]\d{0,3})([mhd])$/.exec(text) ?? [];
  const schedule =
    unit === 'm' || unit === 'h' || unit === 'd'
      ? `rate(${count} ${UNITS[unit]}${count === '1' ? '' : 's'})`
      : text;
  return settingProblem('canary', schedule) === undefined ? schedule : undefined;
}
