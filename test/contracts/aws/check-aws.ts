import type { Addressed, ArrivedRequest, GivenAnswer } from '../exchange.ts';
import type { Breach } from '../violation.ts';
import { checkShape } from './check-shape.ts';
import { COMMON_ERRORS } from './common-errors.ts';
import { modelOf, type Operation, type ServiceModel, shapeOf } from './models.ts';
import { readForm, readXml } from './query-protocol.ts';
import { readRestAnswer, readRestRequest } from './rest-protocol.ts';

/** What of a request the service's model does not have. */
export function checkAwsRequest(addressed: Addressed, request: ArrivedRequest): Breach[] {
  const found = find(addressed);
  if ('breaches' in found) return found.breaches;
  const { model, operation } = found;
  const { value, breaches } = readInput(model, operation, request);
  const shape = operation.input?.shape;
  if (shape === undefined) return breaches;
  return [...breaches, ...checkShape(model, shape, value)];
}

function readInput(model: ServiceModel, operation: Operation, request: ArrivedRequest) {
  const body = request.body.toString();
  switch (model.protocol) {
    case 'json':
      return { value: JSON.parse(body || '{}'), breaches: [] };
    case 'query':
      return readForm(model, operation.input, body);
    case 'rest-json':
      return readRestRequest(model, operation, request);
  }
}

/** What of an answer the service's model does not have: members, errors, the status of a success. */
export function checkAwsAnswer(addressed: Addressed, answer: GivenAnswer): Breach[] {
  const found = find(addressed);
  // The request has been reported already.
  if ('breaches' in found) return [];
  const { model, operation } = found;
  if (answer.status >= 300) return checkError(model, operation, answer);
  const status = operation.http.responseCode ?? 200;
  const shape = operation.output?.shape;
  const members = shape === undefined ? [] : Object.values(shapeOf(model, shape).members ?? {});
  const isFree = members.some(({ location }) => location === 'statusCode');
  if (answer.status !== status && !isFree) {
    return [{ pointer: '', rule: 'status', detail: `${answer.status} in place of ${status}` }];
  }
  const value = readOutput(model, operation, answer);
  return shape === undefined ? [] : checkShape(model, shape, value);
}

function readOutput(model: ServiceModel, operation: Operation, answer: GivenAnswer): unknown {
  const text = answer.body.toString();
  switch (model.protocol) {
    case 'json':
      return JSON.parse(text || '{}');
    case 'query': {
      const read = readXml(model, operation.output, text);
      return 'value' in read ? read.value : undefined;
    }
    case 'rest-json':
      return readRestAnswer(model, operation, answer);
  }
}

function checkError(model: ServiceModel, operation: Operation, answer: GivenAnswer): Breach[] {
  const code = errorCode(model, operation, answer);
  const own = (operation.errors ?? []).find(({ shape }) => nameOf(model, shape) === code);
  if (!own && !COMMON_ERRORS.has(code)) {
    const detail = `${JSON.stringify(code)} is no error of this operation`;
    return [{ pointer: '', rule: 'error-code', detail }];
  }
  const status = own && shapeOf(model, own.shape).error?.httpStatusCode;
  if (status === undefined || status === answer.status) return [];
  return [{ pointer: '', rule: 'status', detail: `${code} with ${answer.status}, not ${status}` }];
}

function errorCode(model: ServiceModel, operation: Operation, answer: GivenAnswer): string {
  const text = answer.body.toString();
  if (model.protocol === 'query') {
    const read = readXml(model, operation.output, text);
    return 'code' in read ? read.code : '';
  }
  const header = answer.headers['x-amzn-errortype'];
  const type = header ?? Object(JSON.parse(text || '{}')).__type ?? '';
  return String(type).split(':')[0]?.split('#').at(-1) ?? '';
}

/** On the wire: the query protocol's errors have a code of their own. */
function nameOf(model: ServiceModel, shape: string): string {
  const code = shapeOf(model, shape).error?.code;
  return model.protocol === 'query' ? (code ?? shape) : shape;
}

function find({ service, operation: name }: Addressed) {
  const model = modelOf(service);
  const operation = model?.operations[name];
  if (model && operation) return { model, operation };
  const detail = `not in test/contracts/models: npm run contract-models -- ${service}:${name}`;
  return { breaches: [{ pointer: '', rule: 'operation', detail }] };
}
