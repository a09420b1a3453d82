import type { Addressed, ArrivedRequest } from '../exchange.ts';
import { modelOf, type ServiceModel } from './models.ts';

/** The services that also take requests without a signature, by their target. */
const UNSIGNED = /^AWSCognitoIdentityProviderService\./;

/** Which AWS operation a request is for; undefined: it is not for AWS. */
export function addressOf(request: ArrivedRequest): Addressed | undefined {
  const service = serviceOf(request);
  if (service === undefined) return undefined;
  const model = modelOf(service);
  return { service, operation: (model && operationOf(model, request)) || '?' };
}

function serviceOf({ headers }: ArrivedRequest): string | undefined {
  const scope = /^AWS4-HMAC-SHA256 Credential=[^,]*?\/\d{8}\/[^/,]*\/([^/,]+)\/aws4_request/;
  const signed = scope.exec(String(headers.authorization))?.[1];
  return signed ?? (UNSIGNED.test(String(headers['x-amz-target'])) ? 'cognito-idp' : undefined);
}

/** Known to the model, or as the request has it. */
function operationOf(model: ServiceModel, request: ArrivedRequest): string | undefined {
  switch (model.protocol) {
    case 'json': {
      const [prefix, operation] = String(request.headers['x-amz-target']).split('.');
      return prefix === model.targetPrefix ? operation : undefined;
    }
    case 'query':
      return new URLSearchParams(request.body.toString()).get('Action') ?? undefined;
    case 'rest-json': {
      const found = Object.entries(model.operations).find(
        ([, { http }]) => http.method === request.method && uriLabels(http.requestUri, request),
      );
      return found?.[0] ?? `${request.method} ${request.target.split('?')[0]}`;
    }
  }
}

/** The labels of a path that fits the template, decoded; undefined where it does not fit. */
export function uriLabels(
  template: string,
  { target }: ArrivedRequest,
): Record<string, string> | undefined {
  const path = target.split('?')[0]?.replace(/\/$/, '') ?? '';
  const pattern = template
    .replace(/\/$/, '')
    .replaceAll('.', '\\.')
    .replace(/\{(\w+)(\+?)\}/g, (_, label, greedy) => `(?<${label}>${greedy ? '.+' : '[^/]+'})`);
  const found = new RegExp(`^${pattern}$`).exec(path);
  if (!found) return undefined;
  const labels = Object.entries(found.groups ?? {});
  return Object.fromEntries(labels.map(([name, text]) => [name, decodeURIComponent(text)]));
}
