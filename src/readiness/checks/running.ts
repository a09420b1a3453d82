import { counted } from '../../page/format.ts';
import type { ReadinessCheck, VerdictFacts } from '../check.ts';
import type { Readiness } from '../facts.ts';
import { sentence } from './users.ts';

/** Is the dual run running: the triggers of the pool, and what waits in the queues. */
export function runningChecks({ triggers, queues }: VerdictFacts): ReadinessCheck[] {
  return [triggerCheck(triggers), ...queueChecks(queues)];
}

function triggerCheck(known: Readiness['triggers']): ReadinessCheck {
  const name = 'triggers';
  if (!known.known) return unknown(name, 'The triggers of the pool are not known', known.why);
  const detached = known.value.filter(({ attached }) => !attached);
  if (known.value.length > 0 && detached.length === 0) {
    return { name, status: 'ok', detail: 'Triggers attached' };
  }
  return {
    name,
    status: 'look',
    detail:
      known.value.length === 0
        ? 'No trigger attached'
        : `${counted(detached.length, 'trigger')} not attached (${detached.map((each) => each.trigger).join(', ')})`,
    todo: 'Run npx cws triggers, or deploy again.',
  };
}

function queueChecks(known: Readiness['queues']): ReadinessCheck[] {
  if (!known.known) {
    const detail = 'The messages in the queues are not known';
    return [unknown('dead_letters', detail, known.why)];
  }
  const { deadLetters, waiting } = known.value;
  return [
    deadLetters === 0
      ? { name: 'dead_letters', status: 'ok', detail: 'No dead letters' }
      : {
          name: 'dead_letters',
          status: 'look',
          detail: `${counted(deadLetters, 'dead letter')} waiting`,
          todo: 'Run npx cws redrive.',
        },
    waiting === 0
      ? { name: 'waiting_messages', status: 'ok', detail: 'No message waits to be mirrored' }
      : {
          name: 'waiting_messages',
          status: 'look',
          detail: `${counted(waiting, 'message')} not mirrored yet`,
          todo: 'WorkOS may still change: run the same command again.',
        },
  ];
}

function unknown(name: ReadinessCheck['name'], detail: string, why: string): ReadinessCheck {
  return { name, status: 'look', detail, ...(why !== '' && { todo: sentence(why) }) };
}
