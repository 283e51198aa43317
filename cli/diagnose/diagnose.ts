import type { GenesysUrlsOf } from '../../functions/shared/genesys-urls.ts';
import type { CommandLine } from '../shared/command-line.ts';
import type { Deployment } from '../shared/deployment.ts';
import { type ExecutionSummary, newestRotation } from '../shared/executions.ts';
import { lookAtDeployment, lookAtIdentity } from './account-steps.ts';
import type { DiagnosisClients } from './clients.ts';
import { testConfiguration } from './configuration-test.ts';
import { lookAtInvocation, lookAtRotationFunction, lookAtTaskFunctions } from './function-steps.ts';
import { lookAtAccessToken, lookAtClient } from './genesys-steps.ts';
import { lookAtKey } from './key-steps.ts';
import { lookAtLabels } from './label-step.ts';
import { lookAtPermissions } from './permission-step.ts';
import { lookAtDueDate, lookAtRotation } from './schedule-steps.ts';
import { type DescribedSecret, lookAtSecret, lookAtValue } from './secret-steps.ts';
import { ok, type StepResult, Steps } from './steps.ts';
import { lookAtLastExecution, lookAtWorkflow } from './workflow-steps.ts';

/** What a diagnosis needs. */
export interface DiagnosisDependencies {
  readonly clients: DiagnosisClients;
  readonly findDeployment: () => Promise<Deployment>;
  readonly genesysUrlsOf: GenesysUrlsOf;
  /** Writes what to type next. */
  readonly command: CommandLine;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Called after each step. */
  readonly onResult: (result: StepResult) => void;
}

const SEAL_KEY_LOST =
  'Deploy the stack again with npm run deploy. What executions have sealed with the lost key cannot be read any more.';
const SECRET_KEY_LOST =
  'The value of the secret is lost with its key: give it another key (aws secretsmanager update-secret --kms-key-id) and store a new login.';

/**
 * Walks the chain of what a rotation of the secret needs, and looks at every link that does not depend on a broken
 * one. It reads only, and presents no refresh token; with `test` it lets Secrets Manager test the configuration when
 * all is sound.
 */
export async function diagnose(
  { secretId, test }: { readonly secretId: string; readonly test: boolean },
  dependencies: DiagnosisDependencies,
): Promise<readonly StepResult[]> {
  const { clients, genesysUrlsOf, command, now, signal } = dependencies;
  const { secrets, stepFunctions, lambda, kms, iam } = clients;
  const steps = new Steps(result => {
    signal.throwIfAborted();
    dependencies.onResult(result);
  });

  const identity = await steps.take('identity', {}, () => lookAtIdentity(clients));
  const deployment = await steps.take('deployment', { identity }, () =>
    lookAtDeployment(dependencies.findDeployment),
  );
  const secret = await steps.take('secret', { identity }, found =>
    lookAtSecret(secrets, secretId, found.identity.region),
  );
  const secretKey = await steps.take('secret-key', { secret }, found =>
    found.secret.KmsKeyId === undefined
      ? ok('aws/secretsmanager', { arn: 'alias/aws/secretsmanager', isManagedByAws: true })
      : lookAtKey(kms, found.secret.KmsKeyId, SECRET_KEY_LOST),
  );
  const value = await steps.take('value', { secret, secretKey }, found =>
    lookAtValue(secrets, found.secret, command),
  );
  const rotation = await steps.take('rotation', { secret, deployment }, found =>
    lookAtRotation(found.secret, found.deployment, value.value?.of),
  );
  const rotationFunction = await steps.take('rotation-function', { deployment }, found =>
    lookAtRotationFunction(lambda, found.deployment),
  );
  await steps.take('invocation', { rotationFunction, deployment, secret, identity }, found =>
    lookAtInvocation(lambda, found.deployment, found.secret, found.identity),
  );
  const taskFunctions = await steps.take('task-functions', { deployment }, found =>
    lookAtTaskFunctions(lambda, found.deployment),
  );
  await steps.take('seal-key', { rotationFunction }, found =>
    lookAtKey(kms, found.rotationFunction.sealKeyArn, SEAL_KEY_LOST),
  );
  const workflow = await steps.take('workflow', { deployment }, found =>
    lookAtWorkflow(stepFunctions, found.deployment),
  );
  await steps.take(
    'permissions',
    { rotation, identity, secret, secretKey, deployment, rotationFunction, taskFunctions, workflow },
    found => lookAtPermissions(iam, found),
  );
  let newest: Promise<ExecutionSummary | undefined> | undefined;
  const newestOf = (found: { secret: DescribedSecret; deployment: Deployment }) => {
    const { ARN: arn, Name: name } = found.secret;
    newest ??= newestRotation({ arn, name }, stepFunctions, found.deployment.stateMachineArn);
    return newest;
  };
  await steps.take('labels', { workflow, secret, deployment }, async found =>
    lookAtLabels(secrets, found.secret, await newestOf(found), now(), command),
  );
  const last = await steps.take('last-execution', { workflow, secret, deployment }, async found =>
    lookAtLastExecution(stepFunctions, found.secret, await newestOf(found), value.value?.of, command),
  );
  await steps.take('in-time', { rotation, last, secret, deployment }, found =>
    lookAtDueDate(found.secret, found.deployment, now(), command),
  );
  const client = await steps.take('client', { secret, value }, found =>
    lookAtClient(found.secret, found.value, genesysUrlsOf),
  );
  await steps.take('access-token', { client, secret, value }, found =>
    lookAtAccessToken(found.secret, found.value, genesysUrlsOf, now(), command),
  );
  if (test && steps.areSound()) {
    await steps.take('configuration-test', { secret, deployment }, found =>
      testConfiguration(clients, found.secret, found.deployment, signal),
    );
  }
  return steps.results;
}
