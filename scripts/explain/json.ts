import type { Explanation, ProfileFacts } from '../../src/explain/explanation.ts';
import { OPERATOR_ACTIONS, type OperatorAction } from '../../src/explain/operator-actions.ts';
import type { KnownFact } from '../../src/readiness/facts.ts';
import { toList } from '../shared/result.ts';

/** An explanation as the result of `--json` has it: the same facts, each list with its count. */
export function explanationToJson(explanation: Explanation) {
  const { cognito, others, forecast, goneForecast, deadLetters, inShort } = explanation;
  return {
    ...explanation,
    cognito: cognito && profileToJson(cognito),
    others: toList(
      others.map(({ profile, ...other }) => ({
        ...other,
        profile: profile && profileToJson(profile),
      })),
    ),
    forecast:
      forecast &&
      mapKnown(forecast, ({ steps, writes, ...rest }) => ({
        ...rest,
        steps: toList(steps),
        writes: toList(writes),
      })),
    goneForecast:
      goneForecast &&
      mapKnown(goneForecast, ({ outcome, writes }) => ({ outcome, writes: toList(writes) })),
    deadLetters: mapKnown(deadLetters, ({ messages, ...rest }) => ({
      ...rest,
      messages: toList(messages),
    })),
    inShort: {
      ...inShort,
      todo: toList(inShort.todo),
      operator: toList(inShort.operator.map((action) => ({ action, ...actionToJson(action) }))),
    },
  };
}

/** The command without the pool or stage. */
function actionToJson(action: OperatorAction) {
  const { command, does, reach } = OPERATOR_ACTIONS[action];
  return { command: `npx cws ${command.name} ${command.options}`.trim(), does, reach };
}

function profileToJson({ providers, ...profile }: ProfileFacts) {
  return { ...profile, providers: toList(providers) };
}

function mapKnown<T, R>(fact: KnownFact<T>, map: (value: T) => R): KnownFact<R> {
  return fact.known ? { known: true, value: map(fact.value) } : fact;
}
