import { toSpan } from '../ago.ts';
import type { StatusCheck } from '../check.ts';
import type { StatusFacts } from '../facts.ts';
import type { CanaryFigures, LastFigures } from '../run-figures.ts';

export function checkCanary(_: StatusFacts, { canary }: Pick<LastFigures, 'canary'>): StatusCheck {
  switch (canary.kind) {
    case 'unknown':
      return { state: 'unknown', detail: canary.why };
    case 'none':
      return { state: 'none', detail: 'has not run' };
    case 'run': {
      const { endedAt: at, figures } = canary;
      const { state, what } = judge(figures);
      return { state, detail: what, at };
    }
  }
}

function judge(figures: CanaryFigures): { state: StatusCheck['state']; what: string } {
  const { end, slowestSeconds, deadlineSeconds, failedStep, notProved } = figures;
  const deadline = deadlineSeconds === null ? '' : ` of ${toSpan(deadlineSeconds)} allowed`;
  const slowest =
    slowestSeconds === null ? '' : `, the slowest ${toSpan(slowestSeconds)}${deadline}`;
  switch (end) {
    case 'proved':
      return { state: 'ok', what: `every step arrived${slowest}` };
    case 'partly':
      return { state: 'look', what: `${notProved} not proved, the rest arrived${slowest}` };
    case 'failed':
      return { state: 'bad', what: `failed${failedStep === null ? '' : ` at ${failedStep}`}` };
    case 'stopped':
      return { state: 'look', what: 'was stopped, which proves nothing' };
  }
}
