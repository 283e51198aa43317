import type { GenericSchema, InferOutput } from 'valibot';

/** Who made a call. */
export interface Caller {
  readonly accountId: string;
  /** `arn:…:sts::…:assumed-role/<role>/<session>` for a function, `arn:…:iam::…:user/<name>` for a person. */
  readonly arn: string;
  readonly userId: string;
  /** The role whose credentials were used; absent for a user. */
  readonly roleArn?: string;
  /** The function that the credentials were given to; absent for a user. */
  readonly functionArn?: string;
}

/** One call of an AWS operation, as the service sees it. */
export interface AwsCall {
  /** The service's SigV4 name: `secretsmanager`, `states`, `kms`, `lambda`, `sts`, `cloudtrail`. */
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  readonly caller: Caller;
  readonly requestId: string;
}

/** Answers one operation; its input has passed the operation's schema. */
export interface AwsOperation {
  readonly schema: GenericSchema;
  readonly run: (input: unknown, call: AwsCall) => Promise<object> | object;
}

/** An emulated service: its name and its operations. */
export interface AwsService {
  /** The service's SigV4 name. */
  readonly id: string;
  readonly operations: Readonly<Record<string, AwsOperation>>;
}

/** Ties a schema to the function that answers, so that the function sees the schema's type. */
export function operation<Schema extends GenericSchema>(
  schema: Schema,
  run: (input: InferOutput<Schema>, call: AwsCall) => Promise<object> | object,
): AwsOperation {
  return { schema, run: (input, call) => run(input as InferOutput<Schema>, call) };
}

/**
 * Stands around every call between authentication and the operation, in the order given: may refuse it, delay
 * it, or lose its answer.
 */
export type AwsInterceptor = (call: AwsCall, next: () => Promise<object>) => Promise<object>;
