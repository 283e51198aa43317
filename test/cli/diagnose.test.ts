import {
  CancelRotateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../sandbox/aws/aws-error.ts';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { runCli, runCliForJson } from '../helpers/cli.ts';
import { type RotationWorld, rotationWorld } from '../rotation/rotation-world.ts';

const NAME = 'crm/genesys';
const UNAVAILABLE = { status: 503, headers: {}, body: '' };
const LONG_AGO_SECONDS = 1_700_000_000;
const SOUND_STEPS = [
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
  'workflow',
  'labels',
  'last-execution',
  'in-time',
  'client',
  'access-token',
];

/** Every answer of an operation, with some members changed. */
function answering(operation: string, change: (answer: object) => object): AwsInterceptor {
  return async (call, next) => (call.operation === operation ? change(await next()) : await next());
}

/** A world with one credential. */
async function worldWithCredential(options: SandboxOptions = {}) {
  const world = await rotationWorld(options);
  return { world, credential: await world.credential({ secretName: NAME }) };
}

/** What a diagnosis answered. Fails if it refreshed. */
async function diagnosed(sandbox: Sandbox, ...args: string[]) {
  const { refreshes } = sandbox.genesysCloud.counts();
  const { exitCode, result } = await runCliForJson(sandbox, ['diagnose', ...args]);
  expect(sandbox.genesysCloud.counts().refreshes).toBe(refreshes);
  return { exitCode, ...(result as Diagnosis) };
}

interface Diagnosis {
  readonly healthy: boolean;
  readonly firstWrong?: string;
  readonly fix?: string;
  readonly steps: readonly { readonly step: string; readonly status: string; readonly found: string }[];
}

function withStatus({ steps }: Diagnosis, status: string): string[] {
  return steps.filter(each => each.status === status).map(({ step }) => step);
}

describe('diagnose', () => {
  it('finds all well after a rotation', async () => {
    const { world, credential } = await worldWithCredential();
    await world.rotate(credential.secretArn);

    const diagnosis = await diagnosed(world.sandbox, NAME);

    expect(diagnosis).toMatchObject({ exitCode: 0, healthy: true });
    expect(diagnosis.firstWrong).toBeUndefined();
    expect(withStatus(diagnosis, 'ok')).toEqual(SOUND_STEPS);
  });

  it('finds all well before the first rotation, by the ARN, and names the smoke test', async () => {
    const { world, credential } = await worldWithCredential();

    const { exitCode, stdout } = await runCli(world.sandbox, ['diagnose', credential.secretArn]);

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`npm run cli -- rotate ${credential.secretArn}`);
    expect(stdout.split('\n').filter(line => line.startsWith('ok '))).toHaveLength(SOUND_STEPS.length);
  });

  it('changes nothing', async () => {
    const { world, credential } = await worldWithCredential();
    const before = world.sandbox.secretsManager.secret(credential.secretArn);
    const writes: string[] = [];
    world.sandbox.secretsManager.onChange(change => writes.push(JSON.stringify(change)));

    await diagnosed(world.sandbox, NAME);

    expect(writes).toEqual([]);
    expect(world.sandbox.secretsManager.secret(credential.secretArn)).toMatchObject({
      versions: before?.versions,
    });
  });

  it('lets Secrets Manager test the configuration with --test, and keeps the schedule', async () => {
    const { world, credential } = await worldWithCredential();
    const before = world.sandbox.secretsManager.secret(credential.secretArn)?.rotation;

    const diagnosis = await diagnosed(world.sandbox, NAME, '--test');

    expect(diagnosis.exitCode).toBe(0);
    expect(withStatus(diagnosis, 'ok')).toEqual([...SOUND_STEPS, 'configuration-test']);
    expect(world.sandbox.secretsManager.secret(credential.secretArn)?.rotation).toEqual(before);
  });

  it('names what the functions may not do, which only the test shows', async () => {
    const { world } = await worldWithCredential();
    const role = world.sandbox.permissions.granted().find(grant => /Verify/.test(grant.role))?.role ?? '';
    world.sandbox.permissions.revoke({ role, action: 'secretsmanager:GetSecretValue' });

    const diagnosis = await diagnosed(world.sandbox, NAME, '--test');

    expect(diagnosis).toMatchObject({ exitCode: 4, firstWrong: 'configuration-test' });
    expect(diagnosis.fix).toContain('secretsmanager:GetSecretValue');
  });

  it('asks for the name of a secret', async () => {
    const { sandbox } = await rotationWorld();

    const { exitCode } = await runCli(sandbox, ['diagnose']);

    expect(exitCode).toBe(2);
  });
});

