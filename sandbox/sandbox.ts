import { CallLog } from './aws/call-log.ts';
import { AwsEndpoint } from './aws/endpoint.ts';
import { type AccessKey, Identities } from './aws/identities.ts';
import type { AwsInterceptor, AwsService, Caller } from './aws/service.ts';
import { Clock } from './clock.ts';
import { CloudTrail } from './cloudtrail/cloudtrail.ts';
import { deployOperations, deploySecrets } from './deployment.ts';
import type { DynamoDbBehaviour } from './dynamodb/behaviour.ts';
import { DynamoDb } from './dynamodb/dynamodb.ts';
import type { EventBridgeBehaviour } from './events/behaviour.ts';
import { EventBridge } from './events/event-bridge.ts';
import { connectCloudTrail, connectStepFunctions } from './events/service-events.ts';
import type { FaultRule } from './faults/fault-rule.ts';
import { Faults } from './faults/faults.ts';
import type { GenesysBehaviour } from './genesys-cloud/behaviour.ts';
import { GenesysCloud } from './genesys-cloud/genesys-cloud.ts';
import { iam } from './iam/iam.ts';
import { writePermissionRecord } from './iam/permission-record.ts';
import { Permissions } from './iam/permissions.ts';
import { keyAccess } from './kms/key-use.ts';
import { Kms } from './kms/kms.ts';
import { type InvocationInterceptor, Lambda } from './lambda/lambda.ts';
import type { SecretsManagerBehaviour } from './secrets-manager/behaviour.ts';
import { SecretsManager } from './secrets-manager/secrets-manager.ts';
import { seededRandom } from './seeded-random.ts';
import { Settlement } from './settlement.ts';
import { Sns } from './sns/sns.ts';
import type { StepFunctionsBehaviour } from './step-functions/behaviour.ts';
import { StepFunctions } from './step-functions/step-functions.ts';
import { sts } from './sts/sts.ts';
import { readStack, type StackModel } from './template/stack-model.ts';

/** The account that the stack is deployed to; the number that AWS uses in its examples. */
const ACCOUNT = { partition: 'aws', accountId: '123456789012', region: 'us-east-1' } as const;

/** Where `npm run synth` writes to, in the present folder. */
const DEFAULT_ASSEMBLY = 'cdk.out';

/** What the person who works with the sandbox may do. */
const ADMINISTRATOR = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
} as const;

/** How a sandbox may differ from another. */
export interface SandboxOptions {
  /** The folder that `npm run synth` wrote. Default: `cdk.out` in the present folder. */
  readonly assemblyDirectory?: string;
  /** Needed when the folder holds more than one stack. */
  readonly stackName?: string;
  /** Ids of KMS keys that the account has before the stack is deployed; their policies leave the decision to IAM. */
  readonly existingKeys?: readonly string[];
  /** Port of the AWS endpoint on 127.0.0.1. Default: any free one. */
  readonly port?: number;
  readonly secretsManager?: Partial<SecretsManagerBehaviour>;
  readonly stepFunctions?: Partial<StepFunctionsBehaviour>;
  readonly events?: Partial<EventBridgeBehaviour>;
  readonly dynamoDb?: Partial<DynamoDbBehaviour>;
  readonly genesysCloud?: Partial<GenesysBehaviour>;
  /** Stand around every authenticated AWS call. */
  readonly awsInterceptors?: readonly AwsInterceptor[];
  /** Stand around every invocation of a function. */
  readonly invocationInterceptors?: readonly InvocationInterceptor[];
  /** In force from the start: the first login at Genesys Cloud counts for them, too. */
  readonly faults?: readonly FaultRule[];
  /** The same seed gives the same faults and the same jitter of Step Functions. By default only the faults' is set. */
  readonly seed?: number;
  /**
   * Time stands still but for {@link Sandbox.advance}: also the functions' timers, time-outs and `Date` go by the
   * clock, so that waits of any length pass in no time, and what is computed takes none. Nothing that waits goes on
   * by itself: a rotation needs someone to advance the time.
   */
  readonly virtualTime?: boolean;
  /** A folder in which the sandbox, when it is closed, leaves what it saw of the stack's permissions. */
  readonly permissionRecords?: string;
  /** Told of a fault of the sandbox itself, which its caller saw as an internal error of AWS. */
  readonly onFault?: (fault: unknown, operation: string) => void;
}

/**
 * The stack as it was synthesised, deployed to an emulated AWS account, and Genesys Cloud beside it, in one process.
 * Its functions run as processes of their own.
 */
