import { expect } from 'vitest';
import type { StrictWorkos } from '../../local/emulators/workos.ts';

/** Closes a setting, then asserts that WorkOS got only requests that it documents, and no DELETE. */
export async function closeAndCheckRequests(setting: {
  workos: Pick<StrictWorkos, 'control'>;
  close(): Promise<void>;
}): Promise<void> {
  const { requests, schemaViolations } = setting.workos.control;
  const deletions = requests.filter(({ method }) => method === 'DELETE');
  await setting.close();
  expect(schemaViolations).toEqual([]);
  expect(deletions).toEqual([]);
}
