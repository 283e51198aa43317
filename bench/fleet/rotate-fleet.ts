import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { createFirstCredential, type FirstCredential } from '../../sandbox/first-credential.ts';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import { fewAtATime } from '../../sandbox/lambda/few-at-a-time.ts';
import { Sandbox } from '../../sandbox/sandbox.ts';
import { completeCredential } from '../complete-credential.ts';
import { secondHalfTimes } from './growth.ts';
import { type Memory, memoryInUse, processorMs } from './process-usage.ts';

/** The result of rotating a fleet. */
export interface FleetRun {
  readonly secrets: number;
  /** From the first RotateSecret to the end of the last rotation. */
  readonly wallMs: number;
  /** How many times longer the second half of the executions took than the first. */
  readonly secondHalfTimes: number;
  /** Processor time of the sandbox and the functions, start and logins included. */
  readonly processorMs: number;
  /** The longest from RotateSecret to the end of finishSecret, most of which is waiting. */
  readonly slowestRotationMs: number;
  /** The longest from the start of an execution to its end. */
  readonly slowestExecutionMs: number;
  /** The peak. */
  readonly memory: Memory;
  /** Rotations that Secrets Manager counts as failed. */
  readonly failed: number;
  /** Lost credentials: AWSCURRENT is incomplete or has a token that is not live, or there was more than one refresh. */
  readonly lost: number;
}

/**
 * The maximum of parallel rotation functions: a machine with two processors has memory to spare with this many. And of
 * parallel Tasks: it runs this many without coming near their timeouts.
 */
export const ROTATION_FUNCTIONS = 32;
/** The maximum of parallel functions of the workflow; see {@link ROTATION_FUNCTIONS}. */
export const TASKS = 3;
const NOTIFICATIONS = 1;

const SAMPLE_MS = 500;
const LOGINS_AT_A_TIME = 20;

/** Rotates this many secrets at once, in a sandbox with real time and processes. */
export async function rotateFleet(assemblyDirectory: string, secrets: number): Promise<FleetRun> {
  const sandbox = await Sandbox.start({
    assemblyDirectory,
    events: { rules: 'patterns' },
    secretsManager: { requestQuotas: true },
    invocationInterceptors: [
      fewAtATime({ sources: ['secretsmanager.amazonaws.com'], limit: ROTATION_FUNCTIONS, atFirst: 2 }),
      fewAtATime({ sources: ['states.amazonaws.com'], limit: TASKS, atFirst: 1 }),
      fewAtATime({ sources: ['events.amazonaws.com'], limit: NOTIFICATIONS }),
    ],
  });
  let run: Omit<FleetRun, 'processorMs'>;
  try {
    run = await rotateAll(sandbox, await credentials(sandbox, secrets));
  } finally {
    await sandbox.close();
  }
  // Children count once they have ended.
  return { ...run, processorMs: processorMs() };
}

async function credentials(sandbox: Sandbox, count: number): Promise<FirstCredential[]> {
  const made: FirstCredential[] = [];
  while (made.length < count) {
    const names = Array.from(
      { length: Math.min(LOGINS_AT_A_TIME, count - made.length) },
      (_, index) => `fleet/${made.length + index}`,
    );
    made.push(
      ...(await Promise.all(names.map(secretName => createFirstCredential(sandbox, { secretName })))),
    );
  }
  return made;
}

async function rotateAll(
  sandbox: Sandbox,
  fleet: readonly FirstCredential[],
): Promise<Omit<FleetRun, 'processorMs'>> {
  const executionArns = new Set<string>();
  sandbox.stepFunctions.onEvent(({ executionArn }) => executionArns.add(executionArn));
  const secrets = new SecretsManagerClient({
    ...sandbox.clientConfig,
    requestHandler: { httpAgent: { maxSockets: fleet.length } },
  });
  const memory = watchMemory();
  const startedAtMs = performance.now();
  const startedAt = sandbox.clock.now();
  const rotations = await Promise.all(fleet.map(({ secretArn }) => rotate(sandbox, secrets, secretArn)));
  const wallMs = performance.now() - startedAtMs;
  const peak = memory.end();
  const states = await Promise.all(fleet.map(credential => isWhole(sandbox, secrets, credential)));
  secrets.destroy();
  const executions = [...executionArns].map(arn => sandbox.stepFunctions.execution(arn));
  return {
    secrets: fleet.length,
    wallMs,
    slowestRotationMs: Math.max(...rotations.map(({ ms }) => ms)),
    slowestExecutionMs: Math.max(
      ...executions.map(({ startedAt, closedAt }) => msBetween(startedAt, closedAt)),
    ),
    secondHalfTimes: secondHalfTimes(executions.map(({ closedAt }) => msBetween(startedAt, closedAt))),
    memory: peak,
    failed: rotations.filter(({ succeeded }) => !succeeded).length,
    lost: states.filter(whole => !whole).length,
  };
}

async function rotate(
  sandbox: Sandbox,
  secrets: SecretsManagerClient,
  secretArn: string,
): Promise<{ ms: number; succeeded: boolean }> {
  const startedAtMs = performance.now();
  const { VersionId = '' } = await secrets.send(
    new RotateSecretCommand({ SecretId: secretArn, RotationLambdaARN: sandbox.rotationFunctionArn }),
  );
  const outcome = await sandbox.secretsManager.rotationOutcome(secretArn, VersionId);
  return { ms: performance.now() - startedAtMs, succeeded: outcome.status === 'succeeded' };
}

/** Whether AWSCURRENT is a complete credential with live tokens that was refreshed once at most. */
async function isWhole(
  { genesysCloud }: Sandbox,
  secrets: SecretsManagerClient,
  { secretArn, clientId }: FirstCredential,
): Promise<boolean> {
  const { refreshes, refusedRefreshes } = genesysCloud.counts(clientId);
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  const current = v.safeParse(completeCredential, SecretString);
  return (
    current.success &&
    refreshes <= 1 &&
    refusedRefreshes === 0 &&
    [current.output.accessToken, current.output.refreshToken].every(token =>
      genesysCloud.isLive(fingerprintOf(token)),
    )
  );
}

/** @param closedAt every rotation is over by now, and its execution with it */
function msBetween(startedAt: Date, closedAt: Date | undefined): number {
  return (closedAt?.getTime() ?? Number.NaN) - startedAt.getTime();
}

function watchMemory(): { end: () => Memory } {
  let peak = memoryInUse();
  const sample = (): void => {
    const now = memoryInUse();
    if (now.ownBytes + now.childrenBytes > peak.ownBytes + peak.childrenBytes) peak = now;
  };
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    end: () => {
      clearInterval(timer);
      sample();
      return peak;
    },
  };
}
