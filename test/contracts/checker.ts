import { INJECTED_ANSWER } from '../../local/emulators/injected-answer.ts';
import { addressOf } from './aws/address.ts';
import { checkAwsAnswer, checkAwsRequest } from './aws/check-aws.ts';
import { DEPARTURES } from './departures.ts';
import type { Addressed, ArrivedRequest, GivenAnswer } from './exchange.ts';
import type { Observer } from './observe-exchanges.ts';
import { type Breach, type Violation, violationToText } from './violation.ts';
import { checkWorkosAnswer, checkWorkosRequest } from './workos/check-workos.ts';
import { workosAddressOf } from './workos/operations.ts';

/** How often an operation was checked: requests, and answers that were no errors. */
export type Checked = { requests: number; answers: number };

export type Checker = Observer & {
  /** By `service:operation`. */
  readonly checked: Map<string, Checked>;
  /** Names of the departures that something rested on. */
  readonly departures: Set<string>;
  /** What was found since the last call, one line each, each line once. */
  takeViolations(): string[];
};

/** Holds every exchange with a vendor against the vendor's own description; others are left alone. */
export function createChecker(): Checker {
  const checked = new Map<string, Checked>();
  const departures = new Set<string>();
  const found = new Set<string>();

  function report(addressed: Addressed, side: Violation['side'], breaches: Breach[]): void {
    for (const breach of breaches) {
      const violation = { ...addressed, side, ...breach };
      const departure = DEPARTURES.find(({ covers }) => covers(violation));
      if (departure) departures.add(departure.name);
      else found.add(violationToText(violation));
    }
  }

  function count({ service, operation }: Addressed, what: keyof Checked): void {
    const key = `${service}:${operation}`;
    const counts = checked.get(key) ?? { requests: 0, answers: 0 };
    counts[what] += 1;
    checked.set(key, counts);
  }

  return {
    checked,
    departures,
    takeViolations() {
      const lines = [...found];
      found.clear();
      return lines;
    },
    onRequest(request) {
      const addressed = addressOf(request) ?? workosAddressOf(request);
      if (!addressed) return;
      const check = addressed.service === 'workos' ? checkWorkosRequest : checkAwsRequest;
      report(
        addressed,
        'request',
        guarded(() => check(addressed, request)),
      );
      count(addressed, 'requests');
    },
    onAnswer(request: ArrivedRequest, answer: GivenAnswer) {
      if (answer.headers[INJECTED_ANSWER] !== undefined) return;
      const addressed = addressOf(request) ?? workosAddressOf(request);
      if (!addressed) return;
      const check = addressed.service === 'workos' ? checkWorkosAnswer : checkAwsAnswer;
      report(
        addressed,
        'answer',
        guarded(() => check(addressed, answer)),
      );
      if (answer.status < 300) count(addressed, 'answers');
    },
  };
}

/** What cannot even be read breaks the contract, too. */
function guarded(check: () => Breach[]): Breach[] {
  try {
    return check();
  } catch (error) {
    return [{ pointer: '', rule: 'unreadable', detail: String(error) }];
  }
}
