import { hash } from 'node:crypto';
import { recordToProblem, userRecordToUser } from '../../user/user-record.ts';
import type { SourcePage, UserSource, WatchRecord } from '../user-source.ts';
import {
  type ExportFile,
  estimateRecords,
  type FileItem,
  listExportFiles,
  readExportFile,
} from './export-files.ts';
import { MAXIMUM_RECORD_SIZE } from './record-assembler.ts';

/** As many as ListUsers gives at once. */
const PAGE_SIZE = 60;

/** Where a finished file stands in a position, instead of the number of its records. */
const END = 'end';

type Export = {
  directory: string;
  userPoolId: string;
  clock: () => Date;
  clockAheadMs?: () => number;
  onRecord?: WatchRecord;
};

/**
 * The users in a folder of `users_N.json` files, as `aws cognito-idp list-users` writes them:
 * `{"Users":[…]}` or a plain list. Read as a stream: memory does not grow with the files.
 *
 * - A file that is broken, truncated or unreadable is a problem of its page, and the next file goes on;
 *   so is a record that is malformed, or larger than any user can be.
 * - `observedAt` is the file's time of modification (now, if that is in the future), so that whatever
 *   was seen live since the export wins. Copies must keep that time (`cp -p`): a fresh one would make
 *   old data look new. (Of an export that took long it is the end: what changed meanwhile is in the
 *   file as it was before.)
 * - A position is `file:records:fingerprint of the folder`. When any file has changed, or come or gone,
 *   it is no longer valid, and the reading begins anew.
 * - A user that stands in several files comes several times.
 *
 * @param dependencies.userPoolId the pool the files were exported from: they do not say.
 * @param dependencies.clockAheadMs how far the clock that dated the files is ahead. Default 0. What it
 *   dated is taken to be as much older: at worst, live changes win that were not newer.
 */
export function createExportSource(dependencies: Export): UserSource {
  const { directory } = dependencies;
  return {
    asOf: 'export',
    now: dependencies.clock,
    pages: (options = {}) => readPages(dependencies, options),
    reread: async () => 'unknown',
    find: async () => 'unknown',
    // Whatever is wrong here, the first page says it better.
    estimate: () =>
      listExportFiles(directory)
        .then(estimateRecords)
        .catch(() => undefined),
  };
}

async function* readPages(
  source: Export,
  { after, signal }: { after?: string; signal?: AbortSignal },
): AsyncGenerator<SourcePage> {
  signal?.throwIfAborted();
  const files = await listExportFiles(source.directory);
  const fingerprint = hash('sha256', JSON.stringify(files)).slice(0, 16);
  const start = parsePosition(after, files, fingerprint);
  for (const [index, file] of files.entries()) {
    if (index < start.file) continue;
    const skip = index === start.file ? start.records : 0;
    if (skip === Number.POSITIVE_INFINITY) continue;
    yield* readFilePages(source, file, { skip, fingerprint, ...(signal && { signal }) });
  }
}

async function* readFilePages(
  { userPoolId, clock, clockAheadMs = () => 0, onRecord }: Export,
  file: ExportFile,
  options: { skip: number; fingerprint: string; signal?: AbortSignal },
): AsyncGenerator<SourcePage> {
  const { skip, fingerprint, signal } = options;
  const dated = file.modifiedAt - Math.max(0, clockAheadMs());
  const observedAt = new Date(Math.min(dated, clock().getTime()));
  const toPosition = (records: number | typeof END) => `${file.name}:${records}:${fingerprint}`;
  let page: SourcePage = { users: [], problems: [] };
  let records = 0;
  for await (const item of readExportFile(file, signal)) {
    if (++records <= skip) continue;
    const where = `${file.name}, record ${records}`;
    if (item.kind === 'record') onRecord?.(item.record);
    addItem(page, item, { where, userPoolId, observedAt });
    if (page.users.length + page.problems.length < PAGE_SIZE) continue;
    yield { ...page, position: toPosition(records) };
    page = { users: [], problems: [] };
  }
  yield { ...page, position: toPosition(END) };
}

function addItem(
  page: SourcePage,
  item: FileItem,
  context: { where: string; userPoolId: string; observedAt: Date },
): void {
  const { where, userPoolId, observedAt } = context;
  if (item.kind === 'broken') {
    page.problems.push({ where, reason: item.reason });
  } else if (item.kind === 'too_large') {
    const reason = `the record is larger than ${MAXIMUM_RECORD_SIZE} characters`;
    page.problems.push({ where, reason });
  } else {
    const parsed = userRecordToUser(item.record, userPoolId, observedAt);
    if (parsed.kind === 'user') page.users.push(parsed.user);
    else page.problems.push(recordToProblem(parsed, where));
  }
}

/** What an earlier run left behind → where to begin; at the beginning when it is not of these files. */
function parsePosition(position: string | undefined, files: ExportFile[], fingerprint: string) {
  const [name, records, of] = position?.split(':') ?? [];
  const file = files.findIndex((each) => each.name === name);
  if (file < 0 || of !== fingerprint) return { file: 0, records: 0 };
  return { file, records: records === END ? Number.POSITIVE_INFINITY : Number(records) };
}