interface Fault {
  readonly fault: string;
  readonly step: string;
  /** What the fix has to name. */
  readonly fix: string | RegExp;
  /** What the same cause breaks further down the chain. */
  readonly alsoWrong?: readonly string[];
  readonly options?: SandboxOptions;
  readonly args?: readonly string[];
  readonly prepare?: (
    world: RotationWorld,
    credential: Awaited<ReturnType<RotationWorld['credential']>>,
  ) => unknown;
}

const FAULTS: readonly Fault[] = [
  { fault: 'a secret that is missing', step: 'secret', fix: '--region', args: ['crm/other'] },
  {
    fault: 'a secret that is scheduled for deletion',
    step: 'secret',
    fix: 'aws secretsmanager restore-secret',
    prepare: (world, { secretArn }) => world.secrets.send(new DeleteSecretCommand({ SecretId: secretArn })),
  },
  {
    fault: 'a deployment that is missing',
    step: 'deployment',
    fix: '--stack',
    args: [NAME, '--stack', 'other'],
  },
  {
    fault: 'a value that is no JSON',
    step: 'value',
    fix: 'JSON object',
    prepare: (world, { secretArn }) =>
      world.secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: 'no JSON' })),
  },
  {
    fault: 'a value that lacks a key',
    step: 'value',
    fix: 'refreshToken',
    prepare: (world, { secretArn }) => world.mend(secretArn, { refreshToken: undefined }),
  },
  {
    fault: 'a region that Genesys Cloud has not',
    step: 'value',
    fix: 'region',
    prepare: (world, { secretArn }) => world.mend(secretArn, { region: 'eu-north-9' }),
  },
  {
    fault: 'rotation that is off',
    step: 'rotation',
    fix: /aws secretsmanager rotate-secret .*--no-rotate-immediately/,
    prepare: (world, { secretArn }) =>
      world.secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn })),
  },
  {
    fault: 'rotation by another function',
    step: 'rotation',
    fix: '--stack',
    prepare: ({ sandbox }, { secretArn }) =>
      sandbox.secretsManager.enableRotation(secretArn, `${sandbox.rotationFunctionArn}-other`, {
        ScheduleExpression: 'rate(8 hours)',
      }),
  },
  {
    fault: 'rotation by an alias of the function',
    step: 'rotation',
    fix: 'alias',
    prepare: ({ sandbox }, { secretArn }) =>
      sandbox.secretsManager.enableRotation(secretArn, `${sandbox.rotationFunctionArn}:live`, {
        ScheduleExpression: 'rate(8 hours)',
      }),
  },
  {
    fault: 'an access token that dies before the next rotation',
    step: 'rotation',
    fix: 'token duration',
    prepare: (world, { secretArn }) =>
      world.mend(secretArn, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() }),
  },
  {
    fault: 'too little reserved concurrency',
    step: 'rotation-function',
    fix: 'aws lambda delete-function-concurrency',
    options: {
      awsInterceptors: [answering('GetFunctionConcurrency', () => ({ ReservedConcurrentExecutions: 9 }))],
    },
  },
  {
    fault: 'a rotation function whose update failed',
    step: 'rotation-function',
    fix: 'npm run deploy',
    options: {
      awsInterceptors: [
        answering('GetFunctionConfiguration', answer =>
          JSON.stringify(answer).includes('-rotation-rotation"')
            ? { ...answer, LastUpdateStatus: 'Failed' }
            : answer,
        ),
      ],
    },
  },
  {
    fault: 'a function that Secrets Manager may not invoke',
    step: 'invocation',
    fix: 'aws lambda add-permission',
    prepare: ({ sandbox }) => sandbox.permissions.revoke({ role: 'secretsmanager.amazonaws.com' }),
  },
  {
    fault: 'a function of the workflow that is missing',
    step: 'task-functions',
    fix: 'npm run deploy',
    options: {
      awsInterceptors: [
        async (call, next) => {
          if (
            call.operation === 'GetFunctionConfiguration' &&
            JSON.stringify(call.input).includes('-verify')
          ) {
            throw new AwsError('ResourceNotFoundException', 'Function not found', { statusCode: 404 });
          }
          return await next();
        },
      ],
    },
  },
  {
    fault: 'a seal key that is disabled',
    step: 'seal-key',
    fix: 'aws kms enable-key',
    prepare: ({ sandbox }) => sandbox.kms.disableKey(sandbox.stack.outputs.SealKeyArn ?? ''),
  },
  {
    fault: 'a seal key that is about to be deleted',
    step: 'seal-key',
    fix: 'aws kms cancel-key-deletion',
    prepare: ({ sandbox }) => sandbox.kms.scheduleKeyDeletion(sandbox.stack.outputs.SealKeyArn ?? ''),
  },
  {
    fault: 'a state machine that is being deleted',
    step: 'workflow',
    fix: 'npm run deploy',
    options: {
      awsInterceptors: [answering('DescribeStateMachine', answer => ({ ...answer, status: 'DELETING' }))],
    },
  },
  {
    fault: 'AWSPENDING left on a version that nobody rotates',
    step: 'labels',
    fix: '--version-stage AWSPENDING --remove-from-version-id',
    options: {
      awsInterceptors: [
        answering('ListSecretVersionIds', answer => {
          const { Versions } = answer as { Versions: object[] };
          return { ...answer, Versions: Versions.map(each => ({ ...each, CreatedDate: LONG_AGO_SECONDS })) };
        }),
      ],
    },
    prepare: (world, { secretArn }) =>
      world.secrets.send(
        new PutSecretValueCommand({
          SecretId: secretArn,
          SecretString: '{}',
          VersionStages: ['AWSPENDING'],
        }),
      ),
  },
  {
    fault: 'a rotation that failed',
    step: 'last-execution',
    fix: `npm run cli -- redrive ${NAME}`,
    options: { secretsManager: { retryDelaysMs: [] } },
    prepare: async (world, { secretArn }) => {
      const serveAgain = world.refreshesAnswered(UNAVAILABLE);
      await world.rotate(secretArn);
      serveAgain();
    },
  },
  {
    fault: 'a refresh token that was rejected',
    step: 'last-execution',
    fix: 'log in again',
    alsoWrong: ['access-token'],
    options: { secretsManager: { retryDelaysMs: [] } },
    prepare: async (world, { secretArn, clientId }) => {
      world.revokeUserOf(clientId);
      await world.rotate(secretArn);
    },
  },
  {
    fault: 'a rotation that does not come',
    step: 'in-time',
    fix: `npm run cli -- rotate ${NAME}`,
    options: {
      awsInterceptors: [
        answering('DescribeSecret', answer => ({
          ...answer,
          CreatedDate: LONG_AGO_SECONDS,
          LastRotatedDate: LONG_AGO_SECONDS,
        })),
      ],
    },
  },
  {
    fault: 'a client that was deleted',
    step: 'client',
    fix: 'clientId',
    prepare: ({ sandbox }, { clientId }) => sandbox.genesysCloud.deleteClient(clientId),
  },
  {
    fault: 'Genesys Cloud that cannot be reached',
    step: 'client',
    fix: 'status.mypurecloud.com',
    prepare: ({ sandbox }) => sandbox.genesysCloud.refuseConnections(),
  },
  {
    fault: 'a user whose tokens were revoked',
    step: 'access-token',
    fix: `npm run cli -- authorize ${NAME}`,
    prepare: (world, { clientId }) => world.revokeUserOf(clientId),
  },
  {
    fault: 'an API that does not serve',
    step: 'access-token',
    fix: 'status.mypurecloud.com',
    prepare: world => world.usersAnswered(UNAVAILABLE),
  },
];

