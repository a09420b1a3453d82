import { describe, expect, it } from 'vitest';
import { type AwsFailure, classifyAwsError } from '../../src/aws/classify-aws-error.ts';

type Shape = { status?: number; code?: string; message?: string; clockSkewCorrected?: boolean };

/** As the SDK throws them: the name is the service's own, the status in `$metadata`. */
function awsError(name: string, shape: Shape = {}): Error {
  const { status, code, message = '', clockSkewCorrected } = shape;
  const $metadata = { httpStatusCode: status, clockSkewCorrected };
  return Object.assign(new Error(message), { name, code, $metadata });
}

describe('an error of AWS', () => {
  it.each<[string, Shape, AwsFailure['kind']]>([
    ['TooManyRequestsException', { status: 400 }, 'transient'],
    ['ThrottlingException', { status: 400 }, 'transient'],
    ['InternalErrorException', { status: 500 }, 'transient'],
    ['Whatever', { status: 503 }, 'transient'],
    ['Whatever', { status: 429 }, 'transient'],
    ['TimeoutError', {}, 'transient'],
    ['AbortError', {}, 'transient'],
    ['Error', { code: 'ECONNREFUSED' }, 'transient'],
    ['SyntaxError', {}, 'transient'],
    ['InvalidSignatureException', { status: 400, clockSkewCorrected: true }, 'transient'],
    ['AccessDeniedException', { status: 400 }, 'denied'],
    ['AccessDenied', { status: 403 }, 'denied'],
    ['NotAuthorizedException', { status: 400 }, 'denied'],
    ['ExpiredTokenException', { status: 400 }, 'setup'],
    ['UnrecognizedClientException', { status: 400 }, 'setup'],
    ['InvalidSignatureException', { status: 400 }, 'setup'],
    ['CredentialsProviderError', {}, 'setup'],
    ['Error', { message: 'Region is missing' }, 'setup'],
    ['ResourceNotFoundException', { status: 400 }, 'not_found'],
    ['UserNotFoundException', { status: 400 }, 'not_found'],
    ['ParameterNotFound', { status: 400 }, 'not_found'],
    ['NoSuchEntityException', { status: 404 }, 'not_found'],
    ['AWS.SimpleQueueService.NonExistentQueue', { status: 400 }, 'not_found'],
    ['QueueDoesNotExist', { status: 400 }, 'not_found'],
    ['InvalidParameterException', { status: 400 }, 'invalid_parameter'],
    ['ConditionalCheckFailedException', { status: 400 }, 'condition_failed'],
    ['ConcurrentModificationException', { status: 400 }, 'concurrent_change'],
    ['UnknownOperationException', { status: 400 }, 'unsupported'],
    ['Whatever', { status: 501 }, 'unsupported'],
    ['KMS.NotFoundException', { status: 400 }, 'refused'],
    ['InvalidMessageContents', { status: 400 }, 'refused'],
    ['TypeError', {}, 'unknown'],
  ])('%s %o is %s', (name, shape, kind) => {
    expect(classifyAwsError(awsError(name, shape)).kind).toBe(kind);
  });

  it('tells whether AWS answered, or nothing did', () => {
    const throttled = awsError('TooManyRequestsException', { status: 400 });
    expect(classifyAwsError(throttled)).toMatchObject({ answered: true });
    const refused = awsError('Error', { code: 'ECONNREFUSED' });
    expect(classifyAwsError(refused)).toEqual({
      kind: 'transient',
      what: 'ECONNREFUSED',
      answered: false,
    });
  });

  it.each([undefined, null, 'text', {}])('is unknown where %o was thrown', (thrown) => {
    expect(classifyAwsError(thrown)).toEqual({ kind: 'unknown' });
  });
});
