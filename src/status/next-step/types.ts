/** The phases of docs/runbook.md. */
export type Phase = 1 | 2 | 3 | 4 | 5 | 6;

/** A step of the runbook. All are plain texts without personal data. */
export type NextStep = {
  /** For scripts: `attach`, `backfill`… */
  step: string;
  phase: Phase;
  /** In a few words. */
  title: string;
  /** One sentence. */
  why: string;
  /** To be pasted into a shell as it is; absent where there is nothing to run. */
  command?: string;
  /** Where it is written down, below docs/. */
  guide: string;
};

/** How the commands that are proposed name pool and stage. */
export type CommandTarget = {
  /** `--stage prod`, or `--user-pool-id …` where no file of a stage names the pool. */
  pool: string;
  /** For the commands that need the stage even without its file. */
  deployment: string;
  /** For the commands that know no pool; empty without a stage. */
  stage: string;
};