describe('diagnose names the fix for', () => {
  it.each(FAULTS)('$fault', async ({ step, fix, alsoWrong = [], options, args = [NAME], prepare }) => {
    const { world, credential } = await worldWithCredential(options);
    await prepare?.(world, credential);

    const diagnosis = await diagnosed(world.sandbox, ...args);

    expect(diagnosis).toMatchObject({ exitCode: 4, healthy: false, firstWrong: step });
    expect(diagnosis.fix).toMatch(fix);
    expect(withStatus(diagnosis, 'wrong')).toEqual([step, ...alsoWrong]);
  });
});

describe('diagnose does not call wrong', () => {
  it('an access token that has expired while the rotation works', async () => {
    const { world, credential } = await worldWithCredential();
    await world.mend(credential.secretArn, {
      expiresAt: '2020-01-01T00:00:00Z',
      accessToken: 'expired-token',
    });

    const diagnosis = await diagnosed(world.sandbox, NAME);

    expect(diagnosis).toMatchObject({ exitCode: 0, healthy: true });
  });

  it('a failed rotation after which somebody has stored a new login', async () => {
    const { world, credential } = await worldWithCredential({ secretsManager: { retryDelaysMs: [] } });
    world.revokeUserOf(credential.clientId);
    await world.rotate(credential.secretArn);
    await world.authorizeAgain(credential);

    const diagnosis = await diagnosed(world.sandbox, NAME);

    expect(diagnosis).toMatchObject({ exitCode: 0, healthy: true });
  });

  it('a rotation that runs', async () => {
    const { world, credential } = await worldWithCredential();
    const entered = Promise.withResolvers<void>();
    world.before('fetch', () => {
      entered.resolve();
      return new Promise(() => undefined);
    });
    await world.rotateSecret(credential.secretArn);
    await entered.promise;

    const diagnosis = await diagnosed(world.sandbox, NAME);

    expect(diagnosis).toMatchObject({ exitCode: 0, healthy: true });
  });
});

