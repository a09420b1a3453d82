import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  DEPLOYER_STATEMENTS,
  deployerPolicy,
  neededStatements,
  statementToExample,
} from '../../src/preflight/deployer-policy.ts';

const POLICY = new URL('../../docs/deployer-policy.json', import.meta.url);
const PROD = {
  partition: 'aws-us-gov',
  account: '123456789012',
  region: 'us-east-1',
  stage: 'prod',
};

describe("the deployer's policy", () => {
  it('in docs/deployer-policy.json is the one that preflight simulates', () => {
    expect(JSON.parse(readFileSync(POLICY, 'utf8'))).toEqual(deployerPolicy());
  });

  it('allows, with its placeholders filled in, every example that preflight simulates', () => {
    const { Statement } = deployerPolicy();
    for (const [index, statement] of DEPLOYER_STATEMENTS.entries()) {
      const pattern = (Statement[index]?.Resource ?? '')
        .replace('REGION', PROD.region)
        .replace('ACCOUNT', PROD.account)
        .replace('STAGE', PROD.stage)
        .replace(/^arn:aws:/, `arn:${PROD.partition}:`)
        .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*');
      expect(statementToExample(statement, PROD)).toMatch(new RegExp(`^${pattern}$`));
    }
  });

  it('is simulated without any placeholder', () => {
    for (const statement of DEPLOYER_STATEMENTS) {
      expect(statementToExample(statement, PROD)).not.toMatch(/REGION|ACCOUNT|STAGE|[{}]/);
    }
  });

  it('asks for KMS only of those who carry passwords', () => {
    const services = (carryPasswords: boolean) =>
      neededStatements({ carryPasswords })
        .flatMap(({ actions }) => actions)
        .join(' ');
    expect(services(false)).not.toContain('kms:');
    expect(services(true)).toContain('kms:CreateKey');
  });
});
