import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Body } from './body.ts';
import { context } from './cognito-local.ts';
import { attributeOf, type CognitoEngine } from './engine.ts';

/** A call of the Cognito API, as CloudTrail gives it to EventBridge. */
export type CallEvent = Record<string, unknown>;

/** Of the members of a request, CloudTrail shows these; the others are hidden. */
const SHOWN = ['UserPoolId', 'ClientId'];
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';
/** Read-only calls, which CloudTrail logs and EventBridge does not get. */
const READ_ONLY = /^(List|Get|Describe|AdminGet|AdminList)/;
const ACCOUNT = '000000000000';

const claimsSchema = v.object({ sub: v.string() });

/**
 * Watches one call from its request to its answer (docs/facts.md#cloudtrail).
 *
 * @returns a function of the answer, or of the code of the error, which gives the event; undefined for a call that
 *   only reads. To be called before the call is carried out, because a deleted user has no sub any more.
 */
export async function watchCall(
  engine: CognitoEngine,
  { action, body, region }: { action: string; body: Body; region: string },
): Promise<((outcome: { answer: Body } | { errorCode: string }) => CallEvent) | undefined> {
  if (READ_ONLY.test(action)) return undefined;
  const before = await subIn(engine, body);
  return (outcome) => {
    const sub = before ?? ('answer' in outcome ? createdSub(outcome.answer) : undefined);
    const time = new Date().toISOString();
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.cognito-idp',
      account: ACCOUNT,
      time,
      region,
      resources: [],
      detail: {
        eventVersion: '1.11',
        userIdentity: { type: 'Unknown', principalId: 'Anonymous' },
        eventTime: time,
        eventSource: 'cognito-idp.amazonaws.com',
        eventName: action,
        awsRegion: region,
        ...('errorCode' in outcome && { errorCode: outcome.errorCode }),
        requestParameters: hide(body),
        responseElements: null,
        additionalEventData: sub === undefined ? null : { sub },
        eventID: randomUUID(),
        readOnly: false,
        eventType: 'AwsApiCall',
        managementEvent: true,
        recipientAccountId: ACCOUNT,
        eventCategory: 'Management',
      },
    };
  };
}

/** The sub of the user whom a request is about. */
async function subIn({ cognito }: CognitoEngine, body: Body): Promise<string | undefined> {
  const { AccessToken, UserPoolId, ClientId, Username } = body;
  if (AccessToken !== undefined) return subOfToken(String(AccessToken));
  if (Username === undefined) return undefined;
  const client = ClientId === undefined ? undefined : await cognito.getAppClient(context, ClientId);
  const poolId: string | undefined = UserPoolId ?? client?.UserPoolId;
  if (poolId === undefined) return undefined;
  const pool = await cognito.getUserPool(context, poolId);
  const user = await pool.getUserByUsername(context, Username);
  return user ? attributeOf(user, 'sub') : undefined;
}

function subOfToken(token: string): string | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const parsed = v.safeParse(claimsSchema, claims);
    return parsed.success ? parsed.output.sub : undefined;
  } catch {
    return undefined;
  }
}

function createdSub({ User }: Body): string | undefined {
  return User?.Attributes ? attributeOf(User, 'sub') : undefined;
}

/** The request with its members in lower case, as CloudTrail writes them. */
function hide(body: Body): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      SHOWN.includes(name) ? value : HIDDEN,
    ]),
  );
}
