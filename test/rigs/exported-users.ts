import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes users as `aws cognito-idp list-users` answers them into `export/users_1.json` in a directory.
 *
 * @param exportedAt when the file was last modified. Default now.
 * @returns the folder for `--from`.
 */
export async function exportUsers(
  directory: string,
  users: unknown[],
  exportedAt = new Date(),
): Promise<string> {
  const folder = join(directory, 'export');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'users_1.json');
  await writeFile(file, JSON.stringify({ Users: users }));
  await utimes(file, exportedAt, exportedAt);
  return folder;
}
