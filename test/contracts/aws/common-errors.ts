/**
 * What every AWS operation may answer beside the errors of its own: "Common Errors" of the API references (the same
 * page for Cognito, SQS, KMS, Step Functions, SSM, STS, IAM, CloudFormation, CloudWatch), and what the services answer
 * before they know the operation (DynamoDB developer guide, "Error handling"; IAM user guide, "Troubleshoot Signature
 * Version 4"; AWS JSON protocol).
 */
export const COMMON_ERRORS: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InternalFailure',
  'InternalServerError',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'NotAuthorized',
  'OptInRequired',
  'RequestExpired',
  'SerializationException',
  'ServiceUnavailable',
  'ThrottlingException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'ValidationError',
  'ValidationException',
  // The query protocol has no suffix.
  'AccessDenied',
  'ExpiredToken',
  'SignatureDoesNotMatch',
  'Throttling',
]);
