import type { Account } from '../aws/account.ts';
import { rateLimited } from '../aws/rate-limits.ts';
import type { AwsOperation, AwsService, Caller } from '../aws/service.ts';
import { validated } from '../aws/validation.ts';
import type { Clock } from '../clock.ts';
import type { CloudTrail } from '../cloudtrail/cloudtrail.ts';
import type { CheckKeyUse } from '../kms/key-use.ts';
import type { FunctionInvoker } from '../lambda/invoker.ts';
import { DEFAULT_BEHAVIOUR, type SecretsManagerBehaviour } from './behaviour.ts';
import { deletionOperations } from './deletion-operations.ts';
import { listSecrets } from './list-secrets.ts';
import { REQUEST_QUOTAS } from './request-quotas.ts';
import type { RotationOutcome } from './rotation.ts';
import { rotationOperations } from './rotation-operations.ts';
import { RotationRules, type RotationRulesInput } from './rotation-rules.ts';
import { RotationRunner } from './rotation-runner.ts';
import { RotationScheduler } from './rotation-scheduler.ts';
import { RotationTokens } from './rotation-tokens.ts';
import type { SecretValue, Tag } from './secret.ts';
import { secretAccess } from './secret-access.ts';
import { describeSecret, type SecretDescription } from './secret-description.ts';
import { secretOperations } from './secret-operations.ts';
import { type SecretChange, SecretStore } from './secret-store.ts';
import { versionOperations } from './version-operations.ts';
import { VersionWriter } from './version-writer.ts';

/** The dependencies of the emulated Secrets Manager. */
export interface SecretsManagerOptions extends Account {
  readonly clock: Clock;
  /** Invokes the rotation functions. */
  readonly functions: FunctionInvoker;
  /** Whether the function exists and its policy allows Secrets Manager to invoke it for the secret. */
  readonly mayInvoke: (functionArn: string, secretArn: string) => boolean;
  /** Records the rotation events. */
  readonly cloudTrail: CloudTrail;
  /** Authorises reads and writes of secrets with a KmsKeyId. */
  readonly checkKeyUse: CheckKeyUse;
  readonly behaviour?: Partial<SecretsManagerBehaviour>;
}

/**
 * AWS Secrets Manager, emulated: secrets, versions and staging labels, rotation by a Lambda function, and the
 * rotation schedule.
 *
 * Source: AWS Secrets Manager API Reference and User Guide.
 */
export class SecretsManager implements AwsService {
  readonly id = 'secretsmanager';
  readonly operations: Readonly<Record<string, AwsOperation>>;
  /** The behaviour switches; they can be changed at any time. */
  readonly behaviour: SecretsManagerBehaviour;
  readonly #store: SecretStore;
  readonly #runner: RotationRunner;
  readonly #scheduler: RotationScheduler;

