import type { CallLog } from './aws/call-log.ts';
import type { AwsEndpoint } from './aws/endpoint.ts';
import { type AccessKey, Identities } from './aws/identities.ts';
import type { Caller } from './aws/service.ts';
import type { Clock } from './clock.ts';
import type { CloudTrail } from './cloudtrail/cloudtrail.ts';
import { deployResources, deploySecrets } from './deployment.ts';
import type { DynamoDb } from './dynamodb/dynamodb.ts';
import type { EventBridge } from './events/event-bridge.ts';
import type { Faults } from './faults/faults.ts';
import type { GenesysCloud } from './genesys-cloud/genesys-cloud.ts';
import { writePermissionRecord } from './iam/permission-record.ts';
import type { Permissions } from './iam/permissions.ts';
import type { Kms } from './kms/kms.ts';
import type { Lambda } from './lambda/lambda.ts';
import { Quiescence } from './quiescence.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import type { SecretsManager } from './secrets-manager/secrets-manager.ts';
import { connectServices } from './services.ts';
import type { Sns } from './sns/sns.ts';
import type { StepFunctions } from './step-functions/step-functions.ts';
import { readStack, type StackModel } from './template/stack-model.ts';

/** The account that the stack is deployed to, with the account id from AWS's examples. */
const ACCOUNT = { partition: 'aws', accountId: '123456789012', region: 'us-east-1' } as const;

/** The output folder of `npm run synth`, in the current folder. */
const DEFAULT_ASSEMBLY = 'cdk.out';

/**
 * The synthesised stack in an emulated AWS account, and Genesys Cloud, in one process. The functions run in their own
 * processes.
 */
export class Sandbox {
  readonly clock: Clock;
  readonly account = ACCOUNT;
  readonly stack: StackModel;
  readonly identities: Identities;
  readonly callLog: CallLog;
  readonly cloudTrail: CloudTrail;
  /** The faults; rules can be added at any time. */
  readonly faults: Faults;
  readonly kms: Kms;
  /** The permissions of the stack's policies, and which were used or refused. */
  readonly permissions: Permissions;
  readonly genesysCloud: GenesysCloud;
  readonly lambda: Lambda;
  readonly stepFunctions: StepFunctions;
  readonly secretsManager: SecretsManager;
  readonly events: EventBridge;
  readonly sns: Sns;
  readonly dynamoDb: DynamoDb;
  /** The operator's access key. */
  readonly operator: AccessKey;
  readonly #endpoint: AwsEndpoint;
  readonly #options: SandboxOptions;
  readonly #quiescence = new Quiescence();
  #advances: Promise<void> = Promise.resolve();

  /**
   * Deploys the stack and serves it. Starts the configuration tests of its rotation schedules without waiting for them.
   *
   * @throws CloudAssemblyUnreadable nothing was synthesised
   * @throws UnevaluablePolicy the sandbox cannot evaluate a policy
   * @throws InvalidFault
   * @throws Error EADDRINUSE the port is taken
   */
  static async start(options: SandboxOptions = {}): Promise<Sandbox> {
    const { warmStart, ...others } = options;
    if (warmStart === undefined || options.port !== undefined) return await Sandbox.#start(others);
    try {
      return await Sandbox.#start(options);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
      await warmStart.close();
      return await Sandbox.#start(options);
    }
  }

  static async #start(options: SandboxOptions): Promise<Sandbox> {
    const sandbox = new Sandbox(options);
    try {
      for (const rule of options.faults ?? []) sandbox.faults.add(rule);
      await sandbox.#endpoint.listen();
      await sandbox.genesysCloud.listen(options.warmStart?.genesysPort);
      // Configuration tests call the endpoint.
      await deploySecrets(sandbox.stack, sandbox.secretsManager, sandbox.#deployer);
    } catch (error) {
      await sandbox.close();
      throw error;
    }
    return sandbox;
  }

