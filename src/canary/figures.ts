import type { CanaryReport } from './types.ts';

/** What `cws status` shows of the last run: without personal data. */
export function reportToFigures(
  { end, steps }: Pick<CanaryReport, 'end' | 'steps'>,
  deadlineSeconds: number,
): Record<string, number | string | null> {
  const seconds = steps.flatMap((each) => (each.seconds === null ? [] : [each.seconds]));
  return {
    end,
    deadlineSeconds,
    slowestSeconds: seconds.length === 0 ? null : Math.max(...seconds),
    failedStep: steps.find(({ result }) => result === 'failed')?.step ?? null,
    notProved: steps.filter(({ result }) => result === 'not_proved').length,
  };
}
