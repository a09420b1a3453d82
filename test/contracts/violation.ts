/** A request or an answer that the vendor's own description does not have. */
export type Violation = {
  /** `workos`, or the name that AWS signs with: `cognito-idp`, `sqs`… */
  service: string;
  /** AWS's name of it, or method and path template; `?` where the vendor has no such operation. */
  operation: string;
  side: 'request' | 'answer';
  /** JSON pointer into the request's input or the answer's body. */
  pointer: string;
  /** `required`, `unknown`, `type`, `max`… or the keyword of the JSON schema. */
  rule: string;
  detail: string;
};

/** One rule that a value breaks, before it is known where the value was. */
export type Breach = Pick<Violation, 'pointer' | 'rule' | 'detail'>;

/** As a failing test shows it, on one line. */
export function violationToText(violation: Violation): string {
  const { service, operation, side, pointer, rule, detail } = violation;
  return `${service} ${operation}, ${side} ${pointer || '/'}: ${rule}: ${detail}`;
}
