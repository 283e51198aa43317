import { UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, inject, it } from 'vitest';
import { EXIT_CODES } from '../../cli/exit-code.ts';
import { AwsError } from '../../sandbox/aws/aws-error.ts';
import { Permissions } from '../../sandbox/iam/permissions.ts';
import { readStack } from '../../sandbox/template/stack-model.ts';
import { changingResponse, diagnoseWorld, type Fault, KEY_ID, withStatus } from './diagnose-world.ts';

const ACCOUNT = { accountId: '123456789012', region: 'us-east-1', partition: 'aws' };
const LOGS_AND_TRACES = /^(?:logs|xray):/;
const ROTATES = /-(?:rotation|fetch|refresh|store-pending|verify|promote)$/;

const stack = readStack({ assemblyDirectory: inject('assemblyDirectory'), ...ACCOUNT });
const roleArns = new Set([
  ...stack.functions.filter(({ name }) => ROTATES.test(name)).map(({ roleArn }) => roleArn),
  ...stack.stateMachines.map(({ roleArn }) => roleArn),
]);
const roles = new Set(stack.roles.filter(({ arn }) => roleArns.has(arn)).map(({ name }) => name));

/** The grants of a rotation's roles, except for logs, traces, and functions without the alias. */
const grants = new Permissions({ ...ACCOUNT, stack })
  .granted()
  .filter(({ role, action }) => roles.has(role) && !LOGS_AND_TRACES.test(action))
  .filter(({ action, resource }) => action !== 'lambda:InvokeFunction' || resource.endsWith(':live'));

const { world, credential, diagnosed, expectFound, intercept } = diagnoseWorld();

/** The request of a simulation. */
interface Simulated {
  readonly PolicySourceArn: string;
  readonly ActionNames: readonly string[];
}

/** The response of a simulation that allows nothing. */
function denying(details: object, resourceDetails: object = {}) {
  return changingResponse('SimulatePrincipalPolicy', response => {
    const { EvaluationResults } = response as {
      EvaluationResults: { ResourceSpecificResults: object[] }[];
    };
    return {
      ...response,
      EvaluationResults: EvaluationResults.map(result => ({
        ...result,
        ...details,
        ResourceSpecificResults: result.ResourceSpecificResults.map(each => ({
          ...each,
          EvalResourceDecision: 'implicitDeny',
          ...resourceDetails,
        })),
      })),
    };
  });
}

describe('diagnose, when a role has lost a permission,', () => {
  it.each(grants)('names $action of $role', async ({ role, sid, action, resource }) => {
    const { name } = await credential();
    const restore = world().sandbox.permissions.revoke({ role, sid, action, resource });

    const diagnosis = await diagnosed(name);
    restore();

    expect(diagnosis).toMatchObject({ exitCode: EXIT_CODES.unhealthy.code, firstWrong: 'permissions' });
    expect(diagnosis.fix).toMatch(new RegExp(`the role ${role} may not ${action} on arn:aws:`));
    expect(diagnosis.fix).toContain('npm run deploy');
    expect(withStatus(diagnosis, 'wrong')).toEqual(['permissions']);
  });
});

const FAULTS: readonly Fault[] = [
  {
    fault: 'a key of the secret that the functions may not use',
    step: 'permissions',
    fix: /may not kms:Decrypt on arn:aws:kms:\S+.*secretKeyArns/,
    prepare: async ({ secrets }, { secretArn }) => {
      await secrets.send(new UpdateSecretCommand({ SecretId: secretArn, KmsKeyId: KEY_ID }));
    },
  },
  {
    fault: 'a permissions boundary',
    step: 'permissions',
    fix: 'permissions boundary of the role',
    intercept: denying({}, { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } }),
  },
  {
    fault: 'a policy of the organisation',
    step: 'permissions',
    fix: 'service control policy',
    intercept: denying({ OrganizationsDecisionDetail: { AllowedByOrganizations: false } }),
  },
  {
    fault: 'a policy that denies',
    step: 'permissions',
    fix: 'Remove that policy',
    intercept: denying({}, { EvalResourceDecision: 'explicitDeny' }),
  },
  {
    fault: 'a role that does not exist',
    step: 'permissions',
    fix: 'npm run deploy',
    intercept: async (call, next) => {
      if (call.operation !== 'SimulatePrincipalPolicy') return await next();
      throw new AwsError('NoSuchEntity', 'The role with name some-role cannot be found.', {
        statusCode: 404,
      });
    },
  },
];

describe('diagnose names the fix for', () => {
  it.each(FAULTS)('$fault', expectFound);
});

describe('diagnose, when the permissions cannot be simulated,', () => {
  it('reports that the identity may not call IAM, continues, and suggests --test', async () => {
    const { name } = await credential();
    const { faults } = world().sandbox;
    faults.add({ target: 'iam:SimulatePrincipalPolicy', kind: 'access-denied' });

    const diagnosis = await diagnosed(name);
    const tested = await diagnosed(name, '--test');
    faults.clear();

    expect(diagnosis).toMatchObject({ exitCode: EXIT_CODES.failed.code, healthy: false });
    expect(withStatus(diagnosis, 'skipped')).toEqual(['permissions']);
    expect(diagnosis.steps.find(({ step }) => step === 'permissions')?.found).toMatch(
      /iam:SimulatePrincipalPolicy.*--test/,
    );
    expect(tested).toMatchObject({ exitCode: EXIT_CODES.done.code, healthy: true });
    expect(withStatus(tested, 'skipped')).toEqual(['permissions']);
    expect(tested.steps.at(-1)).toMatchObject({ step: 'configuration-test', status: 'ok' });
  });

  it('skips a call whose decision depends on context that only a real call provides', async () => {
    const { name } = await credential();
    intercept(denying({}, { MissingContextValues: ['aws:PrincipalOrgID', 'kms:ViaService'] }));

    const diagnosis = await diagnosed(name);

    expect(withStatus(diagnosis, 'wrong')).toEqual([]);
    expect(diagnosis.steps.find(({ step }) => step === 'permissions')).toMatchObject({
      status: 'skipped',
      found: expect.stringContaining('aws:PrincipalOrgID'),
    });
  });
});

describe('the calls that diagnose simulates', () => {
  it('include every call of a rotation and of a configuration test', async () => {
    const { permissions } = world().sandbox;
    const { secretArn } = await credential();
    await world().rotate(secretArn);
    const testId = await world().rotateSecret(secretArn, { immediately: false });
    await world().outcome(secretArn, testId);
    const simulated: string[] = [];
    intercept(async (call, next) => {
      if (call.operation === 'SimulatePrincipalPolicy') {
        const { PolicySourceArn, ActionNames } = call.input as Simulated;
        simulated.push(...ActionNames.map(action => `${PolicySourceArn.split('/').at(-1)} ${action}`));
      }
      return await next();
    });

    await diagnosed(secretArn);

    const used = permissions
      .used()
      .filter(grant => roles.has(grant.role) && !LOGS_AND_TRACES.test(grant.action));
    const called = new Set(used.map(({ role, action }) => `${role} ${action}`));
    expect(called.size).toBeGreaterThan(10);
    expect([...called].filter(call => !simulated.includes(call))).toEqual([]);
  });
});
