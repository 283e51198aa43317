import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import type { FirstCredential } from './first-credential.ts';
import { statusOfCurrentUser } from './genesys-cloud/current-user.ts';
import type { Sandbox } from './sandbox.ts';
import type { ExecutionEvent } from './step-functions/executions.ts';
import type { HistoryEvent } from './step-functions/history.ts';
import { readRuns, type StateRun, workedMs } from './step-functions/state-runs.ts';

/** The result of a rotation; the JSON that `npm start -- --json` prints. */
export interface RotationRun {
  readonly secretId: string;
  readonly versions: { readonly previous: string; readonly current: string };
  readonly executionArn: string;
  readonly states: readonly StateSummary[];
  /** From RotateSecret to the end of finishSecret. */
  readonly rotationMs: number;
  /**
   * From the issue of the tokens to the move of AWSCURRENT: how long consumers may have a token that no longer works.
   */
  readonly tokenGapMs: number;
  /** The AWS calls of the functions, by operation. */
  readonly awsCalls: Readonly<Record<string, number>>;
}

/** A version of the secret with its staging labels. */
export interface LabelledVersion {
  readonly id: string;
  readonly labels: readonly string[];
}

/** Callbacks during the run. */
export interface RunListener {
  readonly onStart?: (versions: readonly LabelledVersion[]) => void;
  readonly onEvent?: (event: ExecutionEvent) => void;
}

/** The rotation did not succeed; the message contains the reason. */
class RotationRunFailed extends Error {
  override readonly name = 'RotationRunFailed';
}

const secretValue = v.pipe(v.string(), v.parseJson(), v.object({ accessToken: v.string() }));

/**
 * Rotates the secret once and verifies the result: AWSCURRENT has another access token than before, and Genesys Cloud
 * accepts it.
 *
 * @throws RotationRunFailed
 */
export async function runRotation(
  sandbox: Sandbox,
  credential: FirstCredential,
  listener: RunListener = {},
): Promise<RotationRun> {
  const { secretArn } = credential;
  const secrets = new SecretsManagerClient(sandbox.clientConfig);
  const watch = watchRotation(sandbox, secretArn, listener);
  const previous = versionWithLabel(sandbox, secretArn, 'AWSCURRENT');
  const callsBefore = sandbox.callLog.calls().length;
  listener.onStart?.(labelledVersions(sandbox, secretArn));

  const startedAtMs = sandbox.clock.nowMs();
  const { VersionId } = await secrets.send(
    new RotateSecretCommand({
      SecretId: secretArn,
      RotationLambdaARN: sandbox.rotationFunctionArn,
      RotationRules: { ScheduleExpression: 'rate(8 hours)', Duration: '1h' },
    }),
  );
  const outcome = await sandbox.secretsManager.rotationOutcome(secretArn, VersionId ?? '');
  const rotationMs = sandbox.clock.nowMs() - startedAtMs;
  watch.end();
  if (outcome.status !== 'succeeded') {
    const why = outcome.status === 'failed' ? reason(outcome.error, outcome.cause) : outcome.status;
    throw new RotationRunFailed(`The rotation did not succeed: ${why}`);
  }

  const { executionArn, issuedAt, movedAt } = watch.observed();
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  secrets.destroy();
  const { accessToken } = v.parse(secretValue, SecretString);
  if (accessToken === credential.accessToken) {
    throw new RotationRunFailed('AWSCURRENT still contains the first access token.');
  }
  const status = await statusOfCurrentUser(sandbox.genesysCloud, accessToken);
  if (status !== 200) {
    throw new RotationRunFailed(`Genesys Cloud responds with ${status} to the access token in AWSCURRENT.`);
  }
  return {
    secretId: secretArn,
    versions: { previous, current: versionWithLabel(sandbox, secretArn, 'AWSCURRENT') },
    executionArn,
    states: summarizeStates(sandbox.stepFunctions.execution(executionArn).history),
    rotationMs,
    tokenGapMs: movedAt.getTime() - issuedAt.getTime(),
    awsCalls: countCallsOfFunctions(sandbox, callsBefore),
  };
}

/** The secret's current versions and labels. */
export function labelledVersions(sandbox: Sandbox, secretArn: string): readonly LabelledVersion[] {
  return sandbox.secretsManager.secret(secretArn)?.versions ?? [];
}

function watchRotation(sandbox: Sandbox, secretArn: string, listener: RunListener) {
  let executionArn: string | undefined;
  let issuedAt: Date | undefined;
  let movedAt: Date | undefined;
  const subscriptions = [
    sandbox.stepFunctions.onEvent(event => {
      executionArn = event.executionArn;
      listener.onEvent?.(event);
    }),
    sandbox.genesysCloud.onTokenIssued(({ at }) => {
      issuedAt = at;
    }),
    sandbox.secretsManager.onChange(change => {
      const moved = change.labelMoves.some(({ label }) => label === 'AWSCURRENT');
      if (moved && change.secretArn === secretArn) movedAt = change.at;
    }),
  ];
  return {
    end: () => {
      for (const unsubscribe of subscriptions) unsubscribe();
    },
    observed: () => {
      if (executionArn === undefined || issuedAt === undefined || movedAt === undefined) {
        throw new RotationRunFailed('The rotation succeeded without a refresh or a promotion.');
      }
      return { executionArn, issuedAt, movedAt };
    },
  };
}

function versionWithLabel(sandbox: Sandbox, secretArn: string, label: string): string {
  const version = labelledVersions(sandbox, secretArn).find(({ labels }) => labels.includes(label));
  if (version === undefined)
    throw new RotationRunFailed(`No version of ${secretArn} has the label ${label}.`);
  return version.id;
}

function countCallsOfFunctions(sandbox: Sandbox, from: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { service, operation, functionArn } of sandbox.callLog.calls().slice(from)) {
    if (functionArn === undefined) continue;
    const key = `${service}:${operation}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function reason(error: string, cause: unknown): string {
  const message =
    typeof cause === 'object' && cause !== null && 'errorMessage' in cause ? cause.errorMessage : undefined;
  return typeof message === 'string' ? message : error;
}

/** One stay of an execution in a state. */
interface StateSummary {
  readonly name: string;
  readonly status: StateRun['status'];
  /** From entry to exit or to the execution's end, with retries, their delays, and redrives. */
  readonly durationMs: number;
  /** 1 plus the retries. */
  readonly attempts: number;
}

/** Summarises an execution's history by state, in the order of entry. */
function summarizeStates(history: readonly HistoryEvent[]): StateSummary[] {
  const now = history.at(-1)?.at ?? new Date(0);
  return readRuns(history).states.map(({ name, status, periods, attempts }) => ({
    name,
    status,
    durationMs: workedMs(periods, now),
    attempts: Math.max(1, attempts.length),
  }));
}
