import { expect, onTestFinished } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { runCliForJson } from '../helpers/cli.ts';
import { skipRetryDelays } from '../helpers/retry-delays.ts';
import { sharedWorld } from '../helpers/sandbox.ts';
import { type RotationWorld, rotationWorld } from '../rotation/rotation-world.ts';

/** A KMS key of the account that the functions may not use. */
export const KEY_ID = '01234567-89ab-cdef-0123-456789abcdef';

/** The steps of a diagnosis without a configuration test, in order. */
export const STEPS = [
  'identity',
  'deployment',
  'secret',
  'secret-key',
  'value',
  'rotation',
  'rotation-function',
  'invocation',
  'task-functions',
  'seal-key',
  'journal',
  'workflow',
  'permissions',
  'login',
  'labels',
  'last-execution',
  'in-time',
  'client',
  'access-token',
];

/** A time long before every rotation, in AWS's format. */
export const LONG_AGO_SECONDS = 1_700_000_000;

/** Genesys Cloud's response while it is unavailable. */
export const UNAVAILABLE = { status: 503, headers: {}, body: '' };

/** What `diagnose --json` prints. */
interface Diagnosis {
  readonly exitCode: number | null;
  readonly healthy: boolean;
  readonly firstWrong?: string;
  readonly fix?: string;
  readonly steps: readonly { readonly step: string; readonly status: string; readonly found: string }[];
}

/** A credential of one test. */
export interface DiagnosedCredential extends FirstCredential {
  readonly name: string;
}

/** A problem and the expected diagnosis. */
export interface Fault {
  readonly fault: string;
  readonly step: string;
  /** What the fix must contain; `{secret}` stands for the secret's name. */
  readonly fix: string | RegExp;
  /** Later steps that the same cause breaks. */
  readonly alsoWrong?: readonly string[];
  /** Arguments instead of the secret's name. */
  readonly args?: readonly string[];
  readonly intercept?: AwsInterceptor;
  /** @returns a function that undoes the fault, if it affects other tests */
  readonly prepare?: (world: RotationWorld, credential: DiagnosedCredential) => unknown;
}

/** Changes every response of an operation. */
export function changingResponse(operation: string, change: (response: object) => object): AwsInterceptor {
  return async (call, next) => (call.operation === operation ? change(await next()) : await next());
}

/** The steps of a diagnosis with a status. */
export function withStatus({ steps }: Diagnosis, status: string): string[] {
  return steps.filter(each => each.status === status).map(({ step }) => step);
}

/** A sandbox for the tests of a file. Each test uses its own credential. */
export function diagnoseWorld() {
  let interceptor: AwsInterceptor | undefined;
  let credentials = 0;
  const world = sharedWorld(async onCleanup => {
    const made = await rotationWorld(
      {
        virtualTime: false,
        events: { rules: 'none' },
        secretsManager: { retryDelaysMs: [] },
        existingKeys: [KEY_ID],
        awsInterceptors: [(call, next) => interceptor?.(call, next) ?? next()],
      },
      onCleanup,
    );
    skipRetryDelays(made.sandbox);
    return made;
  });

  /** Intercepts every call until the test ends. */
  function intercept(around: AwsInterceptor): void {
    interceptor = around;
    onTestFinished(() => {
      interceptor = undefined;
    });
  }

  async function credential(): Promise<DiagnosedCredential> {
    const name = `crm/genesys-${++credentials}`;
    return { ...(await world().credential({ secretName: name })), name };
  }

  /** Runs a diagnosis. Fails if it refreshes a token. */
  async function diagnosed(...args: string[]): Promise<Diagnosis> {
    const { genesysCloud } = world().sandbox;
    const { refreshes } = genesysCloud.counts();
    const { exitCode, result } = await runCliForJson(world().sandbox, ['diagnose', ...args]);
    expect(genesysCloud.counts().refreshes).toBe(refreshes);
    return { ...(result as Omit<Diagnosis, 'exitCode'>), exitCode };
  }

  return {
    world,
    intercept,
    credential,
    diagnosed,

    /** Causes a fault, and expects a diagnosis to report only this fault first, with its fix. */
    async expectFound({ step, fix, alsoWrong = [], args, intercept: around, prepare }: Fault): Promise<void> {
      const subject = await credential();
      if (around !== undefined) intercept(around);
      const undo = await prepare?.(world(), subject);
      if (typeof undo === 'function') onTestFinished(() => undo());

      const diagnosis = await diagnosed(...(args ?? [subject.name]));

      expect(diagnosis).toMatchObject({
        exitCode: EXIT_CODES.unhealthy.code,
        healthy: false,
        firstWrong: step,
      });
      expect(diagnosis.fix).toMatch(typeof fix === 'string' ? fix.replace('{secret}', subject.name) : fix);
      expect(withStatus(diagnosis, 'wrong')).toEqual([step, ...alsoWrong]);
    },
  };
}
