import type { Violation } from './violation.ts';

/** Where something else is better founded than the vendor's description. */
export type Departure = {
  name: string;
  /** Why, and the source that is followed instead. */
  reason: string;
  covers(violation: Violation): boolean;
};

const UPDATE_USER = 'PUT /user_management/users/{id}';
const FACTORS = 'GET /user_management/users/{userlandUserId}/auth_factors';

export const DEPARTURES: readonly Departure[] = [
  {
    name: 'an update of metadata deletes a key with null',
    reason: 'https://workos.com/docs/authkit/metadata; the description allows strings alone',
    covers: ({ operation, side, pointer, detail }) =>
      operation === UPDATE_USER &&
      side === 'request' &&
      /^\/metadata\/\w+$/.test(pointer) &&
      detail.endsWith(': null'),
  },
  {
    name: 'an update of a user that does not exist answers 404',
    reason: 'as reading and deleting one does; the description leaves it out',
    covers: (violation) => isStatus(violation, 404) && violation.operation === UPDATE_USER,
  },
  {
    name: 'the factors of a user that does not exist answer 404',
    reason: 'as its sessions and identities do; the description leaves it out',
    covers: (violation) => isStatus(violation, 404) && violation.operation === FACTORS,
  },
  {
    name: 'a taken email answers 409 user_already_exists',
    reason: 'docs/facts.md#workos-errors: WorkOS’s own emulators do so',
    covers: (violation) =>
      isStatus(violation, 409) && violation.operation === 'POST /user_management/users',
  },
  {
    name: 'every request with a refused key answers 401',
    reason: 'https://workos.com/docs/reference/errors; the description leaves it out',
    covers: (violation) => isStatus(violation, 401),
  },
  {
    name: 'the schema of a pool has phone_number_verified',
    reason: 'a standard attribute (Cognito developer guide) of 21 characters; the model allows 20',
    covers: ({ service, side, pointer, detail }) =>
      service === 'cognito-idp' &&
      side === 'answer' &&
      /^\/UserPool\/SchemaAttributes\/\d+\/Name$/.test(pointer) &&
      detail === '21 is more than 20',
  },
  {
    name: 'a batch that is read whole has an empty map of unprocessed keys',
    reason:
      'DynamoDB API reference, BatchGetItem; the model has one entry at least, as for requests',
    covers: ({ operation, side, pointer, rule }) =>
      operation === 'BatchGetItem' &&
      side === 'answer' &&
      pointer === '/UnprocessedKeys' &&
      rule === 'min',
  },
  {
    name: 'dynalite describes a new table as DynamoDB did years ago',
    reason: 'the deployment makes the table, and nothing reads this answer',
    covers: ({ service, operation, side, pointer }) =>
      service === 'dynamodb' &&
      operation === 'CreateTable' &&
      side === 'answer' &&
      pointer.startsWith('/TableDescription'),
  },
  {
    name: 'every request over the rate limits answers 429',
    reason:
      'https://workos.com/docs/reference/rate-limits; the description has it for some operations, with other codes',
    covers: (violation) =>
      isStatus(violation, 429) ||
      (violation.service === 'workos' &&
        violation.side === 'answer' &&
        violation.pointer === '/code' &&
        violation.detail.endsWith(': "rate_limit"')),
  },
];

function isStatus({ service, side, rule, detail }: Violation, status: number): boolean {
  return (
    service === 'workos' &&
    side === 'answer' &&
    rule === 'status' &&
    detail.startsWith(`${status} `)
  );
}