  private constructor(options: SandboxOptions) {
    this.#options = options;
    const identities = options.warmStart?.identities ?? new Identities(ACCOUNT);
    this.identities = identities;
    this.operator = identities.issueUser('operator');
    const stack = readStack({
      assemblyDirectory: options.assemblyDirectory ?? DEFAULT_ASSEMBLY,
      parameters: options.parameters,
      ...ACCOUNT,
    });
    const quiescence = this.#quiescence;
    const services = connectServices(options, { account: ACCOUNT, stack, identities, quiescence });
    this.stack = stack;
    this.clock = services.clock;
    this.callLog = services.callLog;
    this.cloudTrail = services.cloudTrail;
    this.faults = services.faults;
    this.kms = services.kms;
    this.permissions = services.permissions;
    this.genesysCloud = services.genesysCloud;
    this.lambda = services.lambda;
    this.stepFunctions = services.stepFunctions;
    this.secretsManager = services.secretsManager;
    this.events = services.events;
    this.sns = services.sns;
    this.dynamoDb = services.dynamoDb;
    this.#endpoint = services.endpoint;
    try {
      deployResources(stack, options.existingKeys ?? [], services);
    } catch (error) {
      // A rule's schedule would keep the process alive.
      this.clock.stop();
      throw error;
    }
  }

  /** The AWS endpoint, for `AWS_ENDPOINT_URL`. */
  get awsUrl(): string {
    return this.#endpoint.url;
  }

  /** The function that Secrets Manager calls. */
  get rotationFunctionArn(): string {
    return this.#output('RotationFunctionArn');
  }

  get stateMachineArn(): string {
    return this.#output('StateMachineArn');
  }

  /** The configuration of AWS SDK clients for the operator. */
  get clientConfig(): { endpoint: string; region: string; credentials: AccessKey } {
    return { endpoint: this.awsUrl, region: ACCOUNT.region, credentials: this.operator };
  }

  /**
   * Advances the time by `ms`, from one due task to the next, and continues only when the effects of each are complete.
   * So rotations and retries happen on time. With `virtualTime` this includes the waits inside the functions; otherwise
   * it waits for functions in real time. Concurrent calls run one after the other.
   */
  async advance(ms: number): Promise<void> {
    await this.#advance(settled => this.clock.advanceSettled(ms, settled));
  }

  /** Advances up to an instant, in ms since 1970, which may change while time advances. */
  async advanceUntil(untilMs: () => number): Promise<void> {
    await this.#advance(settled => this.clock.advanceUntilSettled(untilMs, settled));
  }

  /**
   * Waits in sandbox time inside an interceptor of AWS calls or of requests to Genesys Cloud, before or after `next`.
   * The request does not count as in progress during the wait, so that time can pass.
   */
  async pause(ms: number): Promise<void> {
    await this.#quiescence.openRequests.wait(() => this.clock.sleep(ms));
  }

  /**
   * Stops everything immediately, including running functions.
   *
   * @throws UnevaluablePolicy a policy of the stack could not be evaluated for a call
   */
  async close(): Promise<void> {
    this.clock.stop();
    if (this.#endpoint.isListening && this.genesysCloud.isListening) this.#options.warmStart?.keep(this);
    await Promise.all([this.lambda.close(), this.#endpoint.close(), this.genesysCloud.close()]);
    const { permissionRecords, assemblyDirectory = DEFAULT_ASSEMBLY } = this.#options;
    if (permissionRecords !== undefined) {
      writePermissionRecord(permissionRecords, assemblyDirectory, this.permissions);
    }
    this.permissions.throwIfUnevaluable();
  }

  async #advance(move: (settled: () => Promise<void>) => Promise<void>): Promise<void> {
    const { clock, lambda } = this;
    const settled = (): Promise<void> => this.#quiescence.settled(lambda.invocations, clock.isVirtual);
    const advance = this.#advances.then(() => move(settled));
    this.#advances = advance.catch(() => undefined);
    await advance;
  }

  /** CloudFormation creates the stack as the operator. */
  get #deployer(): Caller {
    const identity = this.identities.find(this.operator.accessKeyId);
    if (identity === undefined) throw new Error('The operator has no identity.');
    return identity.caller;
  }

  #output(name: string): string {
    const value = this.stack.outputs[name];
    if (value === undefined) throw new Error(`The stack ${this.stack.stackName} has no output ${name}.`);
    return value;
  }
}
