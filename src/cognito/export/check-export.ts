import { SourceError } from '../user-source.ts';
import { type ExportFile, fileToNumber, listExportFiles } from './export-files.ts';
import { scanFile } from './scan-file.ts';

/**
 * Refuses an export of which a part is missing, before any of its users is read: verify would say of every user who
 * is not in it that Cognito has no such user.
 *
 * Files that each have a token, because they were exported page by page, are whole as long as the last one has none.
 *
 * @throws SourceError that names the file, and says how to export the rest; the signal's reason when aborted.
 */
export async function checkExport(
  { directory, userPoolId }: { directory: string; userPoolId: string },
  signal?: AbortSignal,
): Promise<void> {
  const files = await listExportFiles(directory);
  checkNumbers(files, directory, userPoolId);
  for (const [index, file] of files.entries()) {
    const isLast = index === files.length - 1;
    const problem = await toProblem(file, { isLast, userPoolId, signal });
    if (problem !== undefined) throw new SourceError(problem);
  }
}

/** The numbers begin with 0 or 1. */
function checkNumbers(files: ExportFile[], directory: string, userPoolId: string): void {
  const numbers = new Set(files.map(({ name }) => fileToNumber(name) ?? 0));
  const last = Math.max(...numbers);
  for (let number = 1; number < last; number++) {
    if (numbers.has(number)) continue;
    throw new SourceError(
      `users_${number}.json is missing in ${directory}, which has files up to users_${last}.json: ${exportAgain(userPoolId)}`,
    );
  }
}

async function toProblem(
  file: ExportFile,
  context: { isLast: boolean; userPoolId: string; signal: AbortSignal | undefined },
): Promise<string | undefined> {
  const { isLast, userPoolId, signal } = context;
  const scanned = await scanFile(file, signal).catch((error: NodeJS.ErrnoException) => {
    signal?.throwIfAborted();
    throw new SourceError(`${file.path} cannot be read (${error.code ?? error.name})`, {
      cause: error,
    });
  });
  if (scanned.kind === 'empty') return `${file.path} is empty: ${exportAgain(userPoolId)}`;
  if (scanned.kind === 'cut') {
    return `${file.path} is cut off: it ends before its list of users does: ${exportAgain(userPoolId)}`;
  }
  if (!isLast || scanned.token === undefined) return undefined;
  const next = file.path.replace(/\d+(?=\.json$)/, (number) => String(Number(number) + 1));
  return `${file.path} is not the end of the export: it has a ${scanned.token}, and no further file goes on from there; export the rest: ${exportRest(scanned.token, file.path, userPoolId)} > ${next}`;
}

/** The AWS CLI pages by itself, unless --max-items or --no-paginate says otherwise (its reference, list-users). */
function exportAgain(userPoolId: string): string {
  return `export the whole pool again into an empty folder: aws cognito-idp list-users --user-pool-id ${userPoolId} > users_1.json`;
}

/** The CLI's own paging has `NextToken`; an answer of the API, with --no-paginate, has `PaginationToken`. */
function exportRest(
  token: 'NextToken' | 'PaginationToken',
  path: string,
  userPoolId: string,
): string {
  const option = token === 'NextToken' ? '--starting-token' : '--no-paginate --pagination-token';
  return `aws cognito-idp list-users --user-pool-id ${userPoolId} ${option} "$(jq -rs 'last.${token}' ${path})"`;
}
