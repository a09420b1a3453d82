import type { LocalCloudWatch } from '../cloudwatch/types.ts';

/** A stage as it would be deployed, of which the control plane tells. */
export type Deployed = {
  stage: string;
  region: string;
  account: string;
  functions: readonly DeployedFunction[];
  /** The outputs of the stack. */
  outputs: Record<string, string>;
  /** Its parameters, as it was deployed with. */
  stackParameters: Record<string, string>;
  /** Default: none. */
  stateMachines?: readonly LocalStateMachine[];
  /** The actions that the caller may not do. Default: none. */
  denied?: ReadonlySet<string>;
  /** Default: CloudWatch's actions are not known. */
  cloudWatch?: LocalCloudWatch;
  /** When the stack was made; default: when the control plane starts. */
  createdAt?: Date;
  /** The SecureStrings of SSM, by their full names. */
  parameters: Record<string, string>;
};

export type DeployedFunction = { name: string; arn: string; variables: Record<string, string> };

/** `invoke`: its one function. */
export type LocalStateMachine = { arn: string; invoke(event: unknown): Promise<unknown> };

export type ParsedRequest = {
  protocol: 'query' | 'json' | 'rest';
  action: string;
  input: Record<string, unknown>;
};

/** By the action's name. Undefined: an answer without a body (204). */
export type Actions = Record<string, (input: Record<string, unknown>) => Answer | Promise<Answer>>;
type Answer = object | undefined;

/** An error as the service writes it: its code, HTTP status and message. */
export class AwsError extends Error {
  readonly status: number;
  constructor(name: string, status: number, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}