describe('diagnose, where it cannot look,', () => {
  it('skips what depends on what is wrong', async () => {
    const { world } = await worldWithCredential();

    const diagnosis = await diagnosed(world.sandbox, 'crm/other');

    expect(withStatus(diagnosis, 'skipped')).toEqual([
      'secret-key',
      'value',
      'rotation',
      'invocation',
      'labels',
      'last-execution',
      'in-time',
      'client',
      'access-token',
    ]);
  });

  it('says whom AWS does not know, and goes no further', async () => {
    const { world } = await worldWithCredential();

    const { exitCode, stdout } = await runCli(world.sandbox, ['diagnose', NAME], {
      env: { AWS_SECRET_ACCESS_KEY: 'another-key' },
    });

    expect(exitCode).toBe(4);
    expect(stdout).toContain('aws sts get-caller-identity');
    expect(stdout.split('\n').filter(line => line.startsWith('skipped '))).toHaveLength(
      SOUND_STEPS.length - 1,
    );
  });

  it('does not call well what the caller may not see', async () => {
    const { world } = await worldWithCredential({
      awsInterceptors: [
        async (call, next) => {
          if (call.operation === 'DescribeKey')
            throw new AwsError('AccessDeniedException', 'not authorized to perform: kms:DescribeKey');
          return await next();
        },
      ],
    });

    const diagnosis = await diagnosed(world.sandbox, NAME);

    expect(diagnosis).toMatchObject({ exitCode: 1, healthy: false });
    expect(withStatus(diagnosis, 'skipped')).toEqual(['seal-key']);
  });
});
