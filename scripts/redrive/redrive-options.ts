export type RedriveCommandOptions = {
  replay?: true;
  reason?: string[];
  force?: true;
  limit?: number;
  queueUrl?: string;
  dlqUrl?: string;
  json?: true;
  /** Of the stage's file. */
  userPoolId?: string;
};
