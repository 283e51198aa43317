import type { GenericSchema, InferOutput } from 'valibot';

/** Who made a call. */
export interface Caller {
  readonly accountId: string;
  /** `arn:…:sts::…:assumed-role/<role>/<session>` for a function, `arn:…:iam::…:user/<name>` for a person. */
  readonly arn: string;
  readonly userId: string;
  /** The role whose credentials were used; absent for a user. */
  readonly roleArn?: string;
  /** The function that uses the credentials; absent for a user. */
  readonly functionArn?: string;
}

/** One call of an AWS operation. */
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

/** An action that the caller needs permission for. */
export interface AccessRequest {
  /** `<service prefix>:<action>`, e.g. `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** The resource's ARN; `*` for an action without resource-level permissions. */
  readonly resource: string;
  /** The service-specific condition keys of the request. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Runs one operation; its input has passed the operation's schema. */
export interface AwsOperation {
  readonly schema: GenericSchema;
  readonly run: (input: unknown, call: AwsCall) => Promise<object> | object;
  /**
   * The permissions that the caller needs.
   *
   * @throws AwsError when the request does not identify its resource
   */
  readonly access: (input: unknown, call: AwsCall) => readonly AccessRequest[];
}

/** An emulated service: its name and its operations. */
export interface AwsService {
  /** The service's SigV4 name. */
  readonly id: string;
  readonly operations: Readonly<Record<string, AwsOperation>>;
}

/** Defines an operation whose functions get the schema's output type as input. */
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

/** For an operation that requires only a valid signature. */
export const noPermissions = (): readonly AccessRequest[] => [];

/**
 * Wraps every call between authentication and the operation, in the order given. It may reject or delay the call, or
 * drop its response.
 */
export type AwsInterceptor = (call: AwsCall, next: () => Promise<object>) => Promise<object>;
