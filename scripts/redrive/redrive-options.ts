export type RedriveCommandOptions = {
  replay?: true;
  /** The file that messages are moved to. */
  discard?: string;
  yes?: true;
  reason?: string[];
  force?: true;
  limit?: number;
  queueUrl?: string;
  dlqUrl?: string;
  json?: true;
  /** Of the stage's file. */
  userPoolId?: string;
};
