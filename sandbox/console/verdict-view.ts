import { rotationOf } from '../../functions/shared/executions/execution-data.ts';
import {
  executionNamePrefix,
  isConfigurationTest,
} from '../../functions/shared/executions/execution-name.ts';
import {
  type ConsumersHave,
  currentAfter,
  type FailedRotation,
  type Situation,
  verdictOf,
} from '../../functions/shared/executions/verdict.ts';
import { commandLine } from '../../functions/shared/output/command-line.ts';
import { blockingVersion } from '../../functions/shared/secrets/secret-versions.ts';
import type { SecretDescription } from '../secrets-manager/secret-description.ts';
import type { ExecutionSnapshot } from '../step-functions/execution.ts';
import type { ConsoleSandbox } from './console-sandbox.ts';
import type { ConsumerView, VerdictView } from './views.ts';

type Versions = SecretDescription['versions'];

/**
 * The verdict of the program's `status` command for an operator who can test the access token. Only this module of the
 * console imports from `functions/`, so that both use the same rules.
 */
export function verdictView(
  secret: SecretDescription,
  consumer: ConsumerView,
  { stepFunctions, stateMachineArn }: Pick<ConsoleSandbox, 'stepFunctions' | 'stateMachineArn'>,
): VerdictView {
  const prefix = executionNamePrefix({ secretArn: secret.arn, secretName: secret.name });
  const own = stepFunctions
    .executions(stateMachineArn)
    .filter(({ name }) => name.startsWith(prefix) && !isConfigurationTest(name));
  const isRedrivable = (execution: ExecutionSnapshot): boolean =>
    stepFunctions.notRedrivableReason(execution) === undefined;
  const last = latestOf(own);
  const { health, impact, cause, steps } = verdictOf({
    consumersHave: consumersHave(secret.versions, consumer),
    rotation: rotationSituation(last, secret.versions, isRedrivable),
    isOverdue: false,
  });
  return {
    health,
    impact,
    ...(cause !== undefined && { cause }),
    next: steps.map(({ text, command: verb }) => ({
      text,
      ...(verb !== undefined && { command: { verb, line: commandLine({})`${verb} ${secret.name}` } }),
    })),
    ...(last !== undefined && last.status !== 'SUCCEEDED' && { executionArn: last.executionArn }),
  };
}

function consumersHave(versions: Versions, { works, accessTokenFingerprint }: ConsumerView): ConsumersHave {
  if (works) return 'works';
  if (accessTokenFingerprint !== undefined) return 'invalid';
  return labelled(versions, 'AWSCURRENT')?.hasValue === true ? 'none' : 'incomplete';
}

/** The running execution, or else the one that ended last. */
function latestOf(own: readonly ExecutionSnapshot[]): ExecutionSnapshot | undefined {
  const running = own.find(({ status }) => status === 'RUNNING');
  return running ?? own.toSorted((one, other) => Number(other.closedAt) - Number(one.closedAt))[0];
}

function rotationSituation(
  last: ExecutionSnapshot | undefined,
  versions: Versions,
  isRedrivable: (execution: ExecutionSnapshot) => boolean,
): Situation['rotation'] {
  if (last === undefined || last.status === 'SUCCEEDED') return undefined;
  if (last.status === 'RUNNING') return 'running';
  return failedRotation({ ...last, status: last.status }, versions, isRedrivable(last));
}

function failedRotation(
  {
    status,
    stateName,
    failure,
    input,
    executionArn,
    closedAt,
  }: ExecutionSnapshot & { readonly status: FailedRotation['status'] },
  versions: Versions,
  isRedrivable: boolean,
): FailedRotation {
  const current = labelled(versions, 'AWSCURRENT');
  const stages = Object.fromEntries(versions.map(({ id, labels }) => [id, labels]));
  const versionId = rotationOf(executionArn, input)?.versionId;
  return {
    status,
    state: stateName,
    error: status === 'FAILED' ? failure.error : undefined,
    isConfigurationTest: false,
    isRedrivable,
    current: currentAfter({ currentId: current?.id, storedAt: current?.createdAt }, { versionId, closedAt }),
    blocksRotations: blockingVersion({ stages }) !== undefined,
  };
}

function labelled(versions: Versions, label: string): Versions[number] | undefined {
  return versions.find(({ labels }) => labels.includes(label));
}
