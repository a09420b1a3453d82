import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkShape } from './aws/check-shape.ts';
import { MODELS, modelOf, shapeOf } from './aws/models.ts';
import { operationsIn, PRODUCT } from './aws/product-operations.ts';
import { workosOperation } from './workos/operations.ts';
import { workosOperationsIn } from './workos/product-operations.ts';

const services = readdirSync(MODELS)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

describe('the models in test/contracts/models', () => {
  test('have every AWS operation that the project sends (npm run contract-models adds one)', () => {
    const operations = operationsIn(PRODUCT);
    // One of each way to send: a command, a paginator, the path of a request without the SDK's client.
    for (const each of ['sqs:SendMessage', 'lambda:ListFunctions', 'lambda:Invoke']) {
      expect(operations).toContain(each);
    }
    const missing = operations.filter((each) => {
      const [service = '', name = ''] = each.split(':');
      return modelOf(service)?.operations[name] === undefined;
    });
    expect(missing).toEqual([]);
  });

  test('are read by the checker in every shape and pattern', () => {
    expect(services).toContain('cognito-idp');
    for (const model of services.map(modelOf)) {
      if (!model) throw new Error('a model is not read');
      for (const name of Object.keys(model.shapes)) {
        // Text has a pattern; everything else is known by its type, before it is found to be another.
        const isText = shapeOf(model, name).type === 'string';
        expect(() => checkShape(model, name, isText ? 'text' : null)).not.toThrow();
      }
    }
  });
});

test('WorkOS’s description has every operation that the project sends', () => {
  const operations = workosOperationsIn(PRODUCT);
  expect(operations).toContain('workos:PUT /user_management/users/{id}');
  const unknown = operations.filter(
    (each) => !workosOperation(each.replace('workos:', '')).operation,
  );
  expect(unknown).toEqual([]);
});
