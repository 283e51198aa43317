import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { parseFunctionName } from './function-name.ts';
import { HostedFunction, type HostingOptions } from './hosted-function.ts';

/** A function that a caller named. */
export interface FoundFunction {
  readonly hosted: HostedFunction;
  readonly name: string;
  /** `$LATEST` or a published one. */
  readonly version: string;
  /** Unqualified. */
  readonly arn: string;
  /** With the caller's qualifier, if any. */
  readonly invokedArn: string;
}

type RegistryOptions = HostingOptions & Account;

/** The functions of the account in the region. */
export class FunctionRegistry {
  readonly #options: RegistryOptions;
  readonly #functions = new Map<string, HostedFunction>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /**
   * @returns the function's ARN
   * @throws AwsError ResourceConflictException (409) the name is already in use
   */
  add(definition: FunctionDefinition): string {
    if (this.#functions.has(definition.name)) {
      throw new AwsError('ResourceConflictException', `Function already exist: ${definition.name}`, {
        statusCode: 409,
      });
    }
    this.#functions.set(definition.name, new HostedFunction(definition, this.#options));
    return this.arn(definition.name);
  }

  has(functionName: string): boolean {
    try {
      this.find(functionName);
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  }

  /**
   * Finds a function by name, ARN or partial ARN, with or without a qualifier.
   *
   * @throws AwsError ResourceNotFoundException (404) no such function, version or alias
   */
  find(functionName: string, separateQualifier?: string): FoundFunction {
    const { name, qualifier, region, accountId } = parseFunctionName(functionName, separateQualifier);
    const arn = this.arn(name);
    const invokedArn = qualifier === undefined ? arn : `${arn}:${qualifier}`;
    const hosted = this.#functions.get(name);
    const version = hosted?.version(qualifier);
    const isInAccount =
      (region ?? this.#options.region) === this.#options.region &&
      (accountId ?? this.#options.accountId) === this.#options.accountId;
    if (!hosted || version === undefined || !isInAccount) {
      const requested = functionName.startsWith('arn:') ? functionName : invokedArn;
      throw new AwsError('ResourceNotFoundException', `Function not found: ${requested}`, {
        statusCode: 404,
      });
    }
    return { hosted, name, version, arn, invokedArn };
  }

  /** The reserved concurrency of each function that has one. */
  reservedConcurrency(): ReadonlyMap<string, number> {
    const reserved = new Map<string, number>();
    for (const [name, { definition }] of this.#functions) {
      if (definition.reservedConcurrency !== undefined) reserved.set(name, definition.reservedConcurrency);
    }
    return reserved;
  }

  /** The ARN that a caller named, whether or not the function exists. */
  requestedArn(functionName: string, separateQualifier?: string): string {
    const { name, qualifier } = parseFunctionName(functionName, separateQualifier);
    return qualifier === undefined ? this.arn(name) : `${this.arn(name)}:${qualifier}`;
  }

  arn(functionName: string): string {
    const { partition, region, accountId } = this.#options;
    return `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`;
  }

  /** Kills all processes of all functions. */
  async close(): Promise<void> {
    await Promise.all([...this.#functions.values()].map(hosted => hosted.close()));
  }
}
