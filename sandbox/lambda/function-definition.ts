/** A function as it is deployed; the members follow AWS Lambda API Reference, FunctionConfiguration. */
export interface FunctionDefinition {
  readonly name: string;
  /** `<file without extension>.<export>`, e.g. `index.handler`. */
  readonly handler: string;
  /** Absolute path of the folder that is deployed as the function's code. */
  readonly codeDirectory: string;
  /** e.g. `nodejs24.x`; only Node.js runtimes are emulated. */
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  /** Reserved concurrency; zero throttles every invocation. */
  readonly reservedConcurrency?: number;
  readonly logGroupName: string;
  readonly logFormat: 'Text' | 'JSON';
  /** Whether Lambda traces the invocations (`TracingConfig` `Active`). */
  readonly tracing?: boolean;
  /** The VPC that the function is attached to. */
  readonly vpc?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  /** Published versions, `1` onwards. They run the same code, because a template contains only one. */
  readonly versions: readonly string[];
  /** Versions by alias name (`$LATEST` or a published one). */
  readonly aliases: Readonly<Record<string, string>>;
}

/** A function and its role. */
export interface FunctionIdentity {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
}