  constructor(options: SecretsManagerOptions) {
    const { clock, functions, mayInvoke, cloudTrail, region } = options;
    const viaService = `secretsmanager.${region}.amazonaws.com`;
    const checkKeyUse: CheckKeyUse = use => options.checkKeyUse({ ...use, viaService });
    const behaviour: SecretsManagerBehaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour };
    const store = new SecretStore(clock, behaviour, options);
    const access = secretAccess(store);
    const tokens = new RotationTokens(behaviour);
    const scheduler = new RotationScheduler({
      clock,
      store,
      behaviour,
      onDue: (secret, functionArn) => runner.rotateOrRetry(secret, functionArn),
    });
    const runner: RotationRunner = new RotationRunner({
      clock,
      store,
      functions,
      tokens,
      cloudTrail,
      behaviour,
      onSuccess: secret => scheduler.plan(secret),
    });
    const listener = {
      pendingReplaced: runner.abandon.bind(runner),
      writtenManually: scheduler.plan.bind(scheduler),
    };
    const writer = new VersionWriter({ clock, store, behaviour, checkKeyUse, listener });
    this.behaviour = behaviour;
    this.#store = store;
    this.#runner = runner;
    this.#scheduler = scheduler;
    const operations = {
      ...secretOperations({ clock, store, writer, checkKeyUse, access }),
      ...versionOperations({ store, writer, tokens, checkKeyUse, access }),
      ...rotationOperations({ store, runner, scheduler, mayInvoke, access }),
      ...deletionOperations({ clock, store, runner, scheduler, access }),
      ListSecrets: listSecrets(store),
    };
    this.operations = rateLimited(operations, REQUEST_QUOTAS, clock, () => behaviour.requestQuotas);
  }

  /**
   * Creates a secret as CreateSecret does, but with the given ARN.
   *
   * @throws AwsError as CreateSecret
   */
  async createSecret(
    {
      arn,
      ...input
    }: {
      arn: string;
      Name: string;
      Description?: string;
      KmsKeyId?: string;
      SecretString?: string;
      Tags?: readonly Tag[];
    },
    caller: Caller,
  ): Promise<void> {
    this.#store.reserveArn(input.Name, arn);
    await this.#call('CreateSecret', input, caller);
  }

  /**
   * Sets a rotation schedule, as RotateSecret does.
   *
   * @throws AwsError as RotateSecret
   */
  async scheduleRotation(
    input: {
      SecretId: string;
      RotationLambdaARN: string;
      RotationRules: RotationRulesInput;
      RotateImmediately: boolean;
    },
    caller: Caller,
  ): Promise<void> {
    await this.#call('RotateSecret', input, caller);
  }

  /**
   * Enables rotation, as RotateSecret with RotateImmediately=false does after its configuration test.
   *
   * @throws AwsError ResourceNotFoundException; InvalidParameterException for rules that AWS rejects
   */
  enableRotation(secretId: string, functionArn: string, rules: RotationRulesInput): void {
    const secret = this.#store.usable(secretId);
    this.#store.update(secret, { rotation: { functionArn, enabled: true, rules: new RotationRules(rules) } });
    this.#scheduler.plan(secret);
  }

  /** The secret with this name, full ARN or partial ARN, without its values. */
  secret(secretId: string): SecretDescription | undefined {
    const secret = this.#store.find(secretId);
    return secret === undefined ? undefined : describeSecret(secret, this.#runner.status(secret));
  }

  /** All secrets in order of creation, without their values. */
  secrets(): SecretDescription[] {
    return this.#store.all().map(secret => describeSecret(secret, this.#runner.status(secret)));
  }

  /** The result of `describe` for each version that has a value, by version id. */
  describeValues<Result>(
    secretId: string,
    describe: (value: SecretValue) => Result,
  ): ReadonlyMap<string, Result> {
    const versions = this.#store.find(secretId)?.versions.values() ?? [];
    const results = new Map<string, Result>();
    for (const { id, value } of versions) if (value !== undefined) results.set(id, describe(value));
    return results;
  }

  /** Calls the listener after each written version and each label move, until the returned function is called. */
  onChange(listener: (change: SecretChange) => void): () => void {
    return this.#store.onChange(listener);
  }

  /**
   * The result of the current or last attempt at a rotation. A retry is a separate attempt.
   *
   * @param versionId the ClientRequestToken of the rotation, RotateSecret's `VersionId`
   * @throws AwsError ResourceNotFoundException; Error when the secret has no rotation with this id
   */
  rotationOutcome(secretId: string, versionId: string): Promise<RotationOutcome> {
    return this.#runner.outcome(this.#store.get(secretId), versionId);
  }

  /** Resolves when no rotation step is running; rotations may still be waiting for a retry or for their schedule. */
  rotationsIdle(): Promise<void> {
    return this.#runner.idle();
  }

  async #call(name: 'CreateSecret' | 'RotateSecret', members: object, caller: Caller): Promise<void> {
    const operation = this.operations[name];
    const requestId = crypto.randomUUID();
    const input = { ...members, ClientRequestToken: crypto.randomUUID() };
    await operation?.run(validated(operation.schema, input), {
      service: this.id,
      operation: name,
      input,
      caller,
      requestId,
    });
  }
}
