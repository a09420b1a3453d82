/** What a shell has to know of a command. */
export type CompletedCommand = {
  name: string;
  description: string;
  options: {
    /** With its hyphens. */
    name: string;
    description: string;
    /** Whether it takes a value, and whether that is a path. */
    value?: 'file' | 'other';
  }[];
  /** What its argument can be. */
  values: readonly string[];
};
