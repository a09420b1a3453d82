import type { Assessment } from '../../src/assess/facts.ts';
import { toLosses } from '../../src/assess/losses.ts';
import { type AssessmentVerdict, assessmentToVerdict } from '../../src/assess/verdict.ts';
import type { KnownFact } from '../../src/readiness/facts.ts';
import { toList, writeResult } from '../shared/result.ts';
import { EXIT } from '../shared/run.ts';
import { createScreen } from '../shared/screen.ts';
import type { AssessOptions } from './assess-options.ts';
import { assessmentToText } from './text.ts';

/** Writes the result to stdout. @returns the exit code. */
export async function printAssessment(
  assessment: Assessment,
  { userPoolId, json, report }: AssessOptions,
): Promise<number> {
  const exit = toExit(assessmentToVerdict(assessment).verdict);
  if (json) {
    const head = { command: 'assess', userPoolId, exit };
    await writeResult(process.stdout, head, toBody(assessment));
  } else {
    const screen = createScreen(process.stdout);
    process.stdout.write(assessmentToText(assessment, { screen, report }));
  }
  return exit;
}

function toExit(verdict: AssessmentVerdict): number {
  return verdict === 'ready' ? EXIT.done : EXIT.attention;
}

/** The result with `--json`: what is not known is `{known: false, why}`, and never 0. */
function toBody(assessment: Assessment): object {
  const { verdict, checks } = assessmentToVerdict(assessment);
  const { awsCost, workosEnvironment = null } = assessment;
  return {
    verdict,
    checks: toList(checks),
    generatedAt: assessment.generatedAt,
    asOf: assessment.asOf,
    workosEnvironment,
    pool: flat(assessment.profile, ({ triggers, ...profile }) => ({
      ...profile,
      triggers: toList(triggers),
    })),
    mfa: flat(assessment.mfa, (mfa) => mfa),
    mfaSample: assessment.mfaSample,
    appClients: flat(assessment.appClients, ({ clients, notDescribed }) => ({
      clients: toList(clients),
      notDescribed,
    })),
    groups: flat(assessment.groups, (groups) => groups),
    providers: flat(assessment.providers, () => ({})),
    assessedProviders: toList(assessment.assessedProviders),
    users: assessment.users,
    workosUsers: flat(assessment.workosUsers, (figures) => figures),
    forecast: {
      ...assessment.forecast,
      providers: toList(assessment.forecast.providers),
    },
    losses: toList(toLosses(assessment)),
    seedTime: assessment.seedTime,
    cost: {
      aws: { ...awsCost, perMonth: toList(awsCost.perMonth) },
      workos: assessment.workosCost,
    },
  };
}

function flat<T>(fact: KnownFact<T>, toValue: (value: T) => object): object {
  return fact.known ? { known: true, ...toValue(fact.value) } : fact;
}
