import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { CanaryRole } from './types.ts';

/**
 * The canary's app client, with everything that a later run needs to find what this one made: its name says which
 * run made it, until when that run may be at work, and where the mail goes; its secret is the key of the mark.
 */
export type CanaryClient = {
  id: string;
  secret: string;
  name: CanaryName;
};

/** `leaseEnds`: seconds since the epoch; absent for the standing one of the schedule. */
export type CanaryName = { run: string; leaseEnds?: number; mailbox: string };

/** A profile of the canary's, in every form that a pool may want. */
export type CanaryIdentity = {
  address: string;
  plainName: string;
  phone: string;
  password: string;
};

/** Mail to it is swallowed without a bounce (docs/facts.md#cognito-mail). */
export const SIMULATOR = 'success@simulator.amazonses.com';
/** The run of the schedule's standing user, which has no lease. */
export const STANDING = 'standing';

const NAME = /^cws-canary-(?:(standing)|([0-9a-z]{8})-(\d{10}))(?: (\S+@\S+))?$/;
/** What an app client may be called (API reference, CreateUserPoolClient: ClientName). */
const MAILBOX = /^[\w.=,-]+@[\w.-]+$/;
/** The longest part in front of the @ (RFC 5321, 4.5.3.1.1), less the longest mark and its plus. */
const LONGEST_LOCAL_PART = 64 - '+cws-canary-standing-user-0123456789abcdef'.length;
const MARK_DIGITS = 16;
/**
 * Areas of cities in the USA. 555-0100 to 555-0199 are kept free for fiction there, and not behind numbers without an
 * area, like 800 (docs/facts.md#fictional-phone-numbers).
 */
const AREAS = [
  202, 206, 212, 213, 214, 215, 216, 303, 305, 312, 313, 404, 415, 503, 602, 612, 617, 702,
];

/** A name for a run that no other run has. */
export function newRun(): string {
  return BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(8, '0')
    .slice(-8);
}

/** The name of the app client, at most 128 characters. */
export function nameToText({ run, leaseEnds, mailbox }: CanaryName): string {
  const lease = leaseEnds === undefined ? '' : `-${leaseEnds}`;
  return `cws-canary-${run}${lease}${mailbox === SIMULATOR ? '' : ` ${mailbox}`}`;
}

/** @returns undefined for every other app client. */
export function textToName(text: string): CanaryName | undefined {
  const [, standing, run, leaseEnds, mailbox = SIMULATOR] = NAME.exec(text) ?? [];
  if (standing !== undefined) return { run: STANDING, mailbox };
  if (run === undefined) return undefined;
  return { run, leaseEnds: Number(leaseEnds), mailbox };
}

/** @returns what is wrong with a mailbox for the canary's mails; undefined where nothing is. */
export function mailboxProblem(mailbox: string): string | undefined {
  const [local = ''] = mailbox.split('@');
  if (!MAILBOX.test(mailbox)) {
    return 'has to be one plain address, like owner@example.com, without a label: the canary adds its own';
  }
  if (local.length > LONGEST_LOCAL_PART || mailbox.length > 90) {
    return `is too long: the canary adds a label, so there is room for ${LONGEST_LOCAL_PART} characters before the @`;
  }
  return undefined;
}

/**
 * The profile of a role. Its address, names and password are made with the secret of the app client, which Cognito
 * gives to those alone who may describe the app client: a user who has such an address was signed up by the canary.
 */
export function identityOf({ secret, name }: CanaryClient, role: CanaryRole): CanaryIdentity {
  const { run, mailbox } = name;
  const mark = createHmac('sha256', secret).update(`mark ${run} ${role}`).digest('hex');
  const plainName = `cws-canary-${run}-${role}-${mark.slice(0, MARK_DIGITS)}`;
  const at = mailbox.lastIndexOf('@');
  return {
    address: `${mailbox.slice(0, at)}+${plainName}${mailbox.slice(at)}`.toLowerCase(),
    plainName,
    phone: toFictionalNumber(mark, role),
    password: toPassword(createHmac('sha256', secret).update(`password ${run} ${role}`).digest()),
  };
}

/** One of the {@link AREAS}' numbers; those of the two roles are never the same. */
function toFictionalNumber(mark: string, role: CanaryRole): string {
  const n = Number.parseInt(createHash('sha256').update(mark).digest('hex').slice(0, 8), 16);
  const area = AREAS[n % AREAS.length];
  const line = 2 * (Math.floor(n / AREAS.length) % 50) + (role === 'user' ? 0 : 1);
  return `+1${area}55501${String(line).padStart(2, '0')}`;
}

/** Of every kind of characters that a pool may want, and longer than a pool can want. */
function toPassword(random: Buffer): string {
  return `Aa1!${random.toString('base64url')}${random.toString('hex').slice(0, 56)}`;
}
