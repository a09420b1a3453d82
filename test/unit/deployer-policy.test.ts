import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEPLOYER_STATEMENTS } from '../../src/preflight/deployer-actions.ts';

const POLICY = new URL('../../docs/deployer-policy.json', import.meta.url);

it('docs/deployer-policy.json allows the actions that preflight checks', () => {
  const { Statement } = JSON.parse(readFileSync(POLICY, 'utf8'));
  const documented = Statement.map(({ Action }: { Action: string[] }) => Action);
  expect(documented).toEqual(DEPLOYER_STATEMENTS.map(({ actions }) => actions));
});
