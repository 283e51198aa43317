import type { Account } from './aws/account.ts';
import { CallLog } from './aws/call-log.ts';
import { AwsEndpoint } from './aws/endpoint.ts';
import type { Identities } from './aws/identities.ts';
import type { AwsService } from './aws/service.ts';
import { Clock } from './clock.ts';
import { CloudTrail } from './cloudtrail/cloudtrail.ts';
import { DynamoDb } from './dynamodb/dynamodb.ts';
import { EventBridge } from './events/event-bridge.ts';
import { connectStepFunctions } from './events/service-events.ts';
import { Faults } from './faults/faults.ts';
import { GenesysCloud } from './genesys-cloud/genesys-cloud.ts';
import { iam } from './iam/iam.ts';
import { Permissions } from './iam/permissions.ts';
import { keyUseChecker } from './kms/key-use.ts';
import { Kms } from './kms/kms.ts';
import { Lambda } from './lambda/lambda.ts';
import { LatencyWaits } from './latencies.ts';
import type { Quiescence } from './quiescence.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { SecretsManager } from './secrets-manager/secrets-manager.ts';
import { seededRandom } from './seeded-random.ts';
import { Sns } from './sns/sns.ts';
import { StepFunctions } from './step-functions/step-functions.ts';
import { sts } from './sts/sts.ts';
import type { StackModel } from './template/stack-model.ts';

/** The operator's permissions. */
const ADMINISTRATOR = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
} as const;

/** The parts of a sandbox. */
export type Services = ReturnType<typeof connectServices>;

/** What the parts of a sandbox have in common. */
interface Surroundings {
  readonly account: Account;
  readonly stack: StackModel;
  readonly identities: Identities;
  readonly quiescence: Quiescence;
}

/**
 * Creates and connects the emulated services; they are empty and do not listen yet.
 *
 * @throws UnevaluablePolicy the sandbox cannot evaluate a policy
 */
export function connectServices(
  options: SandboxOptions,
  { account, stack, identities, quiescence }: Surroundings,
) {
  const { openRequests, onInvocationChange } = quiescence;
  const { latencies = {} } = options;
  const clock = new Clock({ isVirtual: options.virtualTime ?? false });
  const callLog = new CallLog(clock);
  const base = { clock, ...account };
  const cloudTrail = new CloudTrail(base.clock);
  const kms = new Kms({
    ...base,
    policies: {
      policyOf: keyArn => permissions.keyPolicy(keyArn),
      replacePolicy: (keyArn, policy, caller) => permissions.replaceKeyPolicy(keyArn, policy, caller),
    },
  });
  const permissions: Permissions = new Permissions({
    ...account,
    stack,
    users: { [identities.userArn('operator')]: ADMINISTRATOR },
  });
  const checkKeyUse = keyUseChecker(keyId => kms.findKey(keyId), permissions);
  const genesysCloud = new GenesysCloud({
    clock,
    openRequests,
    behaviour: options.genesysCloud,
  });
  const sns = new Sns({ ...base, checkKeyUse });
  const dynamoDb = new DynamoDb(base);
  const services = (): AwsService[] => [
    secretsManager,
    stepFunctions,
    lambda,
    kms,
    sts,
    iam(permissions),
    sns,
    dynamoDb,
  ];
  const faults = new Faults({
    clock,
    openRequests,
    services,
    functions: stack.functions,
    refuseGenesys: () => genesysCloud.refuseConnections(),
    seed: options.seed,
  });
  const lambda: Lambda = new Lambda({
    ...base,
    authorizer: permissions,
    policyOf: functionArn => permissions.functionPolicy(functionArn),
    credentialsFor: ({ name, arn, roleArn }) =>
      identities.issueRole({ roleArn, sessionName: name, functionArn: arn }),
    extraEnvironment: () => ({ AWS_ENDPOINT_URL: endpoint.url, ...gatewayVariables(genesysCloud) }),
    interceptors: [...(options.invocationInterceptors ?? []), faults.invocationInterceptor],
    latencies,
    onChange: onInvocationChange,
    warmProcesses: options.warmStart?.processes,
  });
  const stepFunctions: StepFunctions = new StepFunctions({
    ...base,
    functions: lambda,
    authorizer: permissions,
    checkKeyUse,
    transitionMs: latencies.stateTransition,
    random: options.seed === undefined ? undefined : seededRandom(options.seed),
    behaviour: options.stepFunctions,
  });
  const secretsManager: SecretsManager = new SecretsManager({
    ...base,
    functions: lambda,
    mayInvoke: (functionArn, secretArn) =>
      lambda.hasFunction(functionArn) &&
      lambda.mayBeInvoked(functionArn, 'secretsmanager.amazonaws.com', secretArn),
    checkKeyUse,
    cloudTrail,
    behaviour: options.secretsManager,
  });
  const events = new EventBridge({
    ...base,
    functions: lambda,
    behaviour: options.events,
  });
  connectStepFunctions(events, stepFunctions, {
    now: () => clock.now(),
    isEncrypted: arn =>
      stack.stateMachines.some(machine => machine.arn === arn && machine.kmsKeyId !== undefined),
  });
  const latencyWaits = new LatencyWaits(latencies, clock, openRequests);
  genesysCloud.intercept(latencyWaits.genesysInterceptor);
  genesysCloud.intercept(faults.genesysInterceptor);
  const endpoint: AwsEndpoint = new AwsEndpoint({
    services: services(),
    identities,
    authorizer: permissions,
    interceptors: [
      callLog.interceptor,
      ...(options.awsInterceptors ?? []),
      latencyWaits.awsInterceptor,
      faults.awsInterceptor,
      quiescence.awsInterceptor,
    ],
    openRequests,
    region: account.region,
    port: options.port ?? options.warmStart?.awsPort ?? 0,
    onDefect:
      options.onDefect ??
      ((error, operation) => console.error(`Defect of the sandbox in ${operation}:`, error)),
  });
  return {
    clock,
    callLog,
    cloudTrail,
    faults,
    kms,
    permissions,
    genesysCloud,
    lambda,
    stepFunctions,
    secretsManager,
    events,
    sns,
    dynamoDb,
    endpoint,
  };
}

/** The address of Genesys Cloud for the functions; `{host}` stands for a credential's region. */
function gatewayVariables(genesysCloud: GenesysCloud): Record<string, string> {
  const { loginUrl, apiUrl } = genesysCloud.urlsOf('{host}');
  return { GENESYS_LOGIN_URL: loginUrl, GENESYS_API_URL: apiUrl };
}
