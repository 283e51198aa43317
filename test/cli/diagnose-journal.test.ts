import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { AwsError } from '../../sandbox/aws/aws-error.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import { changingResponse, diagnoseWorld, type Fault, withStatus } from './diagnose-world.ts';

const { world, credential, diagnosed, expectFound } = diagnoseWorld();

/** A secret with the same value as another secret. */
async function copyOf(secretArn: string) {
  const copy = await credential();
  await world().put(copy.secretArn, await world().currentValue(secretArn));
  return copy;
}

const JOURNAL_FAULTS: readonly Fault[] = [
  {
    fault: 'a missing journal',
    step: 'journal',
    fix: /aws dynamodb create-table .*AttributeName=pk,KeyType=HASH/,
    intercept: async (call, next) => {
      if (call.operation !== 'DescribeTable') return await next();
      throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    },
  },
  {
    fault: 'a journal that cannot be used',
    step: 'journal',
    fix: 'aws dynamodb describe-table',
    intercept: changingResponse('DescribeTable', response => ({
      Table: { ...(response as { Table: object }).Table, TableStatus: 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' },
    })),
  },
  {
    fault: 'functions that use another table',
    step: 'journal',
    fix: 'npm run deploy',
    intercept: changingResponse('GetFunctionConfiguration', response => {
      const { FunctionName, Environment } = response as {
        FunctionName: string;
        Environment: { Variables: object };
      };
      return FunctionName.endsWith('-promote')
        ? { ...response, Environment: { Variables: { ...Environment.Variables, JOURNAL_TABLE: 'other' } } }
        : response;
    }),
  },
];

describe('diagnose names the fix for', () => {
  it.each(JOURNAL_FAULTS)('$fault', expectFound);
});

describe('diagnose, when two secrets hold the same login,', () => {
  it('reports the other secret before any rotation, whichever of the two is diagnosed', async () => {
    const one = await credential();
    const other = await copyOf(one.secretArn);

    const first = await diagnosed(one.name);
    const second = await diagnosed(other.name);

    expect(first).toMatchObject({ exitCode: EXIT_CODES.unhealthy.code, firstWrong: 'login' });
    expect(second).toMatchObject({ exitCode: EXIT_CODES.unhealthy.code, firstWrong: 'login' });
    expect(first.fix).toContain(`genesys-token-rotation authorize ${other.name}`);
    expect(second.fix).toContain(`genesys-token-rotation authorize ${one.name}`);
  });

  it('reports the secret that owns the login in the journal, even when the tokens already differ', async () => {
    const one = await credential();
    const other = await copyOf(one.secretArn);
    await world().rotate(one.secretArn);

    const rotated = await diagnosed(one.name);
    const refused = await diagnosed(other.name);

    expect(rotated).toMatchObject({ exitCode: EXIT_CODES.done.code, healthy: true });
    expect(refused).toMatchObject({ firstWrong: 'login' });
    expect(refused.steps.find(({ step }) => step === 'login')?.found).toContain(one.secretArn);
    expect(refused.fix).toContain(`genesys-token-rotation authorize ${other.name}`);
  });

  it('passes after a new login for the copy', async () => {
    const one = await credential();
    const other = await copyOf(one.secretArn);
    await world().rotate(one.secretArn);
    await world().authorizeAgain({ ...one, secretArn: other.secretArn });

    expect(await diagnosed(other.name)).toMatchObject({ exitCode: EXIT_CODES.done.code, healthy: true });
  });
});

describe('diagnose, when a secret holds two grants,', () => {
  async function twoGrants() {
    const one = await credential();
    const { secretArn: _, ...login } = one;
    const { loginUrl } = world().sandbox.genesysCloud;
    const { refreshToken } = await authorizeCode({ loginUrl, ...login });
    await world().editSecret(one.secretArn, { alternateRefreshToken: refreshToken });
    return one;
  }

  it('passes before and after rotations', async () => {
    const one = await twoGrants();

    const before = await diagnosed(one.name);
    await world().rotate(one.secretArn);
    await world().rotate(one.secretArn);
    const after = await diagnosed(one.name);

    expect([before.healthy, after.healthy]).toEqual([true, true]);
  });

  it.each([
    ['the refresh token in use', 0],
    ['an older refresh token of the same login', 1],
  ])('reports an alternate grant that is %s', async (_what, rotations) => {
    const one = await credential();
    const { refreshToken } = await world().currentValue(one.secretArn);
    for (let count = 0; count < rotations; count++) await world().rotate(one.secretArn);
    await world().editSecret(one.secretArn, { alternateRefreshToken: refreshToken });

    const diagnosis = await diagnosed(one.name);

    expect(diagnosis).toMatchObject({ exitCode: EXIT_CODES.unhealthy.code, firstWrong: 'login' });
    expect(diagnosis.fix).toContain(`genesys-token-rotation authorize ${one.name} --alternate`);
  });

  it('reports another secret that holds the alternate grant, before and after a rotation', async () => {
    const one = await twoGrants();
    const other = await credential();
    const { alternateRefreshToken, clientId, clientSecret } = await world().currentValue(one.secretArn);
    await world().editSecret(other.secretArn, {
      clientId,
      clientSecret,
      refreshToken: alternateRefreshToken,
    });

    const [before, otherBefore] = [await diagnosed(one.name), await diagnosed(other.name)];
    await world().rotate(one.secretArn);
    const otherAfter = await diagnosed(other.name);

    expect(before).toMatchObject({ firstWrong: 'login' });
    expect(before.fix).toContain(`genesys-token-rotation authorize ${other.name}`);
    expect(otherBefore.fix).toContain(`genesys-token-rotation authorize ${one.name} --alternate`);
    expect(otherAfter).toMatchObject({ firstWrong: 'login' });
    expect(otherAfter.fix).toContain(`genesys-token-rotation authorize ${other.name}`);
  });
});

describe('diagnose, when it may not read everything about the login,', () => {
  it('counts the secrets that it could not read', async () => {
    const { name } = await credential();
    const { faults, secretsManager } = world().sandbox;
    const others = secretsManager.secrets().length - 1;
    // The first call reads the diagnosed secret.
    faults.add({
      target: 'secretsmanager:GetSecretValue',
      kind: 'access-denied',
      by: 'operator',
      when: { from: 2 },
    });

    const diagnosis = await diagnosed(name);
    faults.clear();

    expect(withStatus(diagnosis, 'wrong')).toEqual([]);
    expect(diagnosis.steps.find(({ step }) => step === 'login')?.found).toContain(
      `${others} of ${others} could not be read`,
    );
  });

  it('relies on the journal when it may not list the secrets', async () => {
    const { name } = await credential();
    const { faults } = world().sandbox;
    faults.add({ target: 'secretsmanager:ListSecrets', kind: 'access-denied' });

    const diagnosis = await diagnosed(name);
    faults.clear();

    expect(diagnosis.steps.find(({ step }) => step === 'login')).toMatchObject({
      status: 'ok',
      found: 'in no other secret in the journal',
    });
  });

  it('does not pass without the journal, but still reports a copy that it can read', async () => {
    const { name } = await credential();
    const one = await credential();
    const { faults } = world().sandbox;
    faults.add({ target: 'dynamodb:GetItem', kind: 'access-denied', by: 'operator' });

    const unknown = await diagnosed(name);
    const other = await copyOf(one.secretArn);
    const known = await diagnosed(one.name);
    faults.clear();

    expect(unknown).toMatchObject({ exitCode: EXIT_CODES.failed.code, healthy: false });
    expect(withStatus(unknown, 'skipped')).toEqual(['login']);
    expect(known).toMatchObject({ firstWrong: 'login' });
    expect(known.fix).toContain(`genesys-token-rotation authorize ${other.name}`);
  });
});