export class Sandbox {
  readonly clock: Clock;
  readonly account = ACCOUNT;
  readonly stack: StackModel;
  readonly identities = new Identities(ACCOUNT);
  readonly callLog: CallLog;
  readonly cloudTrail: CloudTrail;
  /** What goes wrong, and when; rules can be added at any time. */
  readonly faults: Faults;
  readonly kms: Kms;
  /** Who may do what by the policies of the stack, and what of it was used or refused. */
  readonly permissions: Permissions;
  readonly genesysCloud: GenesysCloud;
  readonly lambda: Lambda;
  readonly stepFunctions: StepFunctions;
  readonly secretsManager: SecretsManager;
  readonly events: EventBridge;
  readonly sns: Sns;
  readonly dynamoDb: DynamoDb;
  /** The access key of the person who works with the sandbox. */
  readonly operator: AccessKey = this.identities.issueUser('operator');
  readonly #endpoint: AwsEndpoint;
  readonly #options: SandboxOptions;
  readonly #settlement = new Settlement();
  #advances: Promise<void> = Promise.resolve();

  /**
   * Deploys the stack and serves it. The configuration tests of its rotation schedules have begun then.
   *
   * @throws CloudAssemblyUnreadable nothing was synthesised
   * @throws UnevaluablePolicy a policy says something that the sandbox cannot evaluate
   * @throws InvalidFault
   * @throws Error EADDRINUSE the port is taken
   */
  static async start(options: SandboxOptions = {}): Promise<Sandbox> {
    const sandbox = new Sandbox(options);
    try {
      for (const rule of options.faults ?? []) sandbox.faults.add(rule);
      await Promise.all([sandbox.#endpoint.listen(), sandbox.genesysCloud.listen()]);
      // The functions that test a rotation's configuration call the endpoint.
      await deploySecrets(sandbox.stack, sandbox.secretsManager, sandbox.#deployer);
    } catch (error) {
      await sandbox.close();
      throw error;
    }
    return sandbox;
  }

  private constructor(options: SandboxOptions) {
    this.#options = options;
    const { identities } = this;
    const { openRequests, onInvocationChange } = this.#settlement;
    const clock = new Clock({ standsStill: options.virtualTime ?? false });
    const callLog = new CallLog(clock);
    const base = { clock, ...ACCOUNT };
    const cloudTrail = new CloudTrail(base);
    const kms = new Kms(base);
    const stack = readStack({
      assemblyDirectory: options.assemblyDirectory ?? DEFAULT_ASSEMBLY,
      stackName: options.stackName,
      ...ACCOUNT,
    });
    const permissions = new Permissions({
      ...ACCOUNT,
      stack,
      users: { [identities.userArn('operator')]: ADMINISTRATOR },
    });
    const mayUseKey = keyAccess(keyId => kms.keyArnIfAny(keyId), permissions);
    const genesysCloud = new GenesysCloud({
      clock,
      openRequests,
      ...(options.genesysCloud !== undefined && { behaviour: options.genesysCloud }),
    });
    const sns = new Sns({ ...base, mayUseKey });
    const dynamoDb = new DynamoDb({
      ...base,
      ...(options.dynamoDb !== undefined && { behaviour: options.dynamoDb }),
    });
    const services = (): AwsService[] => [
      secretsManager,
      stepFunctions,
      lambda,
      kms,
      sts,
      iam(permissions),
      cloudTrail,
      sns,
      dynamoDb,
    ];
    const faults = new Faults({
      clock,
      openRequests,
      services,
      functions: stack.functions,
      refuseGenesys: () => genesysCloud.refuseConnections(),
      ...(options.seed !== undefined && { seed: options.seed }),
    });
    const lambda: Lambda = new Lambda({
      ...base,
      authorizer: permissions,
      policyOf: functionArn => permissions.functionPolicy(functionArn),
      credentialsFor: ({ name, arn, roleArn }) =>
        identities.issueRole({ roleArn, sessionName: name, functionArn: arn }),
      extraEnvironment: () => ({ AWS_ENDPOINT_URL: this.awsUrl, ...this.#gatewayVariables() }),
      interceptors: [...(options.invocationInterceptors ?? []), faults.invocationInterceptor],
      onChange: onInvocationChange,
    });
    const stepFunctions: StepFunctions = new StepFunctions({
      ...base,
      functions: lambda,
      authorizer: permissions,
      mayUseKey,
      ...(options.seed !== undefined && { random: seededRandom(options.seed) }),
      ...(options.stepFunctions !== undefined && { behaviour: options.stepFunctions }),
    });
    const secretsManager: SecretsManager = new SecretsManager({
      ...base,
      functions: lambda,
      mayInvoke: (functionArn, secretArn) =>
        lambda.hasFunction(functionArn) &&
        lambda.mayBeInvoked(functionArn, 'secretsmanager.amazonaws.com', secretArn),
      mayUseKey,
      cloudTrail,
      ...(options.secretsManager !== undefined && { behaviour: options.secretsManager }),
    });
    const events = new EventBridge({
      ...base,
      functions: lambda,
      ...(options.events !== undefined && { behaviour: options.events }),
    });
    connectStepFunctions(events, stepFunctions, {
      now: () => clock.now(),
      isEncrypted: arn =>
        stack.stateMachines.some(machine => machine.arn === arn && machine.kmsKeyId !== undefined),
    });
    connectCloudTrail(events, cloudTrail);
    this.clock = clock;
    this.callLog = callLog;
    this.cloudTrail = cloudTrail;
    this.faults = faults;
    this.kms = kms;
    this.stack = stack;
    this.permissions = permissions;
    this.genesysCloud = genesysCloud;
    this.lambda = lambda;
    this.stepFunctions = stepFunctions;
    this.secretsManager = secretsManager;
    this.events = events;
    this.sns = sns;
    this.dynamoDb = dynamoDb;
    try {
      this.#deploy();
    } catch (error) {
      // What a rule has scheduled would keep the process alive.
      clock.stop();
      throw error;
    }
    genesysCloud.intercept(faults.genesysInterceptor);
    this.#endpoint = new AwsEndpoint({
      services: services(),
      identities,
      authorizer: permissions,
      interceptors: [
        callLog.interceptor,
        ...(options.awsInterceptors ?? []),
        faults.awsInterceptor,
        this.#settlement.awsInterceptor,
      ],
      openRequests,
      region: ACCOUNT.region,
      ...(options.port !== undefined && { port: options.port }),
      onFault:
        options.onFault ??
        ((fault, operation) => console.error(`Fault of the sandbox in ${operation}:`, fault)),
    });
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

  /** What an AWS SDK client needs to work as the operator. */
  get clientConfig(): { endpoint: string; region: string; credentials: AccessKey } {
    return { endpoint: this.awsUrl, region: ACCOUNT.region, credentials: this.operator };
  }

  /**
   * Moves the time forward by `ms`, as far as the next thing that is due, and goes on only when what follows from it
   * is done: rotations, retries and whatever else falls due happen in their time. With `virtualTime` the waits inside
   * the functions are part of it; without, functions are waited for in real time. A second call follows the first.
   */
  async advance(ms: number): Promise<void> {
    const { clock, lambda } = this;
    const advance = this.#advances.then(() =>
      clock.advanceSettled(ms, () => this.#settlement.settled(lambda.invocations, clock.standsStill)),
    );
    this.#advances = advance.catch(() => undefined);
    await advance;
  }

  /**
   * Ends everything at once, running functions included.
   *
   * @throws UnevaluablePolicy a policy of the stack could not be evaluated for some call
   */
  async close(): Promise<void> {
    this.clock.stop();
    await Promise.all([this.lambda.close(), this.#endpoint.close(), this.genesysCloud.close()]);
    const { permissionRecords, assemblyDirectory = DEFAULT_ASSEMBLY } = this.#options;
    if (permissionRecords !== undefined) {
      writePermissionRecord(permissionRecords, assemblyDirectory, this.permissions);
    }
    this.permissions.requireEvaluable();
  }

  #deploy(): void {
    const { stack } = this;
    for (const keyId of this.#options.existingKeys ?? []) this.kms.createKey({ keyId });
    for (const { keyId, aliases, description, enableKeyRotation } of stack.keys) {
      const key = this.kms.createKey({
        keyId,
        enableKeyRotation,
        ...(description !== undefined && { description }),
      });
      for (const alias of aliases) this.kms.createAlias(alias, key.keyId);
    }
    for (const definition of stack.functions) this.lambda.createFunction(definition);
    for (const machine of stack.stateMachines) this.stepFunctions.createStateMachine(machine);
    deployOperations(stack, this);
  }

  /** CloudFormation makes the stack in the operator's name. */
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

  #gatewayVariables(): Record<string, string> {
    const { loginUrl, apiUrl } = this.genesysCloud.urlsOf('{host}');
    return { GENESYS_LOGIN_URL: loginUrl, GENESYS_API_URL: apiUrl };
  }
}
