import { OperatorError } from '../operator-error.ts';

/** The environment of the process, `process.env`, passed in by an entry point. */
export type Environment = Record<string, string | undefined>;

/** A variable is missing or wrong. The message names it and says what to set. */
export class ConfigurationError extends OperatorError {
  override name = 'ConfigurationError';
  readonly variable: string;
  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.variable = variable;
  }
}

/**
 * A variable that must be set to a URL.
 *
 * @throws ConfigurationError
 */
export function url(env: Environment, variable: string): string {
  const value = env[variable]?.trim();
  if (!value) throw new ConfigurationError(variable, 'is not set: give the URL of the queue');
  if (!URL.canParse(value)) throw new ConfigurationError(variable, 'is not a URL');
  return value;
}

/** Both ends included. */
type NumberRange = { fallback: number; min: number; max: number };

/**
 * A whole number within `range`; where the variable is not set, `range.fallback`.
 *
 * @throws ConfigurationError
 */
export function integer(env: Environment, variable: string, range: NumberRange): number {
  return numberWithin(env, variable, range, Number.isInteger, 'a whole number');
}

/**
 * A number within `range`; where the variable is not set, `range.fallback`.
 *
 * @throws ConfigurationError
 */
export function number(env: Environment, variable: string, range: NumberRange): number {
  return numberWithin(env, variable, range, Number.isFinite, 'a number');
}

function numberWithin(
  env: Environment,
  variable: string,
  { fallback, min, max }: NumberRange,
  isKind: (value: number) => boolean,
  kind: string,
): number {
  const text = env[variable]?.trim();
  if (!text) return fallback;
  const value = Number(text);
  if (isKind(value) && value >= min && value <= max) return value;
  throw new ConfigurationError(variable, `has to be ${kind} from ${min} to ${max}`);
}

/**
 * `true`, `1`, `false` or `0`; where the variable is not set, `fallback`.
 *
 * @throws ConfigurationError
 */
export function boolean(env: Environment, variable: string, fallback: boolean): boolean {
  const text = env[variable]?.trim().toLowerCase();
  if (!text) return fallback;
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new ConfigurationError(variable, 'has to be true or false');
}
