import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { RunFailed, run } from './run.ts';

const REQUIREMENTS = fileURLToPath(new URL('../requirements.txt', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url));

const PYTHON_IS_MISSING = `These tests emulate AWS with MiniStack, which is written in Python, and Python was not found.
Install Python 3.10 or later with its venv module, so that \`python3 -m venv\` works (Debian and
Ubuntu: apt-get install python3-venv), or name another one in PYTHON.`;

/**
 * The Python that has everything in requirements.txt: a virtual environment under
 * node_modules/.cache, made once, and again when the requirements change.
 *
 * @returns the paths of its programs.
 */
export async function preparePython(): Promise<{ python: string; cfnLint: string }> {
  const requirements = await readFile(REQUIREMENTS, 'utf8');
  const version = /^ministack==(.+)$/m.exec(requirements)?.[1];
  const directory = `${CACHE}/ministack-${version}`;
  const programs = {
    python: `${directory}/bin/python`,
    cfnLint: `${directory}/bin/cfn-lint`,
  };
  const marker = `${directory}/installed.txt`;
  if ((await readFile(marker, 'utf8').catch(() => '')) === requirements) return programs;

  await rm(directory, { recursive: true, force: true });
  await mkdir(CACHE, { recursive: true });
  const env = inherited();
  const made = await run(env.PYTHON ?? 'python3', ['-m', 'venv', directory], { env }).catch(
    (cause) => {
      throw new Error(PYTHON_IS_MISSING, { cause });
    },
  );
  if (made.code !== 0) throw new RunFailed(`${PYTHON_IS_MISSING}\npython3 -m venv`, made);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-compile', '--disable-pip-version-check'];
  const installed = await run(programs.python, [...pip, '--requirement', REQUIREMENTS], { env });
  if (installed.code !== 0) throw new RunFailed('pip install', installed);
  // Last, so that an interrupted installation is begun anew.
  await writeFile(marker, requirements);
  return programs;
}

/** pip's own settings (index, proxy, certificates) come from the environment. */
function inherited(): Record<string, string> {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
