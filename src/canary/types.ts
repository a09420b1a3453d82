/** What the canary proves, in this order. */
export const CANARY_STEPS = ['sign_up', 'sign_in', 'squatter', 'password'] as const;
export type CanaryStep = (typeof CANARY_STEPS)[number];

/**
 * How a step ended.
 *
 * - `arrived`: WorkOS has it; `unchanged`: WorkOS was to stay as it is, and did.
 * - `failed`: it should have arrived, or stayed, and did not.
 * - `not_proved`: it could not be tried, or not to its end; `reason` says why.
 */
export type StepResult = 'arrived' | 'unchanged' | 'failed' | 'not_proved';

/** `seconds`: from Cognito's answer to the moment when WorkOS showed it; null where it was not waited for. */
export type StepReport = {
  step: CanaryStep;
  result: StepResult;
  seconds: number | null;
  deadlineSeconds: number;
  reason: string | null;
};

/** Which of the canary's two profiles: the one that arrives, and the one that tries another person's address. */
export const CANARY_ROLES = ['user', 'trap'] as const;
export type CanaryRole = (typeof CANARY_ROLES)[number];

/** Something of the canary's that could not be removed. `id`: of the app client, or of the user. */
export type LeftBehind = {
  kind: 'app_client' | 'cognito_user' | 'workos_user';
  id: string;
  reason: string;
};

/** How a whole run ended; `stopped`: by Ctrl-C or a signal. */
export type CanaryEnd = 'proved' | 'partly' | 'failed' | 'stopped';

export type CanaryReport = {
  run: string;
  end: CanaryEnd;
  steps: StepReport[];
  left: LeftBehind[];
};

/** Told what the canary does, as it does it. */
export type CanaryObserver = {
  /** A step is about to begin. */
  begins(step: CanaryStep): void;
  ends(report: StepReport): void;
  /** One line that is no step's result. */
  notice(text: string): void;
};
