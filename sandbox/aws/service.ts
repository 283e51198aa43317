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
  /**
   * The service's SigV4 name: `secretsmanager`, `states`, `kms`, `lambda`, `sts`, `iam`, `cloudtrail`, `sns`,
   * `dynamodb`.
   */
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  readonly caller: Caller;
  readonly requestId: string;
}

/** One action that a call needs to be allowed. */
export interface AccessRequest {
  /** `<service prefix>:<action>`, e.g. `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** The resource's ARN; `*` for an action that knows no resources. */
  readonly resource: string;
  /** The service's own condition keys that the call has; a key that is left out is absent from the request. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Answers one operation; its input has passed the operation's schema. */
export interface AwsOperation {
  readonly schema: GenericSchema;
  readonly run: (input: unknown, call: AwsCall) => Promise<object> | object;
  /**
   * What the caller must be allowed before the operation runs.
   *
   * @throws AwsError the request does not name its resource
   */
  readonly access: (input: unknown, call: AwsCall) => readonly AccessRequest[];
}

/** An emulated service: its name and its operations. */
export interface AwsService {
  /** The service's SigV4 name. */
  readonly id: string;
  readonly operations: Readonly<Record<string, AwsOperation>>;
}

/** Ties a schema to the functions that answer and that say what must be allowed, so that they see the schema's type. */
export function operation<Schema extends GenericSchema>(
  schema: Schema,
  run: (input: InferOutput<Schema>, call: AwsCall) => Promise<object> | object,
  access: (input: InferOutput<Schema>, call: AwsCall) => readonly AccessRequest[],
): AwsOperation {
  return {
    schema,
    run: (input, call) => run(input as InferOutput<Schema>, call),
    access: (input, call) => access(input as InferOutput<Schema>, call),
  };
}

/** For an operation that everyone may call whose signature is in order. */
export const needsNothing = (): readonly AccessRequest[] => [];

/**
 * Stands around every call between authentication and the operation, in the order given: may refuse it, delay
 * it, or lose its answer.
 */
export type AwsInterceptor = (call: AwsCall, next: () => Promise<object>) => Promise<object>;
