import type { GenesysUrlsOf } from '../../functions/shared/genesys/urls.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import type { Deployment } from '../shared/deployment.ts';
import { type ExecutionSummary, newestRotation } from '../shared/executions.ts';
import { checkDeployment, checkIdentity } from './account-steps.ts';
import type { DiagnosisClients } from './clients.ts';
import { testConfiguration } from './configuration-test.ts';
import { checkInvocation, checkRotationFunction, checkTaskFunctions } from './function-steps.ts';
import { checkAccessToken, checkOAuthClient } from './genesys-steps.ts';
import { checkJournal } from './journal-step.ts';
import { checkLogin } from './login-step.ts';
import { checkPermissions } from './permission-step.ts';
import { checkPublishedSecret } from './published-step.ts';
import { checkDueDate, checkRotation } from './schedule-steps.ts';
import { checkKey, checkLabels, checkSecret, checkValue, type DescribedSecret } from './secret-steps.ts';
import { ok, type StepResult, Steps } from './steps.ts';
import { checkLastExecution, checkWorkflow } from './workflow-steps.ts';

/** What a diagnosis needs. */
export interface DiagnosisDependencies {
  readonly clients: DiagnosisClients;
  readonly findDeployment: () => Promise<Deployment>;
  readonly genesysUrlsOf: GenesysUrlsOf;
  /** Formats the next command to type. */
  readonly command: CommandLine;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Called after each step. */
  readonly onResult: (result: StepResult) => void;
}

const SEAL_KEY_LOST =
  'Deploy the stack again with npm run deploy. Tokens sealed with the lost key, in the journal and in executions, are lost: log in again for every credential whose rotation then fails.';
const SECRET_KEY_LOST =
  'The value of the secret is lost with its key. Set another key (aws secretsmanager update-secret --kms-key-id) and log in again.';

/**
 * Checks everything that a rotation of the secret needs, and skips steps that depend on a failed one. Only reads, and
 * never presents a refresh token. With `test`, Secrets Manager tests the configuration if all steps have passed.
 */
export async function diagnose(
  { secretId, test }: { readonly secretId: string; readonly test: boolean },
  dependencies: DiagnosisDependencies,
): Promise<readonly StepResult[]> {
  const { clients, genesysUrlsOf, command, now, signal } = dependencies;
  const { secrets, stepFunctions, lambda, dynamoDb, kms, iam } = clients;
  const steps = new Steps(result => {
    signal.throwIfAborted();
    dependencies.onResult(result);
  });

  const identity = await steps.run('identity', {}, () => checkIdentity(clients));
  const deployment = await steps.run('deployment', { identity }, () =>
    checkDeployment(dependencies.findDeployment),
  );
  const secret = await steps.run('secret', { identity }, found =>
    checkSecret(secrets, secretId, found.identity.region),
  );
  const secretKey = await steps.run('secret-key', { secret }, found =>
    found.secret.KmsKeyId === undefined
      ? ok('aws/secretsmanager', { arn: 'alias/aws/secretsmanager', isManagedByAws: true })
      : checkKey(kms, found.secret.KmsKeyId, SECRET_KEY_LOST),
  );
  const value = await steps.run('value', { secret, secretKey }, found =>
    checkValue(secrets, found.secret, command),
  );
  const rotation = await steps.run('rotation', { secret, deployment }, found =>
    checkRotation(found.secret, found.deployment, value.value?.of),
  );
  const rotationFunction = await steps.run('rotation-function', { deployment }, found =>
    checkRotationFunction(lambda, found.deployment),
  );
  await steps.run('invocation', { rotationFunction, deployment, secret, identity }, found =>
    checkInvocation(lambda, found.deployment, found.secret, found.identity),
  );
  const taskFunctions = await steps.run('task-functions', { deployment }, found =>
    checkTaskFunctions(lambda, found.deployment),
  );
  await steps.run('seal-key', { rotationFunction }, found =>
    checkKey(kms, found.rotationFunction.sealKeyArn, SEAL_KEY_LOST),
  );
  const journal = await steps.run('journal', { taskFunctions }, found =>
    checkJournal(dynamoDb, found.taskFunctions),
  );
  const workflow = await steps.run('workflow', { deployment }, found =>
    checkWorkflow(stepFunctions, found.deployment),
  );
  await steps.run(
    'permissions',
    { rotation, identity, secret, secretKey, deployment, rotationFunction, taskFunctions, workflow },
    found => checkPermissions(iam, found),
  );
  if (taskFunctions.value?.of.publish !== undefined) {
    await steps.run('published-secret', { secret, deployment }, found =>
      checkPublishedSecret(secrets, found.secret, found.deployment),
    );
  }
  await steps.run('login', { secret, value, deployment, journal }, found =>
    checkLogin(found.secret, found.value, found.deployment, { dynamoDb, secrets, ...found.journal, command }),
  );
  let newest: Promise<ExecutionSummary | undefined> | undefined;
  const newestOf = (found: { secret: DescribedSecret; deployment: Deployment }) => {
    const { ARN: arn, Name: name } = found.secret;
    newest ??= newestRotation({ arn, name }, stepFunctions, found.deployment.stateMachineArn);
    return newest;
  };
  await steps.run('labels', { workflow, secret, deployment }, async found =>
    checkLabels(secrets, found.secret, await newestOf(found), now(), command),
  );
  const last = await steps.run('last-execution', { workflow, secret, deployment }, async found =>
    checkLastExecution(found.secret, await newestOf(found), command, {
      aws: { secrets, stepFunctions },
      deployment: found.deployment,
      now,
    }),
  );
  await steps.run('in-time', { rotation, last, secret, deployment }, found =>
    checkDueDate(found.secret, found.deployment, now(), command),
  );
  const client = await steps.run('client', { secret, value }, found =>
    checkOAuthClient(found.secret, found.value, genesysUrlsOf),
  );
  await steps.run('access-token', { client, secret, value }, found =>
    checkAccessToken(found.secret, found.value, genesysUrlsOf, now(), command),
  );
  if (test && steps.havePassed()) {
    await steps.run('configuration-test', { secret, deployment }, found =>
      testConfiguration(clients, found.secret, found.deployment, signal),
    );
  }
  return steps.results;
}
